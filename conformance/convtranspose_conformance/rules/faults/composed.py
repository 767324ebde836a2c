"""Faults of a Resize before and of a DepthToSpace after a convolution: another Resize or order of
channels in the place of the one that is asked for (`case`), other rules for the same Resize
(`resize`), or what comes out put elsewhere (`arrange`). A case without either is left as it is."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import Any

from convtranspose_cases import Case
from convtranspose_reference.resize import Resize

from .fault import Array, CaseRewrite, Fault


def _resized(change: Callable[[Resize, Case], Resize]) -> CaseRewrite:
    """A legal case with its Resize changed, in the text of opset 19 or of its own, whichever is
    younger; in its own where that one forbids the change. Sizes may become others."""

    def rewrite(case: Case) -> Case:
        if case.resize is None or case.refusal() is not None:
            return case
        # any opset: a fault may be what an older or a younger text has
        changed = replace(case, resize=change(case.resize, case), opset=_opset_of(case))
        return replace(changed, opset=case.opset) if changed.refusal() else changed

    return rewrite


def _opset_of(case: Case) -> int:
    return max(case.opset, 19)


def _with(**fields: Any) -> CaseRewrite:
    return _resized(lambda resize, case: replace(resize, **fields))


def _nearest_with(nearest_mode: str) -> CaseRewrite:
    def change(resize: Resize, case: Case) -> Resize:
        return replace(resize, nearest_mode=nearest_mode) if resize.mode == "nearest" else resize

    return _resized(change)


def _left_where_same(resize: Resize, case: Case) -> Resize:
    """Nothing is resized where the sizes are X's own, wherever the coordinates look."""
    if any(along.input != along.output for along in case.resized_axes):
        return resize
    return Resize(sizes=case.x_shape[2:])


def _pixels_of_one(resize: Resize, case: Case) -> Resize:
    pytorch = resize.coordinate_transformation_mode == "pytorch_half_pixel"
    return replace(resize, coordinate_transformation_mode="half_pixel") if pytorch else resize


def _scales_cut(resize: Resize, case: Case) -> Resize:
    """Scales replaced by whole ones, where they are above 1, as integer arithmetic has them."""
    if resize.scales is None or any(scale < 1 for scale in resize.scales):
        return resize
    return replace(resize, scales=tuple(float(floor(scale)) for scale in resize.scales))


def _reshuffled(case: Case) -> Case:
    asked = case.depth_to_space
    if asked is None or case.refusal() is not None:
        return case
    return replace(
        case, depth_to_space=replace(asked, mode="CRD" if asked.mode == "DCR" else "DCR")
    )


def _blocks_turned(case: Case, Y: Array) -> Array:
    """Rows and columns of every block exchanged."""
    if case.depth_to_space is None:
        return Y
    block = case.depth_to_space.blocksize
    n, m, height, width = Y.shape
    blocks = Y.reshape(n, m, height // block, block, width // block, block)
    return blocks.transpose(0, 1, 2, 5, 4, 3).reshape(Y.shape)


RESIZE = (
    Fault(
        "resize_half_pixel",
        "resizes with the coordinates of half_pixel, whatever is asked for",
        case=_with(coordinate_transformation_mode="half_pixel"),
    ),
    Fault(
        "resize_asymmetric",
        "resizes with asymmetric coordinates, whatever is asked for",
        case=_with(coordinate_transformation_mode="asymmetric"),
    ),
    Fault(
        "resize_align_corners",
        "resizes with the corners aligned, whatever is asked for",
        case=_with(coordinate_transformation_mode="align_corners"),
    ),
    Fault(
        "resize_half_pixel_of_one",
        "looks at the half pixel where pytorch_half_pixel has one output and so looks at 0",
        case=_resized(_pixels_of_one),
    ),
    Fault(
        "resize_of_one_before_x",
        "looks at -0.5 where pytorch_half_pixel has one output and so looks at 0",
        resize=lambda rules: replace(rules, one_output=Fraction(-1, 2)),
    ),
    Fault(
        "resize_nearest_floor", "takes the input below as the nearest", case=_nearest_with("floor")
    ),
    Fault(
        "resize_nearest_ceil", "takes the input above as the nearest", case=_nearest_with("ceil")
    ),
    Fault(
        "resize_nearest_half_up",
        "rounds ties to the input above",
        case=_nearest_with("round_prefer_ceil"),
    ),
    Fault(
        "resize_nearest_half_down",
        "rounds ties to the input below",
        case=_nearest_with("round_prefer_floor"),
    ),
    Fault(
        "resize_as_nearest",
        "takes the nearest input where a weighted sum is asked for",
        case=_with(mode="nearest"),
    ),
    Fault(
        "resize_as_linear",
        "interpolates linearly, whatever is asked for",
        case=_with(mode="linear"),
    ),
    Fault("resize_without_antialias", "ignores antialias", case=_with(antialias=False)),
    Fault(
        "resize_repeats_the_edge",
        "ignores exclude_outside and repeats the edge",
        case=_with(exclude_outside=False),
    ),
    Fault(
        "resize_leaves_outside_out",
        "leaves out what lies outside where the edge is to be repeated",
        case=_with(exclude_outside=True),
    ),
    Fault(
        "resize_cubic_of_pytorch",
        "weighs cubically with -0.75, whatever coefficient is asked for",
        case=_with(cubic_coeff_a=-0.75),
    ),
    Fault(
        "resize_cubic_of_tensorflow",
        "weighs cubically with -0.5, whatever coefficient is asked for",
        case=_with(cubic_coeff_a=-0.5),
    ),
    Fault(
        "resize_cubic_by_table",
        "takes cubic coefficients from a table of 1024 steps between two inputs",
        resize=lambda rules: replace(rules, steps=1024),
    ),
    Fault(
        "resize_left_out_where_sizes_are_same",
        "returns X itself where it is resized to its own sizes, wherever coordinates look",
        case=_resized(_left_where_same),
    ),
    Fault(
        "resize_without_extrapolation",
        "writes 0 in place of extrapolation_value",
        case=_with(extrapolation_value=0.0),
    ),
    Fault("resize_scales_cut", "cuts scales to whole numbers", case=_resized(_scales_cut)),
    Fault(
        "resize_left_out",
        "leaves the resize out",
        case=_resized(lambda resize, case: Resize(sizes=case.x_shape[2:])),
    ),
)
SHUFFLE = (
    Fault(
        "shuffle_in_the_other_order",
        "takes channels in the other order of DCR and CRD",
        case=_reshuffled,
    ),
    Fault(
        "shuffle_blocks_turned", "exchanges rows and columns of every block", arrange=_blocks_turned
    ),
)
