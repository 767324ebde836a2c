"""Suite `artifacts`: every map of ones is the overlap map, stacks are their closed form, and
generators end at 64 x 64."""

from fractions import Fraction
from itertools import pairwise
from math import prod

import numpy as np
import pytest

from convtranspose_cases import Case, find_case, suite_cases
from convtranspose_cases.goldens import Golden, golden
from convtranspose_cases.inputs import AFTER, linear_of, tensors
from convtranspose_reference.artifacts import (
    evenness,
    overlap_map,
    phases,
    stacked_phases,
    unevenness,
    unevenness_of,
    whole_periods,
)

SUITE = suite_cases("artifacts")
MAPS = [case for case in SUITE if case.data == "ones"]
FOUR = ("radford_2015", "salimans_2016", "donahue_2016", "dumoulin_2016")


def _golden(case: Case) -> Golden:
    return golden(tensors(case), linear_of(case), case.dtype, case.geometry())


def test_every_output_has_to_be_equal_bit_for_bit() -> None:
    assert [case.id for case in SUITE if not _golden(case).exact().all()] == []


@pytest.mark.parametrize("case", MAPS, ids=lambda case: case.name)
def test_a_map_is_the_overlap_of_its_geometry(case: Case) -> None:
    placed = case.geometry()
    found, counted = _golden(case).values, overlap_map(placed)
    np.testing.assert_array_equal(
        found, np.broadcast_to(case.channels_per_group * counted, found.shape)
    )
    inside = counted[whole_periods(placed)]
    if inside.size:
        assert unevenness(inside) == unevenness_of(placed.axes)


def test_maps_are_there_in_one_two_and_three_axes_even_and_uneven() -> None:
    found = {(case.rank, unevenness_of(case.axes) == 0) for case in MAPS}
    assert found == {(rank, even) for rank in (1, 2, 3) for even in (True, False)}


def test_the_lectures_four_by_hand() -> None:
    ids = ["k_3_3_pads_1_1_1_1", "k_6_6_strides_3_3", "k_5_5_strides_2_2", "k_3_3_strides_2_2"]
    found = [find_case(f"artifacts/x_5_5_{name}_ones") for name in ids]
    assert [unevenness_of(case.axes) for case in found] == [
        0,
        0,
        1 - Fraction(25, 26) ** 2,
        1 - Fraction(9, 10) ** 2,
    ]


def _stack(last: Case) -> list[Case]:
    below = [] if last.previous is None else _stack(last.previous)
    return [*below, last]


@pytest.mark.parametrize(
    "last",
    [case for case in SUITE if case.data == "previous-ones"],
    ids=lambda case: case.name,
)
def test_a_stack_has_the_phases_of_its_closed_form(last: Case) -> None:
    layers = _stack(last)
    closed = [stacked_phases([case.axes[axis] for case in layers]) for axis in range(last.rank)]
    middle = _golden(last).values[0, 0]
    length = len(closed[0])
    for axis in range(last.rank):
        along = np.moveaxis(middle, axis, -1)[(middle.shape[0] // 2,) * (last.rank - 1)]
        start = len(along) // 2 // length * length
        period = along[start : start + length]
        assert period.size == length
        assert evenness(period) == evenness(closed[axis])
        if last.rank == 1:
            assert period.tolist() == closed[axis].tolist()


def test_unevenness_multiplies_where_no_kernel_exceeds_its_stride() -> None:
    layers = _stack(find_case("artifacts/stack_1d_k2_s3_k3_s4_layer_2"))
    each = [evenness(phases(case.axes[0])) for case in layers]
    assert evenness(stacked_phases([case.axes[0] for case in layers])) == prod(each) < 1


@pytest.mark.parametrize("name", FOUR)
def test_a_generator_ends_at_64_and_feeds_each_layer_the_one_before(name: str) -> None:
    layers = [case for case in SUITE if case.name.startswith(name)]
    assert layers[-1].y_shape()[2:] == (64, 64)
    for before, layer in pairwise(layers):
        assert layer.previous is before
        assert layer.data == "previous"
        np.testing.assert_array_equal(tensors(layer).X.integers, _golden(before).values)
    even = name == "dumoulin_2016"
    assert all((unevenness_of(case.axes) == 0) is even for case in layers)


def test_numbers_after_a_case_need_one() -> None:
    assert AFTER == ("previous", "previous-ones")
    ones = tensors(find_case("artifacts/stack_1d_k3_s2_k3_s2_layer_2"))
    assert ones.W.integers.tolist() == [[[1, 1, 1]]]
