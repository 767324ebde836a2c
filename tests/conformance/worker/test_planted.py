"""A correct backend stays green, a planted fault turns a run red, and misbehaviour costs the guilty
case alone.

`tests/mutation` asks every planted mutant, in process; here some of them, and all that crashes,
hangs or shouts, go through a real run.
"""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from convtranspose_cases import suite_cases
from convtranspose_conformance.backends.api import Call
from convtranspose_conformance.backends.onnx.backend_api import OnnxBackend
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.judge import judge
from convtranspose_conformance.worker import serving
from convtranspose_reports import Check, Outcome, Record, Verdict
from support.marked_run import (
    GUILTY,
    INNOCENT,
    LIMITS,
    SOME_CASES,
    marked,
    needs_proc,
    running,
    survivors,
)

MISBEHAVIOUR = {
    "Segfaults": (Outcome.CRASHED, Verdict.FAILS, "SIGSEGV"),
    "Aborts": (Outcome.CRASHED, Verdict.FAILS, "SIGABRT"),
    "Exits": (Outcome.CRASHED, Verdict.FAILS, "exit status 0"),
    "ExitsPolitely": (Outcome.CRASHED, Verdict.FAILS, "exit status 0"),
    "Interrupts": (Outcome.CRASHED, Verdict.FAILS, "exit status 1"),
    "Hangs": (Outcome.TIMED_OUT, Verdict.FAILS, "no answer within 4 s"),
    "HangsWithAChild": (Outcome.TIMED_OUT, Verdict.FAILS, "no answer within 4 s"),
    "Allocates": (Outcome.OUT_OF_MEMORY, Verdict.FAILS, "MemoryError"),
    "Skips": (Outcome.DECLINED, Verdict.DECLINED, "no even kernels here"),
    "RaisesWhatDoesNotUnpickle": (
        Outcome.REJECTED,
        Verdict.FAILS,
        "run: TwoPartError: no kernel at device 7",
    ),
    "ReturnsNestedLists": (Outcome.REJECTED, Verdict.FAILS, "returned list, not an array"),
    "ReturnsNothing": (Outcome.REJECTED, Verdict.FAILS, "returned no output"),
    "ReturnsObjects": (Outcome.REJECTED, Verdict.FAILS, "an array of Python objects"),
    "Shouts": (Outcome.AGREES, Verdict.CONFORMS, ""),
    "ReturnsATuple": (Outcome.AGREES, Verdict.CONFORMS, ""),
    "ReturnsTheArray": (Outcome.AGREES, Verdict.CONFORMS, ""),
    "LeavesAChild": (Outcome.AGREES, Verdict.CONFORMS, ""),
}
HARD = {
    "RaisesWhatHasNoText": (Outcome.REJECTED, Verdict.FAILS, "Mute"),
    "ReturnsBigEndian": (Outcome.AGREES, Verdict.CONFORMS, ""),
    "ReturnsText": (Outcome.REJECTED, Verdict.FAILS, ""),
    "ReturnsRecords": (Outcome.REJECTED, Verdict.FAILS, ""),
}
THROUGH_A_RUN = {
    "Correct": Verdict.CONFORMS,
    "KernelFlipped": Verdict.FAILS,
    "ReturnsDouble": Verdict.FAILS,
}


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """Every case of both suites; goldens are worked out once for all backends."""
    return [Asked(case) for suite in ("seeds", "core") for case in suite_cases(suite)]


def failures(name: str, asked: list[Asked]) -> Iterator[str]:
    """The cases that a backend fails, asked as a worker asks it."""
    backend = OnnxBackend(f"planted:{name}", "CPU", "unknown")
    for each in asked:
        kind, seen = serving.answer(
            backend, Call.of(each.case, *each.tensors.arrays(each.case.dtype)), "output"
        )
        assert kind == "seen", seen
        if judge(each, Comparisons(Check.OUTPUT, seen), [], "unknown").verdict is Verdict.FAILS:
            yield each.case.id


def test_a_correct_backend_has_no_failure(asked: list[Asked]) -> None:
    assert len(asked) >= 600
    assert list(failures("Correct", asked)) == []


def run(names: list[str], directory: Path) -> dict[str, dict[str, Record]]:
    """Records of a real run by backend and case."""
    done = execute(
        selection.plan(backends=names, patterns=[SOME_CASES], limits=LIMITS, jobs=2), directory
    )
    found: dict[str, dict[str, Record]] = {name: {} for name in names}
    for record in done.records:
        found[record.backend][record.case] = record
    return found


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Record]]:
    """One run of all of them."""
    names = [f"planted:{name}" for name in THROUGH_A_RUN] + [
        f"misbehaving:{name}" for name in MISBEHAVIOUR
    ]
    return run(names, tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("name", THROUGH_A_RUN)
def test_a_real_run_tells_wrong_from_right(name: str, records: Any) -> None:
    found = records[f"planted:{name}"]
    assert set(found) == GUILTY | INNOCENT
    shown = {
        record.verdict
        for case, record in found.items()
        if "k_1" not in case or name != "KernelFlipped"
    }  # one tap has no order
    assert shown == {THROUGH_A_RUN[name]}


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_misbehaviour_costs_the_guilty_cases_alone(name: str, records: Any) -> None:
    assert_the_guilty_alone(records[f"misbehaving:{name}"], *MISBEHAVIOUR[name])


@pytest.mark.parametrize("name", HARD)
def test_an_answer_that_cannot_be_taken_down_costs_the_guilty_cases_alone(
    name: str, tmp_path: Path
) -> None:
    """Each in a run of its own: what these return once stopped the whole run."""
    spec = f"misbehaving:{name}"
    assert_the_guilty_alone(run([spec], tmp_path / "run")[spec], *HARD[name])


def assert_the_guilty_alone(
    found: dict[str, Record], outcome: Outcome, verdict: Verdict, reason: str
) -> None:
    assert {
        case
        for case, record in found.items()
        if case in INNOCENT and record.verdict is Verdict.CONFORMS
    } == INNOCENT
    guilty = {case: record for case, record in found.items() if case in GUILTY}
    assert set(guilty) == GUILTY
    for record in guilty.values():
        assert (record.outcome, record.verdict) == (outcome, verdict), record
        assert reason in record.reason, record


@needs_proc
def test_a_run_leaves_no_process_behind(tmp_path: Path) -> None:
    names = [
        f"misbehaving:{name}" for name in ("Segfaults", "HangsWithAChild", "Exits", "LeavesAChild")
    ]
    with running(tmp_path / "run", 2.0, names) as (process, mark):
        lines = process.communicate(timeout=600)[0].splitlines()
        assert process.returncode == 0
        assert len(lines) == len(names) * len(GUILTY | INNOCENT)
        assert survivors(mark, 5.0) == {}


@needs_proc
@pytest.mark.parametrize(
    ("name", "hanging"), [("Hangs", "worker.warden"), ("HangsWithAChild", "time.sleep(600)")]
)
def test_a_killed_run_leaves_no_process_behind(name: str, hanging: str, tmp_path: Path) -> None:
    """Two workers hang on their second case, or in a process that each started."""
    with running(tmp_path / "run", 600.0, [f"misbehaving:{name}"]) as (process, mark):
        assert process.stdout is not None
        assert [process.stdout.readline().split()[0] for _ in range(2)] == [
            f"misbehaving:{name}"
        ] * 2
        until = time.monotonic() + 30
        while sum(hanging in line for line in marked(mark).values()) < 2:
            assert time.monotonic() < until, marked(mark)
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        assert survivors(mark, 10.0) == {}
