"""The arithmetic of an answer, against examples worked out by hand, and its terms against the
golden."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from convtranspose_cases import Case, make
from convtranspose_cases.inputs import Scaled, Tensors
from convtranspose_cases.strategies import legal
from convtranspose_conformance.examples.worked_by_hand import spelled_out, terms_of
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.difference import difference
from convtranspose_conformance.worker.observation import (
    Observation,
    Seen,
    returned,
    stated,
    stopped,
)
from convtranspose_reports import Check, Outcome

OUT, SHAPE = Check.OUTPUT, Check.OUTPUT_SHAPE
NAN = float("nan")


def _scaled(values: list[Any] | None, shape: tuple[int, ...]) -> Scaled | None:
    if values is None:
        return None
    numbers = np.array(values, np.float64).reshape(shape)
    special = np.where(np.isfinite(numbers) & ~((numbers == 0) & np.signbit(numbers)), 0.0, numbers)
    return Scaled(
        integers=np.where(np.isfinite(numbers), numbers, 0).astype(np.int64),
        exponent=0,
        special=special if (special != 0).any() or np.signbit(special).any() else None,
    )


def _asked(case: Case, X: list[Any], W: list[Any], B: list[int] | None = None) -> Asked:
    asked = Asked(case)
    x, w = _scaled(X, case.x_shape), _scaled(W, case.w_shape)
    assert x is not None
    assert w is not None
    asked.tensors = Tensors(X=x, W=w, B=_scaled(B, (case.maps,)))
    return asked


def _case(x: tuple[int, ...], k: tuple[int, ...], **given: Any) -> Case:
    return make("worked", x, k, **given)


def _wrong_at(asked: Asked, at: int, value: float) -> Observation:
    """The right output but for one element, counted through."""
    Y = asked.answer().golden.expected().copy()
    Y.flat[at] = value
    return returned(Y)


@pytest.mark.parametrize(
    ("case", "X", "W", "B", "at", "said"),
    [
        (
            _case((2,), (3,), strides=(2,)),
            [1, 2],
            [10, 20, 30],
            None,
            2,
            "Y[0, 0, 2] = X[0, 0, 1] * W[0, 0, 0] + X[0, 0, 0] * W[0, 0, 2]\n  = 2 * 10 + 1 * 30\n "
            " = 50, not 7",
        ),
        (
            _case((1,), (1,), c=2, m=4, group=2, bias=True),
            [3, 5],
            [1, 2, 4, 6],
            [10, 20, 30, 40],
            3,
            "Y[0, 3, 0] = X[0, 1, 0] * W[1, 1, 0] + B[3]\n  = 5 * 6 + 40\n  = 70, not 7",
        ),
        (
            _case((2,), (2,), dilations=(2,)),
            [3, 4],
            [1, 10],
            None,
            2,
            "Y[0, 0, 2] = X[0, 0, 0] * W[0, 0, 1]\n  = 3 * 10\n  = 30, not 7",
        ),
        (
            _case((2,), (3,), strides=(2,), pads=(1, 1)),
            [1, 2],
            [10, 20, 30],
            None,
            1,
            "Y[0, 0, 1] = X[0, 0, 1] * W[0, 0, 0] + X[0, 0, 0] * W[0, 0, 2]\n  = 2 * 10 + 1 * 30\n "
            " = 50, not 7",
        ),
        (
            _case((1, 2), (1, 2), c=2),
            [1, 2, 3, 4],
            [10, 20, 30, -40],
            None,
            1,
            "Y[0, 0, 0, 1] = X[0, 0, 0, 1] * W[0, 0, 0, 0] + X[0, 0, 0, 0] * W[0, 0, 0, 1] + X[0, "
            "1, 0, 1] * W[1, 0, 0, 0]"
            " + X[0, 1, 0, 0] * W[1, 0, 0, 1]\n  = 2 * 10 + 1 * 20 + 4 * 30 + 3 * -40\n  = 40, not "
            "7",
        ),
        (
            _case((4,), (2,), op="Conv", strides=(2,), pads=(1, 0)),
            [1, 2, 3, 4],
            [10, 20],
            None,
            0,
            "Y[0, 0, 0] = X[0, 0, 0] * W[0, 0, 1]\n  = 1 * 20\n  = 20, not 7",
        ),
        (
            _case((4,), (2,), op="Conv", strides=(2,), pads=(1, 0)),
            [1, 2, 3, 4],
            [10, 20],
            None,
            1,
            "Y[0, 0, 1] = X[0, 0, 1] * W[0, 0, 0] + X[0, 0, 2] * W[0, 0, 1]\n  = 2 * 10 + 3 * 20\n "
            " = 80, not 7",
        ),
        (
            _case((1,), (1,), op="Conv", c=4, m=2, group=2),
            [1, 2, 3, 4],
            [10, 20, 30, 40],
            None,
            1,
            "Y[0, 1, 0] = X[0, 2, 0] * W[1, 0, 0] + X[0, 3, 0] * W[1, 1, 0]\n  = 3 * 30 + 4 * 40\n "
            " = 250, not 7",
        ),
        (
            _case((2,), (1,), strides=(2,)),
            [1, 2],
            [10],
            None,
            1,
            "Y[0, 0, 1] = nothing lands here\n  = 0\n  = 0, not 7",
        ),
        (
            _case((2,), (1,), strides=(2,), bias=True),
            [1, 2],
            [10],
            [5],
            1,
            "Y[0, 0, 1] = B[0]\n  = 5\n  = 5, not 7",
        ),
        (
            _case((2,), (1,), data="special-nan-x"),
            [NAN, 2],
            [10],
            None,
            0,
            "Y[0, 0, 0] = X[0, 0, 0] * W[0, 0, 0]\n  = nan * 10\n  = nan, not 7",
        ),
        (
            _case((2,), (1,), data="special-inf-x"),
            [-np.inf, 2],
            [10],
            None,
            0,
            "Y[0, 0, 0] = X[0, 0, 0] * W[0, 0, 0]\n  = -inf * 10\n  = -inf, not 7",
        ),
        (
            _case((2,), (1,), data="special-zero-x"),
            [-0.0, 2],
            [10],
            None,
            0,
            "Y[0, 0, 0] = X[0, 0, 0] * W[0, 0, 0]\n  = -0 * 10\n  = -0, not 7",
        ),
    ],
    ids=lambda value: value.id if isinstance(value, Case) else "",
)
def test_an_element_that_differs_is_spelled_out(
    case: Case, X: list[Any], W: list[Any], B: list[int] | None, at: int, said: str
) -> None:
    asked = _asked(case, X, W, B)
    assert spelled_out(asked, Comparisons(OUT, _wrong_at(asked, at, 7))) == said


def test_a_long_sum_is_cut_after_eight_products() -> None:
    asked = _asked(_case((9,), (9,)), [1] * 9, list(range(1, 10)))
    names, numbers, result = spelled_out(asked, Comparisons(OUT, _wrong_at(asked, 8, 0))).split(
        "\n  = "
    )
    assert (
        names
        == "Y[0, 0, 8] = "
        + " + ".join(f"X[0, 0, {8 - t}] * W[0, 0, {t}]" for t in range(8))
        + " + (1 more)"
    )
    assert numbers == "1 * 1 + 1 * 2 + 1 * 3 + 1 * 4 + 1 * 5 + 1 * 6 + 1 * 7 + 1 * 8 + ..."
    assert result == "45, not 0"


def test_an_element_that_rounding_explains_is_not_accused() -> None:
    asked = Asked(_case((4,), (3,), c=4, data="dense"))
    Y = asked.answer().golden.expected().copy()
    Y[0, 0, 1] = np.nextafter(Y[0, 0, 1], np.float32(np.inf))
    assert spelled_out(asked, Comparisons(OUT, returned(Y))) == ""
    Y[0, 0, 4] += 2
    Y[0, 0, 5] += 9
    outcome, said = difference(asked.answer(), Comparisons(OUT, returned(Y)))
    assert outcome is Outcome.VALUES_DIFFER
    assert said.startswith("2 of 6 values differ: Y[0, 0, 5] is ")
    assert spelled_out(asked, Comparisons(OUT, returned(Y))).startswith("Y[0, 0, 5] = ")


def test_numbers_that_differ_in_the_last_bit_look_different() -> None:
    asked = _asked(_case((1,), (1,), dtype="float64"), [1], [3])
    said = spelled_out(asked, Comparisons(OUT, _wrong_at(asked, 0, float(np.nextafter(3.0, 4.0)))))
    assert said.endswith("= 3, not 3.0000000000000004")


def test_a_size_that_differs_is_spelled_out_axis_by_axis() -> None:
    asked = Asked(_case((2, 4), (2, 3), strides=(1, 2), output_padding=(0, 1), pads=(0, 1, 0, 0)))
    second_axis = (
        "D2: effective kernel: (kernel - 1) * dilation + 1: (3 - 1) * 1 + 1 = 3;"
        " natural size: stride * (input - 1) + output_padding + effective kernel: 2 * (4 - 1) + 1 "
        "+ 3 = 10;"
        " limit: output_padding = 1 is less than max(stride, dilation) = 2; pads: as given, or 0: "
        "begin = 1, end = 0;"
        " output size: natural size - begin - end: 10 - 1 - 0 = 9"
    )
    assert spelled_out(asked, Comparisons(SHAPE, stated((1, 1, 3, 8)))) == second_axis
    assert spelled_out(asked, Comparisons(SHAPE, stated((1, 1, None, 8)))) == second_axis
    assert spelled_out(asked, Comparisons(SHAPE, stated((1, 1, 3, None)))) == ""
    assert (
        spelled_out(asked, Comparisons(OUT, returned(np.zeros((1, 1, 3, 8), np.float32))))
        == second_axis
    )
    both = spelled_out(asked, Comparisons(SHAPE, stated((1, 1, 2, 8)))).splitlines()
    assert [line.partition(":")[0] for line in both] == ["D1", "D2"]
    assert both[1] == second_axis
    assert len(spelled_out(asked, Comparisons(SHAPE, stated((1, 1)))).splitlines()) == 2


def test_the_size_of_conv_is_spelled_out() -> None:
    asked = Asked(_case((7,), (3,), op="Conv", strides=(2,), pads=(1, 0)))
    assert spelled_out(asked, Comparisons(SHAPE, stated((1, 1, 4)))).endswith(
        "output size: floor((input + begin + end - effective kernel) / stride) + 1: floor((7 + 1 + "
        "0 - 3) / 2) + 1 = 3"
    )


def test_nothing_is_said_where_there_is_nothing_to_spell_out() -> None:
    asked = Asked(_case((2,), (3,)))
    Y = asked.answer().golden.expected()
    assert spelled_out(asked, Comparisons(OUT, returned(Y))) == ""
    assert spelled_out(asked, Comparisons(OUT, returned(Y.astype(np.float64)))) == ""
    assert spelled_out(asked, Comparisons(OUT, stopped(Seen.REFUSED, "run", "E", "no"))) == ""
    assert spelled_out(asked, Comparisons(Check.GRADIENT, returned(Y + 1))) == ""
    forbidden = Asked(_case((2,), (1,), pads=(9, 9)))
    assert spelled_out(forbidden, Comparisons(Check.REJECTION, stated((1, 1, 2)))) == ""


def _exact(tensor: Scaled, index: tuple[int, ...]) -> Fraction:
    return Fraction(int(tensor.integers[index])) * Fraction(2) ** tensor.exponent


@seed(11)
@settings(
    max_examples=150,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(legal())
def test_the_terms_of_an_element_sum_to_the_golden(case: Case) -> None:
    asked = Asked(case)
    given, golden = asked.tensors, asked.answer().golden
    for at in list(np.ndindex(golden.shape))[:: max(golden.values.size // 12, 1)]:
        terms = list(terms_of(case, at))
        bias = Fraction(0) if given.B is None else _exact(given.B, (at[1],))
        total = bias + sum(_exact(given.X, x) * _exact(given.W, w) for x, w in terms)
        assert len(set(terms)) == len(terms)
        assert total == Fraction(int(golden.values[at])) * Fraction(2) ** golden.exponent, (
            case.id,
            at,
        )
