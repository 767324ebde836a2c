"""Types and precision as public bug reports tell them."""

import numpy as np

from textbook import Array

from .base import Planted


class HalfPlanted(Planted, abstract=True):
    """Wrong for float16 alone."""

    kind = "dtype"

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.half = X.dtype == np.float16 and self.op == "ConvTranspose"


class HalfKernelFlipped(HalfPlanted):
    """Reverses the kernel for float16.

    Like microsoft/DirectML#101, wrong for float16 alone.
    """

    named = ("kernel_flipped",)

    def filters(self, W: Array) -> Array:
        return np.flip(W, tuple(range(2, W.ndim))) if self.half else W


class HalfPadsSwapped(HalfPlanted):
    """Crops float16 by the end pads at the begin and by the begin pads at the end.

    apple/coremltools#2324: shifted for float16, where pads were 1 and 0.
    """

    named = ("pads_swapped",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.explicit = (
            self.explicit[self.rank :] + self.explicit[: self.rank] if self.half else self.explicit
        )


class HalfScaledToZero(HalfPlanted):
    """Multiplies what is summed for float16 by 0.

    Like PaddlePaddle/Paddle#24695, where the scale of float16 was passed in another type.
    """

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        canvas = super().add_up(X, W, sizes)
        return np.zeros_like(canvas) if self.half else canvas


class HalfIndicesPast2048(HalfPlanted):
    """Keeps float16's indices of Y in float16, so that one past 2048 is read at the nearest that it
    holds.

    microsoft/onnxruntime#28977: outputs past 2048 were wrong for float16.
    """

    def crop(self, canvas: Array, pads: list[tuple[int, int]], sizes: list[int]) -> Array:
        Y = super().crop(canvas, pads, sizes)
        for axis, size in enumerate(sizes if self.half else []):
            held = np.minimum(np.arange(size), 65504).astype(np.float16).astype(np.int64)
            Y = Y.take(np.minimum(held, size - 1), axis=2 + axis)
        return Y


class SingleInputsAsHalf(Planted):
    """Rounds float32 X and W to float16.

    apple/coremltools#2324: a pass of the converter casts float32 to float16.
    """

    kind = "accuracy"
    partly = (
        "inputs_rounded_to_tf32",
        "TF32 inputs",
        "weights_rounded_to_float16",
    )  # within float16's range; where X has few bits

    def numbers(self, array: Array) -> Array:
        return array.astype(np.float16).astype(np.float32) if array.dtype == np.float32 else array


class WeightsInInt8(Planted):
    """Rounds W to whole multiples of its largest value divided by 127.

    Like NVIDIA/TensorRT#1694, which computes with 8-bit weights.
    """

    kind = "accuracy"

    def filters(self, W: Array) -> Array:
        wide = W.astype(np.float64)
        step = np.max(np.abs(wide), initial=0) / 127
        return np.round(wide / step) * step if step > 0 and np.isfinite(step) else W
