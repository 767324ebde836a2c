"""Measured rules answer as the named ones that say the same, to every call that both speak of."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.candidates import differs, explains
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.faults import (
    FAULTS,
    FormulaError,
    base_of,
    rule,
    sentence_of,
)
from convtranspose_conformance.verdict.deviation_files import parse
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import returned
from convtranspose_reference.formats import round_to
from convtranspose_reports import Check, Verdict

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
    answers = []
    for case in CASES:
        answer = Asked(case).answer(Explanation(faults=(name,)))
        answers.append(
            "refused" if answer.refused else (answer.shape, answer.golden.expected().tobytes())
        )
    return answers


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


def _sums(X: Any, W: Any) -> Any:
    """Along one axis, without B, in the type of X: one product after the other."""
    Y = np.zeros((X.shape[0], W.shape[1], X.shape[2] + W.shape[2] - 1), X.dtype)
    for c, i, k in np.ndindex(X.shape[1], X.shape[2], W.shape[2]):
        Y[:, :, i + k] += X[:, c, i, None] * W[None, c, :, k]
    return Y


def _numbers(case: Case, dtype: Any = np.float64) -> tuple[Any, Any, Any]:
    X, W, B, _ = Asked(case).arrays()
    assert B is not None
    return X.astype(dtype), W.astype(dtype), B.astype(dtype)[:, None]


def _returned(case: Case, Y: Any) -> Reply:
    return judged(BUILT_IN[0], Asked(case), Check.OUTPUT, returned(Y))


def _says(name: str, reply: Reply) -> bool:
    return explains(Explanation(faults=(name,)), reply)


HALF, BRAIN, DOUBLE = (
    make("measured", (5,), (3,), c=8, bias=True, dtype=dtype, data="dense")
    for dtype in ("float16", "bfloat16", "float64")
)


def test_what_is_cast_was_rounded_before() -> None:
    """float16's sums, returned in float32, hold float16's numbers; sums in float32 do not."""
    X, W, B = _numbers(HALF)
    exact = _sums(X, W) + B
    cast, wider = exact.astype(np.float16).astype(np.float32), exact.astype(np.float32)
    names = ("y_dtype = float32", "computed_in = float32, y_dtype = float32")
    told = [[_says(name, _returned(HALF, Y)) for name in names] for Y in (cast, wider)]
    assert told == [[True, False], [False, True]]


def test_bits_are_read_as_what_they_are() -> None:
    X, W, B = _numbers(BRAIN)
    Y = round_to(_sums(X, W) + B, "bfloat16")
    assert _says("y_bits_as = float16", _returned(BRAIN, Y.view(np.float16)))
    assert _says("y_bits_as = uint16", _returned(BRAIN, Y.view(np.uint16)))
    assert not _says("y_bits_as = float16", _returned(BRAIN, Y.astype(np.float16)))
    assert Asked(BRAIN).answer(Explanation(faults=("y_bits_as = uint32",))).refused


def test_declared_bits_are_held_against_what_they_stand_for() -> None:
    text = """backend = "mine"

[[deviation]]
name = "bits"
check = "output"
versions = ">=0"
when = "dtype == 'bfloat16'"
rule = "y_bits_as = float16"
cause = "framework"
reason = "NumPy knows no bfloat16."
"""
    declared = parse(text, "mine.toml", ["mine"])
    X, W, B = _numbers(BRAIN)
    Y = round_to(_sums(X, W) + B, "bfloat16")
    told = [
        judged(BUILT_IN[0], Asked(BRAIN), Check.OUTPUT, returned(each.view(np.float16)), declared)
        for each in (Y, round_to(2.0 * Y.astype(np.float64), "bfloat16"))
    ]
    assert [each.judgement.verdict for each in told] == [Verdict.DEVIATES, Verdict.FAILS]


def test_bias_may_join_a_rounded_sum() -> None:
    X, W, B = _numbers(BRAIN)
    sums = round_to(_sums(X, W), "bfloat16").astype(np.float64)
    twice = round_to(sums + B, "bfloat16")
    reply = _returned(BRAIN, twice)
    assert reply.wrong, "else the case shows nothing"
    assert _says("b_added = after rounding", reply)
    off = round_to(1.05 * (sums + B), "bfloat16")
    assert not _says("b_added = after rounding", _returned(BRAIN, off))


def test_another_type_may_be_computed_in() -> None:
    X, W, B = _numbers(DOUBLE, np.float32)
    single = (_sums(X, W) + B).astype(np.float64)
    assert _says("computed_in = float32", _returned(DOUBLE, single))
    assert not _says("computed_in = float16", _returned(DOUBLE, single))
    whole = Asked(replace(DOUBLE, data="integers"))
    said = Explanation(faults=("computed_in = float32",))
    assert not differs(said, Check.OUTPUT, whole), "these numbers are the same in both types"


@pytest.mark.parametrize("text", ["y_dtype = 3", "computed_in = uint16", "b_added = twice"])
def test_a_type_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(FormulaError, match="accepted"):
        rule(text)


@pytest.mark.parametrize(
    "rule", ["w_group = group - g - 1, w_map = maps_per_group - q - 1", "x_group = group - g - 1"]
)
@pytest.mark.parametrize("m", [4, 8])
def test_every_fault_can_be_said_beside_other_groups(rule: str, m: int) -> None:
    """One rule may meet the arrays that another one has cut otherwise."""
    asked = Asked(make("beside", (3,), (3,), n=2, c=4, m=m, group=4, bias=True))
    for fault in FAULTS:
        for both in ((fault, rule), (rule, fault)):
            answer = asked.answer(Explanation(faults=both))
            assert answer.refused or answer.golden.expected().shape == answer.shape


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("b_times = 0", "multiplies B by 0"),
        ("b_channel = (m - 1) % M", "adds to output channel m the bias of channel (m - 1) % M"),
        ("b_channel = 0, b_times = 2", "computes with b_channel = 0, b_times = 2"),
        ("image = 0", "computes every image of the batch from the first"),
        ("size = natural", "computes with size = natural"),
    ],
)
def test_a_rule_of_the_bias_alone_is_said_in_words(name: str, says: str) -> None:
    assert rule(name).sentence == says
