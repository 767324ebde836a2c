"""A Resize as `torch.nn.functional.interpolate` takes it, and a DepthToSpace as `pixel_shuffle`.

Where an output looks: `area_pixel_compute_source_index` and `nearest_idx` of
aten/src/ATen/native/UpSample.h, and the documentation of `interpolate`.
"""

from typing import Any

from convtranspose_reference.resize import Resize
from convtranspose_reference.resize.depth_to_space import DepthToSpace

from ..api import Call, Unsupported
from ..pixels import check_any_opset, check_any_opset_of_shuffle, check_words, coordinates_of

Given = dict[str, Any]
LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
CUBIC, CUBIC_ANTIALIASED = -0.75, -0.5  # Keys' coefficient, which is not an argument
# (coordinates, nearest_mode) -> the mode whose index is the same: of "nearest" floor(i / scale), of
# "nearest-exact" floor((i + 0.5) / scale), which is half up of half_pixel's
NEAREST = {
    ("asymmetric", "floor"): "nearest",
    ("half_pixel", "round_prefer_ceil"): "nearest-exact",
    ("tf_half_pixel_for_nn", "floor"): "nearest-exact",
}


def interpolation(call: Call, resize: Resize) -> Given:
    """The arguments beside the tensor. Raises Unsupported where one call cannot say them."""
    check_any_opset(call, resize)
    check_words(resize)
    _check_sayable(call, resize)
    coordinates = coordinates_of(call, resize)
    sized = resize.sizes is not None
    given: Given = {"size": resize.sizes} if sized else {"scale_factor": resize.scales}
    if resize.mode == "nearest":
        return given | {"mode": _nearest(resize, coordinates)}
    if coordinates not in ("half_pixel", "align_corners"):
        raise Unsupported(f"linear and cubic interpolation have no {coordinates} coordinates")
    given |= {"mode": _mode(call, resize), "align_corners": coordinates == "align_corners"}
    return given | ({"antialias": True} if resize.antialias else {})


def _check_sayable(call: Call, resize: Resize) -> None:
    if not 1 <= call.rank <= 3:
        raise Unsupported(f"there is no interpolation of {call.rank} spatial axes")
    if resize.sizes is not None and resize.scales is not None:
        raise Unsupported("size and scale_factor are given both")
    for values in (resize.sizes, resize.scales):
        if values is not None and len(values) != call.rank:
            raise Unsupported(f"{len(values)} values are no size of {call.rank} axes")
    if resize.keep_aspect_ratio_policy != "stretch":
        raise Unsupported("there is no keep_aspect_ratio_policy")


def _nearest(resize: Resize, coordinates: str) -> str:
    mode = NEAREST.get((coordinates, resize.nearest_mode))
    if mode is None or resize.antialias:
        raise Unsupported(
            "nearest is asymmetric and floor, nearest-exact half_pixel and round_prefer_ceil"
        )
    return mode


def _mode(call: Call, resize: Resize) -> str:
    if resize.antialias and call.rank != 2:
        raise Unsupported("antialias is for two spatial axes")
    if resize.antialias and resize.coordinate_transformation_mode == "align_corners":
        raise Unsupported("antialias has the coordinates of half_pixel")
    if resize.mode == "linear":
        return LINEAR[call.rank]
    if call.rank != 2:
        raise Unsupported("cubic interpolation is for two spatial axes")
    a = CUBIC_ANTIALIASED if resize.antialias else CUBIC
    if resize.cubic_coeff_a != a:
        where = " under antialias" if resize.antialias else ""
        raise Unsupported(f"the coefficient of bicubic is {a}{where}")
    if resize.exclude_outside and not resize.antialias:
        raise Unsupported("bicubic repeats the edge: there is no exclude_outside")
    return "bicubic"


def upscale_factor(call: Call, shuffle: DepthToSpace) -> int:
    """The argument of `pixel_shuffle`. Raises Unsupported for the other order."""
    check_any_opset_of_shuffle(call, shuffle)
    if shuffle.mode != "CRD":
        raise Unsupported("pixel_shuffle takes blocks from the innermost part of C: CRD, not DCR")
    return shuffle.blocksize
