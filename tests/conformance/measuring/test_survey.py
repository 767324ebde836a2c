"""Formulas of a survey are borne out by calls that were no part of their fit; the text's own are
those of the reference."""

from collections.abc import Callable, Iterable

import pytest

from convtranspose_cases import Case
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.measuring.points import Point, axis_point
from convtranspose_conformance.measuring.survey import (
    BY_TEXT,
    borne_out,
    configurations,
    shape_rule,
)
from convtranspose_conformance.measuring.told import told_rules
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.rules.faults.formula import formula
from convtranspose_conformance.rules.faults.measured import SPEAKS_OF
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import returned
from convtranspose_reports import Check

CASES = configurations("SAME_UPPER")


def _points(cases: list[Case], size: Callable[[Case], int]) -> list[Point]:
    return [axis_point(case, 0, {"size": size(case)}) for case in cases]


def test_a_formula_that_fresh_calls_have_is_said() -> None:
    points = _points(CASES, lambda case: case.axes[0].input * case.axes[0].stride)
    assert borne_out("size", points[:28], points[28:]) == "input * stride"


def test_a_formula_that_a_fresh_call_refutes_is_not_said() -> None:
    points = _points(CASES, lambda case: case.axes[0].input * case.axes[0].stride)
    other = _points(CASES[-1:], lambda case: case.axes[0].input * case.axes[0].stride + 1)
    assert borne_out("size", points[:28], [*points[28:], *other]) == ""
    assert borne_out("size", points, []) == ""


@pytest.mark.parametrize("padding", BY_TEXT)
def test_formulas_of_the_text_are_those_of_the_reference(padding: str) -> None:
    points = [axis_point(c, a, {}) for c in configurations(padding) for a in range(c.rank)]
    assert len(points) > 52
    for word, text in zip(("begin", "size"), BY_TEXT[padding], strict=True):
        made = formula(text, SPEAKS_OF[word])
        assert all(made(point.quantities) == point.by_text[word] for point in points)


def _right(cases: Iterable[Case]) -> list[Reply]:
    """Right answers, of a backend whose API has one number for both pads of an axis."""
    asked = [Asked(case) for case in cases if _has_equal_pads(case)]
    seen = [each.answer().golden.expected() for each in asked]
    return [
        judged(BUILT_IN[0], each, Check.OUTPUT, returned(array))
        for each, array in zip(asked, seen, strict=True)
    ]


def _has_equal_pads(case: Case) -> bool:
    pads = case.attributes.pads or ()
    return pads[: case.rank] == pads[case.rank :]


def test_pads_that_are_equal_show_the_texts_own_formulas() -> None:
    rule = shape_rule("NOTSET", configurations("NOTSET"), _right)
    assert (rule.begin, rule.size) == BY_TEXT["NOTSET"]
    assert rule.as_text
    assert 20 < rule.read < rule.asked
    assert "    begin = pad_begin\n    size = natural - pad_begin - pad_end" in told_rules([rule])
