"""Cases that stand in no suite, through the commands: asked beside globs, judged, reported,
merged."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from convtranspose_cases import UnknownName, find_case
from convtranspose_cases.suites import DEFAULT_SUITES
from convtranspose_conformance.backends.api import Call
from convtranspose_conformance.backends.onnx.model import model_of
from convtranspose_conformance.backends.registry import named
from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.run.planning.selection import SelectionError, plan
from convtranspose_conformance.scripts.transcripts import transcript
from convtranspose_reports import Check, Verdict, read_run

LEGAL = "call/x_1_2_5_w_2_3_3_strides_2_pads_1_0_output_padding_1"
FORBIDDEN = "call/x_1_1_4_w_1_1_3_output_padding_1_plain"
GRADIENT = "call-gradient/x_1_1_4_w_1_1_3"


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def convtranspose(*arguments: object) -> Any:
    return CliRunner().invoke(cli.app, [str(a) for a in arguments])


def test_ids_are_asked_beside_globs_and_each_once() -> None:
    planned = plan(
        backends=["onnx-reference"], patterns=[LEGAL, "seeds/stride_2_*_3", GRADIENT, LEGAL]
    )
    assert [case.id for case in planned.cases] == ["seeds/stride_2_filter_3", LEGAL, GRADIENT]
    assert planned.suites == ["call", "seeds", "call-gradient"]
    assert planned.exercised == frozenset()
    assert planned.partial.startswith(f"--case {LEGAL} --case seeds/")


def test_named_suites_are_for_globs_and_ids_come_beside_them() -> None:
    assert plan(backends=["onnx-reference"], suites=["core"], patterns=[LEGAL]).suites == ["call"]
    found = plan(backends=["onnx-reference"], suites=["core"], patterns=["x_5_k_3", LEGAL])
    assert [case.id for case in found.cases] == ["core/x_5_k_3", LEGAL]
    with pytest.raises(SelectionError, match="no case of core matches seeds"):
        plan(
            backends=["onnx-reference"],
            suites=["core"],
            patterns=["seeds/stride_2_filter_3", LEGAL],
        )


def test_there_is_no_suite_of_them() -> None:
    for chosen in ({"suites": ["call"]}, {"patterns": ["call"]}):
        with pytest.raises((UnknownName, SelectionError)):
            plan(backends=["onnx-reference"], **chosen)  # type: ignore[arg-type]
    assert convtranspose("list", "cases", "--suite", "call").exit_code == 2


def test_each_is_asked_its_own_check() -> None:
    found = plan(backends=["torch-cpu"], patterns=[LEGAL, FORBIDDEN, GRADIENT])
    (entry,) = found.entries
    assert [found.checks(entry, n) for n in range(3)] == [
        ("output", "output_shape"),
        ("rejection",),
        ("gradient",),
    ]


def test_they_are_run_reported_and_merged() -> None:
    for name, case, status in (
        ("one", LEGAL, 1),
        ("two", FORBIDDEN, 0),
    ):  # the mutant flips the kernel, and refuses what is forbidden
        done = convtranspose(
            "run", "--backend", "planted:KernelFlipped", "--case", case, "--out", name
        )
        assert done.exit_code == status, done.output
        assert ("for example call/" in done.stdout) == bool(status)
    assert convtranspose("report", "one", "two", "--out", "both").exit_code == 1
    both = read_run("both")
    assert [(r.case, r.check, r.verdict) for r in both.records] == [
        (LEGAL, Check.OUTPUT, Verdict.FAILS),
        (FORBIDDEN, Check.REJECTION, Verdict.CONFORMS),
    ]
    assert [(s.name, s.cases, s.title) for s in both.header.suites] == [
        ("call", 2, "Calls that stand in no suite")
    ]
    assert [case.name for case in both.cases] == [LEGAL, FORBIDDEN]
    assert Path("both/index.html").exists()


def test_they_are_explained() -> None:
    assert "Y[1, 3, 11]" in convtranspose("explain", LEGAL).stdout
    assert "output_padding = 1" in convtranspose("explain", FORBIDDEN).stdout


@pytest.mark.parametrize("command", ["run", "explain", "shrink"])
def test_what_is_no_id_is_2_and_named(command: str) -> None:
    arguments = {
        "run": ["--backend", "planted:Correct", "--case"],
        "explain": [],
        "shrink": ["--backend", "planted:Correct"],
    }[command]
    for wrong, words in (
        ("call/x_1_2_5_w_2_3_3_stride_2", "part 'stride'"),
        ("call/x_1_1_4_w_1_1_3_strides_0", "`plain`"),
    ):
        done = convtranspose(command, *arguments, wrong)
        assert done.exit_code == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["Conv2DTranspose(f, k, strides=s, padding='same')", "--set", "k=3", "--set", "s=2"],
        ["--x", "1,2,5,5", "--w", "2,2,3,3", "--strides", "2,2", "--pads", "0,0,1,1"],
        ["nn.ConvTranspose2d(4, 4, 3)\nnn.ConvTranspose2d(4, 4, 3, 2)", "--only", "2"],
    ],
)
def test_shrink_takes_what_explain_takes(arguments: list[str]) -> None:
    assert convtranspose("explain", *arguments).exit_code == 0
    done = convtranspose("shrink", *arguments, "--backend", "planted:Correct")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "nothing to shrink with planted:Correct: output conforms" in done.stderr


def test_names_of_a_text_and_sizes_of_a_model_are_refused_elsewhere() -> None:
    for wrong in (["--set", "k=3"], ["--dim", "t=3"]):
        done = convtranspose("explain", "seeds/stride_2_filter_3", *wrong)
        assert done.exit_code == 2
        assert f"{wrong[0]} speaks of" in done.stderr


def test_an_empty_list_can_be_asked() -> None:
    case = find_case("call/x_1_1_4_w_1_1_3_strides_plain")
    (attribute,) = model_of(Call.of(case, *Asked(case).arrays())).graph.node[0].attribute
    assert (attribute.name, attribute.type, list(attribute.ints)) == ("strides", attribute.INTS, [])
    script = transcript(named("onnxruntime-cpu"), Call.of(case, *Asked(case).arrays()))
    assert 'helper.make_attribute("strides", [], attr_type=7)' in "\n".join(script.call)
    done = convtranspose("run", "--backend", "onnx-reference", "--case", case.id, "--out", "r")
    assert done.exit_code == 0, done.output
    assert [(record.case, record.verdict) for record in read_run("r").records] == [
        (case.id, Verdict.CONFORMS)
    ]


def test_suites_are_chosen_as_before() -> None:
    assert selection.suites_for(["core"], []) == ["core"]
    assert selection.suites_for([], []) == list(DEFAULT_SUITES)
    assert selection.suites_for([], [LEGAL, "x*"]) == ["call", *DEFAULT_SUITES]
