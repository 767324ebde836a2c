"""What can be imitated of macOS: another `sys.platform`, no prctl, no /proc, no limit of address
space. Workers are spawned there as everywhere."""

import os
import signal
from pathlib import Path

import pytest

from convtranspose_reports import Outcome, Verdict, read_run
from support import ROOT
from support.marked_run import GUILTY, INNOCENT, needs_proc, running, survivors

IMITATION = ROOT / "tests" / "support" / "macos"


@pytest.fixture(autouse=True)
def macos(monkeypatch):
    """For the processes that start from here on."""
    path = os.pathsep.join([str(IMITATION), os.environ["PYTHONPATH"]])
    monkeypatch.setenv("PYTHONPATH", path)


def outcomes(name: str, seconds: float, directory: Path) -> dict[str, tuple[Outcome, Verdict]]:
    with running(directory, seconds, [name], memory_gib=1.0) as (process, _):  # it is filled often
        process.communicate(timeout=240)
        assert process.returncode == 0
    run = read_run(directory)
    assert run.header.backends[0].kernels == {"flags": ""}
    return {record.case: (record.outcome, record.verdict) for record in run.records}


@pytest.mark.parametrize(
    ("name", "seconds", "outcome"),
    [
        ("Segfaults", 60.0, Outcome.CRASHED),
        ("Hangs", 4.0, Outcome.TIMED_OUT),
        ("FillsMemory", 60.0, Outcome.OUT_OF_MEMORY),
    ],
)
def test_misbehaviour_costs_the_guilty_case_alone(
    name: str, seconds: float, outcome: Outcome, tmp_path: Path
) -> None:
    found = outcomes(f"misbehaving:{name}", seconds, tmp_path)
    assert {found[case] for case in INNOCENT} == {(Outcome.AGREES, Verdict.CONFORMS)}
    assert {found[case] for case in GUILTY} == {(outcome, Verdict.FAILS)}


@needs_proc
def test_a_killed_run_leaves_no_worker_behind(tmp_path: Path) -> None:
    with running(tmp_path / "run", 600.0, ["misbehaving:Hangs"]) as (process, mark):
        assert process.stdout is not None
        assert process.stdout.readline().startswith("misbehaving:Hangs")
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        assert survivors(mark, 10.0) == {}
