"""A refusal conforms to a reading only where the backend answers the plainer call, and what is no
array is no refusal."""

from collections.abc import Callable
from pathlib import Path

import pytest

from convtranspose_cases import Case, find_case, suite_cases
from convtranspose_cases.case import make
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.credit import Credit
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.verdict.credit import plainer_call
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import Observation, Seen, returned, stopped
from convtranspose_reports import Check, Outcome, Verdict, read_run
from support.simulated import follows

BIG_PADDING = make("credit", (4,), (3,), dilations=(2,), output_padding=(1,), dtype="float64")
EMPTY = make("credit", (4,), (3,), n=0, c=2, m=3)
Rule = Callable[[Asked], Observation]


def refuses(test: Callable[[Case], bool]) -> Rule:
    """Refuses some calls, and answers the others as the text does."""

    def rule(asked: Asked) -> Observation:
        if test(asked.case):
            return stopped(Seen.REFUSED, "run", "RuntimeError", "not this one")
        return follows("")(asked)

    return rule


def nothing_for_empty(asked: Asked) -> Observation:
    return returned(None) if 0 in asked.answer().shape else follows("")(asked)


def settled(case: Case, rule: Rule) -> Reply:
    asked = Asked(case)
    reply = judged(BUILT_IN[0], asked, Check.OUTPUT, rule(asked))
    return Credit().settled(reply, lambda sister: rule(Asked(sister)))


def padded(case: Case) -> bool:
    return case.attributes.output_padding is not None


def test_who_refuses_only_what_the_clause_is_about_follows_its_reading():
    found = settled(BIG_PADDING, refuses(padded)).judgement
    assert (found.outcome, found.verdict) == (Outcome.REJECTED, Verdict.CONFORMS)
    assert found.follows == {"K": ["below_stride"]}
    empty = settled(EMPTY, refuses(lambda case: 0 in case.x_shape)).judgement
    assert (empty.verdict, list(empty.follows)) == (Verdict.CONFORMS, ["R"])


@pytest.mark.parametrize("case", [BIG_PADDING, EMPTY], ids=["K", "R"])
def test_who_refuses_the_plainer_call_too_follows_none(case: Case):
    found = settled(case, refuses(lambda case: True)).judgement
    assert (found.outcome, found.verdict, found.follows) == (Outcome.REJECTED, Verdict.FAILS, {})


def test_a_dtype_that_is_refused_altogether_earns_no_credit():
    found = settled(BIG_PADDING, refuses(lambda case: case.dtype == "float64"))
    assert found.judgement.verdict is Verdict.FAILS


def test_nothing_is_no_refusal():
    found = settled(EMPTY, nothing_for_empty).judgement
    assert (found.outcome, found.verdict) == (Outcome.REJECTED, Verdict.FAILS)
    assert found.reason == "return value: NoneType: returned NoneType, not an array"
    forbidden = Asked(find_case("invalid/strides_0"))
    reply = judged(BUILT_IN[0], forbidden, Check.REJECTION, returned(None))
    assert (reply.outcome, reply.judgement.verdict) == (Outcome.ACCEPTED, Verdict.FAILS)


def test_a_text_that_refuses_needs_no_plainer_call():
    forbidden = Asked(find_case("invalid/strides_0"))
    seen = stopped(Seen.REFUSED, "run", "ValueError", "no")
    assert judged(BUILT_IN[0], forbidden, Check.REJECTION, seen).judgement.contested is None


def test_every_plainer_call_of_the_suites_is_legal_and_has_elements():
    cases = (*suite_cases("core"), *suite_cases("gradients"))
    asked = {case: Asked(case).conforming() for case in cases}
    contested = {
        case: {label for choice, answer in answers if answer.refused for label in choice}
        for case, answers in asked.items()
        if any(answer.refused for _, answer in answers)
    }
    assert len(contested) > 100
    for case, labels in contested.items():
        plain = plainer_call(case, tuple(sorted(labels)))
        assert plain.checks == case.checks
        assert plain.refusal() is None, plain.id
        assert 0 not in (*plain.x_shape, *plain.w_shape, *plain.y_shape()), plain.id
        assert not any(answer.refused for _, answer in Asked(plain).conforming()), plain.id


def test_a_run_settles_it_when_all_is_asked(tmp_path: Path):
    """Big output_padding in float32, which is answered otherwise, and in float64, which is not."""
    plan = selection.plan(
        backends=["refusing:NoDoubles"],
        patterns=["core/x_5_k_?_*dilations_2_output_padding_1*"],
    )
    run = execute(plan, tmp_path / "run")
    verdicts = {
        (asked.case.dtype, record.verdict)
        for record in run.records
        for asked in [Asked(find_case(record.case))]
        if record.outcome is Outcome.REJECTED
    }
    assert verdicts == {
        ("float32", Verdict.CONFORMS),
        ("bfloat16", Verdict.CONFORMS),
        ("float64", Verdict.FAILS),
    }
    assert read_run(tmp_path / "run").records == run.records
