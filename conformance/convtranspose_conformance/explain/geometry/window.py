"""Which part of the full output a call keeps: what every framework's padding arguments come down
to.

The full output of an axis is stride * (input - 1) + effective kernel long: every product that the
operator forms, and nothing else. A call keeps the window of it that starts `begin` in and is `size`
long; a window that sticks out is filled with zeros.
"""

from dataclasses import dataclass

from convtranspose_cases import Case
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


def windows_of(found: Geometry) -> tuple[Window, ...]:
    """The window of each spatial axis of a placed call."""
    return tuple(
        Window(axis=a, begin=b, size=s)
        for a, b, s in zip(found.axes, found.begins, found.spatial, strict=True)
    )


def windows(case: Case) -> tuple[Window, ...]:
    """The windows of a ConvTranspose case under the text. Raises InvalidInput."""
    return windows_of(case.geometry())


def axis_name(number: int) -> str:
    """The spatial axis with this index as the text names it: D1, D2, ...."""
    return f"D{number + 1}"


def unless(value: tuple[int, ...], default: int) -> tuple[int, ...] | None:
    """None where every entry is the framework's default, so that code says only what matters."""
    return None if set(value) <= {default} else value
