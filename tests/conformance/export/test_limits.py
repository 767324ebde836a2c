"""The least and the largest numbers that are right."""

import numpy as np
import pytest

from convtranspose_cases import find_case, suite_cases
from convtranspose_cases.goldens import Golden
from convtranspose_conformance.export.limits import _middle, limits_of
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.rules.comparison import Comparison

ROUNDED = [
    case.id
    for suite in ("core", "special")
    for case in suite_cases(suite)
    if case.refusal() is None and case.data not in ("integers", "plain")
]
OVERFLOWING = "special/x_5_k_3_c1_m2_strides_2_f16_special_overflow"


def golden_of(name: str) -> Golden:
    return Asked(find_case(name)).answer().golden


def wrong(golden: Golden, Y: np.ndarray) -> np.ndarray:
    return Comparison(golden, Y).wrong


@pytest.mark.parametrize("name", ROUNDED[::14])
def test_within_is_right_and_the_next_number_is_wrong(name: str) -> None:
    golden = golden_of(name)
    if (limits := limits_of(golden)) is None:
        expected = golden.expected()
        assert not wrong(golden, expected).any()
        up = np.nextafter(expected, np.full_like(expected, np.inf))
        assert (wrong(golden, up) | ~np.isfinite(expected) | (up == expected)).all()
        return
    for limit, side in zip(limits, (-np.inf, np.inf), strict=True):
        assert not wrong(golden, limit).any()
        after = np.nextafter(limit, np.full_like(limit, side))
        last = np.isnan(limit) | (limit == side)
        assert (wrong(golden, after) | last).all()


@pytest.mark.parametrize("name", ROUNDED[3::14])
def test_limits_lie_about_the_output_and_are_one_number_where_equality_is_owed(name: str) -> None:
    golden = golden_of(name)
    expected = golden.expected()
    least, most = limits_of(golden) or (expected, expected)
    is_nan = np.isnan(expected)
    assert (is_nan == np.isnan(least)).all()
    assert (is_nan == np.isnan(most)).all()
    with np.errstate(invalid="ignore"):  # bfloat16 says so of NaN
        assert ((least <= expected) & (expected <= most) | is_nan).all()
    owed = golden.exact() & ~is_nan
    assert (least[owed] == most[owed]).all()


def test_there_are_cases_of_both_kinds() -> None:
    limited = [limits_of(golden_of(name)) is not None for name in ROUNDED[::6]]
    assert 10 < sum(limited) < len(limited) - 10


def test_a_sum_that_may_overflow_may_be_an_infinity_and_one_that_has_to_is_one() -> None:
    golden = golden_of(OVERFLOWING)
    expected = golden.expected()
    assert np.isinf(expected).any()
    least, most = limits_of(golden) or (expected, expected)
    assert not (wrong(golden, least) | wrong(golden, most)).any()
    assert (np.isinf(least) | np.isfinite(expected) | ~wrong(golden, least)).all()


@pytest.mark.parametrize(
    ("low", "high"), [(-3, 4), (-4, -1), (0, 1), (5, 5), (-(2**62) - 7, 2**63 - 9)]
)
def test_half_way_is_right_where_the_distance_has_no_int64(low: int, high: int) -> None:
    assert _middle(np.array([low]), np.array([high])).tolist() == [(low + high) // 2]
