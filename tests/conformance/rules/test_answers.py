"""Answers under the text, readings and faults, and no rule that never says anything. Numbers by
hand: test_faults_by_hand."""

from itertools import chain
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.clauses import CLAUSES
from convtranspose_conformance.diagnosis.candidates import SINGLES, differs, pairs
from convtranspose_conformance.rules.answers import Answer, Asked, Explanation
from convtranspose_conformance.rules.faults import FAULTS
from convtranspose_conformance.rules.faults.composed import RESIZE, SHUFFLE
from convtranspose_reference.readings import READINGS
from convtranspose_reference.resize import Resize
from convtranspose_reports import Check

CORE = [Asked(case) for case in suite_cases("core")]
COMPOSED = [Asked(case) for name in ("resize", "subpixel") for case in suite_cases(name)]


def _case(x: Any, k: Any, **given: Any) -> Case:
    return make("predict", x, k, **given)


FORWARD = sorted(name for name, fault in FAULTS.items() if fault.gradients is fault.sums is None)
ELSEWHERE = [  # of numbers that are not finite, and of gradients
    *((name, "special", Check.OUTPUT) for name, fault in FAULTS.items() if fault.sums),
    *((name, "gradients", Check.GRADIENT) for name, fault in FAULTS.items() if fault.gradients),
]
ONLY_BESIDE = {
    "input_reread_as_blocks": ("F:no_pads",)
}  # what the fault does needs a reading under which the call is taken


@pytest.mark.parametrize("fault", FORWARD)
def test_no_fault_is_dead(fault: str) -> None:
    """In some case of `core`, or of a convolution with a resize before or a shuffle after it, it
    gives numbers or a shape that no conforming answer has: a refusal
    would say nothing."""
    explanation = Explanation(readings=ONLY_BESIDE.get(fault, ()), faults=(fault,))
    cases = COMPOSED if FAULTS[fault] in (*RESIZE, *SHUFFLE) else CORE
    assert any(differs(explanation, Check.OUTPUT, asked) for asked in cases)


@pytest.mark.parametrize(("fault", "suite", "check"), ELSEWHERE)
def test_no_fault_of_another_suite_is_dead(fault: str, suite: str, check: Check) -> None:
    assert any(
        differs(Explanation(faults=(fault,)), check, Asked(case)) for case in suite_cases(suite)
    )


def test_a_rule_without_coefficients_is_no_answer() -> None:
    """Inputs 0 and 1 weigh nothing together where -9 is the coefficient and the rest is left
    out."""
    resize = Resize.of(scales=[2], mode="cubic", cubic_coeff_a=-9, antialias=True)
    asked = Asked(_case((4,), (1,), op="Conv", resize=resize))
    excluding = Explanation(faults=("resize_leaves_outside_out",))
    for explanation in (Explanation(readings=("W:outside_left_out",)), excluding):
        assert "sums to 0" in asked.answer(explanation).refused
    assert asked.answer().refused == ""
    assert len({answer.key for _, answer in asked.conforming()}) == 2


def test_readings_are_refused_where_they_refuse() -> None:
    asked = Asked(_case((4,), (3,), dilations=(2,), output_padding=(1,)))
    answer = asked.answer(Explanation(readings=("K:below_stride",)))
    assert "K" in answer.refused
    assert "output_padding = 1" in answer.refused
    assert asked.answer().refused == ""
    assert answer.key == "refused"


def test_explanations_read_like_sentences() -> None:
    both = Explanation(readings=("C:clamped",), faults=("bias_missing",))
    assert both.name == "C:clamped + bias_missing"
    assert both.sentences() == [READINGS["C:clamped"].sentence, "leaves the bias out"]
    assert Explanation().name == ""
    assert Explanation().sentences() == []
    assert all(
        r.sentence and r.sentence == r.sentence.strip(" .")
        for r in (*READINGS.values(), *FAULTS.values())
    )


def test_conforming_answers_are_the_texts_and_those_of_open_clauses() -> None:
    plain = Asked(_case((4,), (3,), strides=(2,)))
    assert [choice for choice, _ in plain.conforming()] == [{}]
    odd = Asked(_case((4,), (2,), strides=(5,), auto_pad="SAME_UPPER"))
    assert [choice for choice, _ in odd.conforming()] == [
        {"E": n} for n in ("floored", "truncated", "zeros_at_end")
    ]
    closed = Asked(_case((4,), (1,), strides=(3,), auto_pad="SAME_UPPER"))
    assert [choice for choice, _ in closed.conforming()] == [{}]  # C is explicit


def test_opset_1_leaves_a_and_b_open_and_11_does_not() -> None:
    choices = {
        opset: [
            c
            for c, _ in Asked(
                _case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER", opset=opset)
            ).conforming()
        ]
        for opset in (1, 11)
    }
    assert choices[11] == [{}]
    assert {tuple(c) for c in choices[1]} == {("A", "B")}
    shapes = {
        answer.shape
        for _, answer in Asked(
            _case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER", opset=1)
        ).conforming()
    }
    assert shapes == {(1, 1, 4), (1, 1, 8)}


def test_open_clauses_combine() -> None:
    """An open clause at stake, and another one: each combination conforms."""
    asked = Asked(
        _case((2,), (1,), strides=(4,), dilations=(6,), output_padding=(4,), output_shape=(14,))
    )
    choices = [choice for choice, _ in asked.conforming()]
    assert {tuple(sorted(c)) for c in choices} == {("E", "K")}
    assert len(choices) == 6


def test_a_clause_counts_where_only_another_reading_brings_it_up() -> None:
    """Opset 1: under the text's SAME size no total is negative; under B's reading one is, and then
    E matters as well."""
    asked = Asked(_case((4,), (2,), strides=(5,), auto_pad="SAME_UPPER", opset=1))
    placed = {answer.key for _, answer in asked.conforming()}
    for reading in ("E:truncated", "E:zeros_at_end"):
        assert asked.answer(Explanation(readings=("B:input_times_stride", reading))).key in placed


def test_readings_speak_of_the_operators_that_their_clause_is_of() -> None:
    """Each changes some call of them, and none of another one; a Resize stands before a
    convolution."""
    changed = set()
    for asked in (*CORE, *(Asked(case) for case in suite_cases("convolution")), *COMPOSED):
        case, usual = asked.case, asked.answer().key
        for name, reading in READINGS.items():
            if asked.answer(Explanation(readings=(name,))).key != usual:
                resized = case.resize is not None and case.op not in CLAUSES[reading.clause].of
                changed.add((reading.clause, "Resize" if resized else case.op))
    assert changed == {(c.label, each) for c in CLAUSES.values() if c.readings for each in c.of}


def test_readings_beyond_their_clause_are_of_those_that_say_so() -> None:
    labels = set()
    for asked in CORE:
        placed = asked.answer().geometry
        for name, reading in READINGS.items() if placed is not None else ():
            clause = CLAUSES[reading.clause]
            if not clause.can_matter(asked.case, placed):
                answer = Answer(asked, Explanation(readings=(name,)))  # worked out all the same
                labels |= {clause.label} if answer.key != asked.answer().key else set()
    assert labels == {clause.label for clause in CLAUSES.values() if clause.beyond}


def test_answers_of_one_key_are_the_same_numbers() -> None:
    for asked in CORE[::25]:
        answers = [asked.answer(Explanation(readings=(name,))) for name in READINGS]
        by_key: dict[Any, Any] = {}
        for answer in (a for a in answers if not a.refused):
            one = by_key.setdefault(answer.key, answer)
            np.testing.assert_array_equal(one.golden.values, answer.golden.values)


def test_conv_has_no_readings() -> None:
    asked = Asked(_case((5,), (3,), op="Conv", auto_pad="SAME_UPPER", strides=(2,)))
    assert len({asked.answer(Explanation(readings=(name,))).shape for name in READINGS}) == 1
    assert [choice for choice, _ in asked.conforming()] == [{}]
    np.testing.assert_array_equal(
        asked.answer().golden.values,
        asked.answer(Explanation(readings=("C:clamped",))).golden.values,
    )


def test_sizes_of_0_are_open_in_conv_too() -> None:
    """Its text says nothing of them either: computing conforms, and so does refusing; a size below
    0 stays forbidden."""
    empty = Asked(_case((5, 4), (3, 2), op="Conv", c=0, m=2, bias=True))
    refused = {choice["R"] for choice, answer in empty.conforming() if answer.refused}
    assert refused == {"empty_refused", "empty_batch_alone_computed"}
    assert {answer.shape for _, answer in empty.conforming() if not answer.refused} == {
        (1, 2, 3, 3)
    }
    no_output = Asked(_case((2,), (3,), op="Conv", m=2))
    assert {choice["R"] for choice, answer in no_output.conforming() if answer.refused} >= {
        "empty_output_refused"
    }
    assert Asked(_case((2,), (4,), op="Conv")).answer().refused


@pytest.mark.parametrize(
    "id",
    [
        "core/x_4_5_k_3_2_output_padding_2_1_strides_3_2",
        "core/x_3_4_k_2_3_c4_m2_group_2_strides_2_1_bias",
    ],
)
def test_any_two_rules_together_have_an_output_of_their_shape(id: str) -> None:
    asked = Asked(next(case for case in suite_cases("core") if case.id == id))
    answers = [answer for pair in pairs(SINGLES) if not (answer := asked.answer(pair)).refused]
    assert {
        answer.shape
        for answer in answers
        if None not in answer.shape and answer.golden.shape != answer.shape
    } == set()


def test_readings_of_clauses_that_cannot_matter_leave_the_answer_alone() -> None:
    """They are not worked out: the text's answer stands for theirs."""
    alone = 0
    for case in chain(suite_cases("core"), suite_cases("repeatability")):
        if case.op != "ConvTranspose" or case.refusal() is not None:
            continue
        asked = Asked(case)
        for reading in READINGS.values():
            explanation = Explanation(readings=(reading.id,))
            if asked.answer(explanation) is asked.answer():
                alone += 1
                worked_out = Answer(asked, explanation)
                assert worked_out.refused == "", (case.id, reading.id)
                assert worked_out.geometry == asked.answer().geometry, (case.id, reading.id)
    assert alone > 10_000
