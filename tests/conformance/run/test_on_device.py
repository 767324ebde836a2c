"""A session on a machine that is lent for minutes, without a device: what is asked, what a lie, a
missing package or the end of the time costs."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from convtranspose_conformance import cuda_session
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.run import on_device
from convtranspose_conformance.run.on_device import DeviceStep
from convtranspose_reports import Verdict, merge_runs, read_run
from support import ROOT

ENTRY = Entry(
    name="mine-cuda",
    title="Mine",
    route="im2col",
    target="im2col:Im2col",
    distributions=("numpy",),
    checks=("output",),
)
STEP = DeviceStep(name="01-seeds-mine", suite="seeds", entries=(ENTRY,))
NOT_THERE = ("typer", "rich", "onnx", "google.protobuf", "jinja2", "matplotlib", "pytest", "torch")
REFUSING = """
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Refusing())
"""
BARE = """
import sys
from pathlib import Path
from convtranspose_conformance import cuda_session
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.run.on_device import DeviceStep, held

if __name__ == "__main__":
    assert cuda_session.main(["--dry-run", "--cpu"]) == 0
    entry = Entry(
        name="mine", title="Mine", route="im2col", target="im2col:Im2col", distributions=("numpy",)
    )
    step = DeviceStep(name="one", suite="seeds", entries=(entry,))
    (run,) = held([step], Path("out"), 100, print)
    assert run.footer is not None and len(run.records) > 20
"""
SLOW = """
import time
from im2col import Im2col

class Slow(Im2col):
    def run(self, call):
        time.sleep(0.6)
        return super().run(call)
"""
WRONG = """
from im2col import Im2col

class Wrong(Im2col):
    def run(self, call):
        return super().run(call) + 1
"""


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that workers import from."""
    there = os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])
    monkeypatch.setenv("PYTHONPATH", there)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_machine_without_what_pages_and_models_need_is_enough(beside: Path) -> None:
    (beside / "sitecustomize.py").write_text(REFUSING.format(absent=NOT_THERE))
    (beside / "bare.py").write_text(BARE)
    done = subprocess.run(
        [sys.executable, "bare.py"], cwd=beside, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "one: mine " in done.stdout


def test_what_is_missing_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cuda_session, "NEEDED", ("numpy", "no_such_package"))
    assert cuda_session.main(["--cpu"]) == 2
    assert capsys.readouterr().err == "missing: no_such_package; --help says how they travel\n"


def test_what_is_needed_is_what_the_project_needs() -> None:
    listed = {name.lower() for name in cuda_session.NEEDED}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(f'"{name}>=' in project for name in listed)
    assert set(cuda_session.SUITES) == set(on_device.WORTH)


def test_steps_are_in_order_of_worth_and_none_asks_for_nothing() -> None:
    entries, _ = on_device.candidates(on_cpu=True)
    names = [step.name for step in on_device.steps(entries, cuda_session.SUITES)]
    suites = [name.split("-")[1] for name in names]
    assert list(dict.fromkeys(suites)) == list(cuda_session.SUITES)
    assert not any(name.endswith("gradients-onnxruntime") for name in names)
    assert all(e.device == "cpu" for e in entries)
    assert on_device.on_device(entries) == []


def test_a_step_leaves_a_run_that_merges_with_others(tmp_path: Path) -> None:
    other = replace(STEP, name="02-seeds-mine", entries=(replace(ENTRY, name="mine-cpu"),))
    lines: list[str] = []
    runs = on_device.held([STEP, other], tmp_path, 200.0, lines.append)
    assert [run.footer is not None for run in runs] == [True, True]
    merged = merge_runs([read_run(path) for path in sorted((tmp_path / "runs").iterdir())])
    assert {record.backend for record in merged.records} == {"mine-cuda", "mine-cpu"}
    assert all(record.verdict is Verdict.CONFORMS for record in merged.records)
    assert [line.split(":")[0] for line in lines] == [STEP.name, other.name]


@pytest.mark.filterwarnings("ignore::convtranspose_reports.CutShortWarning")
def test_the_end_of_the_time_costs_what_was_not_asked_yet(
    beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_device, "GRACE_S", 2.0)
    (beside / "slow_backend.py").write_text(SLOW)
    slow = replace(STEP, entries=(replace(ENTRY, target="slow_backend:Slow"),))
    lines: list[str] = []
    (run,) = on_device.held([slow], beside / "out", 14.0, lines.append)
    assert run.footer is None
    assert 0 < len(run.records) < 42
    assert lines[0].endswith("(cut short)")
    assert (
        on_device.held([slow, replace(slow, name="late")], beside / "late", 1.0, lines.append) == []
    )
    assert lines[1:] == [f"no time is left: not asked are {STEP.name}, late"]


def test_what_differs_is_drafted(beside: Path) -> None:
    (beside / "wrong_backend.py").write_text(WRONG)
    wrong = replace(STEP, entries=(replace(ENTRY, target="wrong_backend:Wrong"),))
    said: list[str] = []
    on_device.held([wrong], beside / "out", 200.0, said.append)
    draft = (beside / "out" / "proposed" / f"{STEP.name}.toml").read_text(encoding="utf-8")
    assert 'backend = "mine-cuda"' in draft
    assert said[-1].startswith(f"{STEP.name}: drafted declarations")


def test_a_backend_that_does_not_start_costs_itself() -> None:
    broken = replace(ENTRY, name="broken", target="no_such_module:Backend")
    reasons = on_device.why_not([ENTRY, broken])
    assert list(reasons) == ["broken"]


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "-1", "0", "1e6", "soon", "9" * 5000])
def test_what_is_no_time_is_refused(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cuda_session.main(["--dry-run", "--cpu", f"--seconds={seconds}"])
    assert ended.value.code == 2
    assert "accepted are 1 to 86400" in capsys.readouterr().err
