"""A layer or node that a program holds, written down as the text that `read` takes: nothing of its
framework is imported."""

from collections.abc import Callable
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Shape

from .onnx_attributes import node_attributes
from .options import SUITE
from .subject import Subject, Unreadable

_TORCH = ("stride", "padding", "output_padding", "groups", "dilation")
_KERAS = ("strides", "padding", "output_padding", "data_format", "dilation_rate", "use_bias")
ACCEPTED = (
    "accepted are a text or path as `convtranspose explain` takes it, a torch.nn.ConvTranspose1d, "
    "2d or 3d, a keras.layers.Conv1DTranspose, 2D or 3D, and a ConvTranspose NodeProto with x and w"
)


def written_down(layer: object) -> tuple[str, Shape | None]:
    """The text of a layer, and the shape of X where the layer was built for one. Raises Unreadable
    for another object."""
    name = type(layer).__name__
    writer = _WRITERS.get(name)
    if writer is None:
        raise Unreadable(f"{type(layer).__module__}.{name}: {ACCEPTED}")
    return writer(layer)


def _torch(layer: Any) -> tuple[str, Shape | None]:
    sizes = [str(layer.in_channels), str(layer.out_channels), repr(tuple(layer.kernel_size))]
    given = [f"{name}={getattr(layer, name)!r}" for name in _TORCH]
    rest = [f"bias={layer.bias is not None}", f"dtype={layer.weight.dtype}"]
    return f"nn.{type(layer).__name__}({', '.join([*sizes, *given, *rest])})", None


def _keras(layer: Any) -> tuple[str, Shape | None]:
    config = layer.get_config()
    given = {name: config[name] for name in _KERAS if config.get(name) is not None}
    activation = config.get("activation")
    if isinstance(activation, str) and activation != "linear":
        given["activation"] = activation
    dtype = layer.compute_dtype
    words = [repr(config["filters"]), repr(tuple(config["kernel_size"]))]
    words += [f"{name}={tuple(v) if isinstance(v, list) else v!r}" for name, v in given.items()] + [
        f"dtype={dtype!r}"
    ]
    text = f"keras.layers.{type(layer).__name__}({', '.join(words)})"
    return text, _keras_input(layer, given.get("data_format") == "channels_first")


def _keras_input(layer: Any, first: bool) -> Shape | None:
    """The shape that the layer was built for, in ONNX's order; None where sizes are open."""
    built = (getattr(layer, "_build_shapes_dict", None) or {}).get("input_shape")
    if built is None or None in built[1:]:
        return None
    n, *rest = built
    sizes = rest if first else [rest[-1], *rest[:-1]]
    return (n or 1, *map(int, sizes))


_WRITERS: dict[str, Callable[[Any], tuple[str, Shape | None]]] = {
    **{f"ConvTranspose{rank}d": _torch for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": _keras for rank in (1, 2, 3)},
}


def is_node(given: object) -> bool:
    """Is it a node of an ONNX graph?"""
    return type(given).__name__ == "NodeProto"


def node_subject(node: Any, x: Shape | None, w: Shape | None, dtype: str | None) -> Subject:
    """A node with the shapes of its inputs, which it does not hold itself. Raises Unreadable."""
    title = node.name or node.op_type
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
