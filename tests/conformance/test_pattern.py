"""What a wrong answer looks like: each pattern from an output made by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make
from convtranspose_conformance.hypotheses import Reply
from convtranspose_conformance.judge import judge
from convtranspose_conformance.outcome import Observation, Seen, returned, stated, stopped
from convtranspose_conformance.pattern import Pattern, pattern_of
from convtranspose_conformance.predict import Asked
from convtranspose_reports import Check, Outcome

SQUARE = make("pattern", (5, 5), (3, 3), n=2, c=4, m=6, group=2, bias=True)  # Y: 2 x 6 x 7 x 7
OBLONG = make("pattern", (3, 4), (2, 2))  # Y: 1 x 1 x 4 x 5


def _answered(case: Case, seen: Observation, check: Check = Check.OUTPUT) -> Reply:
    asked = Asked(case)
    return Reply(asked, seen, judge(asked, check, seen, [], "1").outcome, wrong=True)


def _pattern(case: Case, change: Callable[[Any], Any]) -> Pattern:
    """Of the right output after a change."""
    return pattern_of(_answered(case, returned(change(Asked(case).answer().golden.expected().copy()))), Check.OUTPUT)


def _with(index: Any, value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The output with other values at an index."""

    def change(Y: Any) -> Any:
        Y[index] = value(Y[index])
        return Y

    return change


def _off(part: Any) -> Any:
    """Other numbers, off by another amount each."""
    return part + 1000 + np.arange(part.size, dtype=part.dtype).reshape(part.shape) ** 2


ALL = slice(None)
CHANGES: list[tuple[Callable[[Any], Any], str]] = [
    (np.zeros_like, "all are 0"),
    (lambda Y: 3 * Y, "all are scaled by 3"),
    (lambda Y: -Y, "all are scaled by -1"),
    (lambda Y: np.roll(Y, 1, 2), "shifted by 1 towards the end along spatial axis 0"),
    (lambda Y: np.roll(Y, -2, 3), "shifted by 2 towards the begin along spatial axis 1"),
    (lambda Y: np.flip(Y, 3), "reversed along spatial axis 1"),
    (lambda Y: Y.swapaxes(2, 3), "the spatial axes are exchanged"),
    (lambda Y: Y + np.arange(6, dtype=Y.dtype).reshape(1, 6, 1, 1), "each output channel is off by a constant: 0, 1, 2, 3, 4, 5"),
    (_with((1,), _off), "only images 1 of 2 differ"),
    (_with((ALL, slice(3, 6)), _off), "only the outputs of groups 1 of 2 differ"),
    (_with((ALL, [1, 4]), _off), "only output channels 1, 4 of 6 differ"),
    (_with((ALL, ALL, slice(5, None)), _off), "only the last 2 along spatial axis 0 differ"),
    (_with((ALL, ALL, ALL, slice(5, None)), np.zeros_like), "only the last 2 along spatial axis 1 differ (0 there)"),
    (_with((ALL, ALL, ALL, slice(0, 1)), _off), "only the first 1 along spatial axis 1 differ"),
    (_with((ALL, ALL, slice(1, 6, 2)), _off), "only 1 in 2, from number 1 on, along spatial axis 0 differ"),
    (_with((ALL, ALL, slice(0, None, 2)), _off), "only 1 in 2, from number 0 on, along spatial axis 0 differ"),
    (_with((ALL, ALL, slice(2, None, 4)), _off), "only 1 in 4, from number 2 on, along spatial axis 0 differ"),
    (_with((ALL, ALL, [0, 6]), _off), "in no simple pattern"),
    (_with((0, 0, 3, 3), lambda value: np.float32(np.nan)), "some are not finite where all should be"),
    (lambda Y: np.where(np.indices(Y.shape).sum(0) % 2, 0, Y), "zeros in place of the values that differ"),
    (_off, "in no simple pattern"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_values(change: Callable[[Any], Any], said: str) -> None:
    found = _pattern(SQUARE, change)
    assert found.sentence.endswith(said)
    assert found.cluster == "VALUES_DIFFER"


def test_each_change_is_another_pattern() -> None:
    names = [_pattern(SQUARE, change).name for change, _ in CHANGES]
    assert all(name.startswith("VALUES_DIFFER: ") for name in names)
    assert len(set(names)) >= len(CHANGES) - 6  # numbers alone make no other pattern


def test_how_many_values_differ() -> None:
    assert _pattern(OBLONG, _with((0, 0, 3, 4), lambda value: value + 1000)).sentence.startswith("1 of 20 values differ: ")


def test_numbers_alone_make_no_pattern_of_their_own() -> None:
    names = {_pattern(SQUARE, _with((ALL, ALL, slice(n, None)), _off)).name for n in (4, 5, 6)}
    assert names == {"VALUES_DIFFER: only the last k along spatial axis k differ"}


def test_an_output_that_should_be_zero_is_no_factor() -> None:
    """0 times anything is 0: a factor is one only where something was there to scale."""
    case = make("pattern", (2,), (1,), strides=(3,))
    assert "scaled" not in _pattern(case, lambda Y: Y + 1).sentence


SHAPES: list[tuple[Callable[[Any], Any], str, str]] = [
    (lambda Y: Y[:, :, :-1], "returns spatial axis 0 1 too short", "spatial axis short"),
    (lambda Y: np.pad(Y, [(0, 0), (0, 0), (0, 0), (0, 2)]), "returns spatial axis 1 2 too long", "spatial axis long"),
    (lambda Y: Y[:, :, 1:, :-2], "returns spatial axis 0 1 too short, spatial axis 1 2 too short", "spatial axis short"),
    (lambda Y: np.pad(Y, [(0, 0), (0, 1), (0, 0), (0, 0)]), "returns M 1 too long", "M long"),
    (lambda Y: Y.swapaxes(2, 3), "returns the dimensions in another order: [1, 1, 5, 4] for [1, 1, 4, 5]", "order"),
    (lambda Y: Y[0], "returns 3 dimensions where the text asks for 4", "rank"),
]


@pytest.mark.parametrize(("change", "said", "name"), SHAPES)
def test_shapes(change: Callable[[Any], Any], said: str, name: str) -> None:
    found = _pattern(OBLONG, change)
    assert (found.sentence, found.name, found.cluster) == (said, f"SHAPE_DIFFERS: {name}", "SHAPE_DIFFERS")


def test_stated_shapes() -> None:
    found = pattern_of(_answered(OBLONG, stated((1, 1, 4, 7)), Check.OUTPUT_SHAPE), Check.OUTPUT_SHAPE)
    assert found.sentence == "returns spatial axis 1 2 too long"


def test_a_size_that_is_not_stated_differs_from_none() -> None:
    found = pattern_of(_answered(OBLONG, stated((1, 1, None, 7)), Check.OUTPUT_SHAPE), Check.OUTPUT_SHAPE)
    assert found.sentence == "returns spatial axis 1 2 too long"


def test_dtypes() -> None:
    found = _pattern(OBLONG, lambda Y: Y.astype(np.float64))
    assert (found.name, found.sentence) == ("DTYPE_DIFFERS: float64", "returns float64 where X is of float32")


def test_bfloat16_is_compared_as_numbers() -> None:
    assert "scaled by 2" in _pattern(replace(SQUARE, dtype="bfloat16", opset=22), lambda Y: 2 * Y).sentence


def test_errors_are_named_without_their_numbers() -> None:
    one, other = (pattern_of(_answered(OBLONG, stopped(Seen.REFUSED, "run", "ValueError", f"no {n} rows")), Check.OUTPUT) for n in (3, 14))
    assert one.name == other.name == one.cluster == "REJECTED: ValueError: no N rows"
    assert one.sentence == "stops with ValueError, saying: no N rows"


def test_a_forbidden_call_that_is_answered() -> None:
    case = make("invalid", (2,), (3,), pads=(3, 3))
    found = pattern_of(_answered(case, returned(np.zeros((1, 1, 1), np.float32)), Check.REJECTION), Check.REJECTION)
    assert (found.name, found.cluster) == ("ACCEPTED: output size (clause M)", "ACCEPTED: output size (clause M)")
    assert found.sentence.startswith("answers a call that the text forbids: output size = [-2]")


def test_differences_of_precision() -> None:
    case = make("pattern", (5, 5), (3, 3), c=8, m=4, dtype="float16", data="dense")
    Y = Asked(case).answer().golden.expected().copy()
    Y.view(np.uint16)[...] += 4
    answered = _answered(case, returned(Y))
    assert answered.outcome is Outcome.INEXACT
    found = pattern_of(answered, Check.OUTPUT)
    assert (found.name, found.cluster) == ("INEXACT", "INEXACT")
    assert "none by much" in found.sentence
