"""Every case of every suite under all formulations of the operator, on integers: equal means
equal."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from convtranspose_cases import SUITES, Case
from convtranspose_cases.goldens import EXACT_BITS, exact_products
from convtranspose_cases.gradients import output_gradient
from convtranspose_cases.inputs import raw, tensors
from convtranspose_reference.conv_transpose import scatter
from convtranspose_reference.formulations import FORMULATIONS, Formulation
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.gradients import adjoint_of_conv

WAYS: dict[str, Formulation] = {"definition": scatter, **FORMULATIONS}
# NaN and infinities are no integers; forbidden calls have no answer; what stands before or after a
# convolution is none of its formulations
LEFT_OUT = ("special", "invalid", "resize", "subpixel")
COMPARED = [name for name in SUITES if name not in LEFT_OUT]
LARGE = 2**16  # factors of X times factors of W, from which on BLAS is worth two more copies
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


def definition(X: Any, W: Any, found: Geometry) -> Any:
    """Y by the definition, exactly: in int64, where that is too narrow in slices of float64, put
    together as Python's integers."""
    if fits_int64(X, W, found):
        return scatter(X, W, found)
    return exact_products(lambda x, w: scatter(x, w, found), X, W, most_products(found))


def answer(way: Formulation, X: Any, W: Any, found: Geometry) -> Any:
    """Y by this formulation, exactly, as `definition` gives it. What is large goes by another road:
    one call for all slices of float64, X's as images of one batch, W's as maps beside each
    other."""
    if X.size * W.size < LARGE and fits_int64(X, W, found):
        return way(X, W, found)
    width_x, width_w = _widths(X, W, EXACT_BITS - most_products(found).bit_length())
    xs, ws = _slices(X, width_x), _slices(W, width_w)
    maps = found.maps // found.group
    whole = replace(found, batch=len(xs) * found.batch, maps=len(ws) * found.maps)
    Y = way(np.concatenate(xs), np.concatenate(ws, axis=1), whole).astype(np.int64)
    parts = Y.reshape(len(xs), found.batch, found.group, len(ws), maps, *found.spatial)
    total = np.zeros((found.batch, found.group, maps, *found.spatial), np.int64)
    total = total if fits_int64(X, W, found) else total.astype(object)
    for i, j in np.ndindex(len(xs), len(ws)):
        total += parts[i, :, :, j].astype(total.dtype) << width_x * i + width_w * j
    return total.reshape(found.y_shape)


def _widths(X: Any, W: Any, room: int) -> tuple[int, int]:
    """How many bits a slice of X and one of W have, so that their products have no more than
    `room`, in as few slices as may be: those of W cost more, since what is made of W is larger."""
    bits_x, bits_w = _bits(X), _bits(W)
    widths = [(room - width, width) for width in range(1, room)]
    return min(widths, key=lambda each: -(-bits_x // each[0]) - 2 * (-bits_w // each[1]))


def _bits(integers: Any) -> int:
    return max(int(np.abs(integers).max(initial=1)).bit_length(), 1)


def _slices(integers: Any, width: int) -> list[Any]:
    """The integers' bits, so many at a time, the lowest first, each slice with the sign."""
    signs, magnitudes = np.sign(integers), np.abs(integers)
    return [
        (signs * (magnitudes >> place & (1 << width) - 1)).astype(np.float64)
        for place in range(0, _bits(integers), width)
    ]


def compared(cases: Sequence[Case]) -> int:
    """Compares the formulations on each case; the number of answers that were equal, the
    definition's included. Raises AssertionError."""
    answers = 0
    for case in cases:
        X, W, found = question(case)
        expected = definition(X, W, found)
        for way in FORMULATIONS.values():
            np.testing.assert_array_equal(
                answer(way, X, W, found), expected, err_msg=case.id, strict=True
            )
        answers += len(WAYS)
    return answers
