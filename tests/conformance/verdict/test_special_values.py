"""Verdicts on special values: what is right passes, each way of being wrong is caught, and is named
where it has a name."""

from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.special import PREFIX
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.candidates import SINGLES, differs, fits
from convtranspose_conformance.rules.accuracy_classes import within
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.comparison import Comparison
from convtranspose_conformance.scripts.literals import tensor_source
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.judge import judge
from convtranspose_conformance.verdict.reply import judged
from convtranspose_conformance.worker.observation import returned
from convtranspose_reference.formats import FORMATS, round_to
from convtranspose_reports import Check, Outcome, Verdict

SPECIAL = suite_cases("special")


def asked_of(theme: str, dtype: str = "float32", **given: Any) -> Asked:
    return Asked(
        make("special", (5,), (3,), strides=(2,), m=2, data=PREFIX + theme, dtype=dtype, **given)
    )


def verdict(asked: Asked, Y: Any) -> tuple[Outcome, Verdict]:
    found = judge(asked, Comparisons(Check.OUTPUT, returned(Y)), [], "1")
    return found.outcome, found.verdict


RIGHT = (Outcome.AGREES, Verdict.CONFORMS)
WRONG = (Outcome.VALUES_DIFFER, Verdict.FAILS)


@pytest.mark.parametrize("case", SPECIAL, ids=lambda case: case.name)
def test_the_golden_itself_conforms_whatever_the_sign_of_nan_and_zero(case: Case):
    asked = Asked(case)
    Y = asked.answer().golden.expected()
    assert verdict(asked, Y) == RIGHT
    values = Y.astype(np.float64)
    assert (
        verdict(asked, np.where((values == 0) | np.isnan(values), -values, values).astype(Y.dtype))
        == RIGHT
    )


@pytest.mark.parametrize("theme", ["nan-x", "inf-w", "inf-xw", "one-inf-w"])
@pytest.mark.parametrize("put", [np.nan, np.inf, -np.inf, 0.0])
def test_another_value_in_one_place_fails(theme: str, put: float):
    asked = asked_of(theme)
    Y = asked.answer().golden.expected()
    for at in np.ndindex(Y.shape):
        if not (Y[at] == put or (np.isnan(Y[at]) and np.isnan(put))):
            wrong = Y.copy()
            wrong[at] = put
            assert verdict(asked, wrong) == WRONG, at


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_overflow_is_infinity_of_its_sign_and_nothing_less(dtype: str):
    asked = asked_of("overflow", dtype)
    Y = asked.answer().golden.expected()
    values = Y.astype(np.float64)
    for instead in (FORMATS[dtype].largest, -np.inf, np.nan):
        assert verdict(asked, round_to(np.where(np.isinf(values), instead, values), dtype)) == WRONG
    assert verdict(asked, round_to(np.where(np.isinf(values), values, np.inf), dtype)) == WRONG


def test_float16_partial_sums_that_overflow_are_the_class_that_sums_in_float16():
    case = make("special", (2,), (2,), data=PREFIX + "overflow-of-partial-sums", dtype="float16")
    golden = Asked(case).answer().golden
    X, W, _ = (None if a is None else a[0, 0] for a in Asked(case).tensors.arrays("float16"))
    with np.errstate(over="ignore", invalid="ignore"):
        summed = np.array([[[X[0] * W[0], X[0] * W[1] + X[1] * W[0], X[1] * W[1]]]], np.float16)
    assert within("accumulates in dtype", Comparison(golden, summed))
    assert not within("accumulates in dtype", Comparison(golden, np.full_like(summed, np.nan)))


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16"])
@pytest.mark.parametrize("theme", ["subnormal-x", "subnormal-w", "subnormal-y", "subnormal-some-x"])
def test_flushed_subnormals_are_a_class_of_their_own(theme: str, dtype: str):
    asked = asked_of(theme, dtype)
    golden = asked.answer().golden
    values = golden.expected().astype(np.float64)
    smallest = 2.0 ** FORMATS[dtype].min_exponent
    flushed = round_to(np.where(np.abs(values) < smallest, 0.0, values), dtype)
    assert within("flushes subnormals", Comparison(golden, flushed))
    assert verdict(asked, flushed) == (Outcome.INEXACT, Verdict.FAILS)
    assert not within(
        "flushes subnormals", Comparison(golden, round_to(values + 2.0**10 * smallest, dtype))
    )
    assert not within(
        "flushes subnormals",
        Comparison(
            golden, round_to(np.where(np.abs(values) < smallest, values / 2, values), dtype)
        ),
    )


def test_only_special_cases_may_be_said_to_flush():
    golden = Asked(make("core", (5,), (3,))).answer().golden
    assert not within("flushes subnormals", Comparison(golden, np.zeros_like(golden.expected())))


def _fitting(asked: Asked, wrong: Any) -> set[str]:
    answered = judged(BUILT_IN[0], asked, Check.OUTPUT, returned(wrong))
    return {e.name for e in SINGLES if fits(e, answered) and differs(e, Check.OUTPUT, asked)}


@pytest.mark.parametrize("fault", ["inserted_zeros_multiplied", "border_zeros_multiplied"])
def test_a_product_with_inserted_zeros_is_diagnosed(fault: str):
    asked = asked_of("nan-w")
    wrong = asked.answer(Explanation(faults=(fault,))).golden.expected()
    assert verdict(asked, wrong) == WRONG
    assert fault in _fitting(asked, wrong)


def test_paired_channels_are_diagnosed():
    asked = Asked(make("special", (4, 3), (3, 3), data=PREFIX + "inf-x", dtype="bfloat16"))
    wrong = asked.answer(Explanation(faults=("next_pixel_times_zero",))).golden.expected()
    assert verdict(asked, wrong) == WRONG
    assert _fitting(asked, wrong) == {"next_pixel_times_zero"}


@pytest.mark.parametrize("case", SPECIAL[::7], ids=lambda case: case.name)
def test_a_reproducer_has_the_same_bits(case: Case):
    given = Asked(case).tensors
    for name, tensor in (("X", given.X), ("W", given.W), ("B", given.B)):
        if tensor is not None:
            made: dict[str, Any] = {"np": np, "ml_dtypes": __import__("ml_dtypes")}
            exec(tensor_source(case, name, tensor), made)
            assert made[name].tobytes() == tensor.array(case.dtype).tobytes()
