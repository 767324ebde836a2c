"""What a wrong answer looks like: each pattern from an output made by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make
from convtranspose_cases.inputs import Scaled, Tensors
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.patterns import Pattern, pattern_of
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import (
    Observation,
    Seen,
    derived,
    returned,
    stated,
    stopped,
)
from convtranspose_reports import Check, Outcome

SQUARE = make("pattern", (5, 5), (3, 3), n=2, c=4, m=6, group=2, bias=True)  # Y: 2 x 6 x 7 x 7
OBLONG = make("pattern", (3, 4), (2, 2))  # Y: 1 x 1 x 4 x 5


def _answered(case: Case, seen: Observation, check: Check = Check.OUTPUT) -> Reply:
    asked = Asked(case)
    return judged(BUILT_IN[0], asked, check, seen)


def _pattern(case: Case, change: Callable[[Any], Any]) -> Pattern:
    """Of the right output after a change."""
    return pattern_of(
        _answered(case, returned(change(Asked(case).answer().golden.expected().copy())))
    )


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
CHANGES: list[tuple[Callable[[Any], Any], str, str]] = [
    (np.zeros_like, "all are 0", "all are k"),
    (lambda Y: 3 * Y, "all are scaled by 3", "all are scaled by k"),
    (lambda Y: -Y, "all are scaled by -1", "all are scaled by -k"),
    (
        lambda Y: np.roll(Y, 1, 2),
        "shifted by 1 towards the end of D1",
        "shifted by k towards the end along spatial axis k",
    ),
    (
        lambda Y: np.roll(Y, -2, 3),
        "shifted by 2 towards the begin of D2",
        "shifted by k towards the begin along spatial axis k",
    ),
    (lambda Y: np.flip(Y, 3), "reversed along D2", "reversed along spatial axis k"),
    (
        lambda Y: Y.swapaxes(2, 3),
        "the spatial axes are exchanged",
        "the spatial axes are exchanged",
    ),
    (
        lambda Y: Y + np.arange(6, dtype=Y.dtype).reshape(1, 6, 1, 1),
        "each output channel is off by a constant: 0, 1, 2, 3, 4, 5",
        "each output channel is off by a constant: k, k, k, k, k, k",
    ),
    (_with((1,), _off), "only image number 1 (of 2, from 0) differs", "only images k of k differ"),
    (
        _with((ALL, slice(3, 6)), _off),
        "only the outputs of group number 1 (of 2, from 0) differ",
        "only the outputs of groups k of k differ",
    ),
    (
        _with((ALL, [1, 4]), _off),
        "only output channels number 1, 4 (of 6, from 0) differ",
        "only output channels k, k of k differ",
    ),
    (
        _with((ALL, ALL, slice(5, None)), _off),
        "only the last 2 positions along D1 differ",
        "only the last k along spatial axis k differ",
    ),
    (
        _with((ALL, ALL, ALL, slice(5, None)), np.zeros_like),
        "only the last 2 positions along D2 differ (0 there)",
        "only the last k along spatial axis k differ (k there)",
    ),
    (
        _with((ALL, ALL, ALL, slice(0, 1)), _off),
        "only the first position along D2 differs",
        "only the first k along spatial axis k differ",
    ),
    (
        _with((ALL, ALL, slice(1, 6, 2)), _off),
        "only 1 position in 2 along D1, from number 1 on, differs",
        "only k in k, from number k on, along spatial axis k differ",
    ),
    (
        _with((ALL, ALL, slice(0, None, 2)), _off),
        "only 1 position in 2 along D1, from number 0 on, differs",
        "only k in k, from number k on, along spatial axis k differ",
    ),
    (
        _with((ALL, ALL, slice(2, None, 4)), _off),
        "only 1 position in 4 along D1, from number 2 on, differs",
        "only k in k, from number k on, along spatial axis k differ",
    ),
    (_with((ALL, ALL, [0, 6]), _off), "", "no pattern"),
    (
        _with((0, 0, 3, 3), lambda value: np.float32(np.nan)),
        "some are not finite where all should be",
        "some are not finite where all should be",
    ),
    (
        lambda Y: np.where(np.indices(Y.shape).sum(0) % 2, 0, Y),
        "zeros in place of the values that differ",
        "zeros in place of the values that differ",
    ),
    (_off, "", "no pattern"),
]


@pytest.mark.parametrize(("change", "said", "name"), CHANGES)
def test_values(change: Callable[[Any], Any], said: str, name: str) -> None:
    found = _pattern(SQUARE, change)
    expected = Asked(SQUARE).answer().golden.expected()
    differing = int((change(expected.copy()) != expected).sum())
    begin = f"returns wrong values: {said}" if said else "returns wrong values in no simple pattern"
    assert found.sentence == f"{begin}; {differing} of 588 values differ"
    assert (found.name, found.cluster) == (f"VALUES_DIFFER: {name}", "VALUES_DIFFER")


def test_each_change_is_another_pattern() -> None:
    names = [_pattern(SQUARE, change).name for change, *_ in CHANGES]
    assert len(set(names)) >= len(CHANGES) - 6  # numbers alone make no other pattern


def test_how_many_values_differ() -> None:
    assert _pattern(OBLONG, _with((0, 0, 3, 4), lambda value: value + 1000)).sentence.endswith(
        "; 1 of 20 values differ"
    )


def test_values_that_rounding_explains_are_not_counted() -> None:
    case = make("pattern", (4,), (3,), c=4, data="dense")  # Y: 6 values
    Y = Asked(case).answer().golden.expected().copy()
    Y[0, 0, 0] = np.nextafter(Y[0, 0, 0], np.float32(np.inf))
    Y[0, 0, 5] += 1000
    found = pattern_of(_answered(case, returned(Y)))
    assert found.sentence.endswith("; 1 of 6 values differ")


def test_images_from_the_second_on_are_said_to_be_these() -> None:
    case = make("pattern", (3,), (2,), n=4)
    Y = Asked(case).answer().golden.expected().copy()
    Y[1:] = 0
    said = pattern_of(_answered(case, returned(Y)))
    assert "only images from the second on differ (0 there)" in said.sentence


def test_outputs_that_no_product_reaches_are_said_to_be_these() -> None:
    case = make("pattern", (3,), (1,), n=1, strides=(3,), bias=True)
    Y = Asked(case).answer().golden.expected().copy()
    Y[..., 1::3] = 0
    Y[..., 2::3] = 0
    said = pattern_of(_answered(case, returned(Y)))
    assert "only outputs that no product reaches differ" in said.sentence


ALIKE: list[tuple[list[int], list[int], str]] = [
    ([1, 1, 1, 1], [1, 1, 1, 5], "only the last position along D1 differs; 1 of 4 values differ"),
    ([0, 1, 1, 1], [1, 1, 1, 1], "only the first position along D1 differs; 1 of 4 values differ"),
    (
        [1, 2, 1, 2, 1, 2, 1],
        [1, 2, 1, 2, 1, 2, 9],
        "only the last position along D1 differs; 1 of 7 values differ",
    ),
    ([1, 2, 3, 4], [9, 1, 2, 3], "shifted by 1 towards the end of D1; 4 of 4 values differ"),
    ([1, 1, 2, 2, 1], [1, 1, 1, 2, 2], "shifted by 1 towards the end of D1; 2 of 5 values differ"),
]


@pytest.mark.parametrize(("expected", "found", "said"), ALIKE)
def test_equal_or_periodic_numbers_show_no_shift(
    expected: list[int], found: list[int], said: str
) -> None:
    """W = [1] makes Y of X: along an axis of equal numbers every part is every other one, moved."""
    case = make("pattern", (len(expected),), (1,))
    asked, x_shape, w_shape = Asked(case), case.x_shape, case.w_shape
    asked.tensors = Tensors(
        X=Scaled(integers=np.array(expected).reshape(x_shape), exponent=0),
        W=Scaled(integers=np.ones(w_shape, np.int64), exponent=0),
        B=None,
    )
    seen = returned(np.array(found, np.float32).reshape(x_shape))
    reply = judged(BUILT_IN[0], asked, Check.OUTPUT, seen)
    assert pattern_of(reply).sentence == f"returns wrong values: {said}"


def test_numbers_alone_make_no_pattern_of_their_own() -> None:
    names = {_pattern(SQUARE, _with((ALL, ALL, slice(n, None)), _off)).name for n in (4, 5, 6)}
    assert names == {"VALUES_DIFFER: only the last k along spatial axis k differ"}


def test_an_output_that_should_be_zero_is_no_factor() -> None:
    """0 times anything is 0: a factor is one only where something was there to scale."""
    case = make("pattern", (2,), (1,), strides=(3,))
    assert "scaled" not in _pattern(case, lambda Y: Y + 1).sentence


SHAPES: list[tuple[Callable[[Any], Any], str, str]] = [
    (lambda Y: Y[:, :, :-1], "makes D1 shorter by 1", "spatial axis short"),
    (
        lambda Y: np.pad(Y, [(0, 0), (0, 0), (0, 0), (0, 2)]),
        "makes D2 longer by 2",
        "spatial axis long",
    ),
    (lambda Y: Y[:, :, 1:, :-2], "makes D1 shorter by 1, D2 shorter by 2", "spatial axis short"),
    (lambda Y: np.pad(Y, [(0, 0), (0, 1), (0, 0), (0, 0)]), "makes M longer by 1", "M long"),
    (
        lambda Y: Y.swapaxes(2, 3),
        "returns the dimensions in another order: [1, 1, 5, 4] for [1, 1, 4, 5]",
        "order",
    ),
    (lambda Y: Y[0], "returns 3 dimensions where the text asks for 4", "rank"),
]


@pytest.mark.parametrize(("change", "said", "name"), SHAPES)
def test_shapes(change: Callable[[Any], Any], said: str, name: str) -> None:
    found = _pattern(OBLONG, change)
    assert (found.sentence, found.name, found.cluster) == (
        said,
        f"SHAPE_DIFFERS: {name}",
        "SHAPE_DIFFERS",
    )


def test_stated_shapes() -> None:
    found = pattern_of(_answered(OBLONG, stated((1, 1, 4, 7)), Check.OUTPUT_SHAPE))
    assert found.sentence == "states D2 longer by 2"


def test_a_size_that_is_not_stated_differs_from_none() -> None:
    found = pattern_of(_answered(OBLONG, stated((1, 1, None, 7)), Check.OUTPUT_SHAPE))
    assert found.sentence == "states D2 longer by 2"


def test_dtypes() -> None:
    found = _pattern(OBLONG, lambda Y: Y.astype(np.float64))
    assert (found.name, found.sentence) == (
        "DTYPE_DIFFERS: float64",
        "returns float64 where X is of float32",
    )


def test_bfloat16_is_compared_as_numbers() -> None:
    assert (
        "scaled by 2"
        in _pattern(replace(SQUARE, dtype="bfloat16", opset=22), lambda Y: 2 * Y).sentence
    )


def test_errors_are_named_without_their_numbers() -> None:
    one, other = (
        pattern_of(_answered(OBLONG, stopped(Seen.REFUSED, "run", "ValueError", f"no {n} rows")))
        for n in (3, 14)
    )
    assert one.name == other.name == one.cluster == "REJECTED: ValueError: no N rows"
    assert (one.sentence, other.sentence) == (
        "stops with ValueError, saying: no 3 rows",
        "stops with ValueError, saying: no 14 rows",
    )


STOPPED: list[tuple[Observation, str]] = [
    (stopped(Seen.REFUSED, "run", "E", ""), "stops with E"),
    (
        stopped(Seen.REFUSED, "run", "E", "{{node x}} expected 3 channels,\n got conv2d."),
        "stops with E, saying: expected 3 channels, got conv2d",
    ),
    (stopped(Seen.REFUSED, "run", "E", "x" * 300), f"stops with E, saying: {'x' * 200} [...]"),
    (
        stopped(Seen.REFUSED, "return value", "list", "returned list, not an array"),
        "returns list, not an array",
    ),
    (
        stopped(Seen.CRASHED, "call", "SIGABRT", "SIGABRT; 2 != 3"),
        "ends the process with SIGABRT; 2 != 3",
    ),
    (
        stopped(Seen.TIMED_OUT, "call", "timeout", "no answer within 4 s"),
        "gives no answer within 4 s",
    ),
    (stopped(Seen.OUT_OF_MEMORY, "call", "MemoryError", ""), "runs out of memory (MemoryError)"),
    (
        stopped(Seen.INPUT_CHANGED, "call", "input changed", "the call changed its inputs"),
        "changes its inputs",
    ),
]


@pytest.mark.parametrize(("seen", "said"), STOPPED)
def test_what_gave_no_answer_says_how(seen: Observation, said: str) -> None:
    assert pattern_of(_answered(OBLONG, seen)).sentence == said


def test_what_is_not_repeated_says_which_form_and_how() -> None:
    first = returned(Asked(OBLONG).answer().golden.expected())
    other = returned(first.array() + np.float32(1))
    found = pattern_of(
        _answered(OBLONG, replace(first, parts={"again": other}), Check.REPEATABILITY)
    )
    assert (found.name, found.cluster) == ("NOT_REPEATABLE", "NOT_REPEATABLE")
    before, after = float(first.array().flat[0]), float(other.array().flat[0])
    assert found.sentence == (
        f"does not repeat its answer; again: 20 of 20 values differ: Y[0, 0, 0, 0] is {after:g} "
        f"after {before:g}"
    )


GRADIENTS: list[tuple[Callable[[dict[str, Any]], Any], str, str]] = [
    (
        lambda g: g | {"dW": g["dW"] + 100},
        "VALUES_DIFFER",
        "returns wrong dW (12 of 12 values differ)",
    ),
    (
        lambda g: g | {"dX": g["dX"] * 3, "dB": None},
        "VALUES_DIFFER",
        "returns wrong dX (4 of 4 values differ), no dB",
    ),
    (
        lambda g: g | {"dW": g["dW"][..., 1:]},
        "SHAPE_DIFFERS",
        "returns dW of shape [1, 4, 2] for [1, 4, 3]",
    ),
    (lambda g: g | {"dB": g["dB"].astype(np.float64)}, "DTYPE_DIFFERS", "returns dB of float64"),
]


@pytest.mark.parametrize(("change", "name", "said"), GRADIENTS)
def test_gradients_are_named(change: Callable[[dict[str, Any]], Any], name: str, said: str) -> None:
    case = make("gradients", (4,), (3,), m=4, bias=True)
    right = {
        each: golden.expected().copy() for each, golden in Asked(case).answer().gradients.items()
    }
    seen = derived(tuple(change(right)[each] for each in ("dX", "dW", "dB")))
    found = pattern_of(_answered(case, seen, Check.GRADIENT))
    assert (found.name, found.sentence) == (name, said)


def test_a_gradient_that_nothing_asks_for_is_named() -> None:
    case = make("gradients", (4,), (3,))
    right = {each: golden.expected() for each, golden in Asked(case).answer().gradients.items()}
    found = pattern_of(
        _answered(
            case, derived((right["dX"], right["dW"], np.zeros(1, np.float32))), Check.GRADIENT
        )
    )
    assert found.sentence == "returns a dB that the call has no use for"


def test_a_forbidden_call_that_is_answered() -> None:
    case = make("invalid", (2,), (3,), pads=(3, 3))
    found = pattern_of(_answered(case, returned(np.zeros((1, 1, 1), np.float32)), Check.REJECTION))
    assert (found.name, found.cluster) == (
        "ACCEPTED: output size (clause M)",
        "ACCEPTED: output size (clause M)",
    )
    assert found.sentence.startswith("answers a call that the text forbids: output size = [-2]")


def test_differences_of_precision() -> None:
    case = make("pattern", (5, 5), (3, 3), c=8, m=4, dtype="float16", data="dense")
    Y = Asked(case).answer().golden.expected().copy()
    Y.view(np.uint16)[...] += 4
    answered = _answered(case, returned(Y))
    assert answered.outcome is Outcome.INEXACT
    found = pattern_of(answered)
    assert (found.name, found.cluster) == ("INEXACT", "INEXACT")
    assert "none by much" in found.sentence
