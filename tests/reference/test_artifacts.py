"""Overlap maps, unevenness, spectra, stacks and jitter against counting by hand, against ones times
ones, and against each other."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import gcd, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convtranspose_reference import conv_transpose
from convtranspose_reference.artifacts import (
    evenness,
    excess,
    interior,
    is_even,
    jittered,
    overlap_along,
    overlap_map,
    phases,
    pooled_gradient,
    repeated_share,
    spectrum,
    stacked,
    stacked_phases,
    stacked_spectrum,
    unevenness,
    unevenness_of,
    whole_periods,
)
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.geometry import Axis, Geometry, geometry


def _axis(kernel: int, stride: int, dilation: int = 1, inputs: int = 12) -> Axis:
    return Axis(
        input=inputs,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        output_padding=0,
        begin=0,
        end=0,
        output_shape=None,
        auto_pad="NOTSET",
        opset=11,
    )


def _placed(x: Sequence[int], k: Sequence[int], **given: Sequence[int]) -> Geometry:
    return geometry((1, 1, *x), (1, 1, *k), Attributes.of(**given))


AXES = [_axis(*each) for each in product(range(1, 9), range(1, 6), range(1, 5))]
AXIS = st.builds(_axis, st.integers(1, 7), st.integers(1, 4), st.integers(1, 3))


# Overlap


@given(AXIS, st.integers(0, 6), st.integers(-5, 20), st.integers(0, 40))
def test_an_overlap_counts_pairs_of_an_input_and_a_tap(
    axis: Axis, inputs: int, begin: int, size: int
) -> None:
    axis = _axis(axis.kernel, axis.stride, axis.dilation, inputs)
    landed = [
        axis.stride * i + axis.dilation * t for i in range(axis.input) for t in range(axis.kernel)
    ]
    counted = overlap_along(axis, begin, size)
    assert counted.tolist() == [landed.count(begin + output) for output in range(size)]
    assert counted.dtype == np.int64


@pytest.mark.parametrize(
    ("x", "k", "attributes"),
    [
        ((5,), (3,), {"strides": (2,)}),
        ((3, 4), (3, 2), {"strides": (2, 3), "pads": (1, 0, 0, 2), "dilations": (2, 1)}),
        ((3, 2), (2, 2), {"strides": (3, 2), "output_padding": (2, 1)}),
        ((2, 3, 2), (3, 2, 4), {"strides": (2, 2, 3), "pads": (1, 1, 0, 0, 1, 2)}),
    ],
)
def test_the_map_is_ones_times_ones(
    x: tuple[int, ...], k: tuple[int, ...], attributes: dict[str, Sequence[int]]
) -> None:
    Y = conv_transpose(np.ones((1, 1, *x)), np.ones((1, 1, *k)), **attributes)  # type: ignore[arg-type]
    np.testing.assert_array_equal(overlap_map(_placed(x, k, **attributes)), Y[0, 0])


def test_overlaps_worked_out_by_hand() -> None:
    assert phases(_axis(3, 2)).tolist() == [2, 1]
    assert phases(_axis(5, 2)).tolist() == [3, 2]
    assert phases(_axis(6, 3)).tolist() == [2, 2, 2]
    assert phases(_axis(2, 3)).tolist() == [1, 1, 0]
    assert phases(_axis(3, 2, 2)).tolist() == [3, 0]
    assert overlap_along(_axis(3, 2, inputs=3), 0, 7).tolist() == [1, 1, 2, 1, 2, 1, 1]
    assert unevenness(phases(_axis(3, 2))) == Fraction(1, 10)
    assert unevenness_of([_axis(3, 2)] * 2) == Fraction(19, 100)
    assert unevenness_of([_axis(5, 2)] * 2) == 1 - Fraction(25, 26) ** 2
    assert unevenness_of([]) == 0


@pytest.mark.parametrize("axis", AXES, ids=lambda a: f"k{a.kernel}s{a.stride}d{a.dilation}")
def test_phases_are_what_the_interior_adds(axis: Axis) -> None:
    size = axis.natural
    placed = _placed([axis.input], [axis.kernel], strides=[axis.stride], dilations=[axis.dilation])
    counts = overlap_along(axis, 0, size)
    away = interior(axis, 0, size)
    assert all(counts[o] == phases(axis)[o % axis.stride] for o in range(size)[away]), (
        "an output away from the borders differs from its phase"
    )
    assert phases(axis).sum() == axis.kernel
    cut = counts[whole_periods(placed)]
    assert len(cut) % axis.stride == 0
    if len(cut):
        assert evenness(cut) == evenness(phases(axis))


@pytest.mark.parametrize(
    ("begin", "size", "inside"),
    [
        (0, 27, slice(4, 23)),
        (3, 20, slice(1, 20)),
        (-2, 40, slice(6, 25)),
        (11, 2, slice(0, 2)),
        (0, 3, slice(4, 4)),
    ],
)
def test_the_interior_by_hand(begin: int, size: int, inside: slice) -> None:
    """Kernel 5 and 12 inputs at stride 2: the full output has 27 places, of which 4 to 22 are away
    from the borders."""
    assert interior(_axis(5, 2), begin, size) == inside


# Unevenness


@pytest.mark.parametrize("axis", AXES, ids=lambda a: f"k{a.kernel}s{a.stride}d{a.dilation}")
def test_it_is_0_exactly_where_the_stride_divides_the_kernel(axis: Axis) -> None:
    divides = axis.kernel % axis.stride == 0 and gcd(axis.stride, axis.dilation) == 1
    assert (unevenness_of([axis]) == 0) is divides is is_even(axis)


@given(st.lists(AXIS, min_size=1, max_size=3))
def test_it_is_bounded_and_evenness_multiplies_over_axes(axes: list[Axis]) -> None:
    assert 0 <= unevenness_of(axes) <= 1 - Fraction(1, prod(a.stride for a in axes))
    maps = phases(axes[0])
    for axis in axes[1:]:
        maps = np.multiply.outer(maps, phases(axis))
    assert unevenness_of(axes) == unevenness(maps) == unevenness(7 * maps)


def test_its_bound_is_reached_by_a_kernel_of_1() -> None:
    assert [unevenness_of([_axis(1, s)]) for s in (1, 2, 5)] == [0, Fraction(1, 2), Fraction(4, 5)]


def test_nothing_is_even() -> None:
    assert evenness(np.zeros(0, np.int64)) == evenness(np.zeros(4, np.int64)) == 1


# Spectrum


@given(AXIS, st.integers(1, 3))
def test_the_energy_beside_frequency_0_is_the_unevenness(axis: Axis, periods: int) -> None:
    shares = spectrum(np.tile(phases(axis), periods), axis.stride)
    assert shares.sum() == pytest.approx(1)
    assert shares[1:].sum() == pytest.approx(float(unevenness(phases(axis))), abs=1e-12)


def test_what_has_another_period_has_its_energy_elsewhere() -> None:
    wave = np.cos(2 * np.pi * np.arange(24) / 8)
    assert spectrum(wave, 3).tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    assert spectrum(wave, 8)[[1, 7]].tolist() == pytest.approx([0.5, 0.5])
    assert spectrum(np.stack([wave, wave]), 8)[1] == pytest.approx(0.5)
    assert spectrum(np.zeros(4), 2).tolist() == [0, 0]


def test_a_length_that_the_stride_does_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="length 5: accepted is a multiple of the stride, 2"):
        spectrum(np.ones(5), 2)


def test_what_repeats_along_both_axes() -> None:
    """A checkerboard beside a ramp down a period, and beside noise of another."""
    pattern = np.multiply.outer([2, 1], [2, 1])
    board = np.tile(pattern, (4, 6))
    assert repeated_share(board, 2) == pytest.approx(1)
    assert repeated_share(board, 4) == pytest.approx(1)
    slow = np.cos(2 * np.pi * np.arange(8) / 8)[:, None] * np.ones(12)
    assert repeated_share(slow, 2) == pytest.approx(0)
    variance = np.square(board - board.mean()).mean()
    assert repeated_share(board + slow, 2) == pytest.approx(variance / (variance + 0.5))
    assert repeated_share(np.stack([board, slow]), 2) == pytest.approx(variance / (variance + 0.5))
    assert repeated_share(np.ones((4, 4)), 2) == 0


def test_of_noise_it_is_what_the_frequencies_have_by_count() -> None:
    noise = np.random.default_rng(0).normal(size=(500, 16, 24))
    mean = np.mean([repeated_share(each, 4) for each in noise])
    assert mean == pytest.approx(15 / (16 * 24 - 1), rel=0.03)
    spectra = np.square(np.abs(np.fft.fft2(noise[0])))
    spectra[0, 0] = 0
    share = spectra[::4, ::6].sum() / spectra.sum()
    assert repeated_share(noise[0], 4) == pytest.approx(share)


def test_sides_that_the_stride_does_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="4 x 5: accepted are multiples of the stride, 2"):
        repeated_share(np.ones((4, 5)), 2)


# Stacks

STACK = st.lists(AXIS, min_size=1, max_size=3)


@given(STACK)
def test_a_stack_is_one_layer_of_the_composed_kernel(layers: list[Axis]) -> None:
    """Measured: ones go through the layers one by one."""
    Y = np.ones((1, 1, 4))
    for axis in layers:
        W = np.ones((1, 1, axis.kernel))
        Y = conv_transpose(Y, W, strides=[axis.stride], dilations=[axis.dilation])
    kernel, stride = stacked(layers)
    at_once = conv_transpose(np.ones((1, 1, 4)), kernel[None, None].astype(float), strides=[stride])
    np.testing.assert_array_equal(Y, at_once)
    assert stacked_phases(layers).sum() == prod(axis.kernel for axis in layers)


@given(STACK)
def test_its_spectrum_is_the_product_of_the_gains(layers: list[Axis]) -> None:
    counts = stacked_phases(layers)
    np.testing.assert_allclose(stacked_spectrum(layers), spectrum(counts, len(counts)), atol=1e-12)


@given(STACK)
def test_evenness_multiplies_at_worst(layers: list[Axis]) -> None:
    each = prod((evenness(phases(axis)) for axis in layers), start=Fraction(1))
    together = evenness(stacked_phases(layers))
    assert together >= each
    if all(phases(axis).max() < 2 for axis in layers[1:]) or all(map(is_even, layers[:-1])):
        assert together == each


def test_stacks_worked_out_by_hand() -> None:
    three, four = _axis(3, 2), _axis(4, 2)
    assert stacked_phases([three, three]).tolist() == [3, 2, 3, 1]
    assert evenness(stacked_phases([three, three])) == Fraction(81, 92) > Fraction(9, 10) ** 2
    assert unevenness(stacked_phases([four, four, four])) == 0
    assert unevenness(stacked_phases([four, three])) == unevenness(phases(three))


# Jitter


@pytest.mark.parametrize("shifts", [1, 2, 3])
@pytest.mark.parametrize("axis", [_axis(3, 2), _axis(5, 3), _axis(1, 4)])
def test_over_all_shifts_the_excess_is_divided_by_their_number(axis: Axis, shifts: int) -> None:
    pattern = phases(axis)
    every = [
        excess(jittered(pattern, chosen))
        for chosen in product([(s,) for s in range(axis.stride)], repeat=shifts)
    ]
    assert sum(every) / len(every) == excess(pattern) / shifts


def test_a_shift_moves_every_axis() -> None:
    pattern = np.arange(6).reshape(2, 3)
    assert jittered(pattern, [(1, 2)]).tolist() == [[4, 5, 3], [1, 2, 0]]
    assert jittered(pattern, [(0, 0), (0, 0)]).tolist() == (2 * pattern).tolist()
    assert jittered(pattern, []).tolist() == (0 * pattern).tolist()


# Max pooling


def test_the_gradient_of_max_pooling_by_hand() -> None:
    """Kernel 2: with stride 1 the 9 is the largest of four windows and the 8 of two; with stride 2
    the 9 and the 8 of one each."""
    X = np.array([[1, 2, 7, 3], [4, 9, 8, 0], [5, 6, -1, -2]])
    assert pooled_gradient(X, 2, 1).tolist() == [[0, 0, 0, 0], [0, 4, 2, 0], [0, 0, 0, 0]]
    assert pooled_gradient(X, 2, 2).tolist() == [[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(("kernel", "stride"), [(2, 2), (3, 2), (3, 3), (5, 3)])
def test_it_adds_one_for_each_window(kernel: int, stride: int) -> None:
    X = np.random.default_rng(0).permutation(2 * 11 * 11).reshape(2, 11, 11)
    windows = (11 - kernel) // stride + 1
    found = pooled_gradient(X, kernel, stride)
    assert found.sum(axis=(1, 2)).tolist() == [windows**2] * 2
    for image, gradient in zip(X, found, strict=True):
        counted = np.zeros_like(image)
        for down, across in product(range(windows), repeat=2):
            rows = slice(down * stride, down * stride + kernel)
            columns = slice(across * stride, across * stride + kernel)
            counted += image == image[rows, columns].max()
        np.testing.assert_array_equal(gradient, counted)
