"""What wrong numbers look like: a factor, a shift, the images, channels, groups or positions that
alone are wrong."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..explain.geometry.window import axis_name
from ..rules.comparison import Comparison

Array = NDArray[Any]
SHIFTS = (-1, 1, -2, 2, -3, 3)
SEVERAL = 2  # outputs: one alone shows no pattern
LISTED = 8  # numbers of a list before "..."


@dataclass(frozen=True, slots=True)
class Look:
    """`name` has a k for each number, and is what findings are grouped by: its words are not
    changed; `said` is for a reader."""

    name: str
    said: str


def look_of(comparison: Comparison, group: int) -> Look | None:
    """The first pattern that an output shows which differs from the expected one; None for
    none."""
    expected, Y = comparison.expected.astype(np.float64), comparison.Y.astype(np.float64)
    tried: tuple[Callable[[], Look | None], ...] = (
        partial(_whole, expected, Y),
        partial(_scaled, expected, Y),
        partial(_moved, expected, Y),
        partial(_by_channel, expected, Y),
        partial(_unreached, comparison),
        partial(_confined, ~comparison.equal, Y, group),
    )
    with np.errstate(invalid="ignore"):  # Inf - Inf
        return next(filter(None, (test() for test in tried)), None)


def _alike(said: str) -> Look:
    """A look whose name reads as its sentence does."""
    return Look(re.sub(r"\d+", "k", said), said)


def _whole(expected: Array, Y: Array) -> Look | None:
    if not Y.any():
        return _alike("all are 0")
    if not np.isfinite(Y).all() and np.isfinite(expected).all():
        return _alike("some are not finite where all should be")
    return None


def _scaled(expected: Array, Y: Array) -> Look | None:
    """A constant factor over everything."""
    there = expected != 0
    if not there.any() or Y[~there].any():
        return None
    ratios = Y[there] / expected[there]
    return (
        _alike(f"all are scaled by {ratios[0]:g}")
        if ratios.size > 1 and np.ptp(ratios) == 0
        else None
    )


def _moved(expected: Array, Y: Array) -> Look | None:
    """A shift, a reversal or an exchange of axes."""
    axes = range(2, expected.ndim)
    for axis, k in product(axes, SHIFTS):
        if _is_shifted(expected, Y, axis, k):
            way = "end" if k > 0 else "begin"
            return Look(
                f"shifted by k towards the {way} along spatial axis k",
                f"shifted by {abs(k)} towards the {way} of {_axis(axis)}",
            )
    for axis in axes:
        if expected.shape[axis] > 1 and (np.flip(expected, axis) == Y).all():
            return Look("reversed along spatial axis k", f"reversed along {_axis(axis)}")
    if expected.ndim > 3 and expected.shape[2:] == expected.shape[:1:-1]:
        turned = expected.transpose(0, 1, *range(expected.ndim - 1, 1, -1))
        return _alike("the spatial axes are exchanged") if (turned == Y).all() else None
    return None


def _is_shifted(expected: Array, Y: Array, axis: int, k: int) -> bool:
    """Is Y the expected output moved by k, and does that show? Along an axis of equal or periodic
    numbers it would not."""
    if abs(k) >= expected.shape[axis] - 1:
        return False
    moved, here = _cut(expected, axis, -k), _cut(Y, axis, k)
    if not (here == moved).all() or (here == _cut(expected, axis, k)).all():
        return False
    return bool(np.diff(moved, axis=axis).any())


def _axis(axis: int) -> str:
    """The spatial axis that is this one of Y."""
    return axis_name(axis - 2)


def _cut(array: Array, axis: int, k: int) -> Array:
    """Without the first k along an axis, or without the last -k."""
    index: list[Any] = [slice(None)] * array.ndim
    index[axis] = slice(k, None) if k > 0 else slice(None, k)
    return np.asarray(array[tuple(index)])


def _by_channel(expected: Array, Y: Array) -> Look | None:
    """A constant of its own added to each output channel, as a wrong bias would."""
    off = np.moveaxis(Y - expected, 1, 0).reshape(expected.shape[1], -1)
    if off.shape[1] < 2 or not np.isfinite(off).all() or (off != off[:, :1]).any():
        return None
    return _alike(
        f"each output channel is off by a constant: {', '.join(f'{v:g}' for v in off[:LISTED, 0])}"
    )


def _unreached(comparison: Comparison) -> Look | None:
    """Outputs that sum no product alone, all of which are B's."""
    reached, wrong = comparison.golden.sums.n > 0, ~comparison.equal
    if not reached.any() or wrong.sum() < SEVERAL or (reached & wrong).any():
        return None
    zeros = not comparison.Y[wrong].any()
    return _alike(f"only outputs that no product reaches differ{' (0 there)' * zeros}")


def _confined(wrong: Array, Y: Array, group: int) -> Look | None:
    """The part of the output outside which everything is right."""
    where = next(_parts(wrong, group), None)
    zeros = not Y[wrong].any()
    if where is None:
        return _alike("zeros in place of the values that differ") if zeros else None
    return Look(
        f"only {where.name} differ{' (k there)' * zeros}",
        f"only {where.said}{' (0 there)' * zeros}",
    )


def _parts(wrong: Array, group: int) -> Iterator[Look]:
    """Images, groups, channels, positions along an axis, each with its verb."""
    images, channels = (_where(wrong, axis) for axis in (0, 1))
    if len(images) > 1 and images.tolist() == list(range(1, wrong.shape[0])):
        yield Look("images from the second on", "images from the second on differ")
    if len(images) < wrong.shape[0]:
        yield Look(f"images {_ks(images)} of k", _numbered("image", images, wrong.shape[0]))
    groups = np.unique(channels // max(wrong.shape[1] // group, 1))
    if len(groups) < group:
        yield Look(
            f"the outputs of groups {_ks(groups)} of k",
            f"the outputs of {_numbered('group', groups, group, 'differ')}",
        )
    if len(channels) < wrong.shape[1]:
        yield Look(
            f"output channels {_ks(channels)} of k",
            _numbered("output channel", channels, wrong.shape[1]),
        )
    for axis in range(2, wrong.ndim):
        if row := _rows(_where(wrong, axis), wrong.shape[axis], _axis(axis)):
            yield Look(f"{row.name} along spatial axis k", row.said)


def _where(wrong: Array, axis: int) -> Array:
    """The numbers along an axis under which anything is wrong."""
    return np.flatnonzero(wrong.any(axis=tuple(a for a in range(wrong.ndim) if a != axis)))


def _rows(rows: Array, size: int, axis: str) -> Look | None:
    """Which of the positions of an axis: one in k, the last, the first; None for neither."""
    first, step = rows[0], rows[1] - rows[0] if len(rows) > 1 else 1
    if 1 < step < size - 1 and rows.tolist() == list(range(first % step, size, step)):
        return Look(
            "k in k, from number k on,",
            f"1 position in {step} along {axis}, from number {first} on, differs",
        )
    if first > 0 and rows[-1] == size - 1:
        return Look("the last k", f"the last {_positions(size - first, axis)}")
    return (
        Look("the first k", f"the first {_positions(rows[-1] + 1, axis)}")
        if first == 0 and rows[-1] < size - 1
        else None
    )


def _positions(number: int, axis: str) -> str:
    return (
        f"position along {axis} differs"
        if number == 1
        else f"{number} positions along {axis} differ"
    )


def _numbered(what: str, numbers: Array, of: int, verb: str = "") -> str:
    """Which of several, by their numbers from 0."""
    one = len(numbers) == 1
    return (
        f"{what}{'s' * (not one)} number {_listed(list(map(str, numbers)))} (of {of}, from 0) "
        f"{verb or ('differs' if one else 'differ')}"
    )


def _ks(numbers: Array) -> str:
    return _listed(["k"] * len(numbers))


def _listed(numbers: list[str]) -> str:
    return ", ".join(numbers[:LISTED]) + (", ..." if len(numbers) > LISTED else "")
