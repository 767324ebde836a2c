"""Resize and DepthToSpace in float64, with a bound on that, as `enclosure.py` has it of
convolutions."""

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.inputs import matrices
from convtranspose_reference.bounds import Sums
from convtranspose_reference.formats import FORMATS
from convtranspose_reference.resize import Row, carried, denominator_of, finest_of, odd_part
from convtranspose_reference.resize.depth_to_space import depth_to_space
from convtranspose_reference.resize.operator import along_axis, extrapolated, matrix

from .enclosure import Enclosure
from .numbers import Array

Floats = NDArray[np.float64]
A_LITTLE = 2.0**-30  # by which what float64 says of a bound is made less


def enclosed_pixels(case: Case, X: Array, exponent: int) -> Enclosure:
    """Of a legal call whose convolution leaves everything as it is: `exponent` is that of a power
    of two of which X's elements are multiples."""
    Y, slack, wrong, ulp = _resized(case, X.astype(np.float64), exponent)
    if (asked := case.depth_to_space) is not None:
        Y, slack, wrong = (
            depth_to_space(each, asked.blocksize, asked.mode) for each in (Y, slack, wrong)
        )
    size = np.maximum(np.abs(Y) - slack, 0.0)
    sums = Sums(
        S=size + wrong,
        size=size,
        n=((Y != 0) | (wrong > 0)).astype(np.int64),
        beta=0,
        ulp=ulp,
        carried=wrong,
    )
    return Enclosure(dtype=case.dtype, Y=Y, slack=slack, sums=sums)


def _resized(case: Case, X: Floats, exponent: int) -> tuple[Floats, Floats, Floats, float]:
    """X resized, how far float64 is off, how far a right answer may be off, and what all are
    multiples of; 0.0 where there is no such power of two."""
    asked, none = case.resize, np.zeros(X.shape)
    if asked is None:
        return X, none, none, 2.0**exponent
    axes, each_axis, Y = case.resized_axes, matrices(case), X
    for axis, (along, rows) in enumerate(zip(axes, each_axis, strict=True)):
        Y = along_axis(matrix(rows, along.input), Y, axis + 2)
    outside = extrapolated(each_axis)
    Y = np.where(outside, asked.extrapolation_value, Y)
    denominator = denominator_of(each_axis)
    finest = finest_of(exponent, denominator)
    S, wrong = carried(np.abs(X), finest, axes, each_axis, asked, FORMATS[case.dtype])
    slack = np.where(outside | (asked.mode == "nearest"), 0.0, _roundings(each_axis) * S)
    is_dyadic = odd_part(denominator)[0] == 1 and not outside.any()
    return Y, slack, wrong * (1 - A_LITTLE), finest if is_dyadic else 0.0


def _roundings(each_axis: tuple[tuple[Row | None, ...], ...]) -> float:
    """Of float64, twice over: each axis rounds its coefficients, its products and its sums."""
    taps = sum(max((len(row or {}) for row in rows), default=0) + 2 for rows in each_axis)
    return taps * 2.0**-52
