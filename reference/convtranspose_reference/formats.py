"""The four floating-point formats of the operator, and rounding into them once."""

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`precision` counts significand bits with the hidden one; `smallest_normal` is
    2**`min_exponent`; `largest` is finite."""

    name: str
    dtype: np.dtype[Any]
    precision: int
    min_exponent: int
    largest: float

    @property
    def unit_roundoff(self) -> float:
        """Half the distance from 1 to the next number above: 2**-precision (IEEE 754, round to
        nearest)."""
        return 2.0**-self.precision

    @property
    def accumulation_roundoff(self) -> float:
        """Unit roundoff that a sum may have: float32's for the 16-bit formats, since in-dtype sums
        lose all bits at n = 2**precision."""
        return min(self.unit_roundoff, 2.0**-24)


FORMATS = {
    f.name: f
    for f in (
        Format(
            name="float16",
            dtype=np.dtype(np.float16),
            precision=11,
            min_exponent=-14,
            largest=65504.0,
        ),
        Format(
            name="bfloat16",
            dtype=np.dtype(ml_dtypes.bfloat16),
            precision=8,
            min_exponent=-126,
            largest=(2 - 2**-7) * 2.0**127,
        ),
        Format(
            name="float32",
            dtype=np.dtype(np.float32),
            precision=24,
            min_exponent=-126,
            largest=(2 - 2**-23) * 2.0**127,
        ),
        Format(
            name="float64",
            dtype=np.dtype(np.float64),
            precision=53,
            min_exponent=-1022,
            largest=float(np.finfo(np.float64).max),
        ),
    )
}


_BY_DTYPE = {f.dtype: f for f in FORMATS.values()}


def format_of(dtype: DTypeLike) -> Format:
    """The format of a dtype or its name. Raises TypeError for a dtype that the operator does not
    take."""
    known = _BY_DTYPE.get(np.dtype(dtype))
    if known is not None:
        return known
    name = np.dtype(dtype).name  # the other byte order, say
    if name not in FORMATS:
        raise TypeError(f"dtype {name}: accepted are {', '.join(FORMATS)}")
    return FORMATS[name]


def holds(name: str, other: str) -> bool:
    """Has the format of a name every number of the other one?"""
    one, two = FORMATS[name], FORMATS[other]
    return one.precision >= two.precision and one.min_exponent <= two.min_exponent


def round_to(values: NDArray[np.float64], dtype: DTypeLike) -> NDArray[Any]:
    """float64 values rounded to nearest, ties to even, once.

    NumPy casts to float16 and float32 directly; ml_dtypes casts float64 to bfloat16 through float32
    and so rounds twice, hence the round-to-odd step before it (Boldo & Melquiond 2008, theorem 3:
    odd rounding with two spare bits makes the second one innocent).
    """
    target = format_of(dtype)
    if target.name == "float64":
        return np.asarray(values, target.dtype)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return (_to_odd_float32(values) if target.name == "bfloat16" else values).astype(
            target.dtype
        )


def _to_odd_float32(values: NDArray[np.float64]) -> NDArray[np.float32]:
    nearest = np.asarray(values, np.float64).astype(np.float32)
    finite = np.isfinite(nearest)
    too_far = finite & (np.abs(nearest.astype(np.float64)) > np.abs(values))
    truncated = np.where(too_far, np.nextafter(nearest, np.float32(0)), nearest)
    inexact = finite & (truncated.astype(np.float64) != values)
    bits = np.ascontiguousarray(truncated, np.float32).view(np.uint32)
    return np.asarray(np.where(inexact, bits | np.uint32(1), bits).view(np.float32))
