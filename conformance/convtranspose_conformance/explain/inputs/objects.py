"""A layer or node that a program holds, written down as the text that `read` takes: nothing of its
framework is imported."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Shape

from .onnx_model.attributes import node_attributes
from .options import SUITE
from .shown import shown
from .subject import Subject, Unreadable

_TORCH = ("stride", "padding", "output_padding", "groups", "dilation")
_KERAS = ("strides", "padding", "output_padding", "data_format", "dilation_rate", "use_bias")
_LAYER = re.compile(
    r"(?P<lazy>Lazy)?Conv(?P<transposed>Transpose)?[123]d|Conv[123]D(?P<keras>Transpose)?"
)
ACCEPTED = (
    "accepted are a text or path as `convtranspose explain` takes it, a layer of PyTorch or Keras "
    "that is a convolution or has some in it, and a ConvTranspose NodeProto with x and w"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer written down as `text`, with its `name` in what it is a part of, empty for one alone,
    and the shape of X where it was built for one."""

    text: str
    name: str = ""
    built: Shape | None = None
    transposed: bool = True


def layers_in(held: object) -> list[Layer]:
    """The layers of an object: itself, or those inside of it in its own order, the transposed
    convolutions and, where there are none, the plain ones. Raises Unreadable where there are no
    such layers."""
    if written := _written(held, ""):
        return [written]
    found = [layer for name, each in _inside(held) if (layer := _written(each, name))]
    if not found:
        raise Unreadable(f"{type(held).__module__}.{type(held).__name__}: {ACCEPTED}")
    return [layer for layer in found if layer.transposed] or found


def _inside(held: Any) -> Iterator[tuple[str, object]]:
    if callable(getattr(held, "named_modules", None)):
        yield from held.named_modules()
    elif callable(getattr(held, "_flatten_layers", None)):
        for layer in held._flatten_layers(include_self=False):
            yield getattr(layer, "name", ""), layer


def _written(layer: object, name: str) -> Layer | None:
    """By the first of its classes that is a framework's; None for what is no convolution."""
    kinds = (_LAYER.fullmatch(each.__name__) for each in type(layer).__mro__)
    kind = next(filter(None, kinds), None)
    if kind is None:
        return None
    if kind[0].endswith("d"):
        lazy = bool(kind["lazy"])
        text = _torch(layer, kind[0], lazy=lazy, transposed=bool(kind["transposed"]))
        return Layer(text=text, name=name, transposed=bool(kind["transposed"]))
    config = layer.get_config()  # type: ignore[attr-defined]
    built = _keras_input(layer, config.get("data_format") == "channels_first")
    text = _keras(layer, kind[0], config)
    return Layer(text=text, name=name, built=built, transposed=bool(kind["keras"]))


def _torch(layer: Any, kind: str, *, lazy: bool, transposed: bool) -> str:
    channels = [] if lazy else [str(layer.in_channels)]
    sizes = [*channels, str(layer.out_channels), repr(tuple(layer.kernel_size))]
    names = [name for name in _TORCH if transposed or name != "output_padding"]
    given = [f"{name}={getattr(layer, name)!r}" for name in names]
    rest = [f"bias={layer.bias is not None}", f"dtype={layer.weight.dtype}"]
    return f"nn.{kind}({', '.join([*sizes, *given, *rest])})"


def _keras(layer: Any, kind: str, config: dict[str, Any]) -> str:
    names = _KERAS if kind.endswith("Transpose") else (*_KERAS, "groups")
    given = {name: config[name] for name in names if config.get(name) is not None}
    activation = config.get("activation")
    if isinstance(activation, str) and activation != "linear":
        given["activation"] = activation
    words = [repr(config["filters"]), repr(tuple(config["kernel_size"]))]
    words += [f"{name}={tuple(v) if isinstance(v, list) else v!r}" for name, v in given.items()]
    words.append(f"dtype={layer.compute_dtype!r}")
    return f"keras.layers.{kind}({', '.join(words)})"


def _keras_input(layer: Any, first: bool) -> Shape | None:
    """The shape that the layer was built for, in ONNX's order; None where sizes are open."""
    built = (getattr(layer, "_build_shapes_dict", None) or {}).get("input_shape")
    if built is None or None in built[1:]:
        return None
    n, *rest = built
    sizes = rest if first else [rest[-1], *rest[:-1]]
    return (n or 1, *map(int, sizes))


def is_node(given: object) -> bool:
    """Is it a node of an ONNX graph?"""
    return type(given).__name__ == "NodeProto"


def node_subject(node: Any, x: Shape | None, w: Shape | None, dtype: str | None) -> Subject:
    """A node with the shapes of its inputs, which it does not hold itself. Raises Unreadable."""
    title = shown(node.name or node.op_type)
    if node.op_type not in ("ConvTranspose", "Conv"):
        raise Unreadable(f"{title}: a {node.op_type}; accepted are ConvTranspose and Conv")
    if x is None or w is None:
        raise Unreadable(f"{title}: a node does not hold its shapes; give x and w")
    element = dtype or "float32"
    case = Case(
        suite=SUITE,
        name="call",
        op=node.op_type,
        x_shape=x,
        w_shape=w,
        attributes=node_attributes(title, node.attribute),
        bias=len(node.input) > 2 and bool(node.input[2]),
        dtype=element,
        opset=opset_for(element),
    )
    return Subject(case=case, title=title)
