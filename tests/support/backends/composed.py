"""A right implementation of a convolution with what stands before and after it: Resize by gathers
of neighbours in float64, DepthToSpace by index. Shares no code with the reference or the textbook.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from convtranspose_conformance.backends.api import Array, Backend, Call, Gradients, Refused
from convtranspose_reference.resize import Resize
from convtranspose_reference.resize.depth_to_space import DepthToSpace

_WORDS = ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize")
_HALF = Fraction(1, 2)


class Composed(Backend):
    """Another one of convolutions alone, with X resized before and Y shuffled after."""

    composes = True

    def __init__(self, convolution: Backend) -> None:
        self._convolution = convolution
        self.checks = convolution.checks  # type: ignore[attr-defined]

    def versions(self) -> dict[str, str]:
        return self._convolution.versions()

    def run(self, call: Call) -> Array:
        if not call.is_composed:
            return self._convolution.run(call)
        X = call.X if call.resize is None else _resized(call, call.resize)
        if call.depth_to_space is not None:
            _check_blocks(call, call.depth_to_space)
        Y = self._convolution.run(replace(call.convolution, X=X))
        return Y if call.depth_to_space is None else _shuffled(Y, call.depth_to_space)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        return self._convolution.gradients(call, dY)


def _no(says: str) -> Refused:
    return Refused("resize", "ValueError", says)


def _check(call: Call, asked: Resize) -> None:
    rank, scales, sizes = call.X.ndim - 2, asked.scales, asked.sizes
    lists = [values for values in (scales, sizes) if values is not None]
    if len(lists) != 1 or len(lists[0]) != rank:
        raise _no("one list of scales or of sizes, a value for each axis")
    if scales is not None and min(scales) <= 0:
        raise _no("scales above 0")
    if sizes is not None and (min(sizes) < 0 or 0 in call.X.shape[2:]):
        raise _no("sizes of 0 and more, of something")
    word, opset = asked.coordinate_transformation_mode, call.opset
    known = [*_WORDS]
    known += ["half_pixel_symmetric"] * (opset >= 19) + ["tf_half_pixel_for_nn"] * (opset < 13)
    young = asked.antialias or asked.keep_aspect_ratio_policy != "stretch"
    if word not in known or (young and opset < 18):
        raise _no(f"nothing that opset {opset} has not")
    if word == "tf_crop_and_resize" and asked.roi is None:
        raise _no("a roi")


def _resized(call: Call, asked: Resize) -> Array:
    _check(call, asked)
    spatial, Y = call.X.shape[2:], call.X.astype(np.float64)
    wanted, given = _sizes(spatial, asked)
    outside = np.zeros((), bool)
    for axis, (size, scale) in enumerate(zip(wanted, given, strict=True)):
        places = [_place(asked, at, axis, spatial, size, scale) for at in range(size)]
        last = np.moveaxis(Y, axis + 2, -1)
        last = _gathered(last, places, asked, spatial[axis], size)
        Y = np.moveaxis(last, -1, axis + 2)
        crop = asked.coordinate_transformation_mode == "tf_crop_and_resize"
        beyond = np.array([crop and not 0 <= x <= spatial[axis] - 1 for x in places], bool)
        outside = outside[..., None] | beyond if axis else beyond
    return np.where(outside, asked.extrapolation_value, Y).astype(call.X.dtype)


def _sizes(spatial: Any, asked: Resize) -> tuple[list[int], list[Fraction]]:
    if asked.scales is not None:
        given = [Fraction(each) for each in asked.scales]
        return [int(x * s) for x, s in zip(spatial, given, strict=True)], given
    sizes = list(asked.sizes or ())
    given = [Fraction(s, x) for s, x in zip(sizes, spatial, strict=True)]
    if asked.keep_aspect_ratio_policy == "stretch":
        return sizes, given
    one = (min if asked.keep_aspect_ratio_policy == "not_larger" else max)(given)
    return [int(one * x + _HALF) for x in spatial], [one] * len(sizes)


def _place(asked: Resize, at: int, axis: int, spatial: Any, size: int, given: Fraction) -> Fraction:
    inputs, word = spatial[axis], asked.coordinate_transformation_mode
    step = Fraction(inputs, size)
    if word in ("align_corners", "tf_crop_and_resize"):
        whole = (0,) * len(spatial) + (1,) * len(spatial)
        roi = asked.roi if word[0] == "t" and asked.roi else whole
        start, end = Fraction(roi[axis]), Fraction(roi[axis + len(spatial)])
        if size == 1:
            return Fraction(0) if word[0] == "a" else (start + end) / 2 * (inputs - 1)
        return (start + (end - start) * Fraction(at, size - 1)) * (inputs - 1)
    if word == "asymmetric":
        return at * step
    if word == "tf_half_pixel_for_nn":
        return (2 * at + 1) * step / 2
    if word == "pytorch_half_pixel" and size == 1:
        return Fraction(0)
    middle = (2 * at + 1) * step / 2 - _HALF
    if word == "half_pixel_symmetric":
        middle += Fraction(inputs, 2) - Fraction(size, 2) / given
    return middle


def _gathered(X: Array, places: list[Fraction], asked: Resize, inputs: int, size: int) -> Array:
    """The last axis of X, looked at in `places`."""
    if not places:
        return X[..., :0]
    if asked.mode == "nearest":
        return X[..., [min(max(_rounded(x, asked.nearest_mode), 0), inputs - 1) for x in places]]
    squeeze = min(1.0, size / inputs) if asked.antialias else 1.0
    reach = int(2 / squeeze) + 2
    first = np.array([x.numerator // x.denominator for x in places])
    rest = np.array([float(x - int(f)) for x, f in zip(places, first, strict=True)])
    sums, total = np.zeros((*X.shape[:-1], len(places))), np.zeros(len(places))
    for step in range(-reach, reach + 1):
        at = first + step
        weights = _bump(np.abs(step - rest) * squeeze, asked)
        if asked.exclude_outside:
            weights = np.where((at >= 0) & (at < inputs), weights, 0.0)
        sums += weights * X[..., np.clip(at, 0, inputs - 1)]
        total += weights
    return sums / total


def _rounded(x: Fraction, how: str) -> int:
    below, rest = divmod(x.numerator, x.denominator)
    part = Fraction(rest, x.denominator)
    up = {
        "floor": False,
        "ceil": part > 0,
        "round_prefer_floor": part > _HALF,
        "round_prefer_ceil": part >= _HALF,
    }[how]
    return below + up


def _bump(distance: Array, asked: Resize) -> Array:
    if asked.mode == "linear":
        return np.clip(1 - distance, 0, None)
    a, d = asked.cubic_coeff_a, distance
    near = 1 + d * d * ((a + 2) * d - a - 3)
    far = a * (d - 1) * (d - 2) ** 2
    return np.where(d <= 1, near, np.where(d < 2, far, 0.0))


def _check_blocks(call: Call, asked: DepthToSpace) -> None:
    if call.X.ndim != 4 or asked.blocksize < 1 or call.W.shape[0] % asked.blocksize**2:
        raise _no("two axes, and blocks that channels fill")


def _shuffled(Y: Array, asked: DepthToSpace) -> Array:
    block = asked.blocksize
    maps, height, width = Y.shape[1] // block**2, Y.shape[2], Y.shape[3]
    m, y, x = np.ogrid[:maps, : height * block, : width * block]
    pixel = y % block * block + x % block
    channel = pixel * maps + m if asked.mode == "DCR" else m * block**2 + pixel
    return np.ascontiguousarray(Y[:, channel, y // block, x // block])
