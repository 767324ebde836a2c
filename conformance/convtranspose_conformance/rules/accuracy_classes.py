"""Named accuracy classes: how far off a result of each is at most. A class is declared for a
backend, never assumed of one."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases.goldens import Golden
from convtranspose_reference.formats import FORMATS

from .comparison import Comparison

Bound = NDArray[np.float64]
IN_DTYPE, IN_FLOAT16 = "accumulates in dtype", "accumulates in float16"
FLUSHES = "flushes subnormals"
USELESS = 0.25  # of S: a bound beyond it would pass zeros


def _rounded_inputs(precision: int) -> Callable[[Golden], Bound]:
    u = 2.0**-precision
    return lambda golden: np.asarray((2 * u + u * u) * golden.sums.S + golden.bound(2.0**-24))


def _in_dtype(golden: Golden) -> Bound:
    return golden.bound(FORMATS[golden.dtype].unit_roundoff)


def _in_float16(golden: Golden) -> Bound:
    return _rounded_inputs(11)(golden) + golden.bound(2.0**-11)


ACCURACY: dict[str, tuple[str, Callable[[Golden], Bound]]] = {
    "float32 arithmetic": (
        "computes in float32 although the dtype is float64",
        _rounded_inputs(24),
    ),
    "TF32 inputs": ("rounds the inputs to TF32's 11 bits", _rounded_inputs(11)),
    "bfloat16 inputs": ("rounds the inputs to bfloat16's 8 bits", _rounded_inputs(8)),
    IN_FLOAT16: ("rounds every partial sum to float16", _in_float16),
    IN_DTYPE: ("rounds every partial sum to the 16-bit dtype instead of float32", _in_dtype),
    FLUSHES: ("takes numbers below the smallest normal one for 0", lambda golden: golden.bound()),
}

# the others: float32 and float64
_DTYPES = {"float32 arithmetic": ("float64",), IN_DTYPE: ("float16", "bfloat16")}


def within(name: str, comparison: Comparison) -> bool:
    """Is the output what the class allows, in a dtype that the class is about, and the class's
    bound still worth something?"""
    golden = comparison.golden
    if name == FLUSHES:
        return _flushes(comparison)
    if golden.dtype not in _DTYPES.get(name, ("float32", "float64")):
        return False
    bound = np.minimum(ACCURACY[name][1](golden), USELESS * golden.sums.S)
    bound = bound + (_underflow_in_dtype(golden) if name == IN_DTYPE else 0.0)
    overflown = comparison.overflown | _partial_sums_overflown(comparison, name)
    return bool(((comparison.error <= bound) | overflown).all())


def _underflow_in_dtype(golden: Golden) -> Bound:
    """Half of the dtype's smallest subnormal number for each product that is rounded to it."""
    target = FORMATS[golden.dtype]
    return np.asarray(golden.sums.n * 2.0 ** (target.min_exponent - target.precision))


def _partial_sums_overflown(comparison: Comparison, name: str) -> NDArray[np.bool_]:
    """Where the output is not finite and partial sums of the format that is summed up in, in some
    order, are not either."""
    golden, Y = comparison.golden, comparison.Y
    if name not in (IN_DTYPE, IN_FLOAT16):
        return np.zeros(Y.shape, bool)
    reach = golden.sums.S + ACCURACY[name][1](golden)
    summed_in = FORMATS["float16" if name == IN_FLOAT16 else golden.dtype]
    return np.asarray(~np.isfinite(Y) & (reach >= summed_in.largest))


def _flushes(comparison: Comparison) -> bool:
    """Is the output right, or zero or normal and no further off than numbers below the smallest
    normal one, taken for 0, explain?"""
    golden = comparison.golden
    if golden.special is None:
        return False
    error, size = comparison.error, np.abs(comparison.Y.astype(np.float64))
    right = (error <= comparison.bound) | comparison.overflown
    flushed = ((size == 0) | (size >= 2.0 ** FORMATS[golden.dtype].min_exponent)) & (
        error <= comparison.bound + golden.special.flushed
    )
    return bool((right | flushed).all())


def loosely(comparison: Comparison) -> bool:
    """Is the error one of precision rather than of rule: within 8-bit arithmetic, and far from
    S?"""
    golden = comparison.golden
    bound = np.minimum(golden.bound(2.0**-8), USELESS * golden.sums.S)
    return bool((comparison.error <= bound).all())
