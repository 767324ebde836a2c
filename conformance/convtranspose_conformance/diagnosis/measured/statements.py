"""Statements that conditions of measured rules are made of: of a call, and of one of its axes."""

from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case

from ...measuring.points import Point
from ...rules.faults.quantities import ON_AXES, on_axis
from ...rules.predicate import Expression, Predicate, PredicateError
from ..conditions.contrast import atoms, holds

_FIRST = (
    "auto_pad in ('SAME_UPPER', 'SAME_LOWER')",
    "auto_pad == 'VALID'",
    "auto_pad == 'NOTSET'",
    "auto_pad == 'SAME_UPPER'",
    "auto_pad == 'SAME_LOWER'",
    "len(output_shape) > 0",
    "not (len(output_shape) > 0)",
    "group > 1",
    "not (group > 1)",
    "bias",
    "rank == 1",
    "rank == 2",
    "rank == 3",
    "rank > 1",
    "dtype == 'float32'",
    "dtype == 'float64'",
    "dtype == 'float16'",
    "dtype == 'bfloat16'",
    "dtype in ('float16', 'bfloat16')",
    "strides[-1] > dilations[-1]",
    "strides[-1] < dilations[-1]",
    "max(strides) > max(dilations)",
    "max(strides) < max(dilations)",
    "C > M",
    "C < M",
    "max(kernel) > 3",
    "max(kernel) > max(strides)",
)
"""What rules usually depend on: these are tried first, alone and two at once."""
_OF_AN_AXIS = (
    "axis == 0",
    "axis == rank - 1",
    "axis > 0",
    "axis < rank - 1",
    "stride > 1",
    "stride == 1",
    "dilation > 1",
    "dilation == 1",
    "stride > 2",
    "dilation > 2",
    "stride > dilation",
    "output_padding > 0",
    "output_padding == 0",
    "kernel > 1",
    "kernel == 1",
    "kernel % 2 == 0",
    "kernel % 2 == 1",
    "effective_kernel % 2 == 0",
    "effective_kernel % 2 == 1",
    "input > 1",
    "input % 2 == 0",
    "input % 2 == 1",
    "effective_kernel < stride",
    "effective_kernel >= stride",
    "output_padding < stride",
    "output_padding >= stride",
    "effective_kernel > stride",
    "kernel > stride",
    "kernel > input",
    "pad_begin > 0",
    "pad_end > 0",
    "pad_begin == 0",
    "pad_end == 0",
    "pad_begin > pad_end",
    "pad_begin < pad_end",
    "total_padding < 0",
    "total_padding >= 0",
    "total_padding > 0",
    "total_padding % 2 == 1",
    "total_padding % 2 == 0",
    "output_shape > natural",
    "output_shape < natural",
)
_NOT_OF_CALLS_MADE = ("N ", "data", "products", "0 in", "forbidden")


@cache
def of_calls() -> tuple[Predicate, ...]:
    """Statements of a call: those first that rules usually depend on."""
    known = {a.text: a for a in atoms() if not any(word in a.text for word in _NOT_OF_CALLS_MADE)}
    return tuple((known | {text: Predicate(text) for text in _FIRST}).values())


@cache
def of_axes() -> tuple[Expression, ...]:
    """Statements of one axis."""
    return tuple(Expression(text, ON_AXES) for text in _OF_AN_AXIS)


@lru_cache(maxsize=2**13)
def of_case(case: Case) -> NDArray[np.bool_]:
    """Which statements of a call hold."""
    return np.array([holds(statement, case) for statement in of_calls()], bool)


@lru_cache(maxsize=2**14)
def of_axis(case: Case, axis: int) -> NDArray[np.bool_]:
    """Which statements of an axis hold."""
    values = on_axis(case, axis)
    return np.array([is_true(statement, values) for statement in of_axes()], bool)


def is_true(statement: Expression, values: Mapping[str, object]) -> bool:
    """Does it hold? What cannot be said does not."""
    try:
        return statement.holds(values)
    except PredicateError:
        return False


def of_point(point: Point) -> NDArray[np.bool_]:
    """Which statements of the call, and of the axis if it is one, hold."""
    if point.axis is None:
        return of_case(point.case)
    return np.concatenate([of_case(point.case), of_axis(point.case, point.axis)])
