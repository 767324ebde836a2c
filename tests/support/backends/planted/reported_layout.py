"""Layouts, groups and the bias as public bug reports tell them."""

from math import prod
from typing import Any

import numpy as np

from textbook import Array

from .base import Planted


def flipped(W: Array) -> Array:
    return np.flip(W, tuple(range(2, W.ndim)))


# layout


class KernelFlippedWithoutStride(Planted):
    """Reverses the kernel where all strides are 1.

    alibaba/MNN#933: right with a stride of 2; with 1 the output was in another order, and shifted.
    """

    kind = "layout"
    named = ("kernel_flipped",)

    def filters(self, W: Array) -> Array:
        return flipped(W) if self.op == "ConvTranspose" and max(self.strides) == 1 else W


class ChannelsBeforeImagesIn3d(Planted):
    """Returns Y with the channels before the images in three dimensions.

    FluxML/Flux.jl#978: the two axes were swapped in three dimensions, not in two.
    """

    kind = "layout"
    named = ("output_channels_first",)

    def rounded(self, Y: Array, dtype: Any) -> Array:
        swapped = self.op == "ConvTranspose" and self.rank == 3
        return super().rounded(Y.swapaxes(0, 1) if swapped else Y, dtype)


class WeightsAsConvAndNoBias(Planted):
    """Reads W's memory as Conv's weights, M/group x C/group in each group, and leaves the bias out.

    microsoft/onnxruntime#17298 mends both: a layout of W that was not expected, and the bias.
    """

    kind = "layout"
    named = ("channels_swapped + bias_missing", "bias_missing + channels_swapped")
    partly = (
        "channels_swapped",
        "bias_missing",
    )  # where there is no bias, or one channel or map a group

    def filters(self, W: Array) -> Array:
        if self.op == "Conv" or 0 in W.shape:
            return W
        return W.reshape(self.group, W.shape[1], -1, *W.shape[2:]).swapaxes(1, 2).reshape(W.shape)

    def add(self, Y: Array, B: Array) -> Array:
        return Y


class PadsInterleavedChannelsLast(Planted):
    """Reads pads as begin and end of one axis after the other, and returns Y with the channels
    last.

    rustnn/rustnn#27 mends both.
    """

    kind = "layout"
    named = ("pads_interleaved + output_channels_last", "output_channels_last + pads_interleaved")
    partly = ("output_channels_last",)  # where the order of pads does not matter

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.explicit = self.explicit[::2] + self.explicit[1::2]

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return np.moveaxis(super().rounded(Y, dtype), 1, -1)


class ChannelPlanesAligned(Planted):
    """Writes each channel to the next multiple of four elements, and returns the memory as if there
    were no gaps.

    Tencent/ncnn#133: the first channel was right; those behind it were not, because of their
    alignment.
    """

    kind = "layout"

    def rounded(self, Y: Array, dtype: Any) -> Array:
        size = prod(Y.shape[2:])
        planes = np.pad(Y.reshape(*Y.shape[:2], size), [(0, 0), (0, 0), (0, -size % 4)])
        read = planes.reshape(len(Y), planes.shape[1] * planes.shape[2])[:, : Y.shape[1] * size]
        return super().rounded(read.reshape(Y.shape) if self.op == "ConvTranspose" else Y, dtype)


class ChannelTailUnweighted(Planted):
    """With an odd number of channels above four, adds those past the last whole four without their
    weights.

    microsoft/onnxruntime#27749: wrong with 5 and 7 channels, right with 6 and 8.
    """

    kind = "layout"

    def products(self, pixels: Array, W: Array) -> Array:
        channels = pixels.shape[1]
        if channels < 4 or channels % 2 == 0:
            return super().products(pixels, W)
        whole = channels - channels % 4
        left = pixels[:, whole:].sum(axis=1)
        return super().products(pixels[:, :whole], W[:whole]) + left[(..., *(None,) * (W.ndim - 1))]


class ManyChannelsOfNarrowRows(Planted):
    """Sums the first 16 channels alone where the last axis has a stride above 1 and fewer than 17
    inputs.

    fujitsu/oneDNN#44: wrong with a stride above 1, more than 16 channels and a width below 17.
    """

    kind = "layout"

    def products(self, pixels: Array, W: Array) -> Array:
        few = 16 if self.strides[-1] > 1 and self.inputs[-1] < 17 else pixels.shape[1]
        return super().products(pixels[:, :few], W[:few])


class LastOfOddBatchLost(Planted):
    """Computes images two at a time: the last of three, five and so on is taken for zeros.

    Like NervanaSystems/neon#361, wrong where the batch is not a whole number of blocks.
    """

    kind = "layout"

    def images(self, X: Array) -> Array:
        if len(X) < 2 or len(X) % 2 == 0:
            return X
        even = X.copy()
        even[-1] = 0
        return even


# groups and the bias


class DepthwiseKernelFlipped(Planted):
    """Reverses the kernel where every input channel is a group.

    Like tenstorrent/tt-metal#45856, where depthwise filters were prepared for another operator.
    """

    kind = "group"
    named = ("kernel_flipped",)

    def grouped_filters(self, W: Array) -> Array:
        return flipped(W) if self.op == "ConvTranspose" and len(W) == self.group else W


class FirstTapAloneInDepthwise1d(Planted):
    """Uses the first tap alone where every input channel is a group, in one dimension.

    openvinotoolkit/openvino#37752: the kernel's axis was taken for that of size 1 beside it.
    """

    kind = "group"

    def grouped_filters(self, W: Array) -> Array:
        depthwise = self.op == "ConvTranspose" and len(W) == self.group and self.rank == 1
        return np.where(np.arange(W.shape[-1]) == 0, W, W.dtype.type(0)) if depthwise else W


class FirstGroupForWeightsAndBias(Planted):
    """Uses the filters and the bias of the first group for every group.

    Tencent/TNN#205: weights and bias lacked the group's offset.
    """

    kind = "group"
    named = (
        "weights_of_first_group + bias_of_first_group",
        "bias_of_first_group + weights_of_first_group",
    )
    partly = (
        "weights_of_first_group",
        "bias_of_first_group",
        "first_bias_for_all",
        "weights_of_first_group + first_bias_for_all",
        "first_bias_for_all + weights_of_first_group",
    )  # where there is no bias, no channel, or one map a group

    def grouped_filters(self, W: Array) -> Array:
        return np.concatenate([W[: len(W) // self.group]] * self.group)

    def bias(self, B: Array) -> Array:
        return np.tile(B[: B.size // self.group], self.group)


class BiasStepOfOne(Planted):
    """Steps one value of B further from group to group, not one group's values.

    OAID/Tengine#5: a wrong step of the bias with groups.
    """

    kind = "bias"

    def bias(self, B: Array) -> Array:
        maps = np.arange(B.size // self.group)
        return B[(np.arange(self.group)[:, None] + maps).ravel()]


class BiasMissingWithGroups(Planted):
    """Leaves the bias out where there is more than one group.

    Like alibaba/TinyNeuralNetwork#263, where the bias of groups was another case.
    """

    kind = "bias"
    named = ("bias_missing",)

    def add(self, Y: Array, B: Array) -> Array:
        return super().add(Y, B) if self.group == 1 else Y


class BiasMissingIn1d(Planted):
    """Leaves the bias out in one dimension.

    Like huggingface/candle#1732, a bias applied wrongly in one dimension.
    """

    kind = "bias"
    named = ("bias_missing",)

    def add(self, Y: Array, B: Array) -> Array:
        return super().add(Y, B) if self.rank > 1 else Y


class FirstInputAsBias(Planted):
    """Adds the first element of X to all of Y where there is a bias, instead of the bias.

    ARM-software/ComputeLibrary#380: a bias that came from the first input element.
    """

    kind = "bias"
    partly = ("bias_missing",)  # where that element is 0

    def images(self, X: Array) -> Array:
        self.first = X.ravel()[:1].astype(np.float64)
        return X

    def add(self, Y: Array, B: Array) -> Array:
        return Y + self.first if self.first.size else super().add(Y, B)
