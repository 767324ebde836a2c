"""Remedies against convolutions, resizes and shuffles written out from their definitions."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import floor, prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convtranspose_reference import conv, conv_transpose
from convtranspose_reference.artifacts import unevenness
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.geometry import geometry
from convtranspose_reference.remedies import (
    by_phase,
    composed,
    convolved_products,
    divided_kernel,
    energies,
    expected_unevenness,
    gains,
    icnr,
    interleaved,
    linear_kernel,
    linear_products,
    nearest_kernel,
    phase_filters,
    transposed_products,
)
from convtranspose_reference.resize import resize
from convtranspose_reference.resize.depth_to_space import depth_to_space

KERNELS = {"nearest": nearest_kernel, "linear": linear_kernel}
SIDE = 7  # inputs of an axis, of which the middle one is not near a border


def _resized(x: Sequence[int], scale: int, kind: str) -> list[Fraction]:
    """One axis, each output by its own coordinate (half_pixel), beyond the ends the end itself."""

    def at(i: int) -> int:
        return x[min(max(i, 0), len(x) - 1)]

    out = []
    for o in range(scale * len(x)):
        source = Fraction(2 * o + 1, 2 * scale) - Fraction(1, 2)
        below = floor(source)
        part = source - below
        if kind == "nearest":
            out.append(Fraction(at(floor(source + Fraction(1, 2)))))
        else:
            out.append((1 - part) * at(below) + part * at(below + 1))
    return out


def _correlated(x: Sequence[Any], w: Sequence[Any]) -> list[Any]:
    before = (len(w) - 1) // 2
    return [
        sum(w[t] * x[o + t - before] for t in range(len(w)) if 0 <= o + t - before < len(x))
        for o in range(len(x))
    ]


def _laid_down(x: Sequence[int], kernel: Sequence[Any], stride: int, begin: int) -> list[Any]:
    out = [0] * (stride * len(x))
    for i, t in product(range(len(x)), range(len(kernel))):
        if 0 <= stride * i + t - begin < len(out):
            out[stride * i + t - begin] += x[i] * kernel[t]
    return out


# Resize-convolution

FILTER = st.lists(st.integers(-5, 5), min_size=1, max_size=5)


@given(st.integers(1, 5), FILTER, st.sampled_from(sorted(KERNELS)))
def test_resize_then_conv_is_a_transposed_convolution(scale: int, w: list[int], kind: str) -> None:
    """Away from the borders, where the ends are not repeated."""
    x = [0] * 3 + [2, -3, 5] + [0] * 3
    each = KERNELS[kind](scale)
    whole = 1 if kind == "nearest" else 2 * scale
    kernel = composed([each], np.array(w))
    own = _correlated(_resized(x, scale, kind), w)
    before = (scale // 2 if kind == "linear" else 0) + len(w) - 1 - (len(w) - 1) // 2
    there = _laid_down(x, [Fraction(int(k), whole) for k in kernel], scale, before)
    assert own == there


def test_kernels_of_a_resize_by_hand() -> None:
    assert nearest_kernel(3).tolist() == [1, 1, 1]
    assert linear_kernel(1).tolist() == [2]
    assert linear_kernel(2).tolist() == [1, 3, 3, 1]
    assert linear_kernel(3).tolist() == [2, 4, 6, 4, 2]
    assert composed([nearest_kernel(2)], np.array([1, 2, 3])).tolist() == [3, 5, 3, 1]


@pytest.mark.parametrize("kind", sorted(KERNELS))
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_resize_lays_its_kernel_down(kind: str, scale: int) -> None:
    """The reference's own Resize, of an impulse away from the borders."""
    X = np.zeros((1, 1, SIDE, SIDE))
    X[0, 0, SIDE // 2, SIDE // 2] = 1
    Y = resize(X, scales=(scale, scale), mode=kind)[0, 0]
    each = KERNELS[kind](scale)
    whole, before = (1, 0) if kind == "nearest" else (2 * scale, scale // 2)
    first = scale * (SIDE // 2) - before
    own = np.zeros_like(Y)
    own[first : first + len(each), first : first + len(each)] = np.outer(each, each) / whole**2
    np.testing.assert_allclose(Y, own, rtol=1e-15)


@given(st.integers(1, 5), FILTER, FILTER, st.sampled_from(sorted(KERNELS)))
def test_it_is_even_whatever_the_filter(
    scale: int, down: list[int], across: list[int], kind: str
) -> None:
    W = np.multiply.outer(down, across) + np.eye(len(down), len(across), dtype=np.int64)
    kernel = composed([KERNELS[kind](scale)] * 2, W)
    found = gains(kernel, (scale, scale))
    assert unevenness(found) == 0
    assert found[0, 0] == W.sum() * (1 if kind == "nearest" else 2 * scale) ** 2


def test_noise_sees_what_a_constant_does_not() -> None:
    """Nearest by 3 and three ones: phases take x[-1] + 2 x[0], 3 x[0], 2 x[0] + x[1]."""
    kernel = composed([nearest_kernel(3)], np.ones(3, np.int64))
    assert kernel.tolist() == [1, 2, 3, 2, 1]
    assert sorted(energies(kernel, [3]).tolist()) == [5, 5, 9]
    assert gains(kernel, [3]).tolist() == [3, 3, 3]
    assert energies(np.ones(4, np.int64), [2]).tolist() == [2, 2]


# Phases


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=3),
    st.lists(st.integers(1, 4), min_size=3, max_size=3),
)
def test_gains_are_what_a_constant_becomes(strides: list[int], k: list[int]) -> None:
    kernel = np.random.default_rng(0).integers(-9, 10, k[: len(strides)])
    away = [-(-(n - 1) // s) * s for n, s in zip(kernel.shape, strides, strict=True)]
    X = np.ones((1, 1, *(SIDE,) * len(strides)))
    Y = conv_transpose(X, kernel[None, None].astype(float), strides=strides)[0, 0]
    period = Y[tuple(slice(a, a + s) for a, s in zip(away, strides, strict=True))]
    np.testing.assert_array_equal(gains(kernel, strides), period)


def test_phases_by_hand() -> None:
    kernel = np.arange(1, 7).reshape(2, 3)
    assert by_phase(kernel, (1, 2)).tolist() == [[[1, 3, 4, 6], [2, 0, 5, 0]]]
    assert gains(kernel, (2, 2)).tolist() == [[4, 2], [10, 5]]
    assert energies(kernel, (2, 2)).tolist() == [[10, 4], [52, 25]]


@pytest.mark.parametrize(
    ("kernel", "stride", "least"), [(3, 2, 4), (5, 2, 6), (6, 3, 6), (1, 4, 4)]
)
def test_the_kernel_that_the_stride_divides(kernel: int, stride: int, least: int) -> None:
    found = geometry((1, 1, 5), (1, 1, kernel), Attributes.of(strides=(stride,)))
    assert divided_kernel(found.axes[0]) == least


# Sub-pixel convolution


def _shuffled(Z: Any, scales: Sequence[int], order: str) -> Any:
    """DepthToSpace as its formula has it, element by element."""
    maps = Z.shape[1] // prod(scales)
    Y = np.zeros((Z.shape[0], maps, *(n * s for n, s in zip(Z.shape[2:], scales, strict=True))))
    for m, p in product(range(maps), np.ndindex(*scales)):
        flat = int(np.ravel_multi_index(p, tuple(scales)))
        channel = m * prod(scales) + flat if order == "CRD" else flat * maps + m
        Y[(slice(None), m, *(slice(q, None, s) for q, s in zip(p, scales, strict=True)))] = Z[
            :, channel
        ]
    return Y


def _repeated(X: Any, scales: Sequence[int]) -> Any:
    for axis, scale in enumerate(scales):
        X = np.repeat(X, scale, axis=axis + 2)
    return X


def _weights(*shape: int) -> Any:
    return np.random.default_rng(1).integers(-9, 10, shape).astype(float)


@pytest.mark.parametrize("order", ["CRD", "DCR"])
def test_the_shuffle_is_the_references(order: str) -> None:
    Z = _weights(2, 12, 3, 4)
    own = depth_to_space(Z, 2, mode=order)
    np.testing.assert_array_equal(_shuffled(Z, (2, 2), order), own)


@pytest.mark.parametrize("order", ["CRD", "DCR"])
@pytest.mark.parametrize("scales", [(2,), (3, 2), (2, 1, 2)], ids=str)
def test_it_is_a_transposed_convolution(scales: tuple[int, ...], order: str) -> None:
    rank, C, M = len(scales), 2, 3
    weights, X = _weights(M * prod(scales), C, *(3,) * rank), _weights(1, C, *(4,) * rank)
    Y = _shuffled(conv(X, weights, pads=(1,) * 2 * rank), scales, order)
    filters = phase_filters(weights, scales, order)
    assert filters.shape == (M, C, *scales, *(3,) * rank)
    W = np.array([[interleaved(filters[m, c]) for m in range(M)] for c in range(C)])
    pads = [*scales, *scales]  # the filter's one pad, stretched
    np.testing.assert_array_equal(Y, conv_transpose(X, W, strides=scales, pads=pads))


@pytest.mark.parametrize("order", ["CRD", "DCR"])
@pytest.mark.parametrize("scales", [(2,), (3, 3), (2, 2, 2)], ids=str)
def test_after_icnr_it_is_a_nearest_resize_and_a_convolution(
    scales: tuple[int, ...], order: str
) -> None:
    """Conv, then Resize; and Resize, then Conv with the filter dilated."""
    rank = len(scales)
    W, X = _weights(3, 2, *(3,) * rank), _weights(2, 2, *(4,) * rank)
    Y = _shuffled(conv(X, icnr(W, scales, order), pads=(1,) * 2 * rank), scales, order)
    np.testing.assert_array_equal(Y, _repeated(conv(X, W, pads=(1,) * 2 * rank), scales))
    dilated = conv(_repeated(X, scales), W, pads=[*scales, *scales], dilations=scales)
    np.testing.assert_array_equal(Y, dilated)


@pytest.mark.parametrize("order", ["CRD", "DCR"])
def test_icnr_is_even_and_random_weights_are_not(order: str) -> None:
    W = _weights(3, 2, 3, 3).astype(int)
    for m, c in product(range(3), range(2)):
        kernel = interleaved(phase_filters(icnr(W, (2, 2), order), (2, 2), order)[m, c])
        assert kernel.shape == (6, 6)
        assert unevenness(gains(kernel, (2, 2))) == 0
    drawn = phase_filters(_weights(12, 2, 3, 3).astype(int), (2, 2), order)
    uneven = [unevenness(gains(interleaved(f), (2, 2))) for f in drawn.reshape(-1, 2, 2, 3, 3)]
    assert min(uneven) > 0
    assert 0.5 < sum(uneven) / len(uneven) < 1


@pytest.mark.parametrize(
    ("sizes", "strides"),
    [((4,), (2,)), ((5,), (2,)), ((2,), (3,)), ((3, 3), (2, 2)), ((3, 2), (2, 3))],
)
def test_over_all_signs_random_gains_are_uneven_by_1_less_1_over_the_phases(
    sizes: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    """Exactly, over every way to sign the powers of 2, of which no sum is 0."""
    powers = 2 ** np.arange(prod(sizes))
    every = [
        unevenness(gains((powers * signs).reshape(sizes), strides))
        for signs in product((1, -1), repeat=prod(sizes))
    ]
    assert sum(every) / len(every) == expected_unevenness(strides)


# Costs


@pytest.mark.parametrize(
    ("x", "w", "given"),
    [
        ((2, 4, 5), (4, 3, 3), {"strides": (2,)}),
        ((1, 4, 3, 4), (4, 2, 3, 2), {"strides": (2, 3), "pads": (1, 0, 0, 1), "group": 2}),
    ],
)
def test_products_of_a_transposed_convolution_are_counted(
    x: tuple[int, ...], w: tuple[int, ...], given: dict[str, Any]
) -> None:
    ones = conv_transpose(np.ones(x), np.ones(w), **given)
    found = geometry(x, w, Attributes.of(**given))
    assert transposed_products(found) == ones.sum()


@pytest.mark.parametrize("kernel", [(1,), (3,), (9,), (3, 5)])
def test_products_of_a_convolution_are_counted(kernel: tuple[int, ...]) -> None:
    sizes = (4, 6)[: len(kernel)]
    pads = [(k - 1) // 2 for k in kernel]
    ones = conv(np.ones((1, 2, *sizes)), np.ones((3, 2, *kernel)), pads=pads + pads)
    assert convolved_products(sizes, kernel, pairs=6) == ones.sum()


def test_products_of_a_linear_resize_by_hand() -> None:
    """2 x 3 to 4 x 3, 24 products; to 4 x 6, 48 more."""
    assert linear_products((2, 3), (2, 2)) == 72
    assert linear_products((2, 3), (2, 1), maps=5) == 120
