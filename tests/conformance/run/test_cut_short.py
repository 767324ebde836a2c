"""What is interrupted while it explains what differs keeps all that was judged, and what is
explained by then."""

from collections.abc import Callable
from pathlib import Path

import pytest

from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.findings.under_way import ExplainedSoFar, Explaining, untold
from convtranspose_conformance.run.findings.worded import CUT_SHORT
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Run, Verdict, read_run

SOME = "core/x_5_k_[1-4]_dilations_1_strides_2"


def _run(directory: Path, explaining: Explaining = untold, *, resume: bool = False) -> Run:
    plan = selection.plan(
        backends=["planted:KernelFlipped"], patterns=[SOME], limits=Limits(), jobs=1
    )
    return execute(plan, directory, explaining=explaining, resume=resume)


def _interrupts(when: Callable[[ExplainedSoFar], bool]) -> Explaining:
    def explaining(step: ExplainedSoFar) -> None:
        if when(step):
            raise KeyboardInterrupt

    return explaining


@pytest.mark.parametrize(
    ("when", "is_explained"),
    [
        (lambda step: True, False),
        (lambda step: step.questions == 3, False),
        (lambda step: step.findings > 0, True),
        (lambda step: step.findings > 0 and step.questions % 2 == 1, True),
    ],
)
def test_an_interrupted_explanation_keeps_what_was_judged(
    when: Callable[[ExplainedSoFar], bool], is_explained: bool, tmp_path: Path
) -> None:
    whole = _run(tmp_path / "whole")
    run = _run(tmp_path / "cut", _interrupts(when))
    assert run.footer is None
    verdicts = [(r.case, r.outcome, r.verdict, r.reason) for r in whole.records]
    assert [(r.case, r.outcome, r.verdict, r.reason) for r in run.records] == verdicts
    assert {r.finding for r in run.records if r.verdict is Verdict.FAILS} == {
        f.id for f in run.findings
    }
    assert all(f.example is not None for f in run.findings)
    assert {f.reason for f in run.findings} == {"" if is_explained else CUT_SHORT}
    assert ({f.id for f in run.findings} == {f.id for f in whole.findings}) is is_explained
    with pytest.warns(UserWarning, match="no footer"):
        kept = read_run(tmp_path / "cut")
    assert kept.findings == run.findings
    assert [*kept.records] == [*run.records]
    again = _run(tmp_path / "cut", resume=True)
    assert again.findings == whole.findings
    assert [*again.records] == [*whole.records]


def test_what_was_interrupted_while_it_asked_may_be_interrupted_again(tmp_path: Path) -> None:
    plan = selection.plan(
        backends=["planted:KernelFlipped"], patterns=[SOME], limits=Limits(), jobs=1
    )

    def progress(_: str, done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    run = execute(plan, tmp_path, progress)
    assert len(run.records) == 3
    assert run.findings
    assert CUT_SHORT not in {f.reason for f in run.findings}


def test_what_is_explained_is_told(tmp_path: Path) -> None:
    steps: list[ExplainedSoFar] = []
    run = _run(tmp_path, steps.append)
    wrong = sum(r.verdict is Verdict.FAILS for r in run.records)
    assert {(s.backend, s.check, s.wrong) for s in steps} == {
        ("planted:KernelFlipped", "output", wrong)
    }
    assert [s.questions for s in steps] == sorted(s.questions for s in steps)
    assert steps[-1].questions > 0
    assert not steps[0].findings
    assert (steps[-1].done, steps[-1].findings) == (len(run.findings), len(run.findings))
