"""In which order the kernel's taps are met."""

import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "layout"


class KernelFlipped(Planted):
    """Reverses the kernel along every axis."""

    named = ("kernel_flipped",)

    def filters(self, W: Array) -> Array:
        return np.flip(W, tuple(range(2, W.ndim))) if self.op == "ConvTranspose" else W


class KernelFlippedOnFirstAxis(Planted):
    """Reverses the kernel along its first axis."""

    named = ("kernel_flipped_along_first_axis",)

    def filters(self, W: Array) -> Array:
        return np.flip(W, 2) if self.op == "ConvTranspose" else W


class KernelFlippedOnLastAxis(Planted):
    """Reverses the kernel along its last axis."""

    named = ("kernel_flipped_along_last_axis",)

    def filters(self, W: Array) -> Array:
        return np.flip(W, -1) if self.op == "ConvTranspose" else W


class KernelFlippedInDepth(Planted):
    """Reverses the kernel along the first of three axes, and along none where there are fewer."""

    named = ("kernel_flipped_along_first_axis",)

    def filters(self, W: Array) -> Array:
        return np.flip(W, 2) if W.ndim == 5 else W


class KernelFlippedWithStride(Planted):
    """Reverses the kernel where a stride is above 1."""

    named = ("kernel_flipped",)

    def filters(self, W: Array) -> Array:
        return np.flip(W, tuple(range(2, W.ndim))) if max(self.strides) > 1 else W


class SquareKernelsTransposed(Planted):
    """Reads the kernel with its last two axes exchanged where both sizes are the same."""

    named = ("kernel_last_axes_exchanged",)

    def filters(self, W: Array) -> Array:
        return W.swapaxes(-1, -2) if W.ndim > 3 and W.shape[-1] == W.shape[-2] else W


class KernelAxesReversed(Planted):
    """Reads the kernel with its spatial axes in reverse order where all sizes are the same."""

    named = ("kernel_axes_transposed",)

    def filters(self, W: Array) -> Array:
        return W.transpose(0, 1, *range(W.ndim - 1, 1, -1)) if len(set(W.shape[2:])) == 1 else W


class KernelMemoryTransposed(Planted):
    """Reads the kernel's memory with the last two axes exchanged, whatever their sizes."""

    partly = ("kernel_last_axes_exchanged",)

    def filters(self, W: Array) -> Array:
        return (
            W.reshape(*W.shape[:-2], W.shape[-1], W.shape[-2]).swapaxes(-1, -2) if W.ndim > 3 else W
        )


class ConvolvesInsteadOfCorrelating(Planted):
    """Reverses the kernel in Conv."""

    named = ("kernel_flipped",)

    def filters(self, W: Array) -> Array:
        return np.flip(W, tuple(range(2, W.ndim))) if self.op == "Conv" else W
