"""How far the coefficients of a Resize may be off where float32 works them out
(docs/numerics.md, Resize)."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, prod

import numpy as np
from numpy.typing import NDArray

from .attributes import Resize
from .coordinates import COORDINATES, LITERAL, Along, ResizeRules, coordinate
from .integers import denominator_of, most_of, odd_part
from .operator import Row, Undefined, rows, stretch_of, sums, weighing

FLOAT32 = 2.0**-24  # unit roundoff of coordinates and coefficients
# of a coordinate at most, in whatever order it is worked out: each is off by a roundoff of numbers
# that are at most the length of X
ROUNDINGS = dict.fromkeys(COORDINATES, 4) | {"half_pixel_symmetric": 8, "tf_crop_and_resize": 8}
MOST_BITS = 512  # of the integers over a power of two that coefficients are, over all axes


def require_bounded(axes: Sequence[Along], resize: Resize, rules: ResizeRules = LITERAL) -> None:
    """Raises Undefined where coefficients are no numbers that anybody owes: too wide ones, and
    quotients by a sum that rounding hides, as a `cubic_coeff_a` can make them."""
    each_axis = [rows(along, resize, rules) for along in axes]
    _, twos = odd_part(denominator_of(each_axis))
    if int(prod(map(most_of, each_axis))).bit_length() + twos > MOST_BITS:
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


def off_of(
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
