"""ONNX's own spelling: `helper.make_node("ConvTranspose", ["X", "W"], ["Y"], strides=[2, 2])` and
`ConvTranspose(X[1, 16, 5, 5], W[16, 8, 3, 3], strides=[2, 2])`."""

import re
from dataclasses import fields
from typing import Any

from convtranspose_cases import Case
from convtranspose_reference.attributes import Attributes, Op, Shape

from ..channels import ASSUMED, ASSUMED_CHANNELS
from ..options import SUITE
from ..signature import Asked, Written
from ..subject import Origin, Subject, Unreadable, listed
from ..written.fold import Name, leaves

_NAMES = tuple(field.name for field in fields(Attributes))
_OPS: dict[str, Op] = {"ConvTranspose": "ConvTranspose", "Conv": "Conv"}
_SHAPED = re.compile(r"[XWB]\[([\d, ]+)\]")
_USUAL = {"group": "1", "auto_pad": "SAME_UPPER"}


def onnx_call(call: Written, x: Shape | None, w: Shape | None, dtype: str) -> Subject:
    """The case of a node as text. Without `w`, the kernel is kernel_shape's and channels are
    assumed. Raises Unreadable."""
    made = call.function.endswith("make_node")
    op = str(call.positional[0]) if made and call.positional else "ConvTranspose"
    attributes = _attributes(call)
    shapes = [] if made else [_shape(each) for each in call.positional]
    x, w = x or _at(shapes, 0), w or _at(shapes, 1)
    w, notes = (w, ()) if w else _weights(call, attributes, x)
    if x is None:
        x = (1, w[0] if op == "ConvTranspose" else w[1], *(ASSUMED,) * (len(w) - 2))
        notes += (f"the input's size is not stated: X {listed(x)} is assumed, --x says another",)
    inputs = call.positional[1] if made and len(call.positional) > 1 else call.positional
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
    assumed = frozenset({"x"} if any("X " in note for note in notes) else ())
    origin = Origin(framework="onnx", function=call.function, line=call.line)
    return Subject(case=case, title=call.text, notes=notes, assumed=assumed, origin=origin)


def _attributes(call: Written) -> Attributes:
    ignored = ("name", "domain", "doc_string", "inputs", "outputs")
    given = {name: value for name, value in call.named.items() if name not in ignored}
    if wrong := [name for name in given if name not in _NAMES]:
        raise Unreadable(
            f"{call.function}: {wrong[0]} is no attribute of ConvTranspose; accepted are "
            f"{', '.join(_NAMES)}"
        )
    names = {leaf: _USUAL.get(name, "1") for name, v in given.items() for leaf in leaves(v)}
    words = {leaf for leaf in names if str(given.get("auto_pad", "")) and _word(given, leaf)}
    if asked := {name: value for name, value in names.items() if name not in words}:
        raise Asked(call.function, asked)
    return Attributes.of(**{name: _value(call, name, value) for name, value in given.items()})


def _word(given: dict[str, Any], leaf: str) -> bool:
    value = given.get("auto_pad")
    return isinstance(value, Name) and value.text == leaf


def _value(call: Written, name: str, value: Any) -> Any:
    if name == "auto_pad":
        word = value.text if isinstance(value, Name) else value
        if isinstance(word, str):
            return word
    elif name == "group" and type(value) is int:
        return value
    elif isinstance(value, list | tuple) and all(type(each) is int for each in value):
        return tuple(value)
    raise Unreadable(
        f"{call.function}: {name}={value!r}: accepted is "
        + {"auto_pad": "a word", "group": "an integer"}.get(name, "a list of integers")
    )


def _shape(value: Any) -> Shape | None:
    """The sizes in `X[1, 16, 5, 5]`."""
    match = _SHAPED.fullmatch(value.text) if isinstance(value, Name) else None
    return tuple(map(int, match[1].split(","))) if match else None


def _at(shapes: list[Shape | None], number: int) -> Shape | None:
    return shapes[number] if len(shapes) > number else None


def _weights(
    call: Written, attributes: Attributes, x: Shape | None
) -> tuple[Shape, tuple[str, ...]]:
    kernel = attributes.kernel_shape
    if kernel is None:
        raise Unreadable(
            f"{call.function}: the text names its weights, not their shape, and has no "
            "kernel_shape: accepted is the call with --w C,M/group,k1,..."
        )
    group = attributes.group or 1
    channels = x[1] if x else max(ASSUMED_CHANNELS // group, 1) * group
    w = (channels, max(ASSUMED_CHANNELS // group, 1), *kernel)
    return w, (f"the channels are not stated: W {listed(w)} is assumed, --w says another",)
