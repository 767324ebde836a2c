"""Answers under the text, readings and faults: small calls worked out by hand, and no rule that never says anything."""

from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.inputs import Scaled, Tensors
from convtranspose_conformance.faults import FAULTS
from convtranspose_conformance.predict import Asked, Explanation
from convtranspose_reference.readings import READINGS

CORE = [Asked(case) for case in suite_cases("core")]


def _asked(case: Case, X: Any, W: Any, B: Any = None) -> Asked:
    """The case with numbers of our own."""
    asked = Asked(case)
    scaled = [None if t is None else Scaled(integers=np.array(t).reshape(s), exponent=0)
              for t, s in ((X, case.x_shape), (W, case.w_shape), (B, case.b_shape))]  # fmt: skip
    asked.__dict__["tensors"] = Tensors(X=scaled[0], W=scaled[1], B=scaled[2])  # type: ignore[arg-type]
    return asked


def _case(x: Any, k: Any, **given: Any) -> Case:
    return make("predict", x, k, **given)


LINE = _case((2,), (3,), strides=(2,))  # x = [1, 10], w = [1, 2, 3] -> 1 2 13 20 30
GROUPED = _case((1,), (1,), c=4, m=4, group=2, bias=True)
W4 = [[[1], [2]], [[3], [4]], [[5], [6]], [[7], [8]]]  # C x M/g: groups of two channels

BY_HAND: list[tuple[Case, Any, Any, Any, tuple[str, ...], Any]] = [
    (LINE, [1, 10], [1, 2, 3], None, (), [1, 2, 13, 20, 30]),
    (LINE, [1, 10], [1, 2, 3], None, ("kernel_flipped",), [3, 2, 31, 20, 10]),
    (_case((2,), (3,), strides=(2,), pads=(1, 0)), [1, 10], [1, 2, 3], None, ("pads_swapped",), [1, 2, 13, 20]),
    (_case((2,), (3,), strides=(2,), pads=(1, 0)), [1, 10], [1, 2, 3], None, ("pads_ignored",), [1, 2, 13, 20, 30]),
    (_case((2,), (3,), strides=(2,), output_padding=(1,)), [1, 10], [1, 2, 3], None, (), [1, 2, 13, 20, 30, 0]),
    (_case((2,), (3,), strides=(2,), output_padding=(1,)), [1, 10], [1, 2, 3], None, ("output_padding_ignored",), [1, 2, 13, 20, 30]),
    (_case((2,), (3,), strides=(2,), output_padding=(1,)), [1, 10], [1, 2, 3], None, ("output_padding_at_begin",), [0, 1, 2, 13, 20, 30]),
    (_case((2,), (2,), dilations=(2,)), [1, 10], [1, 2], None, (), [1, 10, 2, 20]),
    (_case((2,), (2,), dilations=(2,)), [1, 10], [1, 2], None, ("dilations_ignored",), [1, 12, 20]),
    (_case((2,), (3,), strides=(2,), auto_pad="SAME_UPPER"), [1, 10], [1, 2, 3], None, (), [1, 2, 13, 20]),
    (_case((2,), (3,), strides=(2,), auto_pad="SAME_UPPER"), [1, 10], [1, 2, 3], None, ("same_swapped",), [2, 13, 20, 30]),
    (_case((2,), (3,), strides=(2,), output_shape=(3,)), [1, 10], [1, 2, 3], None, ("output_shape_ignored",), [1, 2, 13, 20, 30]),
    (GROUPED, [1, 10, 100, 1000], W4, [1, 2, 3, 4], (), [32, 44, 7503, 8604]),
    (GROUPED, [1, 10, 100, 1000], W4, [1, 2, 3, 4], ("bias_missing",), [31, 42, 7500, 8600]),
    (GROUPED, [1, 10, 100, 1000], W4, [1, 2, 3, 4], ("bias_twice",), [33, 46, 7506, 8608]),
    (GROUPED, [1, 10, 100, 1000], W4, [1, 2, 3, 4], ("first_bias_for_all",), [32, 43, 7501, 8601]),
    (GROUPED, [1, 10, 100, 1000], W4, [1, 2, 3, 4], ("bias_of_first_group",), [32, 44, 7501, 8602]),
    (GROUPED, [1, 10, 100, 1000], W4, [0, 0, 0, 0], ("weights_of_first_group",), [31, 42, 3100, 4200]),
    (GROUPED, [1, 10, 100, 1000], W4, [0, 0, 0, 0], ("group_interleaved",), [51, 62, 7300, 8400]),
    (_case((1, 1), (2, 2)), [1], [1, 2, 3, 4], None, ("kernel_axes_transposed",), [1, 3, 2, 4]),
    (_case((1, 1), (2, 1), dilations=(2, 1)), [1], [1, 2], None, (), [1, 0, 2]),
    (_case((1, 1), (2, 1), dilations=(2, 1)), [1], [1, 2], None, ("dilations_reversed",), [1, 2]),
    (_case((2, 1), (1, 1), strides=(3, 1)), [1, 2], [1], None, ("strides_reversed",), [1, 2]),
    (_case((4, 1), (1, 1), output_shape=(2, 2)), [1, 2, 3, 4], [1], None, ("input_reread_as_blocks", "F:no_pads"), [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("case", "X", "W", "B", "rules", "expected"), BY_HAND)
def test_by_hand(case: Case, X: Any, W: Any, B: Any, rules: tuple[str, ...], expected: Any) -> None:
    explanation = Explanation(readings=tuple(r for r in rules if ":" in r), faults=tuple(r for r in rules if ":" not in r))
    answer = _asked(case, X, W, B).answer(explanation)
    assert not answer.refused
    assert answer.golden.values.ravel().tolist() == expected
    assert answer.shape == answer.golden.shape


SHAPES: list[tuple[str, Case, Any]] = [
    ("rank_cut_at_small_output_shape", _case((3, 4), (2, 2), output_shape=(5, 2)), (1, 1, 5)),
    ("rank_cut_at_small_output_shape", _case((3, 4), (2, 2), output_shape=(2, 5)), (1, 1)),
    ("rank_cut_at_small_output_shape", _case((3, 4), (2, 2), output_shape=(3, 4)), (1, 1, 3, 4)),
    ("empty_batch_keeps_input_sizes", _case((5,), (3,), op="Conv", n=0, m=2), (0, 2, 5)),
    ("empty_batch_keeps_input_sizes", _case((5,), (3,), op="Conv", n=1, m=2), (1, 2, 3)),
    ("no_maps_without_channels", _case((4,), (3,), c=0, m=3), (1, 0, 6)),
]


@pytest.mark.parametrize(("fault", "case", "shape"), SHAPES)
def test_stated_shapes_by_hand(fault: str, case: Case, shape: Any) -> None:
    assert Asked(case).answer(Explanation(faults=(fault,))).shape == shape


def test_every_fault_is_worked_out_by_hand() -> None:
    done = {name for *_, rules, _ in BY_HAND for name in rules} | {fault for fault, *_ in SHAPES}
    assert done >= FORWARD


FORWARD = {name for name, fault in FAULTS.items() if fault.gradients is fault.sums is None}  # others: test_gradient_..., test_special_suite


@pytest.mark.parametrize("fault", sorted(FORWARD))
def test_no_fault_is_dead(fault: str) -> None:
    """In some case of `core` it gives another answer than the text, not only another make."""
    explanation = Explanation(faults=(fault,))

    def differs(asked: Asked) -> bool:
        text, found = asked.answer(), asked.answer(explanation)
        if found.refused or found.shape != text.shape:
            return True
        return found.key != text.key and bool((found.golden.values != text.golden.values).any())

    with_readings = Explanation(readings=("F:no_pads",), faults=(fault,)) if fault == "input_reread_as_blocks" else None
    assert any(differs(asked) for asked in CORE) or (with_readings and any(not a.answer(with_readings).refused for a in CORE))


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
    assert all(r.sentence and r.sentence == r.sentence.strip(" .") for r in (*READINGS.values(), *FAULTS.values()))


def test_conforming_answers_are_the_texts_and_those_of_open_clauses() -> None:
    plain = Asked(_case((4,), (3,), strides=(2,)))
    assert [choice for choice, _ in plain.conforming()] == [{}]
    odd = Asked(_case((4,), (2,), strides=(5,), auto_pad="SAME_UPPER"))
    assert [choice for choice, _ in odd.conforming()] == [{"E": n} for n in ("floored", "truncated", "zeros_at_end")]
    closed = Asked(_case((4,), (1,), strides=(3,), auto_pad="SAME_UPPER"))
    assert [choice for choice, _ in closed.conforming()] == [{}]  # C is explicit


def test_opset_1_leaves_a_and_b_open_and_11_does_not() -> None:
    choices = {
        opset: [c for c, _ in Asked(_case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER", opset=opset)).conforming()] for opset in (1, 11)
    }
    assert choices[11] == [{}]
    assert {tuple(c) for c in choices[1]} == {("A", "B")}
    shapes = {answer.shape for _, answer in Asked(_case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER", opset=1)).conforming()}
    assert shapes == {(1, 1, 4), (1, 1, 8)}


def test_open_clauses_combine() -> None:
    """An open clause at stake, and another one: each combination conforms."""
    asked = Asked(_case((2,), (1,), strides=(4,), dilations=(6,), output_padding=(4,), output_shape=(14,)))
    choices = [choice for choice, _ in asked.conforming()]
    assert {tuple(sorted(c)) for c in choices} == {("E", "K")}
    assert len(choices) == 6


def test_a_clause_counts_where_only_another_reading_brings_it_up() -> None:
    """Opset 1: under the text's SAME size no total is negative; under B's reading one is, and then E matters as well."""
    asked = Asked(_case((4,), (2,), strides=(5,), auto_pad="SAME_UPPER", opset=1))
    placed = {answer.key for _, answer in asked.conforming()}
    for reading in ("E:truncated", "E:zeros_at_end"):
        assert asked.answer(Explanation(readings=("B:input_times_stride", reading))).key in placed


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
    np.testing.assert_array_equal(asked.answer().golden.values, asked.answer(Explanation(readings=("C:clamped",))).golden.values)


def test_sizes_of_0_are_open_in_conv_too() -> None:
    """Its text says nothing of them either: computing conforms, and so does refusing; a size below 0 stays forbidden."""
    empty = Asked(_case((5, 4), (3, 2), op="Conv", c=0, m=2, bias=True))
    refused = {choice["R"] for choice, answer in empty.conforming() if answer.refused}
    assert refused == {"empty_refused", "empty_batch_alone_computed"}
    assert {answer.shape for _, answer in empty.conforming() if not answer.refused} == {(1, 2, 3, 3)}
    no_output = Asked(_case((2,), (3,), op="Conv", m=2))
    assert {choice["R"] for choice, answer in no_output.conforming() if answer.refused} >= {"empty_output_refused"}
    assert Asked(_case((2,), (4,), op="Conv")).answer().refused
