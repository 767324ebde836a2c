"""Where an output of Resize looks: coordinate_transformation_mode, exactly and in float32."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, Literal

import numpy as np

LATER = 10**6
# coordinate_transformation_mode -> the opset that has it first, and the first that has it no more
COORDINATES = {
    "half_pixel": (11, LATER),
    "half_pixel_symmetric": (19, LATER),
    "pytorch_half_pixel": (11, LATER),
    "align_corners": (11, LATER),
    "asymmetric": (11, LATER),
    "tf_half_pixel_for_nn": (11, 13),
    "tf_crop_and_resize": (11, LATER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeRules:
    """How the open sentences are read.

    `scale`: of coordinates, `length_resized / length_original` or as it was given (clause U).
    `length`: `length_resized` of align_corners and tf_crop_and_resize, whole, or scale * input
    (clause U). `nearest`: coordinates that are rounded to an input are exact, or worked out in
    float32 with a division by the scale, or with a product by its reciprocal (clause V).
    `antialias_excludes`: a stretched filter weighs inputs inside X alone (clause W). `steps`: where
    above 0, cubic coefficients come from a table of so many steps between two inputs.
    `one_output`: where pytorch_half_pixel looks for one output alone. No text allows another value
    of these two.
    """

    scale: Literal["from_sizes", "as_given"] = "from_sizes"
    length: Literal["whole", "fractional"] = "whole"
    nearest: Literal["exact", "float32_division", "float32_reciprocal"] = "exact"
    antialias_excludes: bool = False
    steps: int = 0
    one_output: Fraction = Fraction(0)


LITERAL = ResizeRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Along:
    """One axis of a Resize: `asked` is the scale as given, by name or by sizes; `share` the part of
    X of which scales speak, that of roi, and all of it where sizes are given; `start` and `end` are
    those of roi, 0 and 1 where nothing is cropped."""

    input: int
    output: int
    asked: Fraction
    share: Fraction = Fraction(1)
    start: Fraction = Fraction(0)
    end: Fraction = Fraction(1)

    @property
    def length(self) -> Fraction:
        """The size that is asked for, of which the output is what is whole."""
        return self.asked * self.share * self.input

    @property
    def is_whole(self) -> bool:
        """Is the output as large as is asked, without a rest that is cut off?"""
        return self.length == self.output


def scale_of(along: Along, rules: ResizeRules) -> Fraction:
    """The scale in the formulas of coordinates: by the text length_resized / length_original."""
    return along.asked if rules.scale == "as_given" else Fraction(along.output, along.input)


def _length(along: Along, rules: ResizeRules) -> Fraction:
    return along.length if rules.length == "fractional" else Fraction(along.output)


def coordinate(along: Along, mode: str, output: int, rules: ResizeRules = LITERAL) -> Fraction:
    """x_original of an output, exactly, as the text's formula for `mode` has it.

    align_corners with one output, which the text divides by 0, looks at input 0.
    """
    half, last, scale = Fraction(1, 2), along.input - 1, scale_of(along, rules)
    length = _length(along, rules)
    if mode == "asymmetric":
        return output / scale
    if mode == "tf_half_pixel_for_nn":
        return (output + half) / scale
    if mode == "align_corners":
        return Fraction(0) if length == 1 else output * last / (length - 1)
    if mode == "tf_crop_and_resize":
        if length == 1:
            return half * (along.start + along.end) * last
        return along.start * last + output * (along.end - along.start) * last / (length - 1)
    if mode == "pytorch_half_pixel" and along.output == 1:
        return rules.one_output
    offset = Fraction(0)
    if mode == "half_pixel_symmetric":
        offset = Fraction(along.input, 2) * (1 - along.output / along.length)
    return offset + (output + half) / scale - half


def _in_float32(along: Along, mode: str, output: int, rules: ResizeRules) -> Fraction:
    """The same with every operation rounded to float32: as the text writes it, or, where `nearest`
    says so, with the reciprocal of the scale, worked out once."""
    f, x = np.float32, np.float32(output)
    last, length = f(along.input - 1), f(_length(along, rules))
    scale = f(along.asked) if rules.scale == "as_given" else f(along.output) / f(along.input)
    steps: dict[str, Callable[[Any], Any]] = {
        "float32_division": lambda value: value / scale,
        "float32_reciprocal": lambda value: value * (f(1) / scale),
    }
    step = steps[rules.nearest]
    if mode == "asymmetric":
        position = step(x)
    elif mode == "tf_half_pixel_for_nn":
        position = step(x + f(0.5))
    elif mode == "align_corners" and length != 1:
        product = rules.nearest == "float32_reciprocal"
        position = x * (last / (length - f(1))) if product else x * last / (length - f(1))
    elif mode in ("half_pixel", "pytorch_half_pixel") and (
        mode == "half_pixel" or along.output > 1
    ):
        position = step(x + f(0.5)) - f(0.5)
    else:
        return coordinate(along, mode, output, rules)
    return Fraction(float(position))


def looked_at(
    along: Along, mode: str, coordinates: str, output: int, rules: ResizeRules
) -> Fraction:
    """x_original, exact, in the steps of a table where the rules have one; of `mode` nearest in
    float32 where they say so, since it is rounded to a whole number next."""
    if mode == "nearest" and rules.nearest != "exact":
        return _in_float32(along, coordinates, output, rules)
    x = coordinate(along, coordinates, output, rules)
    if mode != "cubic" or not rules.steps:
        return x
    return floor(x) + Fraction(round((x - floor(x)) * rules.steps), rules.steps)
