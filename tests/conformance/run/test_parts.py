"""What fails after the asking costs itself: the records stand, and a finding says what is known."""

from dataclasses import replace

import pytest

from convtranspose_conformance.run.findings import differences, group
from convtranspose_conformance.run.findings.ledger import Ledger
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.worker.observation import returned
from convtranspose_reports import Run, Verdict
from support.marked_run import SOME_CASES


def _fails(*_, **__):
    raise ZeroDivisionError("planted")


def _run() -> Run:
    """Answers that are wrong everywhere."""
    chosen = selection.plan(backends=["planted:Correct"], patterns=[SOME_CASES])
    plan = replace(chosen, partial="")
    session = Session(plan)
    for number in range(len(plan.cases)):
        wrong = returned(session.call(number).X * 3)
        session.judged(plan.entries[0], number, {"output": wrong})
    return session.run(0.0)


@pytest.fixture(scope="module")
def whole() -> Run:
    return _run()


@pytest.mark.parametrize(
    ("where", "name", "part"),
    [
        (differences, "diagnose", "the diagnosis of planted:Correct, output"),
        (group, "example_of", "the example of planted:Correct/output/undeclared/SHAPE_DIFFERS"),
        (Ledger, "_stale", "stale declarations"),
        (Session, "settle", "what refusals are credited with"),
    ],
)
def test_what_fails_is_named_and_the_records_stand(
    where, name, part, whole: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, _fails)
    run = _run()
    assert run.footer is not None
    failed = run.footer.failed or {}
    assert part in failed, failed
    assert failed[part].startswith("ZeroDivisionError: planted (test_parts.py")
    assert run.footer.exit_status == 2
    answers = [(r.case, r.outcome, r.verdict, r.reason) for r in run.records]
    assert answers == [(r.case, r.outcome, r.verdict, r.reason) for r in whole.records]
    named = {finding.id for finding in run.findings}
    assert {r.finding for r in run.records if r.verdict is Verdict.FAILS} <= named
    assert whole.footer is not None
    assert whole.footer.exit_status == 1
