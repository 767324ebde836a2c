"""An accuracy class is named by its marks, not by a bound that allows less: the same call summed in
several ways."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.class_marks import (
    allows,
    bears_marks,
    is_refuted,
    loses_others,
)
from convtranspose_conformance.rules.accuracy_classes import ACCURACY, IN_DTYPE, IN_FLOAT16
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import returned
from convtranspose_reports import Check

Array = Any
OUT = Check.OUTPUT


def _case(dtype: str, data: str = "dense", *, c: int = 24) -> Case:
    return make("marks", (40,), (1,), c=c, m=3, dtype=dtype, data=data)


def _asked(case: Case, compute: Callable[[Array, Array], Array]) -> Reply:
    """A call with one tap, so that Y[m, i] sums W[c, m] * X[c, i] over c."""
    asked = Asked(case)
    X, W, *_ = asked.arrays()
    seen = returned(compute(X[0], W[:, :, 0])[None].astype(X.dtype))
    return judged(BUILT_IN[0], asked, OUT, seen)


def _one_by_one(kept: Any) -> Callable[[Array, Array], Array]:
    """Products and partial sums rounded to a dtype."""

    def compute(X: Array, W: Array) -> Array:
        total = np.zeros((W.shape[1], X.shape[1]), kept)
        for x, w in zip(X, W, strict=True):
            total = (total + (w[:, None].astype(kept) * x.astype(kept)).astype(kept)).astype(kept)
        return total

    return compute


def _exactly(X: Array, W: Array) -> Array:
    return W.T.astype(np.float64) @ X.astype(np.float64)


def _cut(X: Array, W: Array) -> Array:
    """float16 sums cut towards zero."""
    exact = _exactly(X, W)
    near = exact.astype(np.float16)
    return np.where(
        np.abs(near.astype(np.float64)) > np.abs(exact), np.nextafter(near, np.float16(0)), near
    )


def _scaled(X: Array, W: Array) -> Array:
    return _exactly(X, W) * (1 + 2.0**-14)


def test_sums_in_the_dtype_bear_its_marks_and_one_wrong_rounding_does_not() -> None:
    summed, cut = _asked(_case("float16"), _one_by_one(np.float16)), _asked(_case("float16"), _cut)
    assert allows(IN_DTYPE, summed)
    assert bears_marks(IN_DTYPE, [summed])
    assert allows(IN_DTYPE, cut), "the bound alone does not tell"
    assert not bears_marks(IN_DTYPE, [cut])


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in ACCURACY
        if name not in ("float32 arithmetic", IN_DTYPE, "flushes subnormals")
    ],
)
def test_weights_a_little_too_large_bear_no_marks(name: str) -> None:
    assert not bears_marks(name, [_asked(_case("float32"), _scaled)])


def test_a_sum_of_small_integers_refutes() -> None:
    """Two products of integers up to 32: exact in 11 bits, wrong once the weights are scaled."""
    small = _case("float32", "integers", c=2)
    integers = _asked(small, _scaled)
    assert is_refuted("TF32 inputs", integers)
    assert is_refuted(IN_FLOAT16, integers)
    assert not is_refuted(IN_FLOAT16, _asked(small, _exactly))


def test_zeros_for_normal_numbers_are_more_than_flushed_ones() -> None:
    """All of Y is 0: of subnormal numbers a flush explains it, of others nothing does."""
    small, usual = (
        _asked(_case("float32", data, c=1), lambda X, W: 0 * _exactly(X, W))
        for data in ("special-subnormal-y", "integers")
    )
    assert allows("flushes subnormals", small)
    assert not loses_others(small)
    assert loses_others(usual)


@pytest.mark.parametrize(("share", "lost"), [(0.2, False), (0.6, True)])
def test_zeros_for_terms_that_cancel_are_rounding(share: float, lost: bool) -> None:
    """Of sums of 24 products those that are small beside their terms come out as 0."""

    def compute(X: Array, W: Array) -> Array:
        exact, size = _exactly(X, W), _exactly(np.abs(X), np.abs(W))
        return np.where(np.abs(exact) < share * size, 0, exact)

    reply = _asked(_case("float32"), compute)
    assert (reply.seen.array() == 0).any()
    assert loses_others(reply) is lost


def test_no_rules_own_answer_is_far_from_it() -> None:
    """What is skipped as far off would never have matched."""
    for case in suite_cases("core")[::40]:
        asked = Asked(case)
        for faults in ((), ("bias_twice",), ("kernel_flipped",), ("pads_ignored",)):
            answer = asked.answer(Explanation(faults=faults))
            if not answer.refused:
                assert not answer.is_far_from(answer.golden.expected()), (case.id, faults)


def test_another_rules_answer_is_far() -> None:
    asked = Asked(make("marks", (4,), (3,), strides=(2,), bias=True))
    Y = asked.answer(Explanation(faults=("bias_missing",))).golden.expected()
    assert asked.answer().is_far_from(Y)
    assert not asked.answer(Explanation(faults=("bias_missing",))).is_far_from(Y)
