"""Faults of a resize before and of a shuffle after a convolution, worked out by hand: a kernel of
one tap and weight 1 returns what it is fed."""

from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make
from convtranspose_cases.inputs import Scaled, Tensors
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.faults.composed import RESIZE, SHUFFLE
from convtranspose_reference.resize import Resize
from convtranspose_reference.resize.depth_to_space import DepthToSpace

COORDINATES = "coordinate_transformation_mode"
ASYMMETRIC = {COORDINATES: "asymmetric"}
CROP = {COORDINATES: "tf_crop_and_resize", "mode": "linear"}
ONE = {COORDINATES: "pytorch_half_pixel", "sizes": (1,)}
TWICE = {"scales": (2,)}
HALVED = {"scales": (0.5,), "mode": "linear", "antialias": True}
PEAK = [0, 0, 16, 0]
# fault, what is asked, X, Y
BY_HAND: list[tuple[str, dict[str, Any], list[int], list[float]]] = [
    ("resize_half_pixel", {**TWICE, **ASYMMETRIC, "mode": "linear"}, [0, 8], [0, 2, 6, 8]),
    ("resize_asymmetric", {**TWICE, "mode": "linear"}, [0, 8], [0, 4, 8, 8]),
    ("resize_align_corners", {"sizes": (3,), "mode": "linear"}, [0, 8], [0, 4, 8]),
    ("resize_half_pixel_of_one", {**ONE, "mode": "linear"}, [0, 8], [4]),
    # at -0.5 the second of two inputs weighs what is 1.5 away: -3 / 32
    ("resize_of_one_before_x", {**ONE, "mode": "cubic"}, [0, 16], [-1.5]),
    ("resize_nearest_floor", {**TWICE, **ASYMMETRIC, "nearest_mode": "ceil"}, [1, 2], [1, 1, 2, 2]),
    ("resize_nearest_ceil", {**TWICE, **ASYMMETRIC, "nearest_mode": "floor"}, [1, 2], [1, 2, 2, 2]),
    ("resize_nearest_half_up", {**TWICE, **ASYMMETRIC}, [1, 2], [1, 2, 2, 2]),
    (
        "resize_nearest_half_down",
        {**TWICE, **ASYMMETRIC, "nearest_mode": "round_prefer_ceil"},
        [1, 2],
        [1, 1, 2, 2],
    ),
    ("resize_as_nearest", {**TWICE, "mode": "linear"}, [0, 8], [0, 0, 8, 8]),
    ("resize_as_linear", TWICE, [0, 8], [0, 2, 6, 8]),
    ("resize_without_antialias", HALVED, [0, 8, 16, 24], [4, 20]),
    ("resize_repeats_the_edge", {**HALVED, "exclude_outside": True}, [0, 8, 16, 24], [5, 19]),
    ("resize_leaves_outside_out", HALVED, [0, 7, 14, 21], [5, 16]),
    # 0.5 and 1.5 away: 19 / 32 and -3 / 32 with -0.75, 9 / 16 and -1 / 16 with -0.5
    (
        "resize_cubic_of_pytorch",
        {**TWICE, **ASYMMETRIC, "mode": "cubic", "cubic_coeff_a": -0.5},
        PEAK,
        [0, -1.5, 0, 9.5, 16, 9.5, 0, -1.5],
    ),
    (
        "resize_cubic_of_tensorflow",
        {**TWICE, **ASYMMETRIC, "mode": "cubic"},
        PEAK,
        [0, -1, 0, 9, 16, 9, 0, -1],
    ),
    (
        "resize_left_out_where_sizes_are_same",
        {**CROP, "sizes": (3,), "roi": (0.25, 0.75)},
        [3, 5, 9],
        [3, 5, 9],
    ),
    (
        "resize_without_extrapolation",
        {**CROP, "sizes": (3,), "roi": (-1, 1), "extrapolation_value": 7},
        [1, 2],
        [0, 1, 2],
    ),
    ("resize_scales_cut", {"scales": (2.5,), **ASYMMETRIC}, [1, 2], [1, 1, 2, 2]),
    ("resize_left_out", TWICE, [1, 2], [1, 2]),
]


def _answered(case: Case, X: Any, fault: str) -> Any:
    asked = Asked(case)
    ones = Scaled(integers=np.ones(case.w_shape, np.int64), exponent=0)
    given = Scaled(integers=np.array([*X]).reshape(case.x_shape), exponent=0)
    asked.__dict__["tensors"] = Tensors(X=given, W=ones, B=None)
    return asked.answer(Explanation(faults=(fault,))).golden.expected()


@pytest.mark.parametrize(("fault", "given", "X", "expected"), BY_HAND, ids=lambda each: str(each))
def test_a_resize_by_hand(fault: str, given: Any, X: list[int], expected: list[float]) -> None:
    case = make("by_hand", (len(X),), (1,), op="Conv", resize=Resize.of(**given))
    found = _answered(case, X, fault).ravel().tolist()
    assert found == expected


def test_a_table_of_coefficients_by_hand() -> None:
    """A third of the way is step 341 of 1024: the input 2 away weighs what is 1707 steps away."""
    asked = Resize.of(scales=(3,), mode="cubic", **ASYMMETRIC)
    case = make("by_hand", (4,), (1,), op="Conv", resize=asked)
    d = 1707 / 1024
    weight = -0.75 * (d**3 - 5 * d**2 + 8 * d - 4)
    assert _answered(case, PEAK, "resize_cubic_by_table").ravel()[1] == np.float32(16 * weight)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("shuffle_in_the_other_order", [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]),
        ("shuffle_blocks_turned", [[[0, 4], [2, 6]], [[1, 5], [3, 7]]]),
    ],
)
def test_a_shuffle_by_hand(fault: str, expected: Any) -> None:
    case = make(
        "by_hand", (1, 1), (1, 1), c=8, m=8, group=8, op="Conv", depth_to_space=DepthToSpace(2)
    )
    assert _answered(case, range(8), fault)[0].tolist() == expected


def test_every_fault_is_here() -> None:
    done = {fault for fault, *_ in BY_HAND} | {"resize_cubic_by_table"}
    assert done == {fault.name for fault in RESIZE}
    assert {fault.name for fault in SHUFFLE} == {
        "shuffle_in_the_other_order",
        "shuffle_blocks_turned",
    }
