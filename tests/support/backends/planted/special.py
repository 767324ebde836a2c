"""NaN, infinities, subnormal numbers, overflow."""

from typing import Any

import ml_dtypes
import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "special"


def limits(dtype: Any) -> Any:
    return ml_dtypes.finfo(dtype)


def flushed(array: Array, dtype: Any) -> Array:
    """Numbers below the smallest normal one of `dtype` as 0."""
    return np.where(
        np.abs(array.astype(np.float64)) < float(limits(dtype).smallest_normal),
        array.dtype.type(0),
        array,
    )


# products that the definition has not


class InsertedZerosMultiplied(Planted):
    """Stretches X by zeros and multiplies these, too: weights of NaN or Inf reach outputs that the
    definition keeps apart."""

    named = ("inserted_zeros_multiplied",)

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        if 0 in X.shape:
            return super().add_up(X, W, sizes)
        wide = [
            (size - 1) * stride + 1 for size, stride in zip(self.inputs, self.strides, strict=True)
        ]
        stretched = np.zeros((*X.shape[:2], *wide))
        stretched[(..., *(slice(None, None, stride) for stride in self.strides))] = X
        self.inputs, self.strides = wide, [1] * self.rank
        return super().add_up(stretched, W, sizes)


class BorderZerosMultiplied(Planted):
    """Multiplies zeros around X, as many as the kernel reaches: weights of NaN or Inf reach outputs
    at the borders."""

    named = ("border_zeros_multiplied",)

    def ringed(self, axis: int) -> int:
        return -(-(self.reach(axis) - 1) // self.strides[axis])

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        rings = [self.ringed(axis) for axis in range(self.rank)]
        moved = [n * stride for n, stride in zip(rings, self.strides, strict=True)]
        padded = np.pad(X, [(0, 0), (0, 0), *((n, n) for n in rings)])
        kept, self.inputs = self.inputs, list(padded.shape[2:])
        canvas = super().add_up(
            padded, W, [size + 2 * by for size, by in zip(sizes, moved, strict=True)]
        )
        self.inputs = kept
        return canvas[(..., *(slice(by, by + size) for by, size in zip(moved, sizes, strict=True)))]


class RowBorderZerosMultiplied(BorderZerosMultiplied):
    """Multiplies zeros beside each row: weights of NaN or Inf reach outputs at both ends of the
    last axis."""

    named = ("row_border_zeros_multiplied",)

    def ringed(self, axis: int) -> int:
        return super().ringed(axis) if axis == self.rank - 1 else 0


class ZeroInputsSkipped(Planted):
    """Skips inputs of 0: 0 times Inf or NaN is nothing."""

    def products(self, pixels: Array, W: Array) -> Array:
        kept = (pixels != 0)[(..., *(None,) * (W.ndim - 1))]
        return np.where(kept, pixels[(..., *(None,) * (W.ndim - 1))] * W, 0).sum(axis=1)


class ZeroWeightsSkipped(Planted):
    """Skips weights of 0: 0 times Inf or NaN is nothing."""

    def products(self, pixels: Array, W: Array) -> Array:
        return np.where(W != 0, pixels[(..., *(None,) * (W.ndim - 1))] * W, 0).sum(axis=1)


class NextChannelTimesZero(Planted):
    """Takes channels in pairs: where their number is odd, multiplies the next pixel's first channel
    by 0."""

    named = ("next_pixel_times_zero",)

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        if self.group > 1 or X.shape[1] % 2 == 0:
            return super().add_up(X, W, sizes)
        following = np.append(X[:, 0].ravel()[1:], 0.0).reshape(X[:, :1].shape)
        return super().add_up(
            np.concatenate([X, following], axis=1), np.concatenate([W, np.zeros_like(W[:1])]), sizes
        )


# values lost


class NanAsZero(Planted):
    """Replaces NaN in the result by 0."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return super().rounded(np.where(np.isnan(Y), 0.0, Y), dtype)


class NanInputsAsZero(Planted):
    """Takes NaN in X for 0."""

    def images(self, X: Array) -> Array:
        return np.where(np.isnan(X), X.dtype.type(0), X)


class NanAsInfinity(Planted):
    """Returns Inf for NaN, as where Inf - Inf is not seen."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return super().rounded(np.where(np.isnan(Y), np.inf, Y), dtype)


class InfinitySaturated(Planted):
    """Returns the largest number of its sign for an infinity."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        largest = float(limits(dtype).max)
        return super().rounded(np.where(np.isinf(Y), np.copysign(largest, Y), Y), dtype)


class OverflowSaturated(Planted):
    """Returns the largest number of its sign where a finite sum is beyond it."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        largest = float(limits(dtype).max)
        return super().rounded(np.where(np.isfinite(Y), np.clip(Y, -largest, largest), Y), dtype)


class OverflowIsNan(Planted):
    """Returns NaN where a finite sum is beyond the largest number."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        beyond = np.isinf(super().rounded(Y, dtype).astype(np.float64)) & np.isfinite(Y)
        return super().rounded(np.where(beyond, np.nan, Y), dtype)


class NegativeOverflowPositive(Planted):
    """Returns Inf where a finite sum is below the most negative number."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        found = super().rounded(Y, dtype)
        return np.where(np.isinf(found.astype(np.float64)) & np.isfinite(Y), np.abs(found), found)


class HalfPartialSumsOverflow(Planted):
    """Rounds partial sums of float16 beyond its range to Inf."""

    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        self.dtype = X.dtype
        return super().compute(X, W, B)

    def land(self, canvas: Array, at: Any, values: Array) -> None:
        super().land(canvas, at, values)
        if self.dtype == np.float16:
            canvas[at] = np.where(
                np.abs(canvas[at]) >= 65520, np.copysign(np.inf, canvas[at]), canvas[at]
            )


class NanBiasLost(Planted):
    """Adds no bias that is not finite."""

    def bias(self, B: Array) -> Array:
        return np.where(np.isfinite(B), B, B.dtype.type(0))


class SubnormalInputsFlushed(Planted):
    """Takes subnormal numbers of X and W for 0."""

    named = ("flushes subnormals",)

    def numbers(self, array: Array) -> Array:
        return flushed(array, array.dtype)


class SubnormalOutputsFlushed(Planted):
    """Returns 0 for subnormal results."""

    named = ("flushes subnormals",)

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return flushed(super().rounded(Y, dtype), dtype)


class SubnormalBiasFlushed(Planted):
    """Takes subnormal numbers of B for 0."""

    partly = ("flushes subnormals",)  # where no other number is subnormal

    def bias(self, B: Array) -> Array:
        return flushed(B, B.dtype)
