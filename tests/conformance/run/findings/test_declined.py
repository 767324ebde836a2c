"""The condition of what is declined: one statement is looked for among few, and is the one that a
look at all of them would find."""

from random import Random

import pytest

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.diagnosis.conditions.contrast import Contrast, meets
from convtranspose_conformance.run.findings.declined import declined_findings
from convtranspose_reports import Check

CASES = suite_cases("core")[::7]
STATEMENTS = (
    "group > 1",
    "max(dilations) > 1",
    "auto_pad == 'SAME_LOWER'",
    "dtype in ('float16', 'bfloat16')",
    "not (rank == 2)",
    "bias and max(strides) > 1",
    "group > 1 and dtype == 'float64'",
)


def _where(declined: list[Case], answered: list[Case]) -> str:
    (found,) = declined_findings("some", Check.OUTPUT, {"no": declined}, answered)
    return found.where


@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_is_declined_under_a_statement_is_said_so(statement: str) -> None:
    declined, answered = (
        [c for c in CASES if meets(statement, c) == is_so] for is_so in (True, False)
    )
    where = _where(declined, answered)
    assert where == next(Contrast(declined, answered).conditions(most=2))
    assert all(meets(where, case) for case in declined)
    assert not any(meets(where, case) for case in answered)


@pytest.mark.parametrize("seed", range(20))
def test_few_cases_have_the_condition_that_all_statements_give(seed: int) -> None:
    drawn = Random(seed).sample(CASES, 30)
    declined, answered = drawn[:3], drawn[3:]
    assert _where(declined, answered) == next(Contrast(declined, answered).conditions(most=1), "")
