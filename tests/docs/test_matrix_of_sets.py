"""`tox -e matrix` on stand-ins of its sets: what cannot be installed costs itself alone, and what
was asked becomes one page."""

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.diagnosis.unmet_runtimes import RUNTIMES
from benchmarks.environments import matrix
from benchmarks.environments.matrix import Together

from convtranspose_conformance.backends.on_request import ON_REQUEST
from convtranspose_reports import read_run
from support import ROOT

HERE = Together(name="here", backends=("onnx-reference",))
SHAPES = Together(name="shapes", backends=("onnx-shape-inference",))
NOWHERE = Together(name="nowhere", distribution="nothing-of-this-name")
LATE = matrix.Outcome(name="late", seconds=1.0, why="timed out", late=True)
SUITES = ["seeds"]


def _made(chosen: Together, folder: Path, end: float) -> Path:
    if chosen is NOWHERE:
        raise subprocess.CalledProcessError(2, ["uv", "pip", "install", chosen.distribution])
    return Path(sys.executable)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def outcomes(out: Path) -> list[matrix.Outcome]:
    """Of three sets, each asked once."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(matrix, "made", _made)
        return [
            matrix.outcome(each, SUITES, out / "environments", out)
            for each in (HERE, NOWHERE, SHAPES)
        ]


def test_a_set_that_cannot_be_installed_costs_itself_alone(
    outcomes: list[matrix.Outcome], out: Path
) -> None:
    assert [each.run is not None for each in outcomes] == [True, False, True]
    assert "nowhere: not asked: " in matrix.said(outcomes[1])
    assert "nothing-of-this-name" in matrix.said(outcomes[1])
    assert "here: onnx-reference: answered 21 of 21 questions" in matrix.said(outcomes[0])
    assert matrix.merged(outcomes, out) == 0
    run = read_run(out / "page")
    assert {r.backend for r in run.records} == {"onnx-reference", "onnx-shape-inference"}
    assert (out / "page" / "index.html").is_file()


def test_a_set_that_takes_longer_than_is_left_costs_itself_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(matrix, "made", _made)
    found = matrix.outcome(HERE, SUITES, tmp_path / "environments", tmp_path / "out", 0.0)
    assert "timed out" in matrix.said(found)
    assert found.late


def test_a_set_that_was_too_late_is_no_pass(outcomes: list[matrix.Outcome], out: Path) -> None:
    assert matrix.merged(outcomes, out) == 0
    assert matrix.merged([*outcomes, LATE], out) == matrix.LATE_STATUS


def test_what_nobody_declared_is_asked_by_name_alone() -> None:
    by_default = [each.name for each in matrix.chosen_of(None)]
    assert by_default == ["frameworks", "openvino", "tinygrad"]
    assert [each.name for each in matrix.chosen_of(["opencv"])] == ["opencv"]
    strange = {each.name for each in matrix.SETS if any("@" in name for name in each.backends)}
    assert strange == {each.name for each in matrix.SETS if not each.declared}


def test_a_matrix_of_nothing_is_no_pass(outcomes: list[matrix.Outcome], out: Path) -> None:
    assert matrix.merged(outcomes[1:2], out) == 3


def test_every_backend_on_request_and_every_stranger_is_in_a_set() -> None:
    extras = {extra for each in matrix.SETS for extra in each.extras}
    named = {name for e in ON_REQUEST for name in (*e.distributions[:1], *e.needs)}
    needed = {name.partition("|")[0] for name in named}
    assert needed - {"torch", "tensorflow", "onnxruntime"} <= extras
    strangers = {path.stem for path in (ROOT / "benchmarks" / "strangers").glob("*.py")}
    asked = {name for each in (*matrix.SETS, *RUNTIMES) for name in each.backends}
    assert {name.removesuffix("@CPU") for name in asked if "@" in name} == strangers
    assert {name for name in asked if "@" not in name} <= {entry.name for entry in ON_REQUEST}
