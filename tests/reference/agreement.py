"""Every case of every suite under all formulations of the operator, on integers: equal means equal."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convtranspose_cases import SUITES, Case
from convtranspose_cases.gradients import output_gradient
from convtranspose_cases.inputs import raw, tensors
from convtranspose_reference.conv_transpose import scatter
from convtranspose_reference.formulations import FORMULATIONS, Formulation
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.gradients import adjoint_of_conv

WAYS: dict[str, Formulation] = {"definition": scatter, **FORMULATIONS}
LEFT_OUT = ("special", "invalid")  # NaN and infinities are no integers; forbidden calls have no answer
COMPARED = [name for name in SUITES if name not in LEFT_OUT]
Question = tuple[Any, Any, Geometry]


def question(case: Case) -> Question:
    """X, W and the geometry of the case's ConvTranspose; of a Conv, the ConvTranspose that is its gradient in X: dY, W."""
    given = tensors(case)
    if case.op == "ConvTranspose":
        return *fitting(given.X.integers, given.W.integers, case), case.geometry()
    dY = output_gradient(case, given).integers if "gradient" in case.checks else _drawn(case)
    found = adjoint_of_conv(case.x_shape, case.w_shape, case.attributes, opset=case.opset)
    return *fitting(dY, given.W.integers, case), found


def _drawn(case: Case) -> Any:
    shape = case.y_shape()
    return (raw(case.id, "dY", int(np.prod(shape))) % np.uint64(2001)).astype(np.int64).reshape(shape) - 1000


def fitting(X: Any, W: Any, case: Case) -> tuple[Any, Any]:
    """X and W as they are, as Python's integers where int64 is too narrow for the sums."""
    most = max(case.w_shape[0], case.w_shape[1]) * case.taps
    narrow = int(np.abs(X).max(initial=1)) * int(np.abs(W).max(initial=1)) * max(most, 1) < 2**63
    return (X, W) if narrow else (X.astype(object), W.astype(object))


def compared(cases: Sequence[Case]) -> int:
    """Compares the formulations on each case; the number of answers that were equal, the definition's included. Raises AssertionError."""
    answers = 0
    for case in cases:
        X, W, found = question(case)
        expected = scatter(X, W, found)
        for way in FORMULATIONS.values():
            np.testing.assert_array_equal(way(X, W, found), expected, err_msg=case.id, strict=True)
        answers += len(WAYS)
    return answers
