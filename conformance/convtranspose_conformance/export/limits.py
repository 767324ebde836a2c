"""The least and the largest numbers that are right, element by element."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases.goldens import Golden
from convtranspose_reference.formats import FORMATS, round_to

from ..rules.comparison import Comparison

Array = NDArray[Any]
# how many numbers of the format from its estimate a limit is looked for, before a search by halves
NEAR = (0, 1, -1, 2, -2, 8, -8, 256, -256)


def limits_of(golden: Golden) -> tuple[Array, Array] | None:
    """Arrays of the golden's shape and dtype: Y is right exactly where least <= Y <= most, or all
    three are NaN; zeros of either sign are one number. None where both are the golden rounded once,
    everywhere: equality is owed.

    They follow from the proved bound (docs/numerics.md): what is between them is what
    `rules.comparison` takes for right.
    """
    if bool(golden.exact().all()):
        return None
    least, most = (_limit(golden, side) for side in (-1, 1))
    return None if bool((golden.equal(least) & golden.equal(most)).all()) else (least, most)


def _limit(golden: Golden, side: int) -> Array:
    """The last number that is right, from the golden towards `side` times infinity."""
    expected = golden.expected()
    free = ~golden.exact() & ~np.isnan(expected)
    with np.errstate(over="ignore", invalid="ignore"):
        estimate = _order(
            round_to(expected.astype(np.float64) + side * golden.bound(), expected.dtype)
        )
    inner = np.where(np.isnan(expected), 0, _order(expected))
    outer = np.where(free, side * _order(np.array(np.inf, expected.dtype)), inner)
    for step in NEAR:
        inner, outer = _nearer(golden, np.where(free, estimate + step, inner), inner, outer)
    while ((middle := _middle(side * inner, side * outer)) > side * inner).any():
        inner, outer = _nearer(golden, side * middle, inner, outer)
    return np.where(free, _number(_last(golden, inner, outer), golden.dtype), expected)


def _middle(low: Array, high: Array) -> Array:
    """Half way, rounded down: of places that are too far apart to be subtracted, too."""
    return np.asarray(low // 2 + high // 2 + (low & high & 1))


def _nearer(golden: Golden, probe: Array, inner: Array, outer: Array) -> tuple[Array, Array]:
    """Right and wrong (or last) numbers, as their places, with a place between them looked at."""
    probe = np.clip(probe, np.minimum(inner, outer), np.maximum(inner, outer))
    right = _right(golden, probe)
    return np.where(right, probe, inner), np.where(right, outer, probe)


def _last(golden: Golden, inner: Array, outer: Array) -> Array:
    """The outer place where it is right, too: an infinity to which sums may overflow."""
    return np.where(_right(golden, outer), outer, inner)


def _right(golden: Golden, places: Array) -> NDArray[np.bool_]:
    return ~Comparison(golden, _number(places, golden.dtype)).wrong


def _order(numbers: Array) -> NDArray[np.int64]:
    """The place of each number among those of its format: both zeros at 0, neighbours 1 apart."""
    bits = numbers.view(f"i{numbers.dtype.itemsize}").astype(np.int64)
    sign = np.int64(1) << (8 * numbers.dtype.itemsize - 1) if numbers.dtype.itemsize < 8 else None
    magnitude = bits & (np.iinfo(np.int64).max if sign is None else sign - 1)
    return np.where(bits < 0, -magnitude, magnitude)


def _number(places: Array, dtype: str) -> Array:
    """The numbers at these places."""
    target = FORMATS[dtype].dtype
    integer = np.dtype(f"i{target.itemsize}")
    bits = np.abs(places).astype(integer)
    return np.where(places < 0, bits | np.iinfo(integer).min, bits).astype(integer).view(target)
