"""Exact gradients: by the identities that define a gradient, and within the budgets that keep them
exact."""

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.goldens import Golden
from convtranspose_cases.gradients import gradient_goldens, output_gradient, placed
from convtranspose_cases.inputs import linear_of, tensors
from convtranspose_reference.conv import conv_geometry, gather_windows
from convtranspose_reference.conv_transpose import scatter
from convtranspose_reference.formats import FORMATS

CASES = suite_cases("gradients")
EXACT = [case for case in CASES if case.data != "dense"]


def _forward(case: Case, X: Any, W: Any) -> Any:
    """The operator with its pads, without bias, over integers."""
    if case.op == "ConvTranspose":
        return scatter(X, W, case.geometry())
    return gather_windows(
        X,
        W,
        case.group,
        *conv_geometry(case.x_shape, case.w_shape, case.attributes, opset=case.opset),
    )


def _goldens(case: Case, seed: int = 0) -> dict[str, Golden]:
    given = tensors(case, seed)
    return gradient_goldens(case, given, output_gradient(case, given, seed))


def test_the_suite_is_as_wide_as_it_should_be() -> None:
    assert len(CASES) >= 120
    assert {(c.op, c.rank) for c in CASES} == set(product(("ConvTranspose", "Conv"), (1, 2, 3)))
    assert {c.dtype for c in CASES} == set(FORMATS)
    for op in ("ConvTranspose", "Conv"):
        mine = [c for c in CASES if c.op == op]
        assert any(c.taps == 1 and max(a.stride for a in c.axes) > 1 for c in mine)
        assert any(c.group > 1 and c.channels_per_group != c.maps // c.group for c in mine)
        assert {5, 7, 17} <= {c.x_shape[1] for c in mine} | {c.maps for c in mine}
    assert {c.checks for c in CASES} == {("gradient",)}


@pytest.mark.parametrize("case", EXACT[::3], ids=lambda case: case.id)
def test_gradients_are_the_adjoints_of_the_operator(case: Case) -> None:
    """<dX, V> = <dY, f(V, W)> for all V, and likewise in W: integers, so that equal means equal."""
    given = tensors(case)
    X, W, dY = given.X.integers, given.W.integers, output_gradient(case, given).integers
    each, rng = placed(case), np.random.default_rng(0)
    V, U = rng.integers(-9, 10, X.shape), rng.integers(-9, 10, W.shape)
    assert (each.of_X(dY, W) * V).sum() == (dY * _forward(case, V, W)).sum()
    assert (each.of_W(X, dY) * U).sum() == (dY * _forward(case, X, U)).sum()
    found = _goldens(case)
    np.testing.assert_array_equal(found["dX"].values, each.of_X(dY, W))
    np.testing.assert_array_equal(found["dW"].values, each.of_W(X, dY))
    if case.bias:
        np.testing.assert_array_equal(found["dB"].values, dY.sum(axis=(0, *range(2, dY.ndim))))


def test_back_propagation_through_convolution_is_transposed_convolution() -> None:
    """The lecture's point: dX of Conv is ConvTranspose of dY with the same W, and of ConvTranspose,
    Conv of dY."""
    for given in (
        {},
        {"strides": (2, 2), "pads": (1, 1, 1, 1)},
        {"dilations": (2, 1), "group": 2, "c": 2, "m": 4},
    ):
        conv = make("t", (7, 7), (3, 3), op="Conv", **given)
        maps, channels = given.get("m", 1), given.get("c", 1)
        back = make("t", conv.y_shape()[2:], (3, 3), **given | {"c": maps, "m": channels})
        assert (back.w_shape, back.y_shape()) == (conv.w_shape, conv.x_shape)
        W, dY = tensors(conv).W.integers, np.arange(np.prod(conv.y_shape())).reshape(conv.y_shape())
        np.testing.assert_array_equal(placed(conv).of_X(dY, W), _forward(back, dY, W))
        np.testing.assert_array_equal(
            placed(back).of_X(conv_input := tensors(conv).X.integers, W),
            _forward(conv, conv_input, W),
        )


def _sums(found: dict[str, Golden]) -> Iterator[tuple[str, Golden]]:
    yield from ((name, golden) for name, golden in found.items() if golden.values.size)


@pytest.mark.parametrize("seed", [0, 7])
def test_every_partial_sum_of_exact_cases_fits_into_the_dtype(seed: int) -> None:
    for case in EXACT:
        for name, golden in _sums(_goldens(case, seed)):
            assert golden.sums.S.max() <= 2.0 ** FORMATS[case.dtype].precision * golden.sums.ulp, (
                f"{case.id} {name}"
            )
            assert golden.exact().all(), f"{case.id} {name}"


def test_the_numbers_of_dY_tell_something() -> None:
    for case in EXACT:
        if 0 in case.y_shape():
            continue
        given = tensors(case)
        kept = output_gradient(case, given).integers
        assert np.count_nonzero(kept) >= (1 if case.data == "thin" else kept.size), case.id
        assert any(np.count_nonzero(golden.values) for golden in _goldens(case).values()), case.id


def test_too_little_room_is_an_error() -> None:
    case = make("gradients", (4096,), (3,), dtype="bfloat16", data="integers")
    with pytest.raises(ValueError, match="leave no exact bfloat16 integers"):
        output_gradient(case, tensors(case))


def test_thin_numbers_are_one_in_four_and_the_same_everywhere() -> None:
    case = make("gradients", (20,), (3,), dtype="bfloat16", data="thin")
    X = tensors(case).X.integers
    assert np.count_nonzero(X) == 5
    assert Counter(np.abs(X[X != 0]).tolist()).keys() <= {1, 2, 3, 4}
    np.testing.assert_array_equal(X, tensors(case).X.integers)
    assert linear_of(case)(X, tensors(case).W.integers).shape == (1, 1, 22)
