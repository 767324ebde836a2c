"""Titles and sentences of bug reports on what nobody declared and no rule explains: backends that
are wrong in one way each."""

from dataclasses import replace
from pathlib import Path

import pytest

from convtranspose_cases import Case, find_case, make
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.onnx.by_module import entry_for
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Finding, Run, Verdict
from convtranspose_reports.page.bug_report import bug_report
from support import BACKENDS
from support.pasted import actual, by_the_reference, expected, ran


def _case(suite: str, x: tuple[int, ...], k: tuple[int, ...], **given: object) -> Case:
    return make(suite, x, k, **given)  # type: ignore[arg-type]


LINES = [_case("core", (5,), (k,), strides=(2,)) for k in (1, 2, 3, 4)]
BATCHES = [_case("core", (5,), (k,), n=2) for k in (2, 3)]
DERIVED = [_case("gradients", (5,), (k,), n=2, bias=True) for k in (2, 3)]
REPEATED = [_case("repeatability", (5,), (k,)) for k in (2, 3)]
SAID = {
    "planted:FirstImageOnly": (
        BATCHES,
        "computes the first image of the batch, and leaves 0 in place of the others (where not "
        "bias)",
        "",
    ),
    "planted:LastInputDropped": (
        LINES,
        "returns wrong values: only the last position along D1 differs (0 there)",
        "; 1 of 4 values differ; so in the smallest call found that shows it",
    ),
    "misbehaving:RaisesWhatDoesNotUnpickle": (
        LINES,
        "stops with TwoPartError, saying: no kernel at device 7",
        "; so in the smallest call found that shows it",
    ),
    "planted:InputsChanged": (LINES, "changes its inputs", ""),
    "derives:BiasGradientOfOneImage": (
        DERIVED,
        "returns wrong dB (1 of 1 values differ)",
        "; so in the smallest call found that shows it",
    ),
    "planted:WeightsKept": (
        REPEATED[:1],
        "does not repeat its answer",
        "; W and B negated, and Y negated back: 1 of 1 values differ: Y[0, 0, 0] is",
    ),
}


def _entry(name: str) -> Entry:
    """A native adapter of `derives` under its ONNX-less route, any other backend through ONNX's
    Backend API; titled as a framework is."""
    if not name.startswith("derives:"):
        return replace(entry_for(name), title="Planted, CPU")
    return Entry(
        name=name,
        title="Planted, CPU",
        route="none",
        target=name,
        distributions=(),
        version="1",
        checks=("gradient",),
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    by_name = {}
    for name, (cases, *_) in SAID.items():
        plan = Plan(
            entries=[_entry(name)],
            listed=[],
            suites=[cases[0].suite],
            cases=cases,
            deviations=[],
            limits=Limits(case_s=10),
            partial="planted",
        )
        by_name[name] = execute(plan, tmp_path_factory.mktemp("run"))
    return by_name


def _finding(run: Run) -> Finding:
    (finding,) = (finding for finding in run.findings if finding.verdict is Verdict.FAILS)
    return finding


@pytest.mark.parametrize("name", SAID)
def test_title_and_sentence_say_what_is_wrong_and_nothing_of_this_suite(
    name: str, runs: dict[str, Run]
) -> None:
    _, looks, counted = SAID[name]
    finding = _finding(runs[name])
    title, sentence, *_ = bug_report(runs[name], finding).split("\n\n")
    assert title == f"# ConvTranspose: Planted, CPU {looks}"
    if counted.endswith(" is"):
        assert sentence.startswith(f"Planted, CPU {looks}{counted}")
    else:
        assert sentence == f"Planted, CPU {looks}{counted}."
    assert "no rule" not in finding.sentence


@pytest.mark.parametrize("name", [name for name in SAID if not name.startswith("derives:")])
def test_the_script_shows_what_is_claimed_and_expects_what_the_reference_computes(
    name: str, runs: dict[str, Run], tmp_path: Path
) -> None:
    finding = _finding(runs[name])
    example = finding.example
    assert example is not None
    (seen,) = ran([example.reproducer], tmp_path, BACKENDS)
    assert expected(seen.printed).startswith(
        example.expected
    )  # what changes its inputs is followed by which
    if name == "planted:InputsChanged":
        assert seen.printed.endswith("changed by the call: ['X']\n")
        return
    assert actual(finding.check, seen.printed, seen.error) == example.actual
    assert by_the_reference(find_case(example.case), seen.given) == example.expected
