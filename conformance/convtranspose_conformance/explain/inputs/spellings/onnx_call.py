"""ONNX's own spelling: `helper.make_node("ConvTranspose", ["X", "W"], ["Y"], strides=[2, 2])` and
`ConvTranspose(X[1, 16, 5, 5], W[16, 8, 3, 3], strides=[2, 2])`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from convtranspose_cases import Case
from convtranspose_reference.attributes import Attributes, Op, Shape

from ..asked import Weights
from ..channels import ASSUMED, ASSUMED_CHANNELS, EXAMPLE, in_text
from ..near import did_you_mean, meant
from ..options import SUITE
from ..signature import Bound, Written
from ..size_rule import onnx_rule
from ..subject import Origin, Subject, Unreadable, listed
from ..written.fold import NameInText, Starred
from .torch_layer import whole

_NAMES = tuple(field.name for field in fields(Attributes))
# what ** may hold, and what stands where it does not
_HELD: dict[str, int] = {"strides": 1, "pads": 0, "dilations": 1}
_HELD_OF_TRANSPOSE = {**_HELD, "output_padding": 0}
_OPS: dict[str, Op] = {"ConvTranspose": "ConvTranspose", "Conv": "Conv"}
# `X[1, 16, 5, 5]`, sizes that stay open as None; of any name where there are as many as X has
_SHAPED = re.compile(r"[XWB]\[([\d, ]+)\]|\w+\[((?:\d+|None)(?:, (?:\d+|None)){2,})\]")


def onnx_call(call: Written, x: Shape | None, w: Shape | None, dtype: str) -> Subject:
    """The case of a node as text. Without `w`, the kernel is kernel_shape's and channels are
    assumed. Raises Unreadable."""
    is_node = call.function.endswith("make_node")
    op = str(call.positional[0]) if is_node and call.positional else "ConvTranspose"
    shapes = [] if is_node else [_shape(each) for each in call.positional]
    own_x = _at(shapes, 0) or call.x
    x = x or whole(own_x)
    w = w or whole(_at(shapes, 1)) or whole(call.w)
    _require(call, op, x, w)
    attributes = _attributes(call)
    made_w = _at(shapes, 1)
    w, notes = (w, ()) if w else _weights(made_w, attributes, x or _batched(own_x))
    C = w[0] if op == "ConvTranspose" else w[1] * (attributes.group or 1)
    x, about_x = (x, ()) if x else in_text(call.function, own_x, len(w) - 2, C, last=False)
    assumed = frozenset({"x"} if x is None or any(EXAMPLE in note for note in about_x) else ())
    if x is None:
        x = (1, C, *(ASSUMED,) * (len(w) - 2))
        about_x = (f"the input's size is not stated: X {listed(x)} is assumed, --x says another",)
    dtype = call.dtype if dtype == "float32" and call.dtype else dtype
    inputs = call.positional[1] if is_node and len(call.positional) > 1 else call.positional
    case = Case(
        suite=SUITE,
        name="call",
        op=_OPS[op],
        x_shape=x,
        w_shape=w,
        attributes=attributes,
        bias=isinstance(inputs, list | tuple) and len(inputs) > 2,
        dtype=dtype,
        opset=11 if dtype != "bfloat16" else 22,
    )
    origin = Origin(framework="onnx", function=call.function, line=call.line)
    notes += about_x
    return Subject(case=case, title=call.text, notes=notes, assumed=assumed, origin=origin)


def _given(call: Written) -> dict[str, Any]:
    """The attributes; onnxscript's own arguments begin with an underscore. Raises Unreadable for
    one that ConvTranspose has not."""
    ignored = ("name", "domain", "doc_string", "inputs", "outputs")
    given = {n: v for n, v in call.named.items() if n not in ignored and n[0] != "_"}
    if wrong := [name for name in given if name not in _NAMES]:
        hint = did_you_mean(meant(wrong[0], _NAMES))
        raise Unreadable(
            f"{call.function}: {wrong[0]} is no attribute of ConvTranspose; {hint}accepted are "
            f"{', '.join(_NAMES)}"
        )
    return given


def _attributes(call: Written) -> Attributes:
    return Attributes.of(**{name: _value(call, name, v) for name, v in _given(call).items()})


def _require(call: Written, op: str, x: Shape | None, w: Shape | None) -> None:
    """Raises NamesOpen for all that the text leaves open, the weights' shape too where no
    kernel_shape says the kernel."""
    own = _given(call)
    values = {name: own.get(name) for name in _NAMES}
    rank = _rank(values, x, w)
    if double := call.stars[1]:
        may_be = _HELD_OF_TRANSPOSE if op == "ConvTranspose" else _HELD
        held = {name: default for name, default in may_be.items() if name not in own}
        values |= {n: Starred(n, (double,), True, False, default) for n, default in held.items()}
    given = Bound(function=call.function, values=values)
    ones, group = [1] * rank, given.values["group"]
    usual = {
        "kernel_shape": str([4] * rank),
        "strides": str([2] * rank),
        "pads": str([1] * rank * 2),
        "output_padding": str([0] * rank),
        "dilations": str(ones),
        "output_shape": str([10] * rank),
        "group": "1",
    }
    weights = None
    if w is None and given.values["kernel_shape"] is None:
        groups = group if type(group) is int and group > 0 else 1
        channels = x[1] if x and len(x) > 1 else max(ASSUMED_CHANNELS // groups, 1) * groups
        sizes = (channels, max(ASSUMED_CHANNELS // groups, 1), *([4] * rank))
        weights = Weights(order="C,M/group,k1,...", usual=sizes)
    rule = onnx_rule(given, rank, w and w[2:]) if op == "ConvTranspose" else ""
    given.require(usual, rule, weights)


def _rank(values: Mapping[str, Any], x: Shape | None, w: Shape | None) -> int:
    """By the shapes, or the attributes that are lists; 2 where none is."""
    lists = {name: len(v) for name, v in values.items() if isinstance(v, list | tuple)}
    if shape := x or w:
        return len(shape) - 2
    pads, sizes = lists.pop("pads", 0) // 2, lists.pop("output_shape", 0)
    return next(iter(lists.values()), pads or sizes or 2) or 1


def _value(call: Written, name: str, value: Any) -> Any:
    if name == "auto_pad":
        word = value.text if isinstance(value, NameInText) else value
        if isinstance(word, str):
            return word
    elif name == "group":
        if type(value) is int:
            return value
    elif isinstance(value, list | tuple) and all(type(each) is int for each in value):
        return tuple(value)
    raise Unreadable(
        f"{call.function}: {name}={value!r}: accepted is "
        + {"auto_pad": "a word", "group": "an integer"}.get(name, "a list of integers")
    )


def _shape(value: Any) -> tuple[int | None, ...] | None:
    """The sizes in `X[1, 16, 5, 5]`."""
    match = _SHAPED.fullmatch(value.text) if isinstance(value, NameInText) else None
    if match is None:
        return None
    parts = [each.strip() for each in (match[1] or match[2]).split(",")]
    return tuple(int(each) if each.isdecimal() else None for each in parts)


def _batched(sizes: tuple[int | None, ...] | None) -> Shape | None:
    """With 1 for what stays open, where the channels are known."""
    if sizes is None or len(sizes) < 3 or sizes[1] is None:
        return None
    return tuple(size or 1 for size in sizes)


def _at(shapes: Sequence[tuple[int | None, ...] | None], number: int) -> Any:
    return shapes[number] if len(shapes) > number else None


def _weights(
    own: tuple[int | None, ...] | None, attributes: Attributes, x: Shape | None
) -> tuple[Shape, tuple[str, ...]]:
    """By kernel_shape, and the channels that the text says beside the node (`own`)."""
    group = attributes.group or 1
    stated = [*(own or ())[:2], None, None][:2]
    usual = max(ASSUMED_CHANNELS // group, 1)
    channels = x[1] if x and len(x) > 1 else stated[0] or usual * group
    w = (channels, stated[1] or usual, *(attributes.kernel_shape or ()))
    if stated[1] and (x or stated[0]):
        return w, ()
    return w, (f"the channels are not stated: W {listed(w)} is assumed, --w says another",)
