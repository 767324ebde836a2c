"""Outputs under other axes are seen through: the axes are named, and what is wrong behind them."""

from collections.abc import Sequence

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_conformance.diagnosis.candidates import fits
from convtranspose_conformance.diagnosis.conditions.axes import under_its_axes
from convtranspose_conformance.diagnosis.fresh_calls import fresh_cases
from convtranspose_conformance.diagnosis.result import Diagnosis
from convtranspose_conformance.diagnosis.search import diagnose
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.worker.observation import Observation, returned
from convtranspose_reports import Check
from support.simulated import Simulated

CASES = [
    case
    for case in (*suite_cases("seeds"), *suite_cases("core")[::12])
    if case.op == "ConvTranspose" and case.refusal() is None
]


def _said(faults: Sequence[str], check: Check = Check.OUTPUT) -> dict[str, Diagnosis]:
    """What is said of a backend with these faults, each under its condition."""

    def answer(asked: Asked) -> Observation:
        return returned(asked.answer(Explanation(faults=tuple(faults))).golden.expected())

    backend = Simulated(answer, check)
    replies = [backend.answers(case) for case in CASES]
    wrong, right = ([each for each in replies if each.wrong is it] for it in (True, False))
    pool = [case for case in fresh_cases() if case.op == "ConvTranspose"]
    diagnoses = diagnose(wrong, right, check, ask=backend.ask, pool=lambda: pool)
    return {each.case.name: diagnosis for each, diagnosis in zip(wrong, diagnoses, strict=True)}


def _case(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        ("axis_added_behind", "rank == 1"),
        ("axis_added_before_space", "rank == 1"),
        ("axes_of_one_dropped", ""),
        ("axis_of_one_image_dropped", "group > 1"),
    ],
)
def test_axes_are_named_with_their_condition(fault: str, where: str) -> None:
    found = _said([f"{fault} where {where}" if where else fault])
    assert {(said.name, said.where) for said in found.values()} == {(fault, where)}


def test_what_is_wrong_behind_them_is_explained_with_them() -> None:
    diagnoses = _said(["pads_swapped", "axis_added_behind where rank == 1"])
    behind = {
        name: diagnosis
        for name, diagnosis in diagnoses.items()
        if _case(name).rank == 1 and "pads_swapped" in diagnosis.name
    }
    assert behind
    assert {diagnosis.explanations[0].faults for diagnosis in behind.values()} == {
        ("pads_swapped", "axis_added_behind where rank == 1")
    }
    assert all(
        diagnosis.explanations[0].faults == ("pads_swapped",)
        for name, diagnosis in diagnoses.items()
        if _case(name).rank > 1
    )


def test_an_answer_under_its_own_axes_is_itself() -> None:
    backend = Simulated(lambda asked: returned(asked.answer().golden.expected()))
    replies = [backend.answers(case) for case in CASES[:10]]
    assert [under_its_axes(each) for each in replies] == replies


def test_a_shape_that_is_cut_has_no_numbers_to_hold_against() -> None:
    """It is stated alone: an output of that shape is none of this fault."""
    case = make("core", (3, 4), (2, 2), output_shape=(5, 2))
    both = Explanation(faults=("rank_cut_at_small_output_shape", "axis_added_behind"))
    shape = Asked(case).answer(both).shape
    reply = Simulated(lambda asked: returned(np.zeros(shape, np.float32))).answers(case)
    assert reply.seen.shape == shape
    assert not fits(both, reply)
