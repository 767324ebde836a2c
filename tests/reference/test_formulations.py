"""The definition against itself in other words: zero insertion, and the adjoint of Conv. Integers, so equal means equal."""

from collections.abc import Iterator
from math import prod

import numpy as np
import pytest

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.inputs import tensors
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.conv import conv_geometry, gather_windows
from convtranspose_reference.conv_transpose import conv_transpose, scatter
from convtranspose_reference.formulations import conv_transpose_by_zero_insertion, transposed_filter, zero_inserted
from convtranspose_reference.geometry import Geometry

TRANSPOSED = [case for suite in ("seeds", "core") for case in suite_cases(suite) if case.op == "ConvTranspose"]
STEPS = 20_000  # of the slow formulation: (output point, tap, group)


def _steps(case: Case) -> int:
    return prod(case.y_shape()[2:]) * case.taps * case.group


def _integers(case: Case) -> tuple[np.ndarray, np.ndarray]:
    given = tensors(case)
    # At most 20 bits each: sums of up to 2**20 products stay within int64.
    return tuple(np.sign(t.integers) * (np.abs(t.integers) & 0xFFFFF) for t in (given.X, given.W))  # type: ignore[return-value]


def _empty(case: Case) -> bool:
    return 0 in (*case.x_shape, *case.w_shape, *case.y_shape())


@pytest.mark.parametrize("empty", [False, True])
def test_zero_insertion_is_the_definition_on_every_case(empty: bool) -> None:
    all_of_them = [case for case in TRANSPOSED if _empty(case) == empty]
    chosen = [case for case in all_of_them if _steps(case) <= STEPS]
    assert len(chosen) > 0.98 * len(all_of_them) > 10
    for case in chosen:
        X, W = _integers(case)
        found = case.geometry()
        np.testing.assert_array_equal(conv_transpose_by_zero_insertion(X, W, found), scatter(X, W, found), err_msg=case.id, strict=True)


def test_the_pieces_of_zero_insertion() -> None:
    np.testing.assert_array_equal(
        zero_inserted(np.arange(1, 7).reshape(1, 1, 2, 3), (3, 2)), [[[[1, 0, 2, 0, 3], [0] * 5, [0] * 5, [4, 0, 5, 0, 6]]]]
    )
    assert zero_inserted(np.zeros((1, 1, 0)), (3,)).shape == (1, 1, 0)
    W = np.arange(8).reshape(2, 2, 2)  # C = 2, M = 2
    np.testing.assert_array_equal(transposed_filter(W, 1), [[[1, 0], [5, 4]], [[3, 2], [7, 6]]])
    np.testing.assert_array_equal(transposed_filter(W, 2), [[[1, 0]], [[3, 2]], [[5, 4]], [[7, 6]]])


def _adjoint_pairs() -> Iterator[tuple[Case, Geometry]]:
    """Cases whose Conv with the same W and the pads in force leads back to X's sizes."""
    for case in TRANSPOSED:
        found = case.geometry()
        inverse = all(a.output_padding < a.stride for a in found.axes) and min(*found.begins, *found.ends) >= 0
        if inverse and 0 not in (*case.x_shape, *found.y_shape) and case.taps < 100:
            back = [n + b + e - a.effective_kernel for n, b, e, a in zip(found.spatial, found.begins, found.ends, found.axes, strict=True)]
            if [n // a.stride + 1 for n, a in zip(back, found.axes, strict=True)] == [a.input for a in found.axes]:
                yield case, found


def test_conv_transpose_is_the_adjoint_of_conv() -> None:
    pairs = list(_adjoint_pairs())
    assert len(pairs) > 700
    for case, found in pairs:
        x, W = _integers(case)
        y = np.random.Generator(np.random.Philox(key=5)).integers(-1000, 1000, found.y_shape)
        given = Attributes.of(strides=case.attributes.strides, dilations=case.attributes.dilations, group=case.attributes.group,
                              pads=(*found.begins, *found.ends))  # fmt: skip
        axes, pads, sizes = conv_geometry(found.y_shape, case.w_shape, given)
        assert sizes == case.x_shape[2:], case.id
        forward = gather_windows(y, W, case.group, axes, pads, sizes)
        # <conv(y), x> == <y, conv_transpose(x)>, over Python's integers: no rounding, no overflow.
        one, other = ((a.astype(object) * b.astype(object)).sum() for a, b in ((forward, x), (y, scatter(x, W, found))))
        assert one == other, case.id


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_public_function_is_scatter_bias_and_one_rounding(dtype: str) -> None:
    for case in TRANSPOSED[:400:7]:
        if case.dtype != dtype or case.data != "integers" or case.opset == 1:
            continue
        X, W, B = tensors(case).arrays(dtype)
        expected = scatter(X, W, case.geometry()) + (0 if B is None else B.reshape(1, -1, *(1,) * case.rank))
        np.testing.assert_array_equal(conv_transpose(X, W, B, **case.attributes.given()), expected, strict=True, err_msg=case.id)


def test_far_crops_and_far_zeros() -> None:
    """Pads in force larger than the canvas: everything is cut away, or zeros surround it."""
    X, W = np.full((1, 1, 2), 3), np.full((1, 1, 1), 5)
    one = Attributes()
    base = Case(suite="", name="", x_shape=(1, 1, 2), w_shape=(1, 1, 1), attributes=one).geometry()
    for begin, end, expected in ((-3, -2, [0, 0, 0, 15, 15, 0, 0]), (5, -6, [0, 0, 0]), (-4, 4, [0, 0]), (1, 0, [15]), (2, 0, [])):
        moved = Geometry(batch=1, channels=1, maps=1, group=1, axes=base.axes, begins=(begin,), ends=(end,))
        assert scatter(X, W, moved).tolist() == [[expected]]
        assert conv_transpose_by_zero_insertion(X, W, moved).tolist() == [[expected]]
