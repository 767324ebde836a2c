"""From a red run to a green one: drafts of declarations, of which nothing is changed but the line
that says that they are drafts, and declarations inherited from a backend on which one builds."""

import re
from pathlib import Path

import pytest

from convtranspose_conformance.run.drafts.drafted_pattern import pattern_for
from convtranspose_conformance.run.drafts.propose import propose
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.run.planning.selection import SelectionError
from convtranspose_conformance.verdict.deviation_files import load
from convtranspose_reports import Run, Verdict

SOME = ["core/x_[45]_*", "seeds/*"]


def _run(plan: Plan, directory: Path) -> Run:
    return execute(plan, directory)


@pytest.mark.parametrize(
    "name",
    [
        "several_bugs:Young",
        "stopping:SmallKernels",
        "stopping:WithoutStrides",
        "stopping:ByTheMoon",
        "planted:OverlapsOverwritten",
    ],
)
def test_a_draft_without_its_first_line_is_green(name: str, tmp_path: Path):
    red = selection.plan(backends=[name], patterns=SOME, jobs=1)
    run = _run(red, tmp_path / "red")
    assert run.footer is not None
    assert run.footer.exit_status == 1
    draft = tmp_path / "draft.toml"
    draft.write_text(propose(run, red.cases).replace("draft = true\n", ""))
    declared = load(draft, [name])
    assert len(declared) >= len([f for f in run.findings if f.verdict is Verdict.FAILS])
    green = _run(
        selection.plan(backends=[name], patterns=SOME, files=[draft], jobs=1), tmp_path / "green"
    )
    assert green.footer is not None
    assert {f.sentence for f in green.findings if f.verdict is Verdict.FAILS} == set()
    assert green.footer.exit_status == 0
    (whole,) = {f.verdict for f in green.findings} - {Verdict.CONFORMS}
    assert whole is Verdict.DEVIATES


@pytest.mark.parametrize(
    ("words", "reasons"),
    [
        ("NaN in N rows", ["run: E: NaN in 3 rows", "run: E: NaN in 12 rows"]),
        ("no kernel of", ["run: E: no kernel\n of x.cc:33", "run: E: no kernel of y.cc:1"]),
        ("shape [N] vs (N)", ["shape [1, 2] vs (3,)", "shape [1] vs (4, 5)"]),
        ("at in graph", ["at /usr/lib/a.py:3 in {{node x}} graph"]),
        ("", ["SIGSEGV"]),
    ],
)
def test_a_pattern_matches_what_it_was_drafted_from(words: str, reasons: list[str]):
    pattern = pattern_for("SIGSEGV", words, reasons)
    assert pattern or not words
    assert all(re.search(pattern, reason) for reason in reasons)
    assert words == "" or not re.search(pattern, "something else")


def test_what_a_backend_builds_on_lends_its_declarations(tmp_path: Path):
    """It clamps as ONNX Runtime does: green, said to be so, and never stale where it is right."""
    asked = {"backends": ["planted:NegativeSameClamped"], "patterns": ["core/*same*"], "jobs": 1}
    alone = _run(selection.plan(**asked), tmp_path / "alone")
    assert alone.footer is not None
    assert alone.footer.exit_status == 1
    run = _run(selection.plan(**asked, like="onnxruntime-cpu"), tmp_path / "like")
    assert run.footer is not None
    assert run.footer.exit_status == 0
    deviating = [record for record in run.records if record.verdict is Verdict.DEVIATES]
    assert len(deviating) == sum(record.verdict is Verdict.FAILS for record in alone.records)
    assert {record.note for record in run.records} == {"as onnxruntime-cpu", ""}


def test_who_lends_nothing_is_named():
    with pytest.raises(SelectionError, match=r"--like mine: declared are deviations of .*onnx-ref"):
        selection.plan(backends=["planted:Correct"], like="mine")
