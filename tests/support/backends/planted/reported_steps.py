"""Kernels, strides, dilations, output_padding and loops as public bug reports tell them."""

import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "geometry"


# the size of Y


class SizeFromKernelPlusDilation(Planted):
    """Takes kernel + dilation - 1 for the size of the dilated kernel where it works out Y's.

    microsoft/onnxruntime#2518: 95 rows instead of 97 with kernel 3, dilation 3 and stride 2.
    """

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        short = self.reach(axis) - (self.kernel[axis] + self.dilations[axis] - 1)
        return (begin, end + short) if self.wanted(axis) is None else (begin, end)


class WidthFromHeightOfKernel(Planted):
    """Works out the last axis's size from the first axis's dilated kernel.

    nntrainer/nntrainer#4347: the width came from the kernel's effective height.
    """

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        last = axis == self.rank - 1 and self.wanted(axis) is None
        return (begin, end + self.reach(axis) - self.reach(0)) if last else (begin, end)


class OutputPaddingTimesStride(Planted):
    """Lengthens Y by output_padding times the stride.

    apple/coreai-torch#57: output_padding was put at the end of the input.
    """

    partly = ("output_padding_twice",)  # where the stride is 2

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        more = self.output_padding[axis] * (self.strides[axis] - 1)
        return (begin, end - more) if self.wanted(axis) is None else (begin, end)


class OutputPaddingReversed(Planted):
    """Applies output_padding to the axes in reverse order.

    ARM-software/ComputeLibrary#482: the two arguments stood in each other's place.
    """

    named = ("output_padding_reversed",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.output_padding.reverse()


# strides and dilations


class FirstStrideAndDilationForAll(Planted):
    """Uses the first axis's stride and dilation for all axes.

    Like PaddlePaddle/Paddle#20997, where one function read stride[0] for every axis.
    """

    named = (
        "first_stride_for_all + first_dilation_for_all",
        "first_dilation_for_all + first_stride_for_all",
    )
    partly = (
        "first_stride_for_all",
        "first_dilation_for_all",
    )  # where the others are the same on all axes

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.strides, self.dilations = (
            [self.strides[0]] * self.rank,
            [self.dilations[0]] * self.rank,
        )


class DilationsAndOutputPaddingIgnored(Planted):
    """Ignores dilations and output_padding.

    Like tensorflow/tflite-micro#743 and NVIDIA-AI-IOT/torch2trt#734, a format that has neither.
    """

    named = (
        "dilations_ignored + output_padding_ignored",
        "output_padding_ignored + dilations_ignored",
    )
    partly = ("dilations_ignored", "output_padding_ignored")  # where only one of them is given

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.dilations, self.output_padding = [1] * self.rank, [0] * self.rank


class DilationsIgnoredIn1d(Planted):
    """Ignores dilations in one dimension.

    Like pytorch/TensorRT#3737, where one dimension became two and its numbers were not carried
    over.
    """

    named = ("dilations_ignored",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.dilations = [1] if self.rank == 1 else self.dilations


class DilationsIgnoredWithGroups(Planted):
    """Ignores dilations where there is more than one group.

    Like apache/tvm#10223, wrong with groups alone.
    """

    named = ("dilations_ignored",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.dilations = [1] * self.rank if self.group > 1 else self.dilations


class GroupAndDilationExchanged(Planted):
    """Takes the first dilation for group and group for every dilation; refuses channels that this
    does not divide.

    IntelLabs/bayesian-torch#34: the two arguments stood in each other's place.
    """

    partly = (
        "dilations_ignored",
        "first_dilation_for_all",
    )  # where there is one group and the first dilation is 1

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.group, self.dilations = self.dilations[0], [self.group] * self.rank
        if X.shape[1] % self.group:
            raise ValueError("group divides the channels")


# the loops


class InputsPastTheKernelDropped(Planted):
    """Leaves out the inputs whose index on an axis is not below the kernel's size.

    nntrainer/nntrainer#4347: an input's index was bounded by the kernel's size.
    """

    def images(self, X: Array) -> Array:
        inside = (..., *(slice(0, size) for size in self.kernel))
        kept = np.zeros_like(X)
        kept[inside] = X[inside]
        return kept if self.op == "ConvTranspose" else X


class LastPixelOfKernel3Stride2(Planted):
    """Loses the last input's product with the middle tap of a 3 x 3 kernel with strides of 2.

    Like Tencent/ncnn#1283, one wrong output in each channel of a 3 x 3 kernel with stride 2.
    """

    def met(self, index: tuple[int, ...]) -> tuple[slice, ...]:
        self.at_end = list(index) == [size - 1 for size in self.inputs]
        return super().met(index)

    def products(self, pixels: Array, W: Array) -> Array:
        values = super().products(pixels, W)
        if self.at_end and self.kernel == [3, 3] and self.strides == [2, 2]:
            values[..., 1, 1] = 0
        return values


# gradients


class InputGradientOfPointKernelUnstrided(Planted):
    """Reads dY for dX as if strides were 1 where the kernel has one tap.

    pytorch/pytorch#63314: dX took dY's second element where its third was meant.
    """

    kind = "gradients"

    def derive_transposed(self, X: Array, W: Array, dY: Array) -> tuple[Array, Array]:
        dX, dW = super().derive_transposed(X, W, dY)
        if any(size > 1 for size in self.kernel):
            return dX, dW
        canvas = self.uncrop(
            dY, self.gradient_pads(), [self.natural(axis) for axis in range(self.rank)]
        )
        near = canvas[(..., *(slice(0, size) for size in self.inputs))]
        taps = W.reshape(self.group, -1, W.shape[1])
        windows = near.reshape(len(near), self.group, W.shape[1], *near.shape[2:])
        return np.einsum("ngm...,gcm->ngc...", windows, taps).reshape(X.shape), dW
