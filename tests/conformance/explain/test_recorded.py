"""What a run recorded: the case itself, else the cases most like it, and a sentence where there is
no run."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from convtranspose_cases import Case, find_case, make
from convtranspose_conformance.explain import Subject, case_from_options, explain
from convtranspose_conformance.explain.inputs.recorded import Recorded, of_run, run_in
from convtranspose_conformance.explain.pages.html import page
from convtranspose_conformance.explain.pages.recorded_text import recorded_text
from convtranspose_reports import (
    BackendLine,
    CaseLine,
    Check,
    Finding,
    Header,
    Outcome,
    Record,
    Run,
    RunFileError,
    Verdict,
    write_run,
)

NAMES = [
    "seeds/stride_2_filter_3",
    "core/x_5_k_2_c2_m3_dilations_2_output_padding_1_strides_2_wide_x",
    "core/x_4_k_3_auto_same_upper_output_shape_12_strides_2",
    "random/no_such_case",
]


def _header() -> Header:
    backend = BackendLine(
        name="torch-cpu",
        title="PyTorch",
        route="call",
        version="9.9",
        device="CPU",
        usable=True,
        asked=True,
    )
    return Header(
        suite_version="0",
        seed=0,
        environment={},
        backends=[backend],
        suites=[],
        clauses=[],
        features={},
    )


def _run(names: list[str]) -> Run:
    lines = [
        CaseLine(name=name, suite=name.split("/")[0], summary="", features=[], clauses=[])
        for name in names
    ]
    records = [
        Record(
            case=name,
            backend="torch-cpu",
            check=Check.OUTPUT,
            outcome=Outcome.VALUES_DIFFER,
            verdict=Verdict.DEVIATES,
            finding="f",
        )
        for name in names
    ]
    finding = Finding(
        id="f",
        backend="torch-cpu",
        check=Check.OUTPUT,
        verdict=Verdict.DEVIATES,
        kind="fault",
        name="flip",
        sentence="flips the kernel",
        cases=len(names),
    )
    return Run(header=_header(), cases=lines, records=records, findings=[finding])


def _found(case: Case, directory: Path, names: list[str] = NAMES) -> Recorded:
    write_run(directory, _run(names))
    with pytest.warns(UserWarning, match="no footer"):
        run = run_in(directory)
    assert run is not None
    return of_run(case, run)


def test_the_case_itself_stands_alone(tmp_path: Path) -> None:
    found = _found(find_case(NAMES[0]), tmp_path)
    assert [(relative.case, relative.unlike) for relative in found.relatives] == [(NAMES[0], ())]
    assert recorded_text(found).splitlines()[1:] == [
        "  seeds/stride_2_filter_3 (this very question)",
        "    torch-cpu 9.9, output: deviates: flips the kernel",
    ]


def test_else_the_nearest_by_what_decides(tmp_path: Path) -> None:
    asked = make("mine", (7,), (3,), strides=(2,), auto_pad="SAME_UPPER", output_shape=(18,))
    plain = "call/x_1_1_7_w_1_1_3_auto_pad_SAME_UPPER_strides_2"
    first, second = _found(asked, tmp_path, [plain, *NAMES]).relatives
    assert (first.case, second.case) == (NAMES[2], plain)
    assert first.unlike == ("output_shape", "input")


def test_a_case_with_an_answer_comes_before_a_nearer_one_that_nobody_took(tmp_path: Path) -> None:
    nearer, other = "call/x_1_1_5_w_1_1_3_strides_2", "call/x_1_1_5_w_1_1_3_strides_3"
    run = _run([nearer, other])
    refused = [
        replace(record, verdict=Verdict.UNSUPPORTED) if record.case == nearer else record
        for record in run.records
    ]
    unanswered = Run(header=run.header, cases=run.cases, records=refused, findings=run.findings)
    asked = make("mine", (6,), (3,), strides=(2,))
    assert [each.case for each in of_run(asked, run).relatives] == [nearer, other]
    assert [each.case for each in of_run(asked, unanswered).relatives] == [other, nearer]


def test_where_no_case_is_near_none_is_listed() -> None:
    run = _run(["call/x_1_1_5_w_1_1_3_strides_2"])
    asked = make(
        "mine",
        (6,),
        (2,),
        dilations=(3,),
        bias=True,
        group=2,
        c=2,
        m=2,
        pads=(0, 1),
        output_shape=(12,),
        dtype="float64",
    )
    found = of_run(asked, run)
    assert found.relatives == ()
    said = "no recorded case is near: each of 1 with as many axes differs in more than 4 respects"
    assert recorded_text(found).splitlines()[1:] == [f"  {said}"]
    assert f"It has {said}." in page([(Subject(case=asked), found)])


def test_other_sizes_are_one_difference_and_none_is_told_twice() -> None:
    asked = make("mine", (5, 6), (3, 3), strides=(2, 3), dilations=(2, 2), n=2, c=3, m=4)
    found = of_run(asked, _run(["call/x_1_1_7_7_w_1_1_3_3_dilations_1_2_strides_2_2"]))
    (relative,) = found.relatives
    assert relative.differences == ("strides", "dilations", "sizes")
    assert relative.unlike == ("strides", "dilations", "N", "C", "M", "input")
    assert "(differs in strides, dilations, sizes)" in recorded_text(found)
    (relative,) = of_run(
        make("mine", (5,), (3,)), _run(["call/x_1_1_5_w_1_1_3_strides_2"])
    ).relatives
    assert ("strides above 1" in relative.unlike, "strides" in relative.unlike) == (True, False)


def test_what_has_one_answer_is_one_line(tmp_path: Path) -> None:
    run = _run(NAMES[:1])
    shape = Record(
        case=NAMES[0],
        backend="torch-cpu",
        check=Check.OUTPUT_SHAPE,
        outcome=Outcome.SHAPE_DIFFERS,
        verdict=Verdict.DEVIATES,
        finding="f",
    )
    text = recorded_text(
        of_run(
            find_case(NAMES[0]),
            Run(
                header=run.header,
                cases=run.cases,
                records=[*run.records, shape],
                findings=run.findings,
            ),
        )
    )
    assert "torch-cpu 9.9, output, output_shape: deviates: flips the kernel" in text


def test_another_size_of_output_is_another_question(tmp_path: Path) -> None:
    asked = make("mine", (4,), (3,), strides=(2,), auto_pad="SAME_UPPER", output_shape=(14,))
    assert _found(asked, tmp_path).relatives[0].unlike == ("total_padding", "output_shape")


def test_a_run_of_other_axes_says_so(tmp_path: Path) -> None:
    assert "nothing of this operator" in recorded_text(
        _found(make("mine", (3, 3, 3), (1, 1, 1)), tmp_path)
    )


def test_a_forbidden_call_has_relatives_too(tmp_path: Path) -> None:
    assert _found(
        case_from_options("1,1,4", "1,1,3", output_padding="7"), tmp_path, ["call/x_1_1_4_w_1_1_3"]
    ).relatives


def test_without_a_run_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_in(None) is None
    assert "no run was found" in explain(Subject(case=find_case(NAMES[0])), recorded_text(None))
    with pytest.raises(RunFileError, match="elsewhere"):
        run_in(Path("elsewhere"))


def test_the_run_beside_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_run("conformance-report", _run(NAMES[:1]))
    with pytest.warns(UserWarning, match="no footer"):
        assert run_in(None) is not None
