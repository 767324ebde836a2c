"""Every case of every suite under all formulations of the operator, on integers: equal means
equal."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from convtranspose_cases import SUITES, Case
from convtranspose_cases.goldens import exact_products
from convtranspose_cases.gradients import output_gradient
from convtranspose_cases.inputs import raw, tensors
from convtranspose_reference.conv_transpose import scatter
from convtranspose_reference.formulations import FORMULATIONS, Formulation
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.gradients import adjoint_of_conv

WAYS: dict[str, Formulation] = {"definition": scatter, **FORMULATIONS}
# NaN and infinities are no integers; forbidden calls have no answer
LEFT_OUT = ("special", "invalid")
COMPARED = [name for name in SUITES if name not in LEFT_OUT]
Question = tuple[Any, Any, Geometry]


def question(case: Case) -> Question:
    """X, W and the geometry of the case's ConvTranspose; of a Conv, the ConvTranspose that is its
    gradient in X: dY, W."""
    given = tensors(case)
    if case.op == "ConvTranspose":
        return given.X.integers, given.W.integers, case.geometry()
    dY = output_gradient(case, given).integers if "gradient" in case.checks else _drawn(case)
    return (
        dY,
        given.W.integers,
        adjoint_of_conv(case.x_shape, case.w_shape, case.attributes, opset=case.opset),
    )


def _drawn(case: Case) -> Any:
    shape = case.y_shape()
    return (raw(case.id, "dY", int(np.prod(shape))) % np.uint64(2001)).astype(np.int64).reshape(
        shape
    ) - 1000


def most_products(found: Geometry) -> int:
    return max(found.channels // found.group * prod(found.kernel), 1)


def fits_int64(X: Any, W: Any, found: Geometry) -> bool:
    """Can no sum leave 63 bits?"""
    return (
        int(np.abs(X).max(initial=1)) * int(np.abs(W).max(initial=1)) * most_products(found) < 2**63
    )


def answer(way: Formulation, X: Any, W: Any, found: Geometry) -> Any:
    """Y by this formulation, exactly: in int64, where that is too narrow in slices of float64, put
    together as Python's integers."""
    if fits_int64(X, W, found):
        return way(X, W, found)
    return exact_products(lambda x, w: way(x, w, found), X, W, most_products(found))


def compared(cases: Sequence[Case]) -> int:
    """Compares the formulations on each case; the number of answers that were equal, the
    definition's included. Raises AssertionError."""
    answers = 0
    for case in cases:
        X, W, found = question(case)
        expected = answer(scatter, X, W, found)
        for way in FORMULATIONS.values():
            np.testing.assert_array_equal(
                answer(way, X, W, found), expected, err_msg=case.id, strict=True
            )
        answers += len(WAYS)
    return answers
