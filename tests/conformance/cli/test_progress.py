"""What a run says off a terminal while it explains what differs."""

import io
from pathlib import Path

import pytest
import rich.console
import rich.progress

from convtranspose_conformance.cli.screen import progress
from convtranspose_conformance.run.asking.parallel import Progress
from convtranspose_conformance.run.findings.under_way import ExplainedSoFar, Explaining
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_reports import Check
from support.marked_run import SOME_CASES


def _step(wrong: int, done: int, findings: int) -> ExplainedSoFar:
    return ExplainedSoFar(
        backend="torch", check=Check.OUTPUT, wrong=wrong, done=done, findings=findings
    )


STEPS = [
    *(_step(0, done, 2) for done in range(3)),
    _step(5, 0, 0),
    *(_step(5, done, 3) for done in range(4)),
]


def _said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    def execute(plan: Plan, out: Path, told: Progress, explaining: Explaining) -> None:
        for step in STEPS:
            explaining(step)

    plan = selection.plan(backends=["planted:Correct"], patterns=[SOME_CASES])
    progress.executed(plan, Path("unused"), execute)
    return [
        line.removeprefix("torch output: ").partition(";")[0]
        for line in capsys.readouterr().err.splitlines()
        if line.startswith("torch output: ")
    ]


UNDECLARED = [
    "looking for what explains 5 wrong answers",
    "0 of 3 findings have their smallest call",
    "3 of 3 findings have their smallest call",
]


def test_what_is_undeclared_is_said_when_it_begins_and_when_it_is_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _said(capsys) == UNDECLARED


def test_what_is_said_of_declared_ones_now_and_then_takes_no_line_of_the_others(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EXPLAINING_EVERY_S", 0.0)
    said = _said(capsys)
    assert len(said) == len(STEPS)
    monkeypatch.setattr(progress, "EXPLAINING_EVERY_S", 1e9)
    ticks = iter([0.0])  # late once: while declared ones are shown
    monkeypatch.setattr("time.monotonic", lambda: next(ticks, 2e9))
    assert _said(capsys) == ["0 of 2 findings have their smallest call", *UNDECLARED]


def test_the_bar_counts_findings_and_pulses_while_rules_are_looked_for() -> None:
    bars = rich.progress.Progress(console=rich.console.Console(file=io.StringIO()))
    explaining = progress._ExplainingBar(bars)
    shown = []
    for step in STEPS:
        explaining(step)
        (bar,) = bars.tasks
        shown.append((bar.completed, bar.total))
    assert shown == [(step.done, step.findings or None) for step in STEPS]
