"""What is added to which output channel, and where."""

from typing import Any

import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "bias"


class BiasIgnored(Planted):
    """Leaves the bias out."""

    named = ("bias_missing",)

    def add(self, Y: Array, B: Array) -> Array:
        return Y


class BiasTwice(Planted):
    """Adds the bias twice."""

    named = ("bias_twice",)

    def bias(self, B: Array) -> Array:
        return B.astype(self.accumulator) * 2


class BiasSubtracted(Planted):
    """Subtracts the bias."""

    named = ("bias_subtracted",)

    def bias(self, B: Array) -> Array:
        return -B


class FirstBiasForAll(Planted):
    """Adds B[0] to every output channel."""

    named = ("first_bias_for_all",)

    def bias(self, B: Array) -> Array:
        return B[:1].repeat(B.size)


class BiasOfFirstGroup(Planted):
    """Gives every group the bias values of the first group."""

    named = ("bias_of_first_group",)

    def bias(self, B: Array) -> Array:
        return np.tile(B[: B.size // self.group], self.group)


class BiasGroupsInterleaved(Planted):
    """Reads B map by map, the groups inside."""

    def bias(self, B: Array) -> Array:
        return B.reshape(-1, self.group).T.ravel()


class BiasOncePerGroup(Planted):
    """Adds the bias once for each group."""

    partly = ("bias_twice",)

    def bias(self, B: Array) -> Array:
        return B.astype(self.accumulator) * self.group


class BiasOncePerChannel(Planted):
    """Adds the bias with each input channel of a group."""

    partly = ("bias_twice", "bias_missing")

    def transposed(self, X: Array, W: Array, B: Array | None) -> Array:
        return super().transposed(X, W, None if B is None else B * (X.shape[1] // self.group))


class BiasShifted(Planted):
    """Adds to each output channel the bias of the next."""

    partly = ("bias_reversed",)

    def bias(self, B: Array) -> Array:
        return np.roll(B, -1)


class BiasReversed(Planted):
    """Reads B from its end."""

    named = ("bias_reversed",)

    def bias(self, B: Array) -> Array:
        return B[::-1]


class LastBiasMissing(Planted):
    """Adds no bias to the last output channel."""

    partly = ("bias_missing",)

    def bias(self, B: Array) -> Array:
        fewer = B.copy()
        fewer[-1:] = 0
        return fewer


class BiasTailOfFourMissing(Planted):
    """Adds whole vectors of four bias values, once there is one, and none behind them."""

    def bias(self, B: Array) -> Array:
        return np.where(
            np.arange(B.size) < max(B.size - B.size % 4, min(B.size, 4)), B, B.dtype.type(0)
        )


class BiasOfFirstImage(Planted):
    """Adds the bias to the first image alone."""

    def add(self, Y: Array, B: Array) -> Array:
        return np.concatenate([super().add(Y[:1], B), Y[1:]])


class BiasAlongLastAxis(Planted):
    """Adds B along the last axis where that has as many elements."""

    def add(self, Y: Array, B: Array) -> Array:
        return Y + B if Y.shape[-1] == B.size else super().add(Y, B)


class BiasBeforeZerosAreAdded(Planted):
    """Adds B before negative pads grow Y, so that the new rows lack it."""

    named = ("bias_before_zeros",)

    def crop(self, canvas: Array, pads: list[tuple[int, int]], sizes: list[int]) -> Array:
        inside = super().crop(np.ones_like(canvas), pads, sizes)
        self.kernels_reach = inside
        return super().crop(canvas, pads, sizes)

    def add(self, Y: Array, B: Array) -> Array:
        shaped = B.reshape([1, -1] + [1] * self.rank)
        return Y + shaped * self.kernels_reach if self.op == "ConvTranspose" else super().add(Y, B)


class BiasWhereTheKernelReaches(Planted):
    """Adds B to the outputs that a product reaches, and leaves those between them 0."""

    named = ("bias_where_reached",)

    def land(self, canvas: Array, at: Any, values: Array) -> None:
        super().land(canvas, at, values)
        self.reached[at] = 1

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        self.reached = np.zeros((X.shape[0], W.shape[1] * self.group, *sizes))
        return super().add_up(X, W, sizes)

    def crop(self, canvas: Array, pads: list[tuple[int, int]], sizes: list[int]) -> Array:
        self.reached = super().crop(self.reached, pads, sizes)
        return super().crop(canvas, pads, sizes)

    def add(self, Y: Array, B: Array) -> Array:
        shaped = B.reshape([1, -1] + [1] * self.rank)
        return Y + shaped * self.reached if self.op == "ConvTranspose" else super().add(Y, B)


class BiasMissingWithOutputPadding(Planted):
    """Adds no bias to the elements of output_padding."""

    partly = ("bias_where_reached",)

    def add(self, Y: Array, B: Array) -> Array:
        found = super().add(Y, B)
        for axis, extra in enumerate(self.output_padding):
            if extra and self.wanted(axis) is None:
                first = max(Y.shape[2 + axis] - extra, 0)
                np.moveaxis(found, 2 + axis, 0)[first:] = np.moveaxis(Y, 2 + axis, 0)[first:]
        return found


class BiasMissingFromNothing(Planted):
    """Returns zeros instead of the bias where nothing is summed: no channels, or no input."""

    named = ("bias_missing", "bias_where_reached")

    def add(self, Y: Array, B: Array) -> Array:
        empty = 0 in self.inputs or not self.channels
        return Y if empty and self.op == "ConvTranspose" else super().add(Y, B)

    def images(self, X: Array) -> Array:
        self.channels = X.shape[1]
        return X
