"""Fingerprints of backends that round in known ways."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import make
from convtranspose_cases.measuring.witness import of
from convtranspose_conformance.measuring.arithmetic import (
    IN_12_BITS,
    Fingerprint,
    fingerprint,
    speaks_against,
)
from convtranspose_conformance.rules.accuracy_classes import FLUSHES, IN_DTYPE, IN_FLOAT16
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.worker.observation import Observation, returned
from support.simulated import Simulated, follows

Sum = Callable[[list[Any], Any], Any]  # products and B, or None, in the dtype


def _of_channels(total: Sum, taken: Callable[[Any], Any] = lambda v: v) -> Fingerprint:
    """The route along channels, summed by `total` in float32."""

    def rule(asked: Asked) -> Observation:
        X, W, B, _ = asked.arrays()
        products = [
            np.float32(taken(x) * taken(w)) for x, w in zip(X.ravel(), W.ravel(), strict=True)
        ]
        Y = total(products, None if B is None else B[0])
        return returned(np.full(asked.answer().shape, Y, np.float32))

    return fingerprint("float32", "channels", Simulated(rule).ask)


def _in_order(products: list[Any], B: Any) -> Any:
    total = np.float32(0)
    for each in products:
        total = np.float32(total + each)
    return total if B is None else np.float32(total + B)


def _backwards(products: list[Any], B: Any) -> Any:
    return _in_order(products[::-1], B)


def _b_first(products: list[Any], B: Any) -> Any:
    return _in_order([*([] if B is None else [B]), *products], None)


def _in_pairs(products: list[Any], B: Any) -> Any:
    while len(products) > 1:
        ends = products[len(products) // 2 * 2 :]
        products = [
            np.float32(a + b) for a, b in zip(products[::2], products[1::2], strict=False)
        ] + ends
    return products[0] if B is None else np.float32(products[0] + B)


def test_the_order_of_a_sum_is_read() -> None:
    assert _of_channels(_in_order).order == "one after the other"
    assert _of_channels(_backwards).order == "the first one last"
    assert "2, 4, 4, 8, 8, 8, 8 terms" in _of_channels(_in_pairs).order
    assert {_of_channels(each).width for each in (_in_order, _in_pairs)} == {"float32"}


def test_where_b_joins_is_read() -> None:
    assert _of_channels(_in_order).bias == "added to the sum at its end"
    assert _of_channels(_b_first).bias == "added before the last term"


def test_rounded_inputs_are_read() -> None:
    def to_tf32(value: Any) -> Any:
        mantissa, exponent = np.frexp(np.float64(value))
        return np.float32(np.ldexp(np.rint(mantissa * 2**11), exponent - 11))

    assert _of_channels(_in_order, to_tf32).inputs == IN_12_BITS
    assert _of_channels(_in_order).inputs == "as they are"


def test_flushed_subnormals_are_read() -> None:
    def flushed(value: Any) -> Any:
        return np.float32(0) if abs(value) < 2.0**-126 else value

    found = _of_channels(_in_order, flushed)
    assert found.subnormals == "taken for 0: input"
    assert not speaks_against(FLUSHES, found)
    assert speaks_against(FLUSHES, _of_channels(_in_order))


@pytest.mark.parametrize("route", ["channels", "taps", "taps of a grid", "channels of two groups"])
def test_a_right_backend_sums_exactly_along_every_route(route: str) -> None:
    found = fingerprint("float16", route, Simulated(follows("")).ask)
    assert found.width == "wider than float16"
    assert found.bias == "added before the sum is rounded"
    assert found.subnormals == "kept"
    assert speaks_against(IN_DTYPE, found)


def test_there_are_no_other_witnesses() -> None:
    with pytest.raises(ValueError, match="is no witness"):
        of("witness-of-nothing", "float32")
    assert make("measured", (1,), (1,)).data == "integers"


def test_sums_in_float16_are_read_of_no_wider_format() -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        narrow = _of_channels(_in_order, np.float16)
    assert not speaks_against(IN_FLOAT16, narrow)
    assert speaks_against(IN_FLOAT16, _of_channels(_in_order))
