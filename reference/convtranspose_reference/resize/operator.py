"""ONNX Resize along the spatial axes, in exact rational arithmetic: the coefficients of what each
output sees where it looks.

Source: the operator text of Resize 11, 13, 18 and 19. Where it is open, `ResizeRules` says which
reading holds.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any

import numpy as np

from ..formats import round_to
from ..window import Array
from .attributes import Resize, resize_axes
from .coordinates import LITERAL, Along, ResizeRules, looked_at, scale_of

Row = dict[int, Fraction]  # input -> its coefficient
Rows = tuple[Row | None, ...]
Sums = tuple[Fraction | None, ...]


class Undefined(ValueError):
    """A call that the text allows and leaves without numbers: coefficients that are to sum to 1,
    and sum to 0."""


def kernel(resize: Resize, distance: Fraction) -> Fraction:
    """The coefficient of an input at a distance: a tent, or Keys' cubic convolution kernel (IEEE
    Trans. ASSP 29, 1981, equation 4) with `cubic_coeff_a`."""
    x = abs(distance)
    if resize.mode == "linear":
        return max(1 - x, Fraction(0))
    a = Fraction(resize.cubic_coeff_a)
    if x <= 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a if x < 2 else Fraction(0)


def _nearest(x: Fraction, mode: str) -> int:
    half = Fraction(1, 2)
    whole = {
        "round_prefer_floor": ceil(x - half),
        "round_prefer_ceil": floor(x + half),
        "floor": floor(x),
        "ceil": ceil(x),
    }
    return whole[mode]


def _weighed(along: Along, resize: Resize, output: int, rules: ResizeRules) -> Row | None:
    """`row` before its coefficients are divided by their sum."""
    mode = resize.coordinate_transformation_mode
    x = looked_at(along, resize.mode, mode, output, rules)
    if mode == "tf_crop_and_resize" and not 0 <= x <= along.input - 1:
        return None
    if resize.mode == "nearest":
        return {min(max(_nearest(x, resize.nearest_mode), 0), along.input - 1): Fraction(1)}
    stretch = stretch_of(along, resize, rules)
    reach = (1 if resize.mode == "linear" else 2) / stretch
    excludes = resize.exclude_outside or (resize.antialias and rules.antialias_excludes)
    coefficients: Row = {}
    for each in range(ceil(x - reach), floor(x + reach) + 1):
        inside = min(max(each, 0), along.input - 1)
        weight = kernel(resize, (each - x) * stretch)
        if weight and (inside == each or not excludes):
            coefficients[inside] = coefficients.get(inside, Fraction(0)) + weight
    return coefficients


def stretch_of(along: Along, resize: Resize, rules: ResizeRules) -> Fraction:
    """What distances are multiplied by: below 1 where antialias makes a filter wider."""
    stretches = resize.antialias and along.output
    return min(scale_of(along, rules), Fraction(1)) if stretches else Fraction(1)


def row(along: Along, resize: Resize, output: int, rules: ResizeRules = LITERAL) -> Row | None:
    """The inputs that one output weighs, and how much; None where it is `extrapolation_value`.

    Inputs outside X are those at its edge (clause W), unless `exclude_outside`. Coefficients sum to
    1. Raises Undefined where they sum to 0 before they are divided by that.
    """
    return _divided(_weighed(along, resize, output, rules), resize, output)


def _divided(found: Row | None, resize: Resize, output: int) -> Row | None:
    if found is None:
        return None
    total = _sum_of(found)
    if not total:
        raise Undefined(f"{weighing(resize)}: what output {output} weighs sums to 0, and not to 1")
    return {each: weight / total for each, weight in found.items()}


def _sum_of(found: Row) -> Fraction:
    return sum(found.values(), start=Fraction(0))


def weighing(resize: Resize) -> str:
    """How inputs are weighed, in the words of the attributes that say so."""
    said = [f"mode = {resize.mode}"]
    said += [f"cubic_coeff_a = {resize.cubic_coeff_a}"] if resize.mode == "cubic" else []
    said += ["exclude_outside = 1"] if resize.exclude_outside else []
    return ", ".join(said + ["antialias = 1"] * resize.antialias)


@lru_cache(maxsize=256)
def _along(along: Along, resize: Resize, rules: ResizeRules) -> tuple[Rows, Sums]:
    weighed = [_weighed(along, resize, output, rules) for output in range(along.output)]
    each = enumerate(weighed)
    return tuple(_divided(found, resize, output) for output, found in each), tuple(
        None if found is None else _sum_of(found) for found in weighed
    )


def rows(along: Along, resize: Resize, rules: ResizeRules = LITERAL) -> Rows:
    """`row` of every output along an axis."""
    return _along(along, resize, rules)[0]


def sums(along: Along, resize: Resize, rules: ResizeRules = LITERAL) -> Sums:
    """By what the coefficients of each output were divided; None where it is extrapolated."""
    return _along(along, resize, rules)[1]


def matrix(found: Sequence[Row | None], inputs: int) -> Array:
    """Rows as a matrix of float64: output x input, zeros where extrapolated."""
    made = np.zeros((len(found), inputs))
    for at, each in enumerate(found):
        for index, weight in (each or {}).items():
            made[at, index] = float(weight)
    return made


def along_axis(matrix_of: Array, X: Array, axis: int) -> Array:
    """A matrix, output x input, times X along an axis."""
    return np.moveaxis(np.tensordot(matrix_of, X, (1, axis)), 0, axis)


def extrapolated(each_axis: Sequence[Sequence[Row | None]]) -> Array:
    """Where, over the spatial axes, the output is `extrapolation_value`."""
    found = np.zeros(tuple(map(len, each_axis)), bool)
    for axis, along in enumerate(each_axis):
        beyond = np.array([each is None for each in along], bool)
        found |= beyond.reshape(-1, *(1,) * (len(each_axis) - 1 - axis))
    return found


def resize(X: Array, *, opset: int = 19, rules: ResizeRules = LITERAL, **given: Any) -> Array:
    """ONNX Resize of the spatial axes of X (N x C x D1...), as the text of opset 19 reads.

    `given` are the fields of `Resize`. Computes in float64 from exact coefficients, rounds once.
    Raises InvalidInput (a ValueError) naming clause, attribute, value found and values accepted;
    Undefined (another) where the text leaves the call without numbers.
    """
    asked = Resize.of(**given)
    axes = resize_axes(X.shape[2:], asked, opset)
    each_axis = [rows(along, asked, rules) for along in axes]
    Y = np.asarray(X, np.float64)
    for axis, (along, found) in enumerate(zip(axes, each_axis, strict=True)):
        Y = along_axis(matrix(found, along.input), Y, axis + 2)
    Y = np.where(extrapolated(each_axis), asked.extrapolation_value, Y)
    return round_to(Y, X.dtype)
