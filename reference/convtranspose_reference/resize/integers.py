"""A Resize in integers: coefficients over one denominator, and sums of them that nothing rounds."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .coordinates import Along
from .operator import Row, along_axis

INT64_BITS = 62


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


def most_of(axis: Sequence[Row | None]) -> Fraction:
    """The most that the coefficients of an output sum to without their signs, at least 1."""
    each = (sum(map(abs, (row or {}).values()), start=Fraction(0)) for row in axis)
    return max([Fraction(1), *each])


def largest(values: NDArray[Any]) -> int:
    """The largest magnitude."""
    return int(np.abs(values).max(initial=0))


def exactly(
    X: NDArray[Any], axes: Sequence[Along], each_axis: Sequence[Sequence[Row | None]]
) -> NDArray[Any]:
    """The weighted sums times the denominator of all axes, in int64 or, where that is too small for
    what their terms may come to, in Python's integers."""
    own_of_each = [*map(_denominator, each_axis)]
    most = max(largest(X), 1) * prod(map(most_of, each_axis)) * prod(own_of_each)
    dtype: Any = object if int(most).bit_length() > INT64_BITS else np.int64
    Y = X.astype(dtype)
    each = zip(axes, each_axis, own_of_each, strict=True)
    for axis, (along, found, own) in enumerate(each):
        scaled = np.zeros((along.output, along.input), dtype)
        for at, row in enumerate(found):
            for index, weight in (row or {}).items():
                scaled[at, index] = int(weight * own)
        Y = along_axis(scaled, Y, axis + 2)
    return np.asarray(Y)
