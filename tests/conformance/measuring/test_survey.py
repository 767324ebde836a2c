"""Formulas of a survey are borne out by calls that were no part of their fit."""

from collections.abc import Callable

from convtranspose_cases import Case
from convtranspose_conformance.measuring.points import Point, axis_point
from convtranspose_conformance.measuring.survey import borne_out, configurations

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
