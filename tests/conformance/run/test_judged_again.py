"""A run on disk is judged again: what contradicts its own case was edited."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from convtranspose_cases.notation import find_call
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.judged_again import judged_again
from convtranspose_conformance.worker.observation import Observation, returned, stated
from convtranspose_reports import Check, Outcome, Record, Run, RunFileError, Verdict
from support.made_up import right, session_of

CASES = [find_call(f"call/x_1_1_{size}_w_1_1_2") for size in (3, 4)]
FORBIDDEN = find_call("call/x_1_1_3_w_1_1_2_strides_0_plain")


def too_long(asked: Asked, number: int) -> dict[str, Observation]:
    size = asked.answer().shape[2] + 1
    return {"output": returned(np.zeros((1, 1, size), np.float32)), "output_shape": stated((1, 1))}


@pytest.fixture(scope="module")
def run() -> Run:
    made = session_of(CASES, {"right": right, "long": too_long}).run(0.0)
    assert {record.verdict for record in made.records} == {Verdict.CONFORMS, Verdict.FAILS}
    return made


def edited(run: Run, edit: Callable[[Record], Record]) -> Run:
    first, *others = run.records
    return replace(run, records=[edit(first), *others])


def test_nothing_speaks_against_a_run_as_it_was_written(run: Run) -> None:
    assert judged_again(run) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outcome": Outcome.REJECTED}, "neither the text nor a reading refuses the call"),
        ({"check": Check.GRADIENT}, "the case asks for no such check"),
        (
            {
                "outcome": Outcome.SHAPE_DIFFERS,
                "verdict": Verdict.FAILS,
                "reason": "returned shape [1, 1, 4], expected [1, 1, 5]",
            },
            r"shape \[1, 1, 4\] conforms",
        ),
    ],
)
def test_a_record_that_contradicts_its_case_is_refused(
    run: Run, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(RunFileError, match=rf"to call/x_1_1_3_w_1_1_2 is said to be .*{said}"):
        judged_again(edited(run, lambda record: msgspec.structs.replace(record, **changes)))


def test_agreement_with_a_call_that_nothing_allows_is_refused(run: Run) -> None:
    lines = [msgspec.structs.replace(line, name=FORBIDDEN.id) for line in run.cases[:1]]
    record = msgspec.structs.replace(run.records[0], case=FORBIDDEN.id, check=Check.REJECTION)
    with pytest.raises(RunFileError, match="the text and every reading refuse the call"):
        judged_again(replace(run, cases=lines, records=[record], findings=[]))


def test_a_declaration_that_does_not_speak_of_the_case_is_refused(run: Run) -> None:
    line = msgspec.structs.replace(run.header.backends[0], name="onnx-reference")
    header = msgspec.structs.replace(run.header, backends=[line])
    record = msgspec.structs.replace(
        run.records[0],
        backend="onnx-reference",
        outcome=Outcome.VALUES_DIFFER,
        verdict=Verdict.DEVIATES,
        finding="onnx-reference/output/group_bias_of_first_group",
    )
    with pytest.raises(RunFileError, match="group_bias_of_first_group does not speak of the case"):
        judged_again(replace(run, header=header, records=[record], findings=[]))


@pytest.mark.parametrize(("onednn", "speaks"), [("off", False), ("float32 bfloat16", True)])
def test_a_declaration_speaks_of_the_kernels_of_the_run(
    run: Run, onednn: str, speaks: bool
) -> None:
    case = find_call("call/x_1_2_3_3_3_w_2_1_2_2_2_group_2")
    line = msgspec.structs.replace(
        run.header.backends[0], name="tensorflow-cpu", kernels={"onednn": onednn}
    )
    header = msgspec.structs.replace(run.header, backends=[line])
    record = msgspec.structs.replace(
        run.records[0],
        case=case.id,
        backend="tensorflow-cpu",
        outcome=Outcome.REJECTED,
        verdict=Verdict.DEVIATES,
        finding="tensorflow-cpu/output/no_groups_in_3d",
    )
    cases = [msgspec.structs.replace(run.cases[0], name=case.id)]
    judged = replace(run, header=header, cases=cases, records=[record], findings=[])
    if speaks:
        assert judged_again(judged) == ""
    else:
        with pytest.raises(RunFileError, match="no_groups_in_3d does not speak of the case"):
            judged_again(judged)


def test_an_example_that_expects_other_numbers_is_refused(run: Run) -> None:
    finding = run.findings[0]
    assert finding.example is not None
    example = msgspec.structs.replace(finding.example, expected="[[[1]]]")
    other = replace(run, findings=[msgspec.structs.replace(finding, example=example)])
    with pytest.raises(RunFileError, match="expects what the text does not"):
        judged_again(other)


def test_a_run_of_another_suite_is_taken_as_it_stands(run: Run) -> None:
    header = msgspec.structs.replace(run.header, suite_version="0.0")
    assert "of suite version 0.0, not of this one" in judged_again(replace(run, header=header))
