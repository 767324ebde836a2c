"""A backend that does not start, not again, or hangs on everything costs itself alone."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from convtranspose_conformance.backends.api import Unusable
from convtranspose_conformance.run.asking import conversation
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.worker.process import HarnessError
from convtranspose_reports import Outcome, Record, Run, Verdict
from support.marked_run import GUILTY, INNOCENT, LIMITS, SOME_CASES

LINES = "core/x_[3-9]_k_*_dilations_1_strides_*"


def run(
    directory: Path, *names: str, cases: str = SOME_CASES, jobs: int = 1, **limits: float
) -> Run:
    plan = selection.plan(
        backends=[f"starting:{name}" for name in names],
        patterns=[cases],
        limits=replace(LIMITS, **limits),
        jobs=jobs,
    )
    return execute(plan, directory)


def of(run: Run, name: str) -> dict[str, Record]:
    return {each.case: each for each in run.records if each.backend == f"starting:{name}"}


def assert_right(run: Run) -> None:
    assert {each.verdict for each in of(run, "Right").values()} == {Verdict.CONFORMS}
    assert set(of(run, "Right")) == GUILTY | INNOCENT


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_that_does_not_start_costs_its_own_cases(jobs: int, tmp_path: Path) -> None:
    whole = run(tmp_path, "Exiting", "Right", jobs=jobs)
    assert_right(whole)
    exiting = of(whole, "Exiting")
    assert {(each.outcome, each.verdict) for each in exiting.values()} == {
        (Outcome.NOT_ASKED, Verdict.FAILS)
    }
    assert {"exit status 4" in each.reason for each in exiting.values()} == {True}
    (finding,) = [each for each in whole.findings if each.kind == "not asked"]
    assert finding.cases == len(exiting)
    assert {each.finding for each in exiting.values()} == {finding.id}
    assert whole.footer is not None
    assert whole.footer.exit_status == 1


def test_one_that_sleeps_while_it_starts_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "PATIENCE_S", 1.0)
    begun, answered = time.monotonic(), list[float]()
    plan = selection.plan(
        backends=["starting:Sleeping", "starting:Right"],
        patterns=[SOME_CASES],
        limits=replace(LIMITS, start_s=15.0),
        jobs=1,
    )

    def progress(name: str, done: int, total: int) -> None:
        if name == "starting:Right":
            answered.append(time.monotonic() - begun)

    found = execute(plan, tmp_path, progress)
    assert_right(found)
    assert max(answered) < 12
    assert {each.outcome for each in of(found, "Sleeping").values()} == {Outcome.NOT_ASKED}


def test_one_that_does_not_start_again_is_blamed_for_its_death_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVTRANSPOSE_STARTS", str(tmp_path / "starts"))
    found = run(tmp_path / "run", "Once", "Right")
    assert_right(found)
    once = of(found, "Once")
    assert set(once) == GUILTY | INNOCENT
    outcomes = [once[case].outcome for case in sorted(once)]
    assert outcomes == [Outcome.AGREES, Outcome.CRASHED, Outcome.NOT_ASKED, Outcome.NOT_ASKED]
    assert "no licence for a second start" in once[max(once)].reason


def test_one_that_hangs_on_everything_is_asked_a_sample(tmp_path: Path) -> None:
    found = run(tmp_path, "Hanging", cases=LINES, case_s=0.5)
    outcomes = [each.outcome for each in found.records]
    asked = outcomes.count(Outcome.TIMED_OUT)
    assert conversation.MOST_HANGS < asked <= conversation.MOST_HANGS + conversation.SAMPLE + 1
    assert outcomes.count(Outcome.NOT_ASKED) == len(outcomes) - asked > 5
    (finding,) = [each for each in found.findings if each.kind == "not asked"]
    assert "3 cases in a row gave no answer within 0.5 s" in finding.sentence


def test_where_nobody_starts_the_run_says_why(tmp_path: Path) -> None:
    with pytest.raises((HarnessError, Unusable), match="exit status 4"):
        run(tmp_path, "Exiting")
