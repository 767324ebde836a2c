"""Which part of the full output a call keeps: what every framework's padding arguments come down
to.

The full output of an axis is stride * (input - 1) + effective kernel long: every product that the
operator forms, and nothing else. A call keeps the window of it that starts `begin` in and is `size`
long; a window that sticks out is filled with zeros.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.geometry import Axis, Geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One axis. `begin` and `end` are what is cut off the full output; negative: zeros that are
    added."""

    axis: Axis
    begin: int
    size: int

    @property
    def full(self) -> int:
        return self.axis.stride * (self.axis.input - 1) + self.axis.effective_kernel

    @property
    def end(self) -> int:
        return self.full - self.begin - self.size

    @property
    def sticks_out(self) -> bool:
        """Are there outputs beyond the full output, which no product reaches?"""
        return self.begin < 0 or self.end < 0

    def text(self) -> str:
        """`begin = 0, end = -1 of 9`, for proofs."""
        return f"begin = {self.begin}, end = {self.end}"


def windows_of(placed: Geometry) -> tuple[Window, ...]:
    """The window of each spatial axis of a placed call."""
    return tuple(
        Window(axis=a, begin=b, size=s)
        for a, b, s in zip(placed.axes, placed.begins, placed.spatial, strict=True)
    )


def windows(case: Case) -> tuple[Window, ...]:
    """The windows of a ConvTranspose case under the text. Raises InvalidInput."""
    return windows_of(case.geometry())


def bare_axis(inputs: int, kernel: int, stride: int, dilation: int) -> Axis:
    """An axis without pads, of a framework's call that says by other words what it keeps."""
    return Axis(
        input=inputs,
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


def attributes_of(kept: Sequence[Window]) -> Attributes:
    """The attributes of a ConvTranspose that keeps these windows: pads and output_padding say
    them."""
    pads = (*(w.begin for w in kept), *(max(w.end, 0) for w in kept))
    return Attributes.of(
        dilations=unless(tuple(w.axis.dilation for w in kept), 1),
        output_padding=unless(tuple(max(-w.end, 0) for w in kept), 0),
        pads=unless(pads, 0),
        strides=unless(tuple(w.axis.stride for w in kept), 1),
    )


def axis_name(number: int) -> str:
    """The spatial axis with this index as the text names it: D1, D2, ...."""
    return f"D{number + 1}"


def unless(value: tuple[int, ...], default: int) -> tuple[int, ...] | None:
    """None where every entry is the framework's default, so that code says only what matters."""
    return None if set(value) <= {default} else value


def subtracted(number: int) -> str:
    """A number behind a minus sign: below 0 in parentheses."""
    return f"({number})" if number < 0 else str(number)
