"""The exact output of Resize as integers over one denominator, and how far one that rounds may be
from it (docs/numerics.md, Resize)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import Format
from .coordinates import COORDINATES, TEXT, Along, ResizeRules, coordinate, scale_of
from .operator import Resize, Row, along_axis, extrapolated, matrix, rows

FLOAT32 = 2.0**-24  # unit roundoff of coordinates and coefficients
# of a coordinate at most, in whatever order it is worked out: each is off by a roundoff of numbers
# that are at most the length of X
ROUNDINGS = dict.fromkeys(COORDINATES, 4) | {"half_pixel_symmetric": 8, "tf_crop_and_resize": 8}
DYADIC_BITS = 12  # a coefficient with so many bits behind the point is exact in any order
_INT64_BITS = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Resized:
    """The output is `values` / `denominator`, in units of X's own; `S` bounds the sum of absolute
    terms that each adds, `error` what an implementation may be off by: 0 where none may round."""

    values: NDArray[Any]
    denominator: int
    S: NDArray[np.float64]
    error: NDArray[np.float64]


def denominator_of(each_axis: Sequence[Sequence[Row | None]]) -> int:
    """One denominator of the coefficients of all axes: the product of those of each."""
    found = 1
    for axis in each_axis:
        weights = (weight for row in axis for weight in (row or {}).values())
        found *= lcm(*(weight.denominator for weight in weights), 1)
    return found


def resized(
    X: NDArray[Any],
    exponent: int,
    axes: Sequence[Along],
    resize: Resize,
    target: Format,
    rules: ResizeRules = TEXT,
) -> Resized:
    """Resize of X (N x C x D1..., integers times 2**`exponent`), which is asked in `target`."""
    each_axis = [rows(along, resize, rules) for along in axes]
    value = Fraction(resize.extrapolation_value) / Fraction(2) ** exponent
    outside = extrapolated(each_axis)
    denominator = denominator_of(each_axis) * (value.denominator if outside.any() else 1)
    values = _exactly(X, axes, each_axis, denominator)
    if outside.any():
        values = np.where(outside, int(value * denominator), values)
    magnitudes = np.ldexp(np.abs(X).astype(np.float64), exponent)
    finest = 2.0**exponent / (denominator & -denominator)
    S, error = carried(magnitudes, finest, axes, each_axis, resize, target, rules)
    return Resized(values=values, denominator=denominator, S=S, error=error)


def carried(
    magnitudes: NDArray[np.float64],
    finest: float,
    axes: Sequence[Along],
    each_axis: Sequence[Sequence[Row | None]],
    resize: Resize,
    target: Format,
    rules: ResizeRules = TEXT,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`S` and `error` of a `Resized`, of |X| alone; `finest` is the power of two of which every
    weighted element is a multiple."""
    outside = extrapolated(each_axis)
    S, error = _carried(magnitudes, axes, each_axis, resize, target, rules)
    largest = _largest_on_the_way(magnitudes, axes, each_axis)
    rounds = _rounding_rows(axes, each_axis, resize) | (largest > 2.0**target.precision * finest)
    rounds &= ~outside & (resize.mode != "nearest")
    S = np.where(outside, abs(resize.extrapolation_value), S)
    return S, np.where(rounds, error, 0.0)


def _exactly(
    X: NDArray[Any],
    axes: Sequence[Along],
    each_axis: Sequence[Sequence[Row | None]],
    denominator: int,
) -> NDArray[Any]:
    """The weighted sums times `denominator`, in int64 or, where that is too small, in Python's
    integers."""
    bits = int(np.abs(X).max(initial=1)).bit_length() + 2 * len(axes) + denominator.bit_length()
    dtype: Any = (
        object if bits + sum(a.input.bit_length() for a in axes) > _INT64_BITS else np.int64
    )
    Y, left = X.astype(dtype), denominator
    for axis, (along, found) in enumerate(zip(axes, each_axis, strict=True)):
        own = denominator_of([found])
        left //= own
        scaled = np.zeros((along.output, along.input), dtype)
        for at, row in enumerate(found):
            for index, weight in (row or {}).items():
                scaled[at, index] = int(weight * own)
        Y = along_axis(scaled, Y, axis + 2)
    return np.asarray(Y * left)


def _is_power_of_two(value: Fraction) -> bool:
    return (
        value > 0
        and (value.numerator & (value.numerator - 1))
        == (value.denominator & (value.denominator - 1))
        == 0
    )


def is_exact_along(along: Along, mode: str) -> bool:
    """Is every coordinate of the axis exact in float32, in whatever order a formula is worked out?
    Where the scale, or the ratio of align_corners, is a power of two."""
    if 0 in (along.input, along.output):
        return True
    if mode in ("align_corners", "tf_crop_and_resize"):
        plain = mode == "align_corners" or (not along.start and along.end == 1)
        ratio = Fraction(along.input - 1, max(along.output - 1, 1))
        return plain and (along.output == 1 or not ratio or _is_power_of_two(ratio))
    return along.asked == Fraction(along.output, along.input) and _is_power_of_two(along.asked)


def _is_dyadic(row: Row | None) -> bool:
    most = 2**DYADIC_BITS
    return all(most % weight.denominator == 0 for weight in (row or {}).values())


def _rounding_rows(
    axes: Sequence[Along], each_axis: Sequence[Sequence[Row | None]], resize: Resize
) -> NDArray[np.bool_]:
    """The outputs, over the spatial axes, with a coefficient that some implementation rounds."""
    rounds = np.zeros(tuple(map(len, each_axis)), bool)
    for axis, (along, found) in enumerate(zip(axes, each_axis, strict=True)):
        exact = is_exact_along(along, resize.coordinate_transformation_mode)
        some = np.array([not (exact and _is_dyadic(row)) for row in found], bool)
        rounds |= some.reshape(-1, *(1,) * (len(axes) - 1 - axis))
    return rounds


def _largest_on_the_way(
    magnitudes: NDArray[np.float64],
    axes: Sequence[Along],
    each_axis: Sequence[Sequence[Row | None]],
) -> NDArray[np.float64]:
    """What no partial result exceeds. It may be more than the sum of the terms: in a + (b - a) t,
    which is (1 - t) a + t b, the second product is up to b however small t is."""
    M = magnitudes
    for axis, (along, found) in enumerate(zip(axes, each_axis, strict=True)):
        C = np.abs(matrix(found, along.input))
        M = along_axis(np.where(C > 0, np.maximum(C, 1.0), 0.0), M, axis + 2)
    return M


def _carried(
    X: NDArray[np.float64],
    axes: Sequence[Along],
    each_axis: Sequence[Sequence[Row | None]],
    resize: Resize,
    target: Format,
    rules: ResizeRules,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sums of absolute terms, and their errors, axis after axis: what came in wrong is weighed
    along, every coefficient is off, and every sum is rounded."""
    S, error = X, np.zeros_like(X)
    roundoff = max(FLOAT32, target.unit_roundoff)
    for axis, (along, found) in enumerate(zip(axes, each_axis, strict=True)):
        C, off = np.abs(matrix(found, along.input)), _off(along, found, resize, rules)
        taps = max((len(row) for row in found if row), default=0)
        wrong = along_axis(off, S + error, axis + 2)
        error = along_axis(C, error, axis + 2) + wrong
        S = along_axis(C, S, axis + 2)
        error = error + (taps * FLOAT32 + 2 * roundoff) * (S + error)
    return S, error


def _off(
    along: Along, found: Sequence[Row | None], resize: Resize, rules: ResizeRules
) -> NDArray[np.float64]:
    """How far each coefficient may be off, output x input, those of neighbours too, which a rounded
    coordinate may reach. Where coefficients are divided by their sum, that is off, too."""
    off = np.zeros((along.output, along.input))
    mode = resize.coordinate_transformation_mode
    stretch = min(scale_of(along, rules), Fraction(1)) if resize.antialias else Fraction(1)
    moved = ROUNDINGS[mode] * FLOAT32 * (along.input + 1)
    reach = (1 if resize.mode == "linear" else 2) / stretch + Fraction(moved)
    weight = _weight_off(resize, float(stretch) * moved)
    for at, row in enumerate(found):
        if row is None or resize.mode == "nearest":
            continue
        x = coordinate(along, mode, at, rules)
        seen = range(ceil(x - reach), floor(x + reach) + 1)
        inside = [min(max(each, 0), along.input - 1) for each in seen]
        if not (resize.antialias or resize.exclude_outside):
            np.add.at(off[at], inside, weight)
            continue
        # their sum is 1 / stretch, or less where some are left out: never below a half of it
        np.add.at(off[at], inside, 2 * float(stretch) * weight)
        for index, coefficient in row.items():
            of_sum = 2 * float(stretch) * len(seen) * weight + (len(seen) + 1) * FLOAT32
            off[at, index] += abs(float(coefficient)) * of_sum
    return off


def _weight_off(resize: Resize, moved: float) -> float:
    """How far the kernel may be off at a distance that is off by `moved`: its steepest slope times
    that, and the roundings of its own polynomial, whose terms are at most 1, or 4 |a|."""
    if resize.mode == "linear":
        return moved + 2 * FLOAT32
    a = resize.cubic_coeff_a
    inner = (a + 3) ** 2 / (3 * (a + 2)) if a > -2 else abs(a) + 3
    return max(abs(a), inner) * moved + (4 + 16 * abs(a)) * FLOAT32
