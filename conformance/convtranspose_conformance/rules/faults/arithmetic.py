"""Faults of arithmetic that lead to numbers of their own: X and W rounded before they are
multiplied."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.goldens import Golden
from convtranspose_cases.inputs import Integers, Tensors
from convtranspose_reference.formats import FORMATS, round_to
from convtranspose_reference.geometry import Geometry

from .fault import Array, Fault, TensorsRewrite

# magnitudes, number of bits to lose -> what is added before the bits are cut off
Rounding = Callable[[Array, Array], Array]


def _nearest_even(magnitudes: Array, lost: Array) -> Array:
    return np.where(lost > 0, (1 << np.maximum(lost - 1, 0)) - 1 + ((magnitudes >> lost) & 1), 0)


def _nearest_away(magnitudes: Array, lost: Array) -> Array:
    return np.where(lost > 0, 1 << np.maximum(lost - 1, 0), 0)


def _towards_zero(magnitudes: Array, lost: Array) -> Array:
    return np.zeros_like(magnitudes)


ROUNDINGS: dict[str, Rounding] = {
    "to nearest even": _nearest_even,
    "to nearest away": _nearest_away,
    "towards zero": _towards_zero,
}


def rounded(integers: Integers, precision: int, rounding: Rounding) -> Integers:
    """Each integer with `precision` significant bits. Magnitudes below 2**53."""
    magnitudes = np.abs(integers).astype(np.int64)
    lost = np.maximum(np.frexp(magnitudes.astype(np.float64))[1].astype(np.int64) - precision, 0)
    return np.sign(integers).astype(np.int64) * (
        (magnitudes + rounding(magnitudes, lost)) >> lost << lost
    )


def all_rounded(given: Tensors, precision: int, rounding: Rounding) -> Tensors:
    """X, W and B with `precision` significant bits."""
    tensors = {"X": given.X, "W": given.W, "B": given.B}
    cut = {
        name: replace(each, integers=rounded(each.integers, precision, rounding))
        for name, each in tensors.items()
        if each is not None
    }
    return replace(given, **cut)


def rounded_before_bias(case: Case, given: Tensors, place: Geometry | None, Y: Golden) -> Golden:
    """Y with a bound that allows for a rounding of each sum before B is added; none where the sum
    is a number of Y's type."""
    if given.B is None or Y.special is not None:
        return Y
    B = np.ldexp(given.B.integers.astype(np.float64), given.B.exponent)
    sums = np.ldexp(Y.values.astype(np.float64), Y.exponent)
    sums = sums - B.reshape(1, -1, *(1,) * case.rank)
    target = FORMATS[Y.dtype]
    smallest = 2.0 ** (target.min_exponent - target.precision)
    is_held = round_to(sums, target.dtype).astype(np.float64) == sums
    off = np.where(is_held, 0.0, target.unit_roundoff * np.abs(sums) + smallest)
    if not off.any():
        return Y
    return replace(Y, sums=replace(Y.sums, carried=off), rounds_twice=True)


def _inputs_rounded(precision: int, rounding: Rounding) -> TensorsRewrite:
    def tensors(case: Case, given: Tensors) -> Tensors:
        X, W = (
            replace(each, integers=rounded(each.integers, precision, rounding))
            for each in (given.X, given.W)
        )
        return replace(given, X=X, W=W)

    return tensors


def _weights_rounded(precision: int, rounding: Rounding) -> TensorsRewrite:
    return lambda case, given: replace(
        given, W=replace(given.W, integers=rounded(given.W.integers, precision, rounding))
    )


ARITHMETIC = (
    Fault(
        "inputs_rounded_to_tf32",
        "rounds X and W to the 11 significant bits of TF32 (and float16), to nearest even",
        tensors=_inputs_rounded(11, _nearest_even),
    ),
    Fault(
        "inputs_rounded_away_to_tf32",
        "rounds X and W to TF32's 11 significant bits, halves away from zero",
        tensors=_inputs_rounded(11, _nearest_away),
    ),
    Fault(
        "inputs_cut_to_tf32",
        "cuts X and W off after TF32's 11 significant bits",
        tensors=_inputs_rounded(11, _towards_zero),
    ),
    Fault(
        "inputs_rounded_to_bfloat16",
        "rounds X and W to bfloat16's 8 significant bits, to nearest even",
        tensors=_inputs_rounded(8, _nearest_even),
    ),
    Fault(
        "inputs_cut_to_bfloat16",
        "cuts X and W off after bfloat16's 8 significant bits",
        tensors=_inputs_rounded(8, _towards_zero),
    ),
    Fault(
        "weights_rounded_to_bfloat16",
        "rounds W to bfloat16's 8 significant bits, to nearest even",
        tensors=_weights_rounded(8, _nearest_even),
    ),
    Fault(
        "weights_rounded_to_float16",
        "rounds W to float16's 11 significant bits, to nearest even",
        tensors=_weights_rounded(11, _nearest_even),
    ),
)
