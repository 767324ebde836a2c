"""In which order the elements of X, W and Y lie, axes of channels and images."""

import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "layout"


class ReturnsChannelsLast(Planted):
    """Returns Y with the channels last."""

    named = ("output_channels_last",)

    def rounded(self, Y: Array, dtype: object) -> Array:
        return np.moveaxis(super().rounded(Y, dtype), 1, -1)


class ReturnsChannelsFirst(Planted):
    """Returns Y with the channels before the images."""

    named = ("output_channels_first",)

    def rounded(self, Y: Array, dtype: object) -> Array:
        return super().rounded(Y, dtype).swapaxes(0, 1)


class ReturnsAxesTransposed(Planted):
    """Returns Y with its spatial axes in reverse order."""

    named = ("output_axes_transposed",)

    def rounded(self, Y: Array, dtype: object) -> Array:
        return super().rounded(Y, dtype).transpose(0, 1, *range(Y.ndim - 1, 1, -1))


class ReturnsFourAxesIn1d(Planted):
    """Computes one dimension as two, and returns the axis of size 1 as well."""

    named = ("axis_added_before_space",)

    def rounded(self, Y: Array, dtype: object) -> Array:
        return super().rounded(Y[:, :, None] if self.rank == 1 else Y, dtype)


class DropsBatchOfOne(Planted):
    """Returns Y without its first axis where N is 1."""

    named = ("axis_of_one_image_dropped",)

    def rounded(self, Y: Array, dtype: object) -> Array:
        return super().rounded(Y[0] if len(Y) == 1 else Y, dtype)


class ReadsInputChannelsLast(Planted):
    """Reads X's memory as if its channels were last."""

    named = ("input_read_channels_last",)

    def images(self, X: Array) -> Array:
        return np.moveaxis(X.reshape(X.shape[0], *X.shape[2:], X.shape[1]), -1, 1)


class ReadsSquareInputsTransposed(Planted):
    """Reads inputs whose last two sizes are the same with these axes exchanged."""

    def images(self, X: Array) -> Array:
        return X.swapaxes(-1, -2) if X.ndim > 3 and X.shape[-1] == X.shape[-2] else X


class FirstImageOnly(Planted):
    """Computes the first image of a batch, and leaves zeros for the others."""

    def images(self, X: Array) -> Array:
        alone = X.copy()
        alone[1:] = 0
        return alone


class FirstImageForAll(Planted):
    """Computes every image of a batch from the first."""

    def images(self, X: Array) -> Array:
        return X[:1].repeat(len(X), axis=0)


class OutputChannelsReversed(Planted):
    """Returns the output channels in reverse order."""

    partly = ("bias_reversed",)

    def rounded(self, Y: Array, dtype: object) -> Array:
        return super().rounded(Y[:, ::-1], dtype)


class InputChannelsReversed(Planted):
    """Meets W's channels in reverse order."""

    def images(self, X: Array) -> Array:
        return X[:, ::-1]


class ChannelsNotSummed(Planted):
    """Uses the first channel of each group alone."""

    def products(self, pixels: Array, W: Array) -> Array:
        return super().products(pixels[:, :1], W[:1])


class ChannelsSwappedWithinGroups(Planted):
    """Takes W as M/group x C/group where both are equal."""

    named = ("channels_swapped",)

    def filters(self, W: Array) -> Array:
        channels = W.shape[0] // self.group
        if self.op == "Conv" or channels != W.shape[1]:
            return W
        return W.reshape(self.group, channels, *W.shape[1:]).swapaxes(1, 2).reshape(W.shape)


class ReadsWeightsAsConv(Planted):
    """Reads W's memory as Conv's weights: M x C/group rather than C x M/group."""

    named = ("channels_swapped",)

    def filters(self, W: Array) -> Array:
        if self.op == "Conv" or 0 in W.shape:
            return W
        channels = W.shape[0] // self.group
        by_map = W.reshape(self.group, W.shape[1], channels, *W.shape[2:])
        return by_map.swapaxes(1, 2).reshape(W.shape)


class ReadsWeightsKernelFirst(Planted):
    """Reads W's memory as if the kernel's axes came before the channels."""

    def filters(self, W: Array) -> Array:
        rank = W.ndim - 2
        return W.reshape(*W.shape[2:], *W.shape[:2]).transpose(rank, rank + 1, *range(rank))


class ChannelTailOfFourDropped(Planted):
    """Sums whole vectors of four channels, once there is one, and none behind them."""

    width = 4

    def products(self, pixels: Array, W: Array) -> Array:
        channels = pixels.shape[1]
        whole = channels if channels < self.width else channels - channels % self.width
        return super().products(pixels[:, :whole], W[:whole])


class ChannelTailOfEightDropped(ChannelTailOfFourDropped):
    """Sums whole vectors of eight channels, once there is one, and none behind them."""

    width = 8


class ChannelTailOfSixteenDropped(ChannelTailOfFourDropped):
    """Sums whole vectors of sixteen channels, once there is one, and none behind them."""

    width = 16


class MapTailOfFourDropped(Planted):
    """Writes whole vectors of four output channels, once there is one, and zeros behind them."""

    width = 4

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        canvas = super().add_up(X, W, sizes)
        maps = canvas.shape[1]
        if maps > self.width:
            canvas[:, maps - maps % self.width :] = 0
        return canvas


class MapTailOfSixteenDropped(MapTailOfFourDropped):
    """Writes whole vectors of sixteen output channels, once there is one, and zeros behind them."""

    width = 16
