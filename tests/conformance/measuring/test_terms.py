"""Terms read off one call, and what fits all of them: of the text, of rules on top of it, and of
what fits none."""

from dataclasses import replace

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.measuring.one_hot import OneHot, digits, traced
from convtranspose_conformance.measuring.as_data import call_data
from convtranspose_conformance.measuring.fit import (
    Fit,
    bias_by_text,
    fitted,
    sums_by_text,
)
from convtranspose_conformance.measuring.terms import Terms, can_be_traced, terms_of
from convtranspose_conformance.measuring.told import told_call
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.worker.observation import Observation, returned
from support.simulated import Rule, Simulated

DRAWN = [case for case in suite_cases("random", 3)[:60] if can_be_traced(case)]


def _has(*faults: str) -> Rule:
    return lambda asked: returned(asked.answer(Explanation(faults=faults)).golden.expected())


def _fit(rule: Rule, case: Case) -> Fit | str:
    terms = terms_of(case, Simulated(rule).ask)
    return fitted(terms) if isinstance(terms, Terms) else terms


@pytest.mark.parametrize("case", DRAWN, ids=lambda case: case.name)
def test_a_right_backend_is_measured_to_do_what_the_text_says(case: Case) -> None:
    fit, place = _fit(_has(), case), case.geometry()
    assert isinstance(fit, Fit)
    for landing, begin, size, axis in zip(
        fit.landings, place.begins, place.spatial, case.axes, strict=True
    ):
        assert landing.size == size
        assert landing.begin in (begin, None)
        assert (landing.stride, landing.dilation) == (axis.stride, axis.dilation)
    assert fit.sums == sums_by_text(case) or not any(fit.sums)
    assert fit.bias == bias_by_text(case) or 0 in place.spatial


def test_each_part_of_the_weights_and_each_digit_is_asked_once() -> None:
    case = make("terms", (3,), (3,), c=4, m=3, dtype="float16")
    calls = [Asked(each).tensors for each in traced(case)]
    assert len(calls) == 8  # 36 weights, 5 digits a call
    together = sum((each.W.integers > 0).astype(int) for each in calls)
    assert (together == 1).all()
    assert (calls[0].X.integers.reshape(13, 12) == np.eye(13, 12)).all()


def test_one_element_may_be_asked_in_every_image() -> None:
    case = make("terms", (3,), (3,), n=2)
    (call,) = traced(case, image=1)
    assert Asked(call).tensors.X.integers.tolist() == [[[0, 1, 0]], [[0, 1, 0]]]
    assert OneHot.of(call.data).data == call.data


def test_digits_are_those_that_a_format_holds() -> None:
    assert [digits(name) for name in ("float16", "bfloat16", "float32", "float64")] == [
        5,
        4,
        12,
        26,
    ]


MADE = make(
    "terms", (4, 3), (2, 3), c=2, m=4, group=2, bias=True, strides=(2, 1), pads=(1, 0, 0, 1)
)


def test_begin_size_and_steps_are_measured() -> None:
    fit = _fit(_has("begin = pad_end + axis, size = natural - 2, dilation = stride"), MADE)
    assert isinstance(fit, Fit)
    assert [(each.begin, each.size, each.dilation) for each in fit.landings] == [
        (0, MADE.axes[0].natural - 2, 2),
        (2, MADE.axes[1].natural - 2, 1),
    ]


def test_a_reversed_kernel_is_measured_as_one() -> None:
    fit = _fit(_has("kernel_flipped"), MADE)
    assert isinstance(fit, Fit)
    assert [(each.reversed, each.begin) for each in fit.landings] == [(True, 1), (True, 0)]


def test_channels_and_bias_are_measured() -> None:
    fit = _fit(_has("first_map_for_group", "bias_twice"), MADE)
    assert isinstance(fit, Fit)
    assert fit.sums == tuple(((m // 2, m // 2, 0, 1),) for m in range(4))
    assert fit.bias == tuple(((m, 2),) for m in range(4))


def test_exchanged_axes_are_seen() -> None:
    square = make("terms", (2, 3), (2, 2))

    def turned(asked: Asked) -> Observation:
        Y = asked.answer().golden.expected()
        return returned(Y.swapaxes(2, 3).copy())

    fit = _fit(turned, square)
    assert isinstance(fit, Fit)
    assert fit.swapped
    assert fit.order == (1, 0)
    terms = terms_of(square, Simulated(turned).ask)
    assert "Y's axes are X's axes D2, D1" in told_call(square, terms, fit)
    assert call_data(square, terms, fit)["axes"] == []


def test_one_term_too_many_fits_nothing() -> None:
    def with_one_more(asked: Asked) -> Observation:
        Y = asked.answer().golden.expected().copy()
        Y[0, 0, 0] += 4
        return returned(Y)

    assert isinstance(_fit(with_one_more, make("terms", (3,), (2,))), str)


def test_numbers_that_are_no_sums_of_weights_are_no_terms() -> None:
    def halved(asked: Asked) -> Observation:
        return returned(asked.answer().golden.expected() / np.float32(2))

    assert isinstance(terms_of(make("terms", (3,), (2,)), Simulated(halved).ask), str)


def test_what_stops_is_said() -> None:
    def raises(asked: Asked) -> Observation:
        from convtranspose_conformance.worker.observation import Seen, stopped

        return stopped(Seen.REFUSED, "run", "ValueError", "not here")

    case = make("terms", (3,), (2,))
    assert terms_of(case, Simulated(raises).ask) == "stops: ValueError: not here"


def test_large_and_forbidden_calls_are_not_traced() -> None:
    assert can_be_traced(make("terms", (3,), (2,)))
    assert not can_be_traced(make("terms", (200,), (2,)))
    assert not can_be_traced(make("terms", (2,), (3,), pads=(3, 3)))
    assert not can_be_traced(replace(make("terms", (3,), (2,)), op="Conv"))
