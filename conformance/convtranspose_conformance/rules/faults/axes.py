"""Faults of Y's axes: every number is there, in its order or under axes in another one; and what
was returned with more axes, or fewer, seen without that."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from convtranspose_cases import Case
from convtranspose_reference.attributes import Shape

from .fault import Array, Fault, Partial


@dataclass(frozen=True, slots=True)
class AxesView:
    """Y's elements under another number of axes. `under`: the shape, from Y's; `back`: from the
    shape that was returned to one of Y's axes, where Y by the text has the shape given; None where
    the shape returned is none of this view."""

    name: str
    sentence: str
    under: Callable[[Shape], Shape]
    back: Callable[[Partial, Shape], Partial | None]

    @property
    def fault(self) -> Fault:
        return Fault(
            self.name,
            self.sentence,
            shape=lambda case, shape: self.under(shape),
            arrange=lambda case, Y: Y.reshape(self.under(Y.shape)),
        )


def _without(number: int) -> Callable[[Partial, Shape], Partial | None]:
    """Without an axis of size 1, counted from in front or from behind."""

    def back(seen: Partial, text: Shape) -> Partial | None:
        if len(seen) != len(text) + 1 or seen[number] != 1:
            return None
        return (*seen[:number], *seen[number % len(seen) + 1 :])

    return back


def _one_image(seen: Partial, text: Shape) -> Partial | None:
    return (1, *seen) if text[0] == 1 and len(seen) == len(text) - 1 else None


def _ones(seen: Partial, text: Shape) -> Partial | None:
    """With the axes of size 1 where the text has some."""
    left = iter(seen)
    if len(seen) == len(text) or 1 in seen or text.count(1) != len(text) - len(seen):
        return None
    return tuple(1 if size == 1 else next(left) for size in text)


def _apart(seen: Partial, text: Shape) -> Partial | None:
    """With the text's sizes, where there are as many elements."""
    joined = len(text) > 3 and len(seen) == 3 and seen[2] == prod(text[2:])
    return (*seen[:2], *text[2:]) if joined else None


VIEWS = {
    view.name: view
    for view in (
        AxesView(
            "axis_added_behind",
            "returns Y with a further axis of size 1 behind",
            lambda Y: (*Y, 1),
            _without(-1),
        ),
        AxesView(
            "axis_added_before_space",
            "returns Y with a further axis of size 1 before its spatial axes",
            lambda Y: (*Y[:2], 1, *Y[2:]),
            _without(2),
        ),
        AxesView(
            "axis_added_in_front",
            "returns Y with a further axis of size 1 in front",
            lambda Y: (1, *Y),
            _without(0),
        ),
        AxesView(
            "axis_of_one_image_dropped",
            "returns Y without its first axis where N is 1",
            lambda Y: Y[1:] if Y[0] == 1 else Y,
            _one_image,
        ),
        AxesView(
            "axes_of_one_dropped",
            "returns Y without its axes of size 1",
            lambda Y: tuple(size for size in Y if size != 1),
            _ones,
        ),
        AxesView(
            "spatial_axes_joined",
            "returns Y with its spatial axes as one",
            lambda Y: (*Y[:2], prod(Y[2:])),
            _apart,
        ),
    )
}


def _channels_first(case: Case, shape: Shape) -> Partial:
    return (shape[1], shape[0], *shape[2:])


def _with_channels_first(case: Case, Y: Array) -> Array:
    return Y.swapaxes(0, 1)


AXES = (
    Fault(
        "output_channels_first",
        "returns Y with the channels before the images",
        shape=_channels_first,
        arrange=_with_channels_first,
    ),
    *(view.fault for view in VIEWS.values()),
)
LAST = tuple(fault.name for fault in AXES)
"""In the order in which they act, after all others: of these Y has the axes of the text."""
