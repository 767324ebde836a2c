"""A Resize as `tf.image.resize` takes it, and a DepthToSpace as `tf.nn.depth_to_space`.

`tf.image.resize` has the pixel centers at halves, as ResizeNearestNeighbor, ResizeBilinear and
ResizeBicubic with half_pixel_centers=True, and with antialias ScaleAndTranslate
(tensorflow/python/ops/image_ops_impl.py). `tf.raw_ops.ResizeBilinear` with align_corners, or with
neither, is another call, and not this route.
"""

from typing import Any

from convtranspose_reference import InvalidInput
from convtranspose_reference.resize import Resize, resize_axes
from convtranspose_reference.resize.depth_to_space import DepthToSpace

from ..api import Call, Unsupported
from ..pixels import check_any_opset, check_any_opset_of_shuffle, check_words, coordinates_of

Given = dict[str, Any]
CUBIC = -0.5  # Keys' coefficient, which is not an argument (resize_bicubic_op.cc)
METHODS = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}
# (coordinates, nearest_mode) -> floor((i + 0.5) / scale), which is half up of half_pixel's
NEAREST = (("half_pixel", "round_prefer_ceil"), ("tf_half_pixel_for_nn", "floor"))


def resizing(call: Call, resize: Resize) -> Given:
    """The arguments beside the images. Raises Unsupported where one call cannot say them."""
    check_any_opset(call, resize)
    check_words(resize)
    if call.rank != 2:
        raise Unsupported("tf.image.resize is for two spatial axes")
    if resize.keep_aspect_ratio_policy != "stretch":
        raise Unsupported("there is no keep_aspect_ratio_policy")
    coordinates = coordinates_of(call, resize)
    if resize.mode == "nearest":
        _check_nearest(resize, coordinates)
    else:
        _check_weighted(call, resize, coordinates)
    given: Given = {"size": _sizes(call, resize), "method": METHODS[resize.mode]}
    return given | ({"antialias": True} if resize.antialias else {})


def _sizes(call: Call, resize: Resize) -> list[int]:
    """It is told sizes, never scales."""
    if resize.scales is None and resize.sizes is not None:
        return list(resize.sizes)
    if resize.sizes is not None or resize.scales is None or len(resize.scales) != 2:
        raise Unsupported("there is one size, of two values")
    if min(resize.scales) <= 0:
        raise Unsupported("sizes are said, and these scales give none")
    try:
        axes = resize_axes(call.X.shape[2:], resize, call.opset)
    except InvalidInput as refused:
        raise Unsupported(f"sizes are said, and this call has none: {refused}") from refused
    return [axis.output for axis in axes]


def _check_nearest(resize: Resize, coordinates: str) -> None:
    if (coordinates, resize.nearest_mode) not in NEAREST or resize.antialias:
        raise Unsupported("nearest is half_pixel and round_prefer_ceil")


def _check_weighted(call: Call, resize: Resize, coordinates: str) -> None:
    if coordinates != "half_pixel":
        raise Unsupported(f"pixels are centered at halves: there is no {coordinates}")
    if call.dtype != "float32":
        raise Unsupported("it returns float32; a cast is a call of its own")
    if resize.mode == "linear":
        return
    if resize.cubic_coeff_a != CUBIC:
        raise Unsupported(f"the coefficient of bicubic is {CUBIC}")
    if not (resize.exclude_outside or resize.antialias):
        raise Unsupported("bicubic leaves out what lies outside: there is no repeated edge")


def check_shuffle(call: Call, shuffle: DepthToSpace) -> None:
    """Raises Unsupported where `tf.nn.depth_to_space` cannot say it."""
    check_any_opset_of_shuffle(call, shuffle)
    if shuffle.mode != "DCR" or call.rank != 2:
        raise Unsupported("tf.nn.depth_to_space is DCR, of two spatial axes")
    if shuffle.blocksize == 1:
        raise Unsupported("tf.nn.depth_to_space takes blocks of 2 and more")
