"""Which channels meet which filters where there is more than one group."""

import numpy as np

from textbook import Array

from .base import Planted as Base


def dealt(array: Array, group: int, axis: int = 0) -> Array:
    """The axis cut into `group` blocks and dealt: the first of each block, then the second of
    each."""
    blocks = np.moveaxis(array, axis, 0)
    cut = blocks.reshape(group, -1, *blocks.shape[1:]).swapaxes(0, 1).reshape(blocks.shape)
    return np.moveaxis(cut, 0, axis)


class Planted(Base, abstract=True):
    kind = "group"

    def of_each_group(self, array: Array) -> Array:
        """The first axis split into groups and what is in each."""
        return array.reshape(self.group, array.shape[0] // self.group, *array.shape[1:])


class GroupIgnored(Planted):
    """Computes one group: every channel meets every filter that W has, and Y has M/group
    channels."""

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.group = 1 if self.op == "ConvTranspose" else self.group


class WeightsOfFirstGroup(Planted):
    """Uses the filters of the first group for every group."""

    named = ("weights_of_first_group",)

    def grouped_filters(self, W: Array) -> Array:
        return np.concatenate([W[: W.shape[0] // self.group]] * self.group)


class WeightsOfTheNextGroup(Planted):
    """Lets every group of X meet the next group's filters."""

    named = ("weights_of_next_group",)

    def grouped_filters(self, W: Array) -> Array:
        return np.roll(W, -(W.shape[0] // self.group), axis=0)


class GroupsReversed(Planted):
    """Lets the first group of X meet the last group's filters, the second the last but one's."""

    partly = ("weights_of_next_group", "weights_of_previous_group")

    def grouped_filters(self, W: Array) -> Array:
        return self.of_each_group(W)[::-1].reshape(W.shape)


class InputOfFirstGroup(Planted):
    """Gives every group the channels of X's first group."""

    def grouped_images(self, X: Array) -> Array:
        return np.concatenate([X[:, : X.shape[1] // self.group]] * self.group, axis=1)


class InputGroupsInterleaved(Planted):
    """Deals the channels of X to the groups in turn rather than in blocks."""

    named = ("group_inputs_interleaved",)

    def grouped_images(self, X: Array) -> Array:
        return dealt(X, X.shape[1] // self.group, 1) if X.shape[1] else X


class OutputGroupsInterleaved(Planted):
    """Returns the output channels map by map, the groups inside."""

    named = ("group_outputs_and_bias_interleaved",)

    def rounded(self, Y: Array, dtype: object) -> Array:
        return super().rounded(dealt(Y, self.group, 1), dtype)


class FilterGroupsInterleaved(Planted):
    """Deals the filters to the groups in turn rather than in blocks."""

    named = ("group_interleaved",)

    def grouped_filters(self, W: Array) -> Array:
        return dealt(W, W.shape[0] // self.group) if W.shape[0] else W


class LastGroupDropped(Planted):
    """Ends one group early."""

    def grouped_filters(self, W: Array) -> Array:
        fewer = W.copy()
        fewer[W.shape[0] // self.group * (self.group - 1) :] = 0
        return fewer


class GroupsBeyondTwoRepeat(Planted):
    """From three groups on lets all but the first use the second group's filters."""

    def grouped_filters(self, W: Array) -> Array:
        return self.of_each_group(W)[[0, *[1] * (self.group - 1)]].reshape(W.shape)


class DepthwiseMapsRepeated(Planted):
    """Depthwise with more than one map a channel: uses the first map's filter for all of them."""

    named = ("first_map_for_group",)

    def grouped_filters(self, W: Array) -> Array:
        depthwise = W.shape[0] == self.group and self.op == "ConvTranspose"
        return W[:, :1].repeat(W.shape[1], axis=1) if depthwise else W


class DepthwiseMapsInterleaved(Planted):
    """Depthwise with more than one map a channel: returns the first map of each channel, then the
    second."""

    named = ("group_outputs_and_bias_interleaved",)

    def rounded(self, Y: Array, dtype: object) -> Array:
        depthwise = (
            self.group > 1 and self.op == "ConvTranspose" and len(self.depthwise) == self.group
        )
        return super().rounded(dealt(Y, self.group, 1) if depthwise else Y, dtype)

    def grouped_filters(self, W: Array) -> Array:
        self.depthwise = W
        return W


class GroupedWeightsTransposed(Planted):
    """Reads W's memory in each group as M/group x C/group."""

    named = ("channels_swapped",)

    def grouped_filters(self, W: Array) -> Array:
        if self.op == "Conv" or 0 in W.shape:
            return W
        channels = W.shape[0] // self.group
        return (
            W.reshape(self.group, W.shape[1], channels, *W.shape[2:])
            .swapaxes(1, 2)
            .reshape(W.shape)
        )


class GroupsWrongWithBatch(Planted):
    """Takes the groups' channels of every image from the first image."""

    def grouped_images(self, X: Array) -> Array:
        return X[:1].repeat(len(X), axis=0)
