"""`convtranspose goldens`: a golden that changes is an error that names its case."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from convtranspose_cases import digests, find_case, suites
from convtranspose_cases.digests import computed, digest, recorded
from convtranspose_conformance.cli.main import app
from convtranspose_reference import geometry


def _goldens(*words: str) -> Result:
    return CliRunner().invoke(app, ["goldens", *words])


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the digests, to tamper with."""
    copytree(digests.DIRECTORY, tmp_path / "digests")
    monkeypatch.setattr(digests, "DIRECTORY", tmp_path / "digests")
    return tmp_path / "digests"


def test_the_goldens_are_as_kept() -> None:
    done = _goldens("check", "--suite", "seeds", "--suite", "core")
    assert done.exit_code == 0, done.output
    assert "seeds: 21 cases, 0 differences" in done.output
    assert done.stderr == ""


def test_they_are_data_too() -> None:
    done = _goldens("check", "--suite", "seeds", "--format", "json")
    assert json.loads(done.stdout) == [{"suite": "seeds", "cases": 21, "differences": []}]


def test_a_rule_of_the_reference_that_changes_names_the_cases(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suites, "_made", suites._made.__wrapped__)  # cases keep their geometry
    before = computed("seeds")
    monkeypatch.setattr(geometry, "floor_half", lambda total: -(-total // 2))
    done = _goldens("check", "--suite", "seeds")
    assert done.exit_code == 1
    assert "seeds/stride_2_filter_3_same: changed" in done.stderr
    assert "seeds/stride_2_filter_3:" not in done.stderr
    assert {name for name, value in computed("seeds").items() if value != before[name]} == {
        line.split(":")[1].strip().partition("/")[2] for line in done.stderr.splitlines()
    }


def test_a_number_that_changes_names_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    stream: Any = digests.tensors
    name = "seeds/stride_3_filter_6"
    monkeypatch.setattr(digests, "tensors", lambda case: stream(case, 1 if case.id == name else 0))
    done = _goldens("check", "--suite", "seeds")
    assert done.exit_code == 1
    assert [line.partition(": changed")[0] for line in done.stderr.splitlines()] == [
        f"error: {name}"
    ]


def test_missing_and_surplus_digests_are_errors_until_written(kept: Path) -> None:
    file = kept / "seeds.txt"
    first, *rest = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text(
        "".join(rest) + first.replace(first.split()[0], "no_such_case"), encoding="utf-8"
    )
    done = _goldens("check", "--suite", "seeds")
    assert done.exit_code == 1
    assert f"seeds/{first.split()[0]}: missing" in done.stderr
    assert "seeds/no_such_case: surplus" in done.stderr
    assert _goldens("write", "--suite", "seeds").exit_code == 0
    assert file.read_text(encoding="utf-8") == first + "".join(rest)
    assert _goldens("check", "--suite", "seeds").exit_code == 0


def test_a_suite_without_a_file_is_missing_whole(kept: Path) -> None:
    (kept / "core.txt").unlink()
    done = _goldens("check", "--suite", "core")
    assert done.exit_code == 1
    assert done.stderr.count(": missing:") == 20
    assert "more of core" in done.stderr


@pytest.mark.parametrize("line", ["x_5_k_3", "a 12345", "", "a  " + "0" * 31, "twice " + "0" * 32])
def test_an_unreadable_line_is_named(kept: Path, line: str) -> None:
    (kept / "seeds.txt").write_text("twice " + "0" * 32 + f"\n{line}\n", encoding="utf-8")
    done = _goldens("check", "--suite", "seeds")
    assert done.exit_code == 2
    assert f"seeds.txt:2: found {line!r}; accepted is" in done.stderr


@pytest.mark.parametrize("name", ["random", "nothing"])
def test_suites_without_kept_digests_are_refused(name: str) -> None:
    done = _goldens("check", "--suite", name)
    assert done.exit_code == 2
    assert (
        f"unknown suite with goldens to keep '{name}'; known: seeds, core, exhaustive-1d"
        in done.stderr
    )


def test_a_digest_is_of_inputs_and_golden() -> None:
    case = find_case("seeds/stride_2_filter_3")
    assert digest(case) == recorded("seeds")["stride_2_filter_3"]
    assert list(recorded("core")) == list(computed("core"))


def test_a_refused_case_is_digested_by_its_refusal() -> None:
    case = find_case("seeds/stride_2_filter_3")
    one, other = (
        replace(case, attributes=replace(case.attributes, output_padding=(n, n))) for n in (3, 4)
    )
    assert digest(one) == digest(other) != digest(case)
