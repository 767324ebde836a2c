"""Resize before and DepthToSpace after a Conv straight from the operator text, output by output:
the textbook's first and last step. Shares no code with the reference.
"""

from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Any

import numpy as np
from onnx import helper

from textbook import Array
from textbook_gradients import Derivable
from textbook_laws import forbid

HALF = Fraction(1, 2)
SINCE = {"half_pixel_symmetric": (19, 99), "tf_half_pixel_for_nn": (11, 12)}


class Composed(Derivable):
    """One node, or two or three in a row."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if self.before is not None:
            self.read_resize()
            self.refuse_resize(X)
            X = self.resized(X)
        if self.after is not None:
            self.read_shuffle()
            self.refuse_shuffle(X, W)
        (Y,) = super().answer(X, W, B)
        return [Y if self.after is None else self.shuffled(Y)]

    # The nodes

    def read_resize(self) -> None:
        """The attributes and inputs of the Resize, defaults filled in; the values of spatial axes
        alone."""
        node = self.before
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        values = [self.constants.get(name) for name in [*node.input, "", ""][1:4]]
        axes = list(attributes.get("axes", ()))
        lead = 0 if axes else 2
        self.mode = attributes.get("mode", b"nearest").decode()
        self.coordinates = attributes.get("coordinate_transformation_mode", b"half_pixel").decode()
        self.nearest_mode = attributes.get("nearest_mode", b"round_prefer_floor").decode()
        self.coefficient = attributes.get("cubic_coeff_a", -0.75)
        self.exclude_outside = bool(attributes.get("exclude_outside", 0))
        self.antialias = bool(attributes.get("antialias", 0))
        self.extrapolation = attributes.get("extrapolation_value", 0.0)
        self.policy = attributes.get("keep_aspect_ratio_policy", b"stretch").decode()
        self.given_roi = [] if values[0] is None else [Fraction(float(v)) for v in values[0]]
        self.given_scales = (
            [] if values[1] is None else [Fraction(float(v)) for v in values[1]][lead:]
        )
        self.given_sizes = [] if values[2] is None else [int(v) for v in values[2]][lead:]
        self.said_of_resize = attributes.keys()

    def read_shuffle(self) -> None:
        said = {a.name: helper.get_attribute_value(a) for a in self.after.attribute}
        self.blocksize, self.order = said["blocksize"], said.get("mode", b"DCR").decode()

    # Laws

    def refuse_resize(self, X: Array) -> None:
        rank = X.ndim - 2
        self.law_of_one_of_two()
        self.law_of_scales(rank)
        self.law_of_resize_sizes(X, rank)
        self.law_of_opset()
        self.law_of_roi()

    def law_of_one_of_two(self) -> None:
        forbid(bool(self.given_scales) == bool(self.given_sizes), "either scales or sizes")

    def law_of_scales(self, rank: int) -> None:
        forbid(any(scale <= 0 for scale in self.given_scales), "scales are above 0")
        forbid(bool(self.given_scales) and len(self.given_scales) != rank, "a scale for each axis")

    def law_of_resize_sizes(self, X: Array, rank: int) -> None:
        forbid(any(size < 0 for size in self.given_sizes), "sizes are 0 or more")
        forbid(bool(self.given_sizes) and len(self.given_sizes) != rank, "a size for each axis")
        forbid(bool(self.given_sizes) and 0 in X.shape[2:], "nothing is made of nothing")

    def law_of_opset(self) -> None:
        first, last = SINCE.get(self.coordinates, (11, 99))
        forbid(not first <= self.opset <= last, "coordinates of the opset")
        young = {"antialias", "keep_aspect_ratio_policy", "axes"} & self.said_of_resize
        forbid(bool(young) and self.opset < 18, "attributes of the opset")

    def law_of_roi(self) -> None:
        forbid(self.coordinates == "tf_crop_and_resize" and not self.given_roi, "a crop has a roi")

    def refuse_shuffle(self, X: Array, W: Array) -> None:
        forbid(X.ndim != 4, "blocks are of height and width")
        self.law_of_blocks(W)

    def law_of_blocks(self, W: Array) -> None:
        forbid(self.blocksize < 1, "blocks have a size")
        forbid(W.shape[0] % self.blocksize**2 != 0, "blocks take all channels")

    # Resize, one axis at a time

    def resized(self, X: Array) -> Array:
        Y, beyond = X.astype(np.float64), np.zeros((), bool)
        for axis in range(X.ndim - 2):
            made, outside = self.along(Y, axis, X.shape[2:])
            Y = made
            beyond = np.logical_or(beyond[..., None] if axis else beyond, outside)
        return np.where(beyond, self.extrapolated(), Y).astype(X.dtype)

    def extrapolated(self) -> float:
        return float(self.extrapolation)

    def along(self, X: Array, axis: int, sizes: Any) -> tuple[Array, Array]:
        """X resized along one axis, and which outputs look outside of a crop."""
        size = self.resized_size(axis, sizes)
        each, outside = [], []
        for output in range(size):
            x = self.place(output, axis, sizes[axis], size)
            outside.append(self.is_outside(x, sizes[axis]))
            weights = self.weights(x, axis, sizes[axis], size)
            each.append(sum(w * np.take(X, i, axis + 2) for i, w in weights.items()))
        shape = [*X.shape[: axis + 2], 0, *X.shape[axis + 3 :]]
        made = np.stack(each, axis + 2) if each else np.zeros(shape)
        return made, np.array(outside, bool)

    def is_outside(self, x: Fraction, inputs: int) -> bool:
        return self.coordinates == "tf_crop_and_resize" and not 0 <= x <= inputs - 1

    def resized_size(self, axis: int, sizes: Any) -> int:
        if self.given_scales:
            return floor(sizes[axis] * self.given_scales[axis])
        if self.policy == "stretch":
            return self.given_sizes[axis]
        return floor(self.policy_scale(sizes) * sizes[axis] + HALF)

    def policy_scale(self, sizes: Any) -> Fraction:
        ratios = [Fraction(s, x) for s, x in zip(self.given_sizes, sizes, strict=True)]
        return min(ratios) if self.policy == "not_larger" else max(ratios)

    def fractional_scale(self, axis: int, inputs: int, outputs: int) -> Fraction:
        """As it was asked for, of half_pixel_symmetric's output_width."""
        return self.given_scales[axis] if self.given_scales else Fraction(outputs, inputs)

    def scale(self, axis: int, inputs: int, outputs: int) -> Fraction:
        """length_resized / length_original"""
        return Fraction(outputs, inputs)

    def place(self, output: int, axis: int, inputs: int, outputs: int) -> Fraction:
        """x_original"""
        scale, last = self.scale(axis, inputs, outputs), inputs - 1
        word = self.coordinates
        if word == "align_corners":
            return self.aligned(output, last, outputs)
        if word == "tf_crop_and_resize":
            rank = len(self.given_roi) // 2 - (0 if "axes" in self.said_of_resize else 2)
            start, end = (
                self.given_roi[-rank - len(self.given_roi) // 2 + axis],
                self.given_roi[axis - rank],
            )
            if outputs == 1:
                return (start + end) * last / 2
            return start * last + output * (end - start) * last / (outputs - 1)
        if word == "asymmetric":
            return output / scale
        if word == "tf_half_pixel_for_nn":
            return (output + HALF) / scale
        if word == "pytorch_half_pixel" and outputs == 1:
            return self.only_output(scale)
        offset = Fraction(0)
        if word == "half_pixel_symmetric":
            width = self.fractional_scale(axis, inputs, outputs) * inputs
            offset = self.centered(inputs, outputs, width)
        return offset + self.half_pixel(output, scale)

    def aligned(self, output: int, last: int, outputs: int) -> Fraction:
        return Fraction(output * last, outputs - 1) if outputs > 1 else Fraction(0)

    def only_output(self, scale: Fraction) -> Fraction:
        return Fraction(0)

    def centered(self, inputs: int, outputs: int, width: Fraction) -> Fraction:
        return Fraction(inputs, 2) * (1 - outputs / width)

    def half_pixel(self, output: int, scale: Fraction) -> Fraction:
        return (output + HALF) / scale - HALF

    def weights(self, x: Fraction, axis: int, inputs: int, outputs: int) -> dict[int, float]:
        """Input -> its share."""
        if self.mode == "nearest":
            return {min(max(self.nearest(x), 0), inputs - 1): 1.0}
        stretch = self.stretch(self.scale(axis, inputs, outputs))
        reach = ceil(3 / stretch)
        shares: dict[int, float] = {}
        for near in range(floor(x) - reach, floor(x) + reach + 1):
            weight = self.kernel_at(float((near - x) * stretch))
            if weight and self.counts(near, inputs):
                inside = min(max(near, 0), inputs - 1)
                shares[inside] = shares.get(inside, 0.0) + weight
        total = self.total(shares)
        return {index: weight / total for index, weight in shares.items()}

    def nearest(self, x: Fraction) -> int:
        return {
            "round_prefer_floor": ceil(x - HALF),
            "round_prefer_ceil": floor(x + HALF),
            "floor": floor(x),
            "ceil": ceil(x),
        }[self.nearest_mode]

    def stretch(self, scale: Fraction) -> Fraction:
        return min(scale, Fraction(1)) if self.antialias else Fraction(1)

    def counts(self, index: int, inputs: int) -> bool:
        return not self.exclude_outside or 0 <= index < inputs

    def total(self, weights: dict[int, float]) -> float:
        return sum(weights.values())

    def kernel_at(self, distance: float) -> float:
        x = abs(distance)
        return max(0.0, 1 - x) if self.mode == "linear" else self.cubic(x)

    def cubic(self, x: float) -> float:
        a = self.coefficient
        if x <= 1:
            return (a + 2) * x**3 - (a + 3) * x**2 + 1
        return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a if x < 2 else 0.0

    # DepthToSpace

    def shuffled(self, Y: Array) -> Array:
        """Pixel by pixel of a block: the channels that it takes."""
        block = self.blocksize
        n, channels, height, width = Y.shape
        maps = channels // block**2
        made = np.zeros((n, maps, height * block, width * block), Y.dtype)
        for row, column in product(range(block), range(block)):
            taken = [self.channel(m, row, column, maps) for m in range(maps)]
            made[:, :, row::block, column::block] = Y[:, taken]
        return made

    def channel(self, m: int, row: int, column: int, maps: int) -> int:
        place = row * self.blocksize + column
        return place * maps + m if self.order == "DCR" else m * self.blocksize**2 + place
