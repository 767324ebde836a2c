"""Named accuracy classes: how far off a result of each is at most. A class is declared for a backend, never assumed of one."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases.goldens import Golden
from convtranspose_reference.formats import FORMATS

Bound = NDArray[np.float64]
IN_DTYPE, FLUSHES = "accumulates in dtype", "flushes subnormals"
USELESS = 0.25  # of S: a bound beyond it would pass zeros


def _rounded_inputs(precision: int) -> Callable[[Golden], Bound]:
    u = 2.0**-precision
    return lambda golden: np.asarray((2 * u + u * u) * golden.sums.S + golden.bound(2.0**-24))


def _in_dtype(golden: Golden) -> Bound:
    return golden.bound(FORMATS[golden.dtype].unit_roundoff)


ACCURACY: dict[str, tuple[str, Callable[[Golden], Bound]]] = {
    "TF32 inputs": ("rounds the inputs to TF32's 11 bits", _rounded_inputs(11)),
    "bfloat16 inputs": ("rounds the inputs to bfloat16's 8 bits", _rounded_inputs(8)),
    IN_DTYPE: ("rounds every partial sum to the 16-bit dtype instead of float32", _in_dtype),
    FLUSHES: ("takes numbers below the smallest normal one for 0", lambda golden: golden.bound()),
}


def within(name: str, golden: Golden, Y: NDArray[Any]) -> bool:
    """Is Y what the class allows, in a dtype that the class is about, and the class's bound still worth something?"""
    if name == FLUSHES:
        return _flushes(golden, Y)
    if (FORMATS[golden.dtype].precision >= 24) != name.endswith("inputs"):
        return False
    bound = np.minimum(ACCURACY[name][1](golden), USELESS * golden.sums.S)
    overflown = _overflown(golden, Y) if name == IN_DTYPE else np.zeros(Y.shape, bool)
    bound = bound + (_underflow_in_dtype(golden) if name == IN_DTYPE else 0.0)
    return bool(((golden.error(Y) <= bound) | golden.may_overflow(Y) | overflown).all())


def _underflow_in_dtype(golden: Golden) -> Bound:
    """Half of the dtype's smallest subnormal number for each product that is rounded to it."""
    target = FORMATS[golden.dtype]
    return np.asarray(golden.sums.n * 2.0 ** (target.min_exponent - target.precision))


def _overflown(golden: Golden, Y: NDArray[Any]) -> NDArray[np.bool_]:
    """Where Y is not finite and partial sums of the dtype, in some order, are not either."""
    target = FORMATS[golden.dtype]
    reach = golden.sums.S + _in_dtype(golden)
    return np.asarray(~np.isfinite(Y) & (reach >= target.largest))


def _flushes(golden: Golden, Y: NDArray[Any]) -> bool:
    """Is Y right, or zero or normal and no further off than numbers below the smallest normal one, taken for 0, explain?"""
    if golden.special is None:
        return False
    error, size = golden.error(Y), np.abs(Y.astype(np.float64))
    right = (error <= golden.bound()) | golden.may_overflow(Y)
    flushed = ((size == 0) | (size >= 2.0 ** FORMATS[golden.dtype].min_exponent)) & (error <= golden.bound() + golden.special.flushed)
    return bool((right | flushed).all())


def loosely(golden: Golden, error: Bound) -> bool:
    """Is `error` one of precision rather than of rule: within 8-bit arithmetic, and far from S?"""
    bound = np.minimum(golden.bound(2.0**-8), USELESS * golden.sums.S)
    return bool((error <= bound).all())
