"""TensorFlow's functions as text: `tf.nn.conv2d_transpose(x, w, [1, 10, 10, 8], 2)`, whose
output_shape says where the sums are cut."""

import re
from dataclasses import dataclass
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Attributes, Shape
from convtranspose_reference.geometry import Axis

from ..code.tensorflow import is_same
from ..geometry.window import Window, axis_name, unless
from .options import SUITE
from .signature import REQUIRED, Bound, Written, bound
from .subject import Subject, Unreadable

FUNCTION = re.compile(r"(?:(?:tf|tensorflow)\.)?nn\.conv(?P<rank>[123])d_transpose")
_SIGNATURE: dict[str, Any] = {
    "input": REQUIRED,
    "filters": REQUIRED,
    "output_shape": REQUIRED,
    "strides": REQUIRED,
    "padding": "SAME",
    "data_format": None,
    "dilations": None,
    "name": None,
}
_LAYOUTS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """What the text says of a call with `rank` spatial axes; `last`: the channels are the last
    axis. `pads` is None for SAME."""

    given: Bound
    rank: int
    last: bool
    strides: Shape
    dilations: Shape
    pads: tuple[tuple[int, int], ...] | None
    explicit: bool

    def spatial(self, sizes: Shape) -> Shape:
        """The entries of the spatial axes of N, spatial, C or N, C, spatial."""
        return sizes[1:-1] if self.last else sizes[2:]

    def channels(self, sizes: Shape) -> int:
        return sizes[-1] if self.last else sizes[1]


def tensorflow_function(call: Written, x: Shape | None, w: Shape | None, dtype: str) -> Subject:
    """The case of a call. `x`, `w`: shapes in ONNX's order; without `x` it is what output_shape
    leads back to. Raises Unreadable."""
    found = FUNCTION.fullmatch(call.function)
    assert found is not None
    said = _read(bound(call, _SIGNATURE), int(found["rank"]))
    asked = _output_shape(said)
    _check(said, asked, x, w)
    assert w is not None
    kernels = zip(said.spatial(asked), w[2:], said.strides, said.dilations, strict=True)
    back = tuple(_inputs(said, n, *each) for n, each in enumerate(kernels))
    shape = x or (asked[0], w[0], *back)
    kept = [
        _window(said, n, shape[n + 2], w[n + 2], size) for n, size in enumerate(said.spatial(asked))
    ]
    return Subject(
        case=_case(shape, w, kept, dtype), title=call.text, notes=_notes(said, shape, x, w)
    )


def _read(given: Bound, rank: int) -> _Call:
    last_layout, first_layout = _LAYOUTS[rank]
    layout = given.values["data_format"] or last_layout
    if layout not in (last_layout, first_layout):
        raise given.wrong("data_format", f'"{last_layout}" or "{first_layout}"')
    last = layout == last_layout
    dilations = (
        (1,) * rank
        if given.values["dilations"] is None
        else _per_axis(given, "dilations", rank, last)
    )
    pads, explicit = _pads(given, rank, last), not isinstance(given.values["padding"], str)
    if explicit and max(dilations) > 1:
        raise given.wrong("dilations", "1 beside explicit pads, by TensorFlow's own check")
    strides = _per_axis(given, "strides", rank, last)
    return _Call(
        given=given,
        rank=rank,
        last=last,
        strides=strides,
        dilations=dilations,
        pads=pads,
        explicit=explicit,
    )


def _per_axis(given: Bound, name: str, rank: int, last: bool) -> Shape:
    """One integer for all axes, one for each, or one for each axis of the tensor, where N and C
    have 1."""
    found = given.values[name]
    if not isinstance(found, list | tuple) or len(found) != rank + 2:
        return given.per_axis(name, rank, 1)
    each = given.per_axis(name, rank + 2, 1)
    spatial, outer = (each[1:-1], (each[0], each[-1])) if last else (each[2:], each[:2])
    if outer != (1, 1):
        raise given.wrong(name, "1 for the axes N and C")
    return spatial


def _pads(given: Bound, rank: int, last: bool) -> tuple[tuple[int, int], ...] | None:
    """What is cut off each spatial axis, as explicit pads or VALID say it; None under SAME, which
    goes by the sizes."""
    found = given.values["padding"]
    if isinstance(found, str) and found in ("SAME", "VALID"):
        return None if found == "SAME" else ((0, 0),) * rank
    pairs = (
        isinstance(found, list | tuple)
        and len(found) == rank + 2
        and all(_is_pair(each) for each in found)
    )
    if rank != 2 or not pairs:
        raise given.wrong(
            "padding",
            '"SAME" or "VALID"' + ", or [[0, 0], [begin, end], [begin, end], [0, 0]]" * (rank == 2),
        )
    spatial, outer = (found[1:-1], (found[0], found[-1])) if last else (found[2:], found[:2])
    if any(amount for pair in outer for amount in pair):
        raise given.wrong("padding", "[0, 0] for the axes N and C")
    return tuple((begin, end) for begin, end in spatial)


def _is_pair(found: object) -> bool:
    return (
        isinstance(found, list | tuple)
        and len(found) == 2
        and all(type(each) is int and each >= 0 for each in found)
    )


def _output_shape(said: _Call) -> Shape:
    found = said.given.values["output_shape"]
    if (
        not isinstance(found, list | tuple)
        or len(found) != said.rank + 2
        or not all(type(each) is int and each >= 1 for each in found)
    ):
        order = "N, sizes, M" if said.last else "N, M, sizes"
        raise said.given.wrong(
            "output_shape", f"{said.rank + 2} integers of at least 1, written out: {order}"
        )
    return tuple(found)


def _check(said: _Call, asked: Shape, x: Shape | None, w: Shape | None) -> None:
    """Do the shapes have as many axes as the call, and the sizes that output_shape states?"""
    name, length = said.given.function, said.rank + 2
    if w is None:
        raise Unreadable(
            f"{name}: the text names its filters, not their shape: accepted is the call with --w "
            "C,M,k1,... in ONNX's order"
        )
    for option, shape in (("--x", x), ("--w", w)):
        if shape is not None and len(shape) != length:
            raise Unreadable(
                f"{name}: {option} {_text(shape)}: accepted are {length} sizes in ONNX's order"
            )
    if w[1] != said.channels(asked):
        raise Unreadable(
            f"{name}: --w {_text(w)}: accepted is M = {said.channels(asked)} for its second size, "
            "as output_shape has it"
        )
    if x is not None and x[:2] != (asked[0], w[0]):
        accepted = f"N,C = {asked[0]},{w[0]}, as output_shape and --w have them"
        raise Unreadable(f"{name}: --x {_text(x)}: accepted is {accepted}")


def _text(shape: Shape) -> str:
    return ",".join(map(str, shape))


def _inputs(said: _Call, number: int, size: int, kernel: int, stride: int, dilation: int) -> int:
    """How many inputs the convolution of an output of that size leads back to, which is how many
    TensorFlow takes."""
    if said.pads is None:
        return -(-size // stride)
    found = (size + sum(said.pads[number]) - (kernel - 1) * dilation - 1) // stride + 1
    if found < 1:
        raise said.given.wrong(
            "output_shape",
            f"at least the effective kernel {(kernel - 1) * dilation + 1}, less pads, on "
            f"{axis_name(number)}",
        )
    return found


def _window(said: _Call, number: int, size: int, kernel: int, out: int) -> Window:
    """What the call keeps of one axis. Raises Unreadable where TensorFlow refuses so many
    inputs."""
    stride, dilation = said.strides[number], said.dilations[number]
    axis = Axis(
        input=size,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        output_padding=0,
        begin=0,
        end=0,
        output_shape=None,
        auto_pad="NOTSET",
        opset=11,
    )
    if (back := _inputs(said, number, out, kernel, stride, dilation)) != size:
        raise said.given.wrong(
            "output_shape",
            f"one that leads back to {size} inputs on {axis_name(number)}, as --x has them, and "
            f"not {back}",
        )
    if said.pads is not None:
        return Window(axis=axis, begin=said.pads[number][0], size=out)
    full = Window(axis=axis, begin=0, size=out).full
    kept = Window(axis=axis, begin=max(full - out, 0) // 2, size=out)
    assert is_same(kept)
    return kept


def _case(x: Shape, w: Shape, kept: list[Window], dtype: str) -> Case:
    """The call in ONNX: pads and output_padding say every window."""
    attributes = Attributes.of(
        dilations=unless(tuple(k.axis.dilation for k in kept), 1),
        output_padding=unless(tuple(max(-k.end, 0) for k in kept), 0),
        pads=unless((*(k.begin for k in kept), *(max(k.end, 0) for k in kept)), 0),
        strides=unless(tuple(k.axis.stride for k in kept), 1),
    )
    return Case(
        suite=SUITE,
        name="call",
        x_shape=x,
        w_shape=w,
        attributes=attributes,
        dtype=dtype,
        opset=opset_for(dtype),
    )


def _notes(said: _Call, shape: Shape, x: Shape | None, w: Shape) -> tuple[str, ...]:
    """The function's own order of axes, which is not that of the options; and where X comes from,
    if not from --x."""
    given = "--w is" if x is None else "--x and --w are"
    filters, image = _text((*w[2:], w[1], w[0])), _text((shape[0], *shape[2:], shape[1]))
    own = (
        f"the function's own filters are kernel,M,C, here {filters}"
        + f", and its input is N,sizes,C, here {image}" * said.last
    )
    derived = (
        f"the call does not state the input's size: X {_text(shape)} is the one that "
        "output_shape leads back to under this padding"
    )
    return (f"{given} in ONNX's order; {own}", *([derived] if x is None else []))
