"""What is looked up, or summed, in a quicker way is what the plain way gives."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from convtranspose_cases import SUITES, Case, suite_cases
from convtranspose_cases.facts import FEATURES, features
from convtranspose_cases.inputs import few_summed, linear_of, tensors

STEP = 11  # one case in so many of a large suite


def _some_cases() -> Iterator[Case]:
    for suite in SUITES:
        every = suite_cases(suite)
        for case in every[:: STEP if len(every) > 1000 else 1]:
            if case.refusal() is None:
                yield case


def _by_each_test(case: Case) -> list[str]:
    """Every test asked of the case itself."""
    held = []
    for name, (_, test) in FEATURES.items():
        if hasattr(test, "where"):
            is_one = case.op == "ConvTranspose" and test.where(case)
            holds = is_one and test.holds(case, case.attributes, case.axes)
        else:
            holds = test.holds(case)
        held += [name] * bool(holds)
    return held


def test_what_cases_of_a_kind_share_is_what_each_has() -> None:
    """Also where another case of its kind was asked before: no test looks past the kind."""
    for case in _some_cases():
        assert features(case) == _by_each_test(case), case.id


def test_few_products_are_summed_as_many_are() -> None:
    few = 0
    for case in _some_cases():
        if case.op != "ConvTranspose":
            continue
        numbers = tensors(case)
        X, W = numbers.X.integers, numbers.W.integers
        summed = few_summed(case, X, W)
        if summed is not None:
            few += 1
            assert summed.dtype == np.int64
            plainly = linear_of(case)(X.astype(object), W.astype(object))
            assert summed.shape == plainly.shape, case.id
            assert (summed == plainly).all(), case.id
    assert few > 3000


def test_sums_that_int64_does_not_hold_are_left_to_others() -> None:
    case = replace(suite_cases("exhaustive-1d")[0], x_shape=(1, 1, 1), w_shape=(1, 1, 1))
    one = np.ones((1, 1, 1), np.int64)
    summed = few_summed(case, one << 31, one << 30)
    assert summed is not None
    assert summed.ravel().tolist() == [2**61]
    assert few_summed(case, one << 31, one << 31) is None
