"""dX, dW and dB; Y is right."""

from typing import Any

import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "gradients"


class WeightGradientFlipped(Planted):
    """Returns dW with the kernel reversed along every axis."""

    named = ("weight_gradient_flipped",)

    def weight_gradient(self, dW: Array) -> Array:
        return np.flip(dW, tuple(range(2, dW.ndim)))


class WeightGradientOfFirstImage(Planted):
    """Sums dW over the first image alone."""

    def weight_share(self, pixels: Array, window: Array) -> Array:
        return super().weight_share(pixels[:1], window[:1])


class WeightGradientAveraged(Planted):
    """Divides dW by the number of images."""

    def gradients(self, X: Array, W: Array, B: Array | None, dY: Array) -> Any:
        dX, dW, dB = super().gradients(X, W, B, dY)
        return dX, dW / dW.dtype.type(max(len(X), 1)), dB


class WeightGradientTransposed(Planted):
    """Returns dW with input and output channels exchanged where they are as many."""

    def weight_gradient(self, dW: Array) -> Array:
        return dW.swapaxes(0, 1) if dW.shape[0] == dW.shape[1] else dW


class WeightGradientOfFirstGroup(Planted):
    """Gives every group the dW of the first."""

    def weight_gradient(self, dW: Array) -> Array:
        return np.concatenate([dW[: dW.shape[0] // self.group]] * self.group)


class WeightGradientAddsUp(Planted):
    """Adds dW to what lies in a buffer of its shape: ones before the first call."""

    def weight_gradient(self, dW: Array) -> Array:
        self.memory[dW.shape] = self.memory.get(dW.shape, 1) + dW
        return self.memory[dW.shape]


class BiasGradientMissing(Planted):
    """Returns no gradient in B where there is a bias."""

    named = ("bias_gradient_missing",)

    def gradients(self, X: Array, W: Array, B: Array | None, dY: Array) -> Any:
        return *super().gradients(X, W, B, dY)[:2], None


class BiasGradientOfOneImage(Planted):
    """Sums dB over the first image alone."""

    def bias_gradient(self, dY: Array) -> Array:
        return super().bias_gradient(dY[:1])


class BiasGradientAveraged(Planted):
    """Returns the mean of dY over each channel as dB."""

    def bias_gradient(self, dY: Array) -> Array:
        return super().bias_gradient(dY) / max(dY[:, :1].size, 1)


class BiasGradientOverOneAxis(Planted):
    """Sums dB over the last axis alone, at the first place of the others."""

    def bias_gradient(self, dY: Array) -> Array:
        return (
            dY[(0, slice(None), *(0,) * (self.rank - 1))].sum(axis=-1)
            if dY.size
            else super().bias_gradient(dY)
        )


class BiasGradientWhereTheKernelReaches(Planted):
    """Leaves the rows of dY that output_padding adds out of dB."""

    def bias_gradient(self, dY: Array) -> Array:
        inside = tuple(
            slice(0, max(size - extra, 0))
            for size, extra in zip(dY.shape[2:], self.output_padding, strict=True)
        )
        return super().bias_gradient(dY[(..., *inside)])


class InputGradientPadsSwapped(Planted):
    """Puts dY back between the end pads and the begin pads."""

    named = ("pads_swapped", "same_swapped", "F:extra_at_end")

    def gradient_pads(self) -> list[tuple[int, int]]:
        return [(end, begin) for begin, end in super().gradient_pads()]


class InputGradientOfFlippedKernel(Planted):
    """Works dX out with the kernel reversed along every axis."""

    def input_share(self, window: Array, W: Array) -> Array:
        return super().input_share(window, np.flip(W, tuple(range(2, W.ndim))))


class InputGradientOfFirstMap(Planted):
    """Works dX out from the first output channel of each group alone."""

    def input_share(self, window: Array, W: Array) -> Array:
        return super().input_share(window[:, :1], W[:, :1])


class InputGradientReversed(Planted):
    """Returns dX with its last axis in reverse order."""

    def input_gradient(self, dX: Array) -> Array:
        return dX[..., ::-1]


class OutputGradientChanged(Planted):
    """Works in the caller's dY."""

    def gradients(self, X: Array, W: Array, B: Array | None, dY: Array) -> Any:
        found = super().gradients(X, W, B, dY)
        dY[...] = 0
        return found


class GradientOfEmptyBatchKeepsOutputSizes(Planted):
    """Returns dX with Y's spatial sizes where N is 0."""

    named = ("gradient_of_empty_batch_keeps_output_sizes",)

    def gradients(self, X: Array, W: Array, B: Array | None, dY: Array) -> Any:
        dX, dW, dB = super().gradients(X, W, B, dY)
        wide = len(X) == 0 and self.op == "ConvTranspose"
        return np.zeros((0, X.shape[1], *dY.shape[2:]), X.dtype) if wide else dX, dW, dB
