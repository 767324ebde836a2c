"""How much precision is lost on the way."""

from typing import Any, ClassVar

import ml_dtypes
import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "accuracy"


def kept_bits(array: Array, bits: int) -> Array:
    """float32 with `bits` explicit bits of the significand, rounded to nearest."""
    drop = np.uint32(23 - bits)
    half = (np.uint32(1) << (drop - np.uint32(1))) - np.uint32(1)
    raw = np.ascontiguousarray(array).view(np.uint32)
    return ((raw + half + ((raw >> drop) & np.uint32(1))) >> drop << drop).view(np.float32)


def towards_zero(array: Array, dtype: Any) -> Array:
    """float64 cut, not rounded, to float16 or float32."""
    near = array.astype(dtype)
    return np.where(
        np.abs(near.astype(np.float64)) > np.abs(array), np.nextafter(near, dtype(0)), near
    )


class TensorFloat32(Planted):
    """Rounds float32 X and W to 10 explicit bits: TF32 matrix units."""

    named = ("inputs_rounded_to_tf32", "TF32 inputs")

    def numbers(self, array: Array) -> Array:
        return kept_bits(array, 10) if array.dtype == np.float32 else array


class BFloat16Inputs(Planted):
    """Rounds float32 X and W to bfloat16."""

    named = ("inputs_rounded_to_bfloat16", "bfloat16 inputs")

    def numbers(self, array: Array) -> Array:
        return kept_bits(array, 7) if array.dtype == np.float32 else array


class BFloat16Truncated(Planted):
    """Cuts float32 X and W to the upper half of their bits."""

    named = ("inputs_cut_to_bfloat16",)

    def numbers(self, array: Array) -> Array:
        if array.dtype != np.float32:
            return array
        return (np.ascontiguousarray(array).view(np.uint32) & np.uint32(0xFFFF0000)).view(
            np.float32
        )


class SplitBFloat16(Planted):
    """Computes float32 from two bfloat16 parts of each operand, without the product of the two low
    parts."""

    def products(self, pixels: Array, W: Array) -> Array:
        high_x, high_w = (
            kept_bits(a.astype(np.float32), 7).astype(np.float64) for a in (pixels, W)
        )
        whole = super().products(pixels, W)
        return whole - super().products(pixels - high_x, W - high_w) if self.single else whole

    def numbers(self, array: Array) -> Array:
        self.single = array.dtype == np.float32
        return array


class WeightsScaled(Planted):
    """Multiplies by weights that are 1 + 2**-14 times too large."""

    def products(self, pixels: Array, W: Array) -> Array:
        return super().products(pixels, W * (1 + 2.0**-14))


class Float16Accumulation(Planted):
    """Sums every type in float16."""

    named = ("accumulates in float16", "accumulates in dtype")
    partly = ("flushes subnormals",)

    accumulator: ClassVar[Any] = np.float16


class HalfRoundedPerTap(Planted):
    """Rounds every partial sum of float16 to float16."""

    named = ("accumulates in dtype",)
    narrow: ClassVar[Any] = np.float16

    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        self.dtype = X.dtype
        return super().compute(X, W, B)

    def land(self, canvas: Array, at: Any, values: Array) -> None:
        super().land(canvas, at, values)
        if self.dtype == self.narrow:
            canvas[at] = canvas[at].astype(self.narrow)


class BFloat16RoundedPerTap(HalfRoundedPerTap):
    """Rounds every partial sum of bfloat16 to bfloat16."""

    named = ("accumulates in dtype",)
    narrow: ClassVar[Any] = ml_dtypes.bfloat16


class TruncatingAccumulation(Planted):
    """Cuts every partial sum of float32 towards zero."""

    def land(self, canvas: Array, at: Any, values: Array) -> None:
        super().land(canvas, at, values)
        canvas[at] = towards_zero(canvas[at], np.float32) if self.single else canvas[at]

    def numbers(self, array: Array) -> Array:
        self.single = array.dtype == np.float32
        return array


class HalfCutTowardsZero(Planted):
    """Cuts float16 outputs towards zero instead of rounding them."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return towards_zero(Y, np.float16) if dtype == np.float16 else super().rounded(Y, dtype)


class BFloat16Cut(Planted):
    """Cuts bfloat16 outputs to the upper half of a float32's bits instead of rounding them."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        if dtype != ml_dtypes.bfloat16:
            return super().rounded(Y, dtype)
        upper = np.ascontiguousarray(Y.astype(np.float32)).view(np.uint32) >> np.uint32(16)
        return upper.astype(np.uint16).view(ml_dtypes.bfloat16)


class DoubleSummedInSingle(Planted):
    """Rounds every partial sum of float64 to float32."""

    named = ("float32 arithmetic",)

    def land(self, canvas: Array, at: Any, values: Array) -> None:
        super().land(canvas, at, values)
        if self.double:
            canvas[at] = canvas[at].astype(np.float32)

    def numbers(self, array: Array) -> Array:
        self.double = array.dtype == np.float64
        return array


class SingleThroughHalf(Planted):
    """Stores float32 outputs as float16 on their way."""

    partly = ("flushes subnormals",)  # of float32 float16 holds none

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return super().rounded(Y.astype(np.float16) if dtype == np.float32 else Y, dtype)
