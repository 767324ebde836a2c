"""Named accuracy classes: how far off a result of each is at most. A class is declared for a backend, never assumed of one."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases.goldens import Golden
from convtranspose_reference.formats import FORMATS

Bound = NDArray[np.float64]
USELESS = 0.25  # of S: a bound beyond it would pass zeros


def _rounded_inputs(precision: int) -> Callable[[Golden], Bound]:
    u = 2.0**-precision
    return lambda golden: np.asarray((2 * u + u * u) * golden.sums.S + golden.bound(2.0**-24))


def _in_dtype(golden: Golden) -> Bound:
    return golden.bound(FORMATS[golden.dtype].unit_roundoff)


ACCURACY: dict[str, tuple[str, Callable[[Golden], Bound]]] = {
    "TF32 inputs": ("rounds the inputs to TF32's 11 bits", _rounded_inputs(11)),
    "bfloat16 inputs": ("rounds the inputs to bfloat16's 8 bits", _rounded_inputs(8)),
    "accumulates in dtype": ("rounds every partial sum to the 16-bit dtype instead of float32", _in_dtype),
}


def within(name: str, golden: Golden, error: Bound) -> bool:
    """Is `error` what the class allows, in a dtype that the class is about, and the class's bound still worth something?"""
    if (FORMATS[golden.dtype].precision >= 24) != name.endswith("inputs"):
        return False
    bound = np.minimum(ACCURACY[name][1](golden), USELESS * golden.sums.S)
    return bool((error <= bound).all())


def loosely(golden: Golden, error: Bound) -> bool:
    """Is `error` one of precision rather than of rule: within 8-bit arithmetic, and far from S?"""
    bound = np.minimum(golden.bound(2.0**-8), USELESS * golden.sums.S)
    return bool((error <= bound).all())
