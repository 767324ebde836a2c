"""[tool.convtranspose] of a project's pyproject.toml: what its CI line need not say."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from convtranspose_conformance.cli import main as cli

BACKEND = '[tool.convtranspose]\nbackend = "textbook:Textbook"\n'
ONE = 'case = "seeds/stride_2_filter_3"\njobs = 1\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path / "inside")
    return tmp_path


def run(project: Path, text: str, *words: str) -> Result:
    (project / "pyproject.toml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli.app, ["run", *words])


def test_the_command_alone_asks_what_the_table_says(project: Path) -> None:
    done = run(project, BACKEND + ONE + 'out = "report"\n')
    assert done.exit_code == 0, done.output
    told = json.loads((project / "report" / "summary.json").read_text())  # beside the table
    assert list(told["backends"]) == ["textbook:Textbook"]
    assert told["cases"] == 1
    said = f"{project / 'pyproject.toml'}, [tool.convtranspose]: backend, case, out, jobs"
    assert said in done.stderr


def test_the_command_line_wins(project: Path) -> None:
    out = project / "other"
    words = ("--case", "seeds/decoder_layer_*", "--out", str(out), "--no-report")
    done = run(project, BACKEND + ONE + 'out = "report"\n', *words)
    assert done.exit_code == 0, done.output
    assert not (project / "report").exists()
    assert (out / "results.jsonl").read_text().count('"type":"case"') == 3


def test_a_gate_and_declarations_are_taken_from_beside_the_table(project: Path) -> None:
    done = run(
        project,
        '[tool.convtranspose]\nbackend = ["planted:KernelFlipped"]\nsuite = ["seeds"]\njobs = 1\n'
        'deviations = "known.toml"\n',
        "--no-report",
    )
    assert done.exit_code == 2
    assert str(project / "known.toml") in done.stderr


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("backends = 'a'\n", ["backends", "accepted are backend, suite", "pyproject.toml"]),
        ("jobs = 'many'\n", ["$.jobs", "int", "as on the command line"]),
        ("suite = [1]\n", ["$.suite", "str"]),
        ("min-answered = 3\n", ["--min-answered", "3"]),
        ("jobs = -1\n", ["$.jobs", ">= 1"]),
        ("jobs = 100000\n", ["$.jobs", "<= 1024"]),
        ("seed = -1\n", ["$.seed", ">= 0"]),
        ("timeout = nan\n", ["nan", "accepted"]),
        ("memory = 0.0\n", ["accepted"]),
        ("jobs = \n", ["pyproject.toml", "TOML"]),
        ("jobs = " + "[" * 5000 + "\n", ["pyproject.toml", "TOML"]),
        ("min_answered = 0.5\n", ["min_answered", "min-answered"]),
    ],
)
def test_what_is_wrong_with_a_table_is_2_and_named(project: Path, table: str, words: list) -> None:
    done = run(project, "[tool.convtranspose]\n" + table)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    "text", ["", "[tool.other]\nx = 1\n", "[[broken", '[project]\nname = "a"\n']
)
def test_a_file_without_the_table_is_no_matter(project: Path, text: str) -> None:
    done = run(project, text, "--backend", "textbook:Textbook", "--case", "seeds/stride_2_filter_3")
    assert done.exit_code == 0, done.output
    assert "[tool.convtranspose]" not in done.stderr


def test_other_commands_take_nothing_from_it(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.convtranspose]\nnothing = 1\n")
    assert CliRunner().invoke(cli.app, ["list", "suites"]).exit_code == 0
