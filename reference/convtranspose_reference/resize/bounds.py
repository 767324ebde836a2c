"""The exact output of Resize as integers over one denominator, and how far one that rounds may be
from it (docs/numerics.md, Resize)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import Format, round_to
from .attributes import Resize
from .coordinates import COORDINATES, TEXT, Along, ResizeRules, coordinate
from .operator import (
    Row,
    Undefined,
    along_axis,
    extrapolated,
    matrix,
    rows,
    stretch_of,
    sums,
    weighing,
)

FLOAT32 = 2.0**-24  # unit roundoff of coordinates and coefficients
# of a coordinate at most, in whatever order it is worked out: each is off by a roundoff of numbers
# that are at most the length of X
ROUNDINGS = dict.fromkeys(COORDINATES, 4) | {"half_pixel_symmetric": 8, "tf_crop_and_resize": 8}
DYADIC_BITS = 12  # a coefficient with so many bits behind the point is exact in any order
MOST_BITS = 512  # of the integers over a power of two that coefficients are, over all axes
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
    return prod(map(_denominator, each_axis))


def _denominator(axis: Sequence[Row | None]) -> int:
    return lcm(*{weight.denominator for row in axis for weight in (row or {}).values()}, 1)


def odd_part(value: int) -> tuple[int, int]:
    """What is odd in an integer above 0, and the power of two that it is multiplied by: (3, 2) of
    12."""
    twos = (value & -value).bit_length() - 1
    return value >> twos, twos


def finest_of(exponent: int, denominator: int) -> float:
    """The power of two of which multiples of 2**`exponent` are multiples when they are weighed."""
    return float(np.ldexp(1.0, exponent - odd_part(denominator)[1]))


def require_bounded(axes: Sequence[Along], resize: Resize, rules: ResizeRules = TEXT) -> None:
    """Raises Undefined where coefficients are no numbers that anybody owes: too wide ones, and
    quotients by a sum that rounding hides, as a `cubic_coeff_a` can make them."""
    each_axis = [rows(along, resize, rules) for along in axes]
    _, twos = odd_part(denominator_of(each_axis))
    if int(prod(map(_most, each_axis))).bit_length() + twos > MOST_BITS:
        raise Undefined(f"{weighing(resize)}: coefficients of more than {MOST_BITS} bits")
    for along in axes:
        weight, smallest = _weight_off(along, resize, rules), _half_stretched(along, resize, rules)
        for output, total in enumerate(_divisors(along, resize, rules)):
            if total is None or abs(total) >= smallest:
                continue
            if abs(total) < 2 * len(_seen(along, resize, output, rules)) * weight:
                raise Undefined(
                    f"{weighing(resize)}: what output {output} weighs sums to so little that "
                    "rounding hides it"
                )


def _most(axis: Sequence[Row | None]) -> Fraction:
    """The most that the coefficients of an output sum to without their signs, at least 1."""
    each = (sum(map(abs, (row or {}).values()), start=Fraction(0)) for row in axis)
    return max(Fraction(1), *each)


def resized(
    X: NDArray[Any],
    exponent: int,
    axes: Sequence[Along],
    resize: Resize,
    target: Format,
    rules: ResizeRules = TEXT,
) -> Resized:
    """Resize of X (N x C x D1..., integers times 2**`exponent`), which is asked in `target`. Raises
    ValueError for an extrapolation_value that is written, and no finite number of `target`."""
    each_axis = [rows(along, resize, rules) for along in axes]
    outside = extrapolated(each_axis)
    denominator = denominator_of(each_axis)
    values = _exactly(X, axes, each_axis)
    if outside.any():
        values, denominator = _filled(values, exponent, denominator, outside, resize, target)
    magnitudes = np.ldexp(np.abs(X).astype(np.float64), exponent)
    finest = finest_of(exponent, denominator)
    S, error = carried(magnitudes, finest, axes, each_axis, resize, target, rules)
    return Resized(values=values, denominator=denominator, S=S, error=error)


def _filled(
    values: NDArray[Any],
    exponent: int,
    denominator: int,
    outside: NDArray[np.bool_],
    resize: Resize,
    target: Format,
) -> tuple[NDArray[Any], int]:
    """With extrapolation_value where it is written, and their denominator."""
    if _extrapolation_off(resize, target) != 0:
        value = resize.extrapolation_value
        raise ValueError(f"extrapolation_value = {value}: accepted is what {target.name} holds")
    given = Fraction(resize.extrapolation_value) / Fraction(2) ** exponent
    more = given.denominator
    written = int(given * denominator * more)
    wide = (_largest(values) * more).bit_length(), abs(written).bit_length()
    whole = values.astype(object) if max(wide) > _INT64_BITS else values
    return np.where(outside, np.array(written, whole.dtype), whole * more), denominator * more


def _extrapolation_off(resize: Resize, target: Format) -> float:
    """How far extrapolation_value is from its nearest number of the format; not finite where either
    is not."""
    given = np.float64(resize.extrapolation_value)
    with np.errstate(invalid="ignore"):
        return float(np.abs(given - round_to(given, target.dtype).astype(np.float64)))


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
    written = _extrapolation_off(resize, target) if outside.any() else 0.0
    return S, np.where(outside, written, np.where(rounds, error, 0.0))


def _largest(values: NDArray[Any]) -> int:
    return int(np.abs(values).max(initial=0))


def _exactly(
    X: NDArray[Any], axes: Sequence[Along], each_axis: Sequence[Sequence[Row | None]]
) -> NDArray[Any]:
    """The weighted sums times the denominator of all axes, in int64 or, where that is too small for
    what their terms may come to, in Python's integers."""
    own_of_each = [*map(_denominator, each_axis)]
    most = max(_largest(X), 1) * prod(map(_most, each_axis)) * prod(own_of_each)
    dtype: Any = object if int(most).bit_length() > _INT64_BITS else np.int64
    Y = X.astype(dtype)
    each = zip(axes, each_axis, own_of_each, strict=True)
    for axis, (along, found, own) in enumerate(each):
        scaled = np.zeros((along.output, along.input), dtype)
        for at, row in enumerate(found):
            for index, weight in (row or {}).items():
                scaled[at, index] = int(weight * own)
        Y = along_axis(scaled, Y, axis + 2)
    return np.asarray(Y)


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
    if resize.mode == "nearest":
        return off
    weight, smallest = _weight_off(along, resize, rules), _half_stretched(along, resize, rules)
    for at, (row, total) in enumerate(zip(found, _divisors(along, resize, rules), strict=True)):
        if row is None:
            continue
        seen = _seen(along, resize, at, rules)
        inside = [min(max(each, 0), along.input - 1) for each in seen]
        if total is None:
            np.add.at(off[at], inside, weight)
            continue
        # it is off itself, and a half of it is left
        by = float(1 / smallest if abs(total) >= smallest else 2 / abs(total))
        np.add.at(off[at], inside, by * weight)
        for index, coefficient in row.items():
            of_sum = by * len(seen) * weight + (len(seen) + 1) * FLOAT32
            off[at, index] += abs(float(coefficient)) * of_sum
    return off


def _divisors(along: Along, resize: Resize, rules: ResizeRules) -> Sequence[Fraction | None]:
    """By what implementations divide the coefficients of each output; None where they do not."""
    divides = resize.antialias or resize.exclude_outside
    if divides and resize.mode != "nearest":
        return sums(along, resize, rules)
    return (None,) * along.output


def _half_stretched(along: Along, resize: Resize, rules: ResizeRules) -> Fraction:
    """A half of 1 / stretch: coefficients sum to 1 / stretch, or to less where some are left
    out."""
    return 1 / (2 * stretch_of(along, resize, rules))


def _moved(along: Along, resize: Resize) -> float:
    """How far a coordinate may be off."""
    return ROUNDINGS[resize.coordinate_transformation_mode] * FLOAT32 * (along.input + 1)


def _seen(along: Along, resize: Resize, output: int, rules: ResizeRules) -> range:
    """The places, inside of X and beside it, that an output may weigh with a coordinate that is
    off."""
    stretch = stretch_of(along, resize, rules)
    x = coordinate(along, resize.coordinate_transformation_mode, output, rules)
    reach = (1 if resize.mode == "linear" else 2) / stretch + Fraction(_moved(along, resize))
    return range(ceil(x - reach), floor(x + reach) + 1)


def _weight_off(along: Along, resize: Resize, rules: ResizeRules) -> float:
    """How far the kernel may be off at a distance that is off by what coordinates are, stretched:
    its steepest slope times that, and the roundings of its own polynomial, whose terms are at most
    1, or 4 |a|."""
    moved = float(stretch_of(along, resize, rules)) * _moved(along, resize)
    if resize.mode == "linear":
        return moved + 2 * FLOAT32
    a = resize.cubic_coeff_a
    inner = (a + 3) ** 2 / (3 * (a + 2)) if a > -2 else abs(a) + 3
    return max(abs(a), inner) * moved + (4 + 16 * abs(a)) * FLOAT32
