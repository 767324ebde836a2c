"""Measured rules answer as the named ones that say the same, to every call that both speak of."""

import pytest

from convtranspose_cases import make, suite_cases
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.faults import FormulaError, base_of, rule, sentence_of

CASES = [case for case in suite_cases("core")[::9] if case.op == "ConvTranspose"]
PADDED = "auto_pad == 'NOTSET' and len(output_shape) == 0"
ALIKE = {
    f"begin = pad_end, size = natural - pad_begin - pad_end where {PADDED}": (
        f"pads_swapped where {PADDED}"
    ),
    "w_map = 0": "first_map_for_group",
    "b_channel = M - 1 - m": "bias_reversed",
    "b_times = 2": "bias_twice",
    "reversed = 1": "kernel_flipped",
    "reversed = 1 on axes with axis == 0": "kernel_flipped_along_first_axis",
    "dilation = 1": "dilations_ignored",
    "stride = dilation, dilation = stride": "strides_and_dilations_swapped",
    "x_bits = 11, w_bits = 11": "inputs_rounded_to_tf32",
    "w_bits = 8": "weights_rounded_to_bfloat16",
    "x_bits = 8, w_bits = 8 rounded towards zero": "inputs_cut_to_bfloat16",
}


def _answers(name: str) -> list[object]:
    found = []
    for case in CASES:
        answer = Asked(case).answer(Explanation(faults=(name,)))
        found.append(
            "refused" if answer.refused else (answer.shape, answer.golden.expected().tobytes())
        )
    return found


@pytest.mark.parametrize("name", ALIKE)
def test_a_measured_rule_is_the_named_one_that_says_the_same(name: str) -> None:
    assert _answers(name) == _answers(ALIKE[name])


def test_images_are_made_of_others_or_of_none() -> None:
    asked = Asked(make("measured", (3,), (2,), n=3, bias=True))
    text = asked.answer().golden.expected()
    first = asked.answer(Explanation(faults=("image = 0",))).golden.expected()
    assert (first == text[:1]).all()
    none = asked.answer(Explanation(faults=("image = -n",))).golden.expected()
    assert (none[0] == text[0]).all()
    assert not none[1:].any()


def test_a_condition_in_a_name_decides_where_a_fault_acts() -> None:
    name = "bias_twice where rank == 2"
    assert base_of(name) == ("bias_twice", "rank == 2")
    line, grid = (make("measured", (3,) * r, (2,) * r, bias=True) for r in (1, 2))
    answers = [Asked(c).answer(Explanation(faults=(name,))).key for c in (line, grid)]
    usual = [Asked(c).answer().key for c in (line, grid)]
    assert [one == other for one, other in zip(answers, usual, strict=True)] == [True, False]
    assert sentence_of(name) == "adds the bias twice (where rank == 2)"


def test_a_rule_without_a_value_answers_nothing() -> None:
    """output_shape is not given, and there is no channel number 7."""
    asked = Asked(make("measured", (3,), (2,)))
    for name in ("begin = output_shape", "w_map = 7", "size = -1", "image = 5"):
        assert asked.answer(Explanation(faults=(name,))).refused, name


@pytest.mark.parametrize("text", ["begin = ", "begins = 1", "begin = 1, begin = 2", "begin 1", ""])
def test_what_states_no_rule_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        rule(text)
