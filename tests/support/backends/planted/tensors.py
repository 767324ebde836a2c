"""Tensors that do not fit the call, and sizes that do not fit anywhere, that are taken."""

from typing import Any

import numpy as np

from textbook import Array
from textbook_laws import forbid

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "validation"


class XWithoutSpatialAxisTaken(Planted):
    """Multiplies matrices where X and W have no spatial axis."""

    def law_of_ranks(self, X: Array, W: Array) -> None:
        if X.ndim != 2 or W.ndim != 2:
            super().law_of_ranks(X, W)

    def law_of_sizes(self, X: Array, W: Array) -> None:
        if X.ndim > 2:
            super().law_of_sizes(X, W)


class WeightsOfHigherRankTaken(Planted):
    """Uses the first of the kernels where W has an axis too many."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        return super().answer(X, W[..., 0] if W.ndim == X.ndim + 1 and W.shape[-1] else W, B)


class EmptyKernelTaken(Planted):
    """Returns the bias, or zeros, where the kernel has no tap."""

    def law_of_ranks(self, X: Array, W: Array) -> None:
        forbid(
            X.ndim < 3 or W.ndim != X.ndim,
            "X and W have N or M, C and at least one spatial axis each",
        )


class GroupZeroAsOne(Planted):
    """Takes a group of 0 for 1."""

    def law_of_group(self, X: Array, W: Array) -> None:
        self.given["group"] = self.given.get("group", 1) or 1
        super().law_of_group(X, W)


class NegativeGroupAsPositive(Planted):
    """Ignores the sign of group."""

    def law_of_group(self, X: Array, W: Array) -> None:
        self.given["group"] = abs(self.given.get("group", 1))
        super().law_of_group(X, W)


class GroupIn32Bits(Planted):
    """Keeps the lower 32 bits of group."""

    def law_of_group(self, X: Array, W: Array) -> None:
        self.given["group"] = (self.given.get("group", 1) + 2**31) % 2**32 - 2**31
        super().law_of_group(X, W)


class ChannelsBeyondWholeGroupsIgnored(Planted):
    """Ignores the channels that are left where group does not divide C."""

    def law_of_group(self, X: Array, W: Array) -> None:
        forbid(not 1 <= self.given.get("group", 1) <= X.shape[1], "group is between 1 and C")


class WeightChannelsBeyondCIgnored(Planted):
    """Ignores the channels of W that X has not."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        return super().answer(
            X, W[: X.shape[1]] if self.op == "ConvTranspose" and X.ndim > 2 else W, B
        )


class ChannelsBeyondWeightsIgnored(Planted):
    """Ignores the channels of X that W has not."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        return super().answer(
            X[:, : W.shape[0]] if self.op == "ConvTranspose" and X.ndim > 2 else X, W, B
        )


class ConvWeightsTaken(Planted):
    """Takes W as Conv has it, M x C, where the channels fit only so."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        fits = (
            X.shape[1] == W.shape[1] != W.shape[0]
            and self.op == "ConvTranspose"
            and "group" not in self.given
        )
        return super().answer(X, W.swapaxes(0, 1) if fits else W, B)


class LongBiasCut(Planted):
    """Ignores the values of B past M."""

    def law_of_bias(self, W: Array, B: Array) -> None:
        forbid(B.ndim != 1 or B.size < self.maps(W), "B has a value for each of M")

    def maps(self, W: Array) -> int:
        return int(
            W.shape[1] * self.given.get("group", 1) if self.op == "ConvTranspose" else W.shape[0]
        )

    def add(self, Y: Array, B: Array) -> Array:
        return super().add(Y, B[: Y.shape[1]])


class ShortBiasFilled(LongBiasCut):
    """Fills a B that is too short with zeros."""

    def law_of_bias(self, W: Array, B: Array) -> None:
        forbid(B.ndim != 1 or B.size > self.maps(W), "B has no more than M values")

    def add(self, Y: Array, B: Array) -> Array:
        return super().add(Y, np.append(B, np.zeros(Y.shape[1] - B.size)))


class BiasOfOneSpread(LongBiasCut):
    """Adds a B of one value to every output channel."""

    def law_of_bias(self, W: Array, B: Array) -> None:
        forbid(B.shape not in ((1,), (self.maps(W),)), "B has one value, or one for each of M")

    def add(self, Y: Array, B: Array) -> Array:
        return Y + B if B.size == 1 else super().add(Y, B)


class BiasOfAnyRankTaken(LongBiasCut):
    """Takes a B of M values in any shape."""

    def law_of_bias(self, W: Array, B: Array) -> None:
        forbid(B.size != self.maps(W), "B has M values")

    def bias(self, B: Array) -> Array:
        return B.ravel()


class BiasOfOneGroupTaken(LongBiasCut):
    """Takes a B for one group, and repeats it."""

    def law_of_bias(self, W: Array, B: Array) -> None:
        forbid(B.shape not in ((W.shape[1],), (self.maps(W),)), "B has M or M/group values")

    def add(self, Y: Array, B: Array) -> Array:
        return super().add(Y, np.tile(B, Y.shape[1] // B.size) if B.size else B)


class NegativeSizesAsEmpty(Planted):
    """Returns an empty Y where a size comes out below 0."""

    def size(self, axis: int) -> int:
        return max(super().size(axis), 0)

    def crop(self, canvas: Array, pads: list[tuple[int, int]], sizes: list[int]) -> Array:
        if min(sizes) < 0:
            return np.zeros((*canvas.shape[:2], *(max(size, 0) for size in sizes)))
        return super().crop(canvas, pads, sizes)


class ConvBeyondTheInputEmpty(Planted):
    """Returns an empty Y where Conv's kernel does not fit into the input."""

    def size(self, axis: int) -> int:
        return max(super().size(axis), 0) if self.op == "Conv" else super().size(axis)

    def forward(self, X: Array, W: Array, B: Array | None) -> Array:
        sizes = [self.size(axis) for axis in range(self.rank)]
        return (
            super().forward(X, W, B)
            if min(sizes) > 0
            else np.zeros((X.shape[0], W.shape[0], *sizes))
        )


class SizesIn64Bits(Planted):
    """Works sizes out in 64 bits, which wrap around, and returns zeros of what comes out."""

    bits = 64

    def size(self, axis: int) -> int:
        half = 1 << (self.bits - 1)
        return (super().size(axis) + half) % (2 * half) - half

    def wraps(self) -> bool:
        return any(
            super(SizesIn64Bits, self).size(axis) != self.size(axis) for axis in range(self.rank)
        )

    def transposed(self, X: Array, W: Array, B: Array | None) -> Array:
        if not self.wraps():
            return super().transposed(X, W, B)
        return np.zeros(
            (X.shape[0], W.shape[1] * self.group, *(self.size(axis) for axis in range(self.rank)))
        )


class SizesIn32Bits(SizesIn64Bits):
    """Works sizes out in 32 bits, which wrap around, and returns zeros of what comes out."""

    bits = 32
