"""What stands before and after a convolution: where a Resize looks, what it weighs, and the order
of channels in a block."""

from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from textbook import Array

from .base import Planted as Base

HALF = Fraction(1, 2)


class Planted(Base, abstract=True):
    kind = "resize"


class HalfPixelLeftOut(Planted):
    """Resizes with asymmetric coordinates where half_pixel is asked for."""

    partly = ("resize_asymmetric",)

    def half_pixel(self, output: int, scale: Fraction) -> Fraction:
        return output / scale


class HalfPixelEverywhere(Planted):
    """Resizes with half_pixel, whatever coordinates are asked for."""

    named = ("resize_half_pixel",)

    def read_resize(self) -> None:
        super().read_resize()
        self.coordinates = "half_pixel"


class AsymmetricEverywhere(Planted):
    """Resizes with asymmetric coordinates, whatever are asked for."""

    named = ("resize_asymmetric",)

    def read_resize(self) -> None:
        super().read_resize()
        self.coordinates = "asymmetric"


class HalfAddedNotTakenBack(Planted):
    """Adds half a pixel and does not take it back: half_pixel as TensorFlow has it for nearest."""

    def half_pixel(self, output: int, scale: Fraction) -> Fraction:
        return (output + HALF) / scale


class CornersNotAligned(Planted):
    """Ignores align_corners and divides by the scale."""

    partly = ("resize_asymmetric",)

    def aligned(self, output: int, last: int, outputs: int) -> Fraction:
        return Fraction(output * (last + 1), outputs)


class CornersByTheSizes(Planted):
    """Aligns corners with the last output one too far: divides by the length, not by one less."""

    def aligned(self, output: int, last: int, outputs: int) -> Fraction:
        return Fraction(output * last, outputs)


class OnlyOutputAtItsHalf(Planted):
    """Looks at the half pixel where pytorch_half_pixel has one output."""

    named = ("resize_half_pixel_of_one",)

    def only_output(self, scale: Fraction) -> Fraction:
        return HALF / scale - HALF


class NotCentered(Planted):
    """Takes half_pixel_symmetric for half_pixel."""

    partly = ("resize_half_pixel",)

    def centered(self, inputs: int, outputs: int, width: Fraction) -> Fraction:
        return Fraction(0)


class NearestCut(Planted):
    """Rounds every nearest coordinate down."""

    named = ("resize_nearest_floor",)

    def nearest(self, x: Fraction) -> int:
        return floor(x)


class NearestUp(Planted):
    """Rounds every nearest coordinate up."""

    named = ("resize_nearest_ceil",)

    def nearest(self, x: Fraction) -> int:
        return ceil(x)


class TiesUp(Planted):
    """Rounds ties up where round_prefer_floor says down."""

    partly = ("resize_nearest_half_up",)

    def nearest(self, x: Fraction) -> int:
        down = self.nearest_mode == "round_prefer_floor"
        return floor(x + HALF) if down else super().nearest(x)


class TiesDown(Planted):
    """Rounds ties down where round_prefer_ceil says up."""

    partly = ("resize_nearest_half_down",)

    def nearest(self, x: Fraction) -> int:
        up = self.nearest_mode == "round_prefer_ceil"
        return ceil(x - HALF) if up else super().nearest(x)


class TiesToEven(Planted):
    """Rounds ties to the even input, as rint does."""

    def nearest(self, x: Fraction) -> int:
        return round(x) if self.nearest_mode.startswith("round") else super().nearest(x)


class NearestTowardsZero(Planted):
    """Cuts where floor is asked for, so that a coordinate below 0 is 0, and above."""

    def nearest(self, x: Fraction) -> int:
        return int(x) + 1 if self.nearest_mode == "ceil" and x == int(x) else super().nearest(x)


class AntialiasIgnored(Planted):
    """Ignores antialias."""

    named = ("resize_without_antialias",)

    def stretch(self, scale: Fraction) -> Fraction:
        return Fraction(1)


class AntialiasStretchedUp(Planted):
    """Stretches the filter of antialias by the scale where X grows, too: there it shrinks."""

    def stretch(self, scale: Fraction) -> Fraction:
        return scale if self.antialias else super().stretch(scale)


class AntialiasNotDivided(Planted):
    """Does not divide an antialiased sum by its weights."""

    def total(self, weights: dict[int, float]) -> float:
        return 1.0 if self.antialias else super().total(weights)


class OutsideRepeated(Planted):
    """Ignores exclude_outside."""

    named = ("resize_repeats_the_edge",)

    def counts(self, index: int, inputs: int) -> bool:
        return True


class OutsideLeftOut(Planted):
    """Leaves out what lies outside, asked or not."""

    named = ("resize_leaves_outside_out",)

    def counts(self, index: int, inputs: int) -> bool:
        return 0 <= index < inputs


class OutsideNotDivided(Planted):
    """Leaves out what lies outside and does not divide by the weights that are left."""

    def total(self, weights: dict[int, float]) -> float:
        return 1.0 if self.exclude_outside and not self.antialias else super().total(weights)


class CubicOfPyTorch(Planted):
    """Weighs cubically with -0.75, whatever is asked for."""

    named = ("resize_cubic_of_pytorch",)

    def cubic(self, x: float) -> float:
        self.coefficient = -0.75
        return super().cubic(x)


class CubicOfTensorFlow(Planted):
    """Weighs cubically with -0.5, whatever is asked for."""

    named = ("resize_cubic_of_tensorflow",)

    def cubic(self, x: float) -> float:
        self.coefficient = -0.5
        return super().cubic(x)


class CubicByTable(Planted):
    """Takes cubic coefficients at the nearest of 1024 steps between two inputs."""

    named = ("resize_cubic_by_table",)

    def cubic(self, x: float) -> float:
        return super().cubic(round(x * 1024) / 1024)


class LinearInPlaceOfCubic(Planted):
    """Interpolates linearly, whatever is asked for."""

    partly = ("resize_as_linear",)

    def cubic(self, x: float) -> float:
        return max(0.0, 1 - x)


class NearestInPlaceOfLinear(Planted):
    """Takes the nearest input where a linear sum is asked for."""

    partly = ("resize_as_nearest",)

    def read_resize(self) -> None:
        super().read_resize()
        self.mode = "nearest" if self.mode == "linear" else self.mode


class SizeRoundedUp(Planted):
    """Rounds sizes that scales give up."""

    def resized_size(self, axis: int, sizes: Any) -> int:
        if self.given_scales:
            return ceil(sizes[axis] * self.given_scales[axis])
        return super().resized_size(axis, sizes)


class PolicyIgnored(Planted):
    """Ignores keep_aspect_ratio_policy."""

    def resized_size(self, axis: int, sizes: Any) -> int:
        return self.given_sizes[axis] if self.given_sizes else super().resized_size(axis, sizes)


class PolicyTurned(Planted):
    """Takes not_larger for not_smaller, and the other way round."""

    def policy_scale(self, sizes: Any) -> Fraction:
        self.policy = "not_smaller" if self.policy == "not_larger" else "not_larger"
        found = super().policy_scale(sizes)
        self.policy = "not_smaller" if self.policy == "not_larger" else "not_larger"
        return found


class ScaleOfTheOtherAxis(Planted):
    """Takes scales, or sizes, of the axes in reverse order, where all are given."""

    def read_resize(self) -> None:
        super().read_resize()
        self.given_scales, self.given_sizes = self.given_scales[::-1], self.given_sizes[::-1]


class SameSizesCopied(Planted):
    """Copies X where it is resized to its own sizes."""

    named = ("resize_left_out_where_sizes_are_same",)

    def resized(self, X: Array) -> Array:
        Y = super().resized(X)
        return X if Y.shape == X.shape else Y


class ExtrapolatedAsZero(Planted):
    """Writes 0 outside of a crop."""

    named = ("resize_without_extrapolation",)

    def extrapolated(self) -> float:
        return 0.0


class ExtrapolatedByTheEdge(Planted):
    """Repeats the edge outside of a crop."""

    def is_outside(self, x: Fraction, inputs: int) -> bool:
        return False


class AnyScale(Planted):
    """Takes scales of 0 and below, and lists of another length."""

    def law_of_scales(self, rank: int) -> None:
        self.given_scales = [abs(scale) or Fraction(1) for scale in self.given_scales]
        self.given_scales += [Fraction(1)] * (rank - len(self.given_scales))


class ScalesBesideSizes(Planted):
    """Takes scales beside sizes, and sizes count."""

    def law_of_one_of_two(self) -> None:
        if self.given_scales and self.given_sizes:
            self.given_scales = []


class AnyOpset(Planted):
    """Takes what another opset has."""

    def law_of_opset(self) -> None:
        return


class InPixels(Base, abstract=True):
    kind = "subpixel"


class OrderTurned(InPixels):
    """Takes DCR for CRD and CRD for DCR."""

    named = ("shuffle_in_the_other_order",)

    def read_shuffle(self) -> None:
        super().read_shuffle()
        self.order = "CRD" if self.order == "DCR" else "DCR"


class AlwaysDepthFirst(InPixels):
    """Takes every order for DCR."""

    partly = ("shuffle_in_the_other_order",)

    def read_shuffle(self) -> None:
        super().read_shuffle()
        self.order = "DCR"


class AlwaysColumnFirst(InPixels):
    """Takes every order for CRD."""

    partly = ("shuffle_in_the_other_order",)

    def read_shuffle(self) -> None:
        super().read_shuffle()
        self.order = "CRD"


class BlocksTurned(InPixels):
    """Exchanges rows and columns of a block."""

    named = ("shuffle_blocks_turned",)

    def channel(self, m: int, row: int, column: int, maps: int) -> int:
        return super().channel(m, column, row, maps)


class BlocksSideBySide(InPixels):
    """Puts the pixels of a block beside one another as images, not into one another."""

    def shuffled(self, Y: Array) -> Array:
        made = super().shuffled(Y)
        block = self.blocksize
        rows = [made[:, :, row::block] for row in range(block)]
        return np.concatenate(rows, axis=2)


class LeftOverChannels(InPixels):
    """Takes channels that blocks leave over, and drops them."""

    def law_of_blocks(self, W: Array) -> None:
        self.blocksize = max(abs(self.blocksize), 1)
