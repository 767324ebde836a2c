"""Questions beyond the plan, through real runs: a backend that answers them wins by them; one that
hangs or dies loses nothing by them."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from convtranspose_cases import make
from convtranspose_conformance.run.asking import on_demand as followup
from convtranspose_conformance.run.asking.on_demand import FollowUp
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.worker.observation import Seen
from convtranspose_reports import Check, Run, Verdict, read_run
from support.marked_run import (
    GUILTY,
    INNOCENT,
    LIMITS,
    SOME_CASES,
    needs_proc,
    running,
    survivors,
)

ONE_TAP = "core/x_5_k_1_dilations_1_strides_2"  # reversed or not, it is the same
WRONG = (GUILTY | INNOCENT) - {ONE_TAP}
WAYS = [
    "AskedMoreHangs",
    "AskedMoreHangsWithAChild",
    "AskedMoreSegfaults",
    "AskedMoreAllocates",
    "AskedMoreReturnsObjects",
]


def _assert_nothing_lost(run: Run) -> None:
    assert {r.case: r.verdict for r in run.records} == {ONE_TAP: Verdict.CONFORMS} | dict.fromkeys(
        WRONG, Verdict.FAILS
    )
    assert sum(f.cases for f in run.findings) == len(WRONG)
    assert {r.finding for r in run.records if r.case in WRONG} == {f.id for f in run.findings}
    assert run.footer is not None
    assert run.footer.records == len(run.records)


@needs_proc
@pytest.mark.parametrize("name", WAYS)
def test_misbehaviour_beyond_the_plan_loses_nothing_and_leaves_no_process_behind(
    name: str, tmp_path: Path
) -> None:
    with running(tmp_path / "run", 1.0, [f"misbehaving:{name}"]) as (process, mark):
        process.communicate(timeout=300)
        assert process.returncode == 0
        assert survivors(mark, 5.0) == {}
    _assert_nothing_lost(read_run(tmp_path / "run"))


def test_answers_beyond_the_plan_tell_explanations_apart(tmp_path: Path) -> None:
    """In one line a kernel reversed along the first axis is one reversed along all."""
    plan = selection.plan(
        backends=["misbehaving:AskedMoreAnswers"], patterns=[SOME_CASES], limits=LIMITS, jobs=1
    )
    run = execute(plan, tmp_path / "run")
    _assert_nothing_lost(run)
    assert [(f.kind, f.name) for f in run.findings] == [("fault", "kernel_flipped")]


def _asked_more(name: str, numbers: int) -> list[list[Seen]]:
    """What is seen of single questions, one after the other, no two of one kind."""
    ((entry,), _) = selection.entries([f"misbehaving:{name}"])
    with FollowUp(replace(LIMITS, case_s=1.0)) as asking:
        ask = asking.ask_of(entry, Check.OUTPUT)
        return [
            [each.seen.seen for each in ask([make("followup", (3,) * rank, (2,) * rank, c=c)])]
            for rank, c in list(product((2, 3), (1, 2, 3)))[:numbers]
        ]


def test_a_backend_that_hangs_is_asked_no_more() -> None:
    assert _asked_more("AskedMoreHangs", 3) == [[Seen.TIMED_OUT], [], []]


def test_a_backend_that_dies_again_and_again_is_asked_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(followup, "MOST_DEATHS", 3)
    monkeypatch.setattr(followup, "SECONDS_OF_DEATHS", 0.0)
    deaths = [[Seen.CRASHED]] * followup.MOST_DEATHS
    assert _asked_more("AskedMoreSegfaults", followup.MOST_DEATHS + 2) == [
        *deaths,
        [],
        [],
    ]


def test_deaths_that_cost_little_are_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followup, "MOST_DEATHS", 1)
    assert _asked_more("AskedMoreSegfaults", 3) == [[Seen.CRASHED]] * 3


def test_a_backend_that_runs_out_of_memory_again_and_again_is_asked_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(followup, "MOST_OUT_OF_MEMORY", 2)
    full = [Seen.OUT_OF_MEMORY]
    assert _asked_more("AskedMoreAllocates", 3) == [full, full, []]


def test_questions_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followup, "MOST_FOLLOW_UPS", 2)
    assert _asked_more("AskedMoreAnswers", 3) == [[Seen.RETURNED], [Seen.RETURNED], []]


def test_a_check_that_the_backend_does_not_offer_is_not_asked() -> None:
    ((entry,), _) = selection.entries(["misbehaving:AskedMoreAnswers"])
    with FollowUp(LIMITS) as asking:
        assert list(asking.ask_of(entry, Check.GRADIENT)([make("gradients", (3,), (2,))])) == []


def test_a_check_that_a_call_has_not_is_not_asked_and_the_backend_is_asked_on() -> None:
    """A worker that is asked for gradients of a call without dY fails, and is not asked again."""
    (entry,), _ = selection.entries(("misbehaving:AskedMoreAnswers",), "")
    case = make("call", (3,), (2,))
    assert Check.GRADIENT not in case.checks
    with FollowUp(LIMITS) as follow_up:
        assert list(follow_up.ask_of(entry, Check.GRADIENT)([case])) == []
        assert len(list(follow_up.ask_of(entry, Check.OUTPUT)([case]))) == 1
