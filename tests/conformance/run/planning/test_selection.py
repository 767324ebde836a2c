"""Which declarations a plan holds."""

from pathlib import Path

import pytest

from convtranspose_conformance.run.planning.selection import plan
from convtranspose_conformance.verdict.deviation_files import (
    DeviationError,
    declared,
    with_declarations,
)

ASKED = "onnx-shape-inference"


def _file(tmp_path: Path, backend: str) -> Path:
    path = tmp_path / f"{backend}.toml"
    path.write_text(
        f'backend = "{backend}"\n[[deviation]]\nname = "clamps"\ncheck = "output"\n'
        'versions = ""\nwhen = "rank == 1"\ncause = "framework"\nreason = "It does."\n'
        'reading = "C:clamped"\n',
        encoding="utf-8",
    )
    return path


def test_a_plan_holds_what_is_declared_of_those_that_are_asked() -> None:
    chosen = plan(backends=[ASKED], suites=["seeds"])
    assert [d.id for d in chosen.deviations] == [d.id for d in declared([ASKED])] != []
    both = plan(backends=[ASKED, "onnx-reference"], suites=["seeds"])
    assert {d.backend for d in both.deviations} == {ASKED, "onnx-reference"}


def test_what_is_inherited_stands_beside_what_it_was_declared_for() -> None:
    chosen = plan(backends=[ASKED], suites=["seeds"], like="onnxruntime-cpu")
    assert {(d.backend, d.inherited) for d in chosen.deviations} == {
        (ASKED, ""),
        ("onnxruntime-cpu", ""),
        (ASKED, "onnxruntime-cpu"),
    }


def test_a_file_may_speak_of_a_backend_that_is_not_asked(tmp_path: Path) -> None:
    files = [_file(tmp_path, "torch-cpu")]
    chosen = plan(backends=[ASKED], suites=["seeds"], files=files)
    assert [d.name for d in chosen.deviations if d.backend == "torch-cpu"] == ["clamps"]


def test_a_file_of_nobody_is_told_who_is_known(tmp_path: Path) -> None:
    with pytest.raises(DeviationError, match=r"unknown backend 'nobody'; known: \w"):
        plan(backends=[ASKED], suites=["seeds"], files=[_file(tmp_path, "nobody")])


def test_whatever_is_declared_can_be_had() -> None:
    names = with_declarations()
    assert {d.backend for d in declared(names)} == set(names)
