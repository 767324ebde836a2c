"""What programs read: `--format json`, and files by their published schemas."""

import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from typer.testing import CliRunner, Result

from convtranspose_cases.notation import find_call
from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.cli.lists import LISTS
from convtranspose_conformance.cli.screen.summary import summarize
from convtranspose_reports import Check, Outcome, Records
from support import ROOT
from support.made_up import right, session_of

SEEDS = ("--suite", "seeds", "--jobs", "1")


def invoked(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words))


def schema(name: str) -> Any:
    return json.loads((ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    out = tmp_path_factory.mktemp("formats") / "out"
    backends = ("--backend", "textbook:Textbook", "--backend", "planted:KernelFlipped")
    done = invoked("run", *SEEDS, *backends, "--out", str(out), "--format", "json")
    assert done.exit_code == 1, done.output
    return out, done


@pytest.mark.parametrize("what", LISTS)
def test_a_list_is_the_same_as_text_and_as_json(what: str) -> None:
    text = invoked("list", what).stdout.splitlines()
    rows = json.loads(invoked("list", what, "--format", "json").stdout)
    assert len(rows) > 1
    assert ["\t".join(map(str, row.values())) for row in rows] == text
    assert len({tuple(row) for row in rows}) == 1  # each has the same columns


def test_coverage_is_a_list_too() -> None:
    told = json.loads(
        invoked("list", "cases", "--suite", "seeds", "--coverage", "--format", "json").stdout
    )
    assert [row["combined"].split()[0] for row in told] == ["pairs", "triples"]


def test_a_run_as_json_is_its_summary_and_nothing_else_on_stdout(ran: tuple[Path, Result]) -> None:
    out, done = ran
    assert json.loads(done.stdout) == json.loads((out / "summary.json").read_text())
    assert f"report: {out / 'index.html'}" in done.stderr


def test_so_is_a_report_and_what_changed_stands_aside(ran: tuple[Path, Result]) -> None:
    out, _ = ran
    done = invoked("report", str(out), "--baseline", str(out), "--format", "json")
    assert json.loads(done.stdout)["state"] == "red"
    assert "planted:KernelFlipped, since the run before" in done.stderr


def test_a_form_that_there_is_not_is_2(tmp_path: Path) -> None:
    done = invoked("list", "suites", "--format", "yaml")
    assert done.exit_code == 2
    assert "json" in done.stderr


def test_a_run_is_what_its_schema_says_line_by_line(ran: tuple[Path, Result]) -> None:
    lines = [json.loads(line) for line in (ran[0] / "results.jsonl").read_text().splitlines()]
    check = jsonschema.Draft202012Validator(schema("results"))
    assert {line["type"] for line in lines} == {"header", "case", "record", "finding", "footer"}
    for line in lines:
        assert not list(check.iter_errors(line)), line["type"]


@pytest.mark.parametrize("kind", ["header", "case", "record", "finding", "footer"])
def test_a_field_more_or_less_is_no_line_of_a_run(ran: tuple[Path, Result], kind: str) -> None:
    lines = map(json.loads, (ran[0] / "results.jsonl").read_text().splitlines())
    line = next(line for line in lines if line["type"] == kind)
    check = jsonschema.Draft202012Validator(schema("results"))
    assert not check.is_valid(line | {"surprise": 1})
    assert not check.is_valid({"type": kind})


def test_a_summary_is_what_its_schema_says(ran: tuple[Path, Result]) -> None:
    told, published = json.loads((ran[0] / "summary.json").read_text()), schema("summary")
    jsonschema.validate(told, published)
    for name in told:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({k: v for k, v in told.items() if k != name}, published)


NATIVE = """
import os
import msgspec
from convtranspose_conformance.cli import main

encode = msgspec.json.encode

def after_a_banner(*given, **options):
    os.write(1, b"a solver's banner\\n")
    return encode(*given, **options)

msgspec.json.encode = after_a_banner
main.main()
"""
WORDS = ("list", "backends", "--format", "json")


def _as_a_process(*words: str, closed: str = "") -> subprocess.CompletedProcess[str]:
    command = shlex.join([sys.executable, *words, *WORDS])
    return subprocess.run(
        ["sh", "-c", f"{command} {closed}"], text=True, check=False, capture_output=True
    )


def test_what_a_library_writes_past_python_is_no_part_of_it() -> None:
    done = _as_a_process("-c", NATIVE)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(invoked(*WORDS).stdout)
    assert "a solver's banner" in done.stderr


def test_a_long_name_cuts_no_count_off(capsys: pytest.CaptureFixture[str]) -> None:
    """As that of one of two backends that a merged run tells apart by their kernels."""
    name = f"torch-cpu (oneDNN: float32, {'ATEN_CPU_CAPABILITY=avx2, ' * 6}up to avx2)"
    cases = [find_call(f"call/x_1_1_{size}_w_1_1_2") for size in range(3, 13)]
    summarize(session_of(cases, {name: right}).run(0.0))
    (row,) = (line for line in capsys.readouterr().out.splitlines() if name in line)
    assert row.removeprefix(f" {name}").split() == ["1.0", "20", *("0" * 5), "100", "%"]


def test_what_is_refused_as_a_reading_allows_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """It may be a crash by accident."""
    cases = [find_call(f"call/x_1_1_{size}_w_1_1_2") for size in range(3, 7)]
    run = session_of(cases, {"torch-cpu": right}).run(0.0)
    words = ["ValueError: shapes (1,1,0)", "ValueError: shapes (2,1,0)", f"NoKernel: {'x' * 999}"]
    refused = [
        msgspec.structs.replace(
            record, outcome=Outcome.REJECTED, reason=reason, follows={"R": ["empty_refused"]}
        )
        for record, reason in zip(
            run.records.where(lambda r: r.check is Check.OUTPUT), words, strict=False
        )
    ]
    summarize(replace(run, records=Records(refused)))
    several, one = (
        line for line in capsys.readouterr().out.splitlines() if line.startswith("refused: ")
    )
    assert several == (
        "refused: torch-cpu output: 2 calls that a reading of clause R lets a backend refuse: "
        f"ValueError: shapes (1,1,0) (for example {refused[0].case})"
    )
    assert "1 call that" in one
    assert f"NoKernel: {'x' * 99}" in one
    assert len(one) < 300
    summarize(run)
    assert "refused: " not in capsys.readouterr().out


RUN = ("run", "--backend", "onnx-shape-inference", "--case", "seeds/*", "--out")
MANY = ("list", "cases", "--suite", "exhaustive-1d")


@pytest.mark.parametrize("of", ["|", "2>&1 |"])
@pytest.mark.parametrize("reader", ["head -n 1", "true"])
def test_who_stops_reading_ends_nothing_but_what_is_told(
    tmp_path: Path, of: str, reader: str
) -> None:
    """`convtranspose run | head -1`: the run ends as it would have, with its page."""
    command = shlex.join([sys.executable, "-m", "convtranspose_conformance", *RUN, str(tmp_path)])
    script = f"set -o pipefail; {command} {of} {reader}"
    done = subprocess.run(["bash", "-c", script], text=True, check=False, capture_output=True)
    assert (done.returncode, (tmp_path / "index.html").exists()) == (0, True)
    assert "error" not in done.stderr


def test_a_list_that_nobody_reads_to_its_end_is_no_error() -> None:
    command = shlex.join([sys.executable, "-m", "convtranspose_conformance", *MANY])
    script = f"set -o pipefail; {command} | head -n 1"
    done = subprocess.run(["bash", "-c", script], text=True, check=False, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_is_no_error(closed: str) -> None:
    done = _as_a_process("-m", "convtranspose_conformance", closed=closed)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert bool(done.stdout) == (closed == "2>&-")
