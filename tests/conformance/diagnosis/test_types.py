"""Element types are found whatever else is wrong, and calls that stop are no trial."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.conditions.silence import Silence
from convtranspose_conformance.diagnosis.fresh_calls import fresh_cases
from convtranspose_conformance.diagnosis.result import BY_RULE, Diagnosis
from convtranspose_conformance.diagnosis.search import diagnose
from convtranspose_conformance.diagnosis.thresholds import SILENT
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.explanation import BY_TEXT
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import returned
from convtranspose_reports import Check

CASES = [
    case
    for case in (*suite_cases("seeds"), *suite_cases("core")[::12])
    if case.op == "ConvTranspose" and case.refusal() is None
]
Finish = Callable[[Case, Any], Any]


def _diagnosed(finish: Finish, rule: Explanation = BY_TEXT) -> list[tuple[Reply, Diagnosis]]:
    """What is said of a backend that follows a rule and then finishes its outputs."""

    def ask(cases: Iterable[Case]) -> list[Reply]:
        asked = (Asked(c) for c in cases if c.refusal() is None and c.op == "ConvTranspose")
        usual = ((each, each.answer(rule)) for each in asked)
        return [
            judged(
                BUILT_IN[0],
                each,
                Check.OUTPUT,
                returned(finish(each.case, answer.golden.expected())),
            )
            for each, answer in usual
            if not answer.refused
        ]

    replies = ask(CASES)
    wrong, right = ([each for each in replies if each.wrong is w] for w in (True, False))
    found = diagnose(wrong, right, Check.OUTPUT, ask=ask, pool=fresh_cases)
    return list(zip(wrong, found, strict=True))


def _bits(case: Case, Y: Any) -> Any:
    return Y.view(np.float16) if case.dtype == "bfloat16" else Y


def _single(case: Case, Y: Any) -> Any:
    return Y.astype(np.float32)


@pytest.mark.parametrize(
    ("finish", "name", "dtypes"),
    [
        (_bits, "y_bits_as = float16", {"bfloat16"}),
        (_single, "y_dtype = float32", {"float16", "bfloat16", "float64"}),
    ],
)
def test_every_answer_of_another_type_is_explained(
    finish: Finish, name: str, dtypes: set[str]
) -> None:
    found = _diagnosed(finish)
    assert {reply.case.dtype for reply, _ in found} == dtypes
    assert {said.explanations[0].faults for _, said in found} == {(name,)}
    assert all(said.where == f"dtype == '{reply.case.dtype}'" for reply, said in found)


def test_another_rule_beside_it_hides_neither() -> None:
    found = _diagnosed(_bits, Explanation(faults=("bias_twice",)))
    assert all(said.kind in BY_RULE for _, said in found)
    both = [said for reply, said in found if reply.case.bias and reply.case.dtype == "bfloat16"]
    told = {name.partition(" where ")[0] for said in both for name in said.explanations[0].faults}
    assert told == {"y_bits_as = float16", "bias_twice"}


def test_numbers_of_another_type_that_are_wrong_are_not_explained() -> None:
    def scaled(case: Case, Y: Any) -> Any:
        return (Y * 3).astype(np.float32) if case.dtype == "float16" else Y

    assert not any(said.kind in BY_RULE for _, said in _diagnosed(scaled))


def test_calls_like_many_that_stopped_are_known() -> None:
    half, single = ([c for c in CASES if c.dtype == d] for d in ("float16", "float32"))
    silence = Silence()
    for case in single[:SILENT]:
        silence.heard(case, answered=True)
    for case in half[: SILENT - 1]:
        silence.heard(case, answered=False)
    assert not silence.is_expected(half[-1])
    silence.heard(half[SILENT - 1], answered=False)
    assert silence.is_expected(half[-1])
    assert not silence.is_expected(single[0])
