"""`convtranspose compare`, and `report --baseline`."""

import json
from dataclasses import replace

import msgspec
import pytest
from typer.testing import CliRunner

from convtranspose_conformance.cli import main as cli
from convtranspose_reports import Finding, Outcome, Verdict, read_run, write_run

CASES = ("--case", "seeds/stride_[23]_filter_?")


def invoke(*arguments):
    return CliRunner().invoke(cli.app, [*map(str, arguments)])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run, and the same where one answer is wrong."""
    here = tmp_path_factory.mktemp("runs")
    right = here / "right"
    assert invoke("run", "--backend", "onnx-shape-inference", *CASES, "--out", right).exit_code == 0
    run = read_run(right)
    first, *others = run.records
    wrong = type(first)(
        case=first.case,
        backend=first.backend,
        check=first.check,
        outcome=Outcome.SHAPE_DIFFERS,
        verdict=Verdict.FAILS,
        reason="says [1, 1, 9]",
        finding="of_another_size",
    )
    finding = Finding(
        id=wrong.finding,
        backend=wrong.backend,
        check=wrong.check,
        verdict=wrong.verdict,
        kind="unexplained",
        name="unexplained",
        sentence="says [1, 1, 9]",
        cases=1,
    )
    footer = msgspec.structs.replace(run.footer, exit_status=1)
    write_run(
        here / "wrong",
        replace(run, records=[wrong, *others], findings=[finding], footer=footer),
    )
    return right, here / "wrong"


def test_nothing_worse_is_0_and_something_worse_is_1(runs):
    right, wrong = runs
    same = invoke("compare", right, right)
    assert same.exit_code == 0
    assert same.stdout.endswith("nothing is worse than before\n")
    worse = invoke("compare", right, wrong)
    assert worse.exit_code == 1
    assert "now: fails: says [1, 1, 9]" in worse.stdout
    assert invoke("compare", wrong, right).exit_code == 0


def test_formats_and_a_feed(runs, tmp_path):
    feed = tmp_path / "changes.xml"
    made = invoke("compare", *runs, "--format", "json", "--feed", feed)
    assert json.loads(made.stdout)["regressed"] is True
    assert "an entry was added" in made.stderr
    assert "worse than before: onnx-shape-inference" in feed.read_text()
    assert invoke("compare", *runs, "--format", "markdown").stdout.startswith("# What changed\n")


def test_a_page_with_a_baseline_tells_what_changed_and_is_red(runs, tmp_path):
    right, wrong = runs
    made = invoke("report", wrong, "--baseline", right, "--out", tmp_path / "page")
    assert made.exit_code == 1
    assert "onnx-shape-inference, since the run before: " in made.stdout
    assert "1 broken" in made.stdout
    assert 'id="changes"' in (tmp_path / "page/index.html").read_text()
    assert json.loads((tmp_path / "page/changes.json").read_text())["regressed"] is True
    assert "**broken**" in (tmp_path / "page/changes.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no_such", "{right}"], ["no_such"]),
        (["{right}", "{right}", "--backend", "torch-cpu"], ["torch-cpu was not asked by both"]),
        (["{right}", "{wrong}", "--feed", "{right}/index.html"], ["is no Atom feed"]),
        (["{right}", "{right}", "--format", "yaml"], ["yaml", "markdown"]),
    ],
)
def test_what_cannot_be_compared_is_2_with_what_is_accepted(runs, arguments, words):
    places = dict(zip(("right", "wrong"), runs, strict=True))
    made = invoke("compare", *(argument.format(**places) for argument in arguments))
    assert made.exit_code == 2
    assert "Traceback" not in made.output
    for word in words:
        assert word in made.stderr
