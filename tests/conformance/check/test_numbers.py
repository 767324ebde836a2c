"""Real numbers as integers, and what float64 shows of a call."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from convtranspose_cases.case import Case
from convtranspose_conformance.check.node_call import NodeCall
from convtranspose_conformance.check.numbers import kind_of_numbers, tensors_of
from convtranspose_reference import conv, conv_transpose
from convtranspose_reference.attributes import Attributes
from support.small_models import up_node

RNG = np.random.default_rng(7)
WIDE = np.array([1e-30, -3.0, 2.0**-149, 0.0, 1e30, -7e-12], np.float32)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_integers_are_the_numbers(dtype: str) -> None:
    X = RNG.standard_normal((1, 2, 4)).astype(dtype)
    W, B = RNG.standard_normal((2, 3, 2)).astype(dtype), RNG.standard_normal(3).astype(dtype)
    tensors = tensors_of(X, W, B)
    for array, scaled in ((X, tensors.X), (W, tensors.W), (B, tensors.B)):
        assert scaled is not None
        step = Fraction(2) ** scaled.exponent
        exact = [int(k) * step for k in scaled.integers.ravel()]
        assert exact == [Fraction(float(v)) for v in array.ravel()]
    assert tensors.B is not None
    assert tensors.B.exponent >= tensors.X.exponent + tensors.W.exponent


def test_a_range_past_64_bits_is_kept() -> None:
    found = tensors_of(WIDE.reshape(1, 1, 6), np.ones((1, 1, 1), np.float32), None)
    step = Fraction(2) ** found.X.exponent
    assert [int(k) * step for k in found.X.integers.ravel()] == [Fraction(float(v)) for v in WIDE]


def test_kinds() -> None:
    plain = np.ones(3, np.float32)
    assert kind_of_numbers(plain, None) == "dense"
    assert "special" in kind_of_numbers(plain, np.array([np.inf], np.float32))
    assert "subnormal" in kind_of_numbers(plain, np.array([1e-40], np.float32))
    assert "subnormal" in kind_of_numbers(np.array([1e-39], ml_dtypes.bfloat16))


def _node(case: Case, *arrays: Any) -> NodeCall:
    X, W, B = arrays
    return NodeCall(step=up_node(), case=case, X=X, W=W, B=B)


def _cases() -> list[Case]:
    up = Case(
        suite="call",
        name="up",
        x_shape=(2, 4, 5, 6),
        w_shape=(4, 3, 3, 4),
        attributes=Attributes(strides=(2, 3), pads=(1, 0, 0, 1), group=2),
        bias=True,
        data="dense",
        opset=22,
    )
    down = replace(
        up,
        op="Conv",
        w_shape=(6, 2, 3, 3),
        attributes=Attributes(strides=(2, 1), pads=(1, 1, 0, 1), group=2),
    )
    return [replace(c, dtype=d) for c in (up, down) for d in ("float32", "float16", "bfloat16")]


@pytest.mark.parametrize("case", _cases(), ids=lambda case: f"{case.op}-{case.dtype}")
def test_float64_encloses_the_exact_sums(case: Case) -> None:
    X, W, B = (
        RNG.standard_normal(shape).astype(case.dtype)
        for shape in (case.x_shape, case.w_shape, (case.maps,))
    )
    node = _node(case, X, W, B)
    enclosure, golden = node.enclosure, node.asked.answer().golden
    assert enclosure is not None
    assert (golden.error(enclosure.Y) <= enclosure.slack).all()
    assert (enclosure.bound <= golden.bound()).all()
    np.testing.assert_allclose(enclosure.bound, golden.bound(), rtol=1e-6)
    Y = (conv if case.op == "Conv" else conv_transpose)(X, W, B, **case.attributes.given())
    assert enclosure.shows_right(Y)
    assert (Y == node.Y).all()
    assert enclosure.off_by(Y) <= 1
    wrong = Y.astype(np.float64)
    at = (1, 1, 1, 2)
    wrong[at] += 1.5 * float(golden.bound()[at]) + 2.0**-8 * abs(wrong[at])
    assert not enclosure.shows_right(wrong.astype(case.dtype))
    assert enclosure.off_by(wrong.astype(case.dtype)) > 1


def test_small_integers_are_owed_exactly() -> None:
    case = replace(_cases()[0], bias=False)
    X = RNG.integers(-3, 4, case.x_shape).astype(np.float32)
    W = RNG.integers(-3, 4, case.w_shape).astype(np.float32)
    node = _node(case, X, W, None)
    assert node.enclosure is not None
    assert node.enclosure.exact.all()
    Y = node.Y.copy()
    assert node.enclosure.shows_right(Y)
    Y.ravel()[5] = np.nextafter(Y.ravel()[5], np.float32(9))
    assert not node.enclosure.shows_right(Y)


def test_what_is_not_finite_is_left_to_the_integers() -> None:
    case = replace(_cases()[0], bias=False, data="special-nan-inf-xwb")
    X, W = np.ones(case.x_shape, np.float32), np.ones(case.w_shape, np.float32)
    X[0, 0, 0, 0] = np.inf
    node = _node(case, X, W, None)
    assert node.enclosure is not None
    assert not node.enclosure.shows_right(node.Y)
    assert np.isinf(node.Y).any()
    assert np.isfinite(node.Y).any()
