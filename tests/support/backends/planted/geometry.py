"""Pads, strides and dilations: where a product lands."""

from typing import Any

import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "geometry"


# pads


class PadsSwapped(Planted):
    """Crops by the end pads at the begin and by the begin pads at the end."""

    named = ("pads_swapped",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (end, begin) if self.wanted(axis) is None else (begin, end)


class PadsIgnored(Planted):
    """Ignores pads."""

    named = ("pads_ignored",)

    def pads(self, axis: int) -> tuple[int, int]:
        return super().pads(axis) if self.wanted(axis) is not None else (0, 0)


class PadsOfOneAxis(Planted):
    """Takes the pads of the first axis for all."""

    named = ("first_pads_for_all",)

    def pads(self, axis: int) -> tuple[int, int]:
        return super().pads(0) if self.wanted(axis) is None else super().pads(axis)


class PadsMadeSymmetric(Planted):
    """Crops by the begin pads on both sides."""

    named = ("begin_pads_at_both_ends",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (begin, begin) if self.wanted(axis) is None else (begin, end)


class PadsAllAtBegin(Planted):
    """Crops by the sum of both pads at the begin."""

    named = ("crops_at_begin",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (begin + end, 0) if self.wanted(axis) is None else (begin, end)


class PadsAllAtEnd(Planted):
    """Crops by the sum of both pads at the end."""

    named = ("crops_at_end",)
    partly = ("pads_ignored",)  # of gradients, which are as large as dY is: both begin at 0

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (0, begin + end) if self.wanted(axis) is None else (begin, end)


class PadsInterleaved(Planted):
    """Reads pads as begin and end of the first axis, then of the second."""

    named = ("pads_interleaved",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.explicit = self.explicit[::2] + self.explicit[1::2]


class AsymmetricPadsWrongIn3d(Planted):
    """Crops by the larger pad on both sides, in three dimensions alone."""

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (
            (max(begin, end),) * 2 if self.rank == 3 and self.wanted(axis) is None else (begin, end)
        )


class PadsTimesStride(Planted):
    """Counts pads in inputs: crops stride times as much."""

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        if self.wanted(axis) is not None:
            return begin, end
        return begin * self.strides[axis], end * self.strides[axis]


class PadsAsOfConv(Planted):
    """Takes pads for those of a convolution over the stretched input: crops by effective kernel - 1
    - pad."""

    partly = ("pads_added",)  # where the kernel has one tap

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        if self.wanted(axis) is not None or "pads" not in self.given:
            return begin, end
        return self.reach(axis) - 1 - begin, self.reach(axis) - 1 - end


# strides and dilations


class StridesSwapped(Planted):
    """Applies strides to the axes in reverse order."""

    named = ("strides_reversed",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.strides.reverse()


class StrideOfFirstAxis(Planted):
    """Uses the first axis's stride for all."""

    named = ("first_stride_for_all",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.strides = [self.strides[0]] * self.rank


class DilationsSwapped(Planted):
    """Applies dilations to the axes in reverse order."""

    named = ("dilations_reversed",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.dilations.reverse()


class DilationOfFirstAxis(Planted):
    """Uses the first axis's dilation for all."""

    named = ("first_dilation_for_all",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.dilations = [self.dilations[0]] * self.rank


class DilationsIgnored(Planted):
    """Ignores dilations."""

    named = ("dilations_ignored",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.dilations = [1] * self.rank


class DilationIgnoredWhereStrided(Planted):
    """Ignores the dilation of an axis whose stride is above 1."""

    partly = ("dilations_ignored",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.dilations = [
            1 if s > 1 else d for s, d in zip(self.strides, self.dilations, strict=True)
        ]


class StrideAndDilationExchanged(Planted):
    """Spreads the inputs by the dilation and the taps by the stride."""

    named = ("strides_and_dilations_swapped",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.strides, self.dilations = self.dilations, self.strides


class DilationLeftOutOfPlaces(Planted):
    """Sizes Y with the dilated kernel, and puts the taps side by side."""

    partly = ("dilations_ignored",)  # of gradients, where dY says how large Y is

    def met(self, index: tuple[int, ...]) -> tuple[slice, ...]:
        firsts = [i * s for i, s in zip(index, self.strides, strict=True)]
        return tuple(slice(first, first + k) for first, k in zip(firsts, self.kernel, strict=True))


# the loops


class OverlapsOverwritten(Planted):
    """Where two inputs reach one output, the later one alone counts."""

    def land(self, canvas: Array, at: Any, values: Array) -> None:
        canvas[at] = values


class LastInputDropped(Planted):
    """Ends one input early along the last axis, where there are four or more."""

    def images(self, X: Array) -> Array:
        if X.shape[-1] < 4:
            return X
        short = X.copy()
        short[..., -1] = 0
        return short


class LastTapOfEvenKernelsDropped(Planted):
    """Takes a kernel of even size along the last axis as centred, and loses its last tap."""

    def filters(self, W: Array) -> Array:
        if W.shape[-1] % 2:
            return W
        short = W.copy()
        short[..., -1] = 0
        return short


class OutputTailUnwritten(Planted):
    """Writes whole vectors of four outputs along the last axis, once there is one, and zeros behind
    them."""

    def crop(self, canvas: Array, pads: list[tuple[int, int]], sizes: list[int]) -> Array:
        Y = super().crop(canvas, pads, sizes)
        if Y.shape[-1] < 4 or Y.shape[-1] % 4 == 0:
            return Y
        return np.where(np.arange(Y.shape[-1]) < Y.shape[-1] // 4 * 4, Y, 0)
