"""Checkerboard artifacts: how many products each output of ConvTranspose adds, how uneven that is,
and what becomes of it in a stack of layers and under jitter.

The pattern: Odena, Dumoulin, Olah, "Deconvolution and Checkerboard Artifacts", Distill 2016. The
condition on the gains of the phases: Harada, Muramatsu, Kiya, "Multidimensional multirate filter
without checkerboard effects", EUSIPCO 1998. The figure is Jain's index of fairness (Jain, Chiu,
Hawe, DEC-TR-301, 1984). Everything is counted in integers; frequencies alone are floats.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from math import gcd, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .geometry import Axis, Geometry

Counts = NDArray[np.int64]


def taps_at(axis: Axis, phase: int) -> int:
    """Taps that an output away from the borders adds, `phase` cells after a place where an input's
    first tap lands."""
    common = gcd(axis.dilation, axis.stride)
    if phase % common:
        return 0
    period = axis.stride // common
    first = phase // common * pow(axis.dilation // common, -1, period) % period
    return max(-(-(axis.kernel - first) // period), 0)


def phases(axis: Axis) -> Counts:
    """`taps_at` of every phase: one period of the overlap, `stride` integers whose sum is the
    kernel."""
    return np.array([taps_at(axis, phase) for phase in range(axis.stride)], np.int64)


def is_even(axis: Axis) -> bool:
    """Do outputs away from the borders all add equally many taps?

    Exactly where the stride divides the kernel and shares no factor with the dilation. Proof: tap t
    lands in phase t * dilation modulo stride. Without a common factor the taps go through all
    `stride` phases in turn, so that the counts differ by at most 1, and are equal where the last
    turn is complete. With a common factor g only stride / g phases are reached, at least one is
    not, and the kernel has a tap in another.
    """
    return gcd(axis.dilation, axis.stride) == 1 and not axis.kernel % axis.stride


def overlap_along(axis: Axis, begin: int, size: int) -> Counts:
    """Products that the outputs from `begin` on, `size` of them, add along one axis: the pairs of
    an input i and a tap t with stride * i + dilation * t = begin + output.

    Inputs and taps play the same part, so that the fewer are gone through.
    """
    counts = np.zeros(max(size, 0), np.int64)
    inputs, taps = (axis.input, axis.stride), (axis.kernel, axis.dilation)
    (few, far), (many, step) = sorted((inputs, taps))
    for each in range(few):
        start = far * each - begin
        first = max(-(start // step), 0)
        counts[start + step * first : max(start + step * (many - 1) + 1, 0) : step] += 1
    return counts


def overlap_map(found: Geometry) -> Counts:
    """The products of one channel that each output of a placed ConvTranspose adds, shaped as its
    spatial sizes.

    Y of ones, without a bias, is C/group times it.
    """
    each = zip(found.axes, found.begins, found.spatial, strict=True)
    maps = [overlap_along(axis, begin, size) for axis, begin, size in each]
    return np.asarray(reduce(np.multiply.outer, maps))


def interior(axis: Axis, begin: int, size: int) -> slice:
    """The outputs away from the borders: a kernel that begins anywhere over them lies within what
    inputs lay down, so that every tap of their phase reaches them."""
    first = max(axis.effective_kernel - 1, begin) - begin
    last = min(axis.stride * (axis.input - 1), begin + size - 1) - begin
    return slice(first, max(last + 1, first))


def whole_periods(found: Geometry) -> tuple[slice, ...]:
    """Of each axis the outputs away from the borders, cut to whole periods of the stride, so that
    every phase is there equally often."""
    cut = []
    for axis, begin, size in zip(found.axes, found.begins, found.spatial, strict=True):
        inside = interior(axis, begin, size)
        length = inside.stop - inside.start
        cut.append(slice(inside.start, inside.start + length // axis.stride * axis.stride))
    return tuple(cut)


def evenness(counts: NDArray[Any]) -> Fraction:
    """Jain's index of non-negative integers: the square of their mean, over the mean of their
    squares; 1 of no integers and of zeros.

    Between 1 / n and 1 for n of them, 1 exactly where all are equal (Cauchy-Schwarz), and the same
    of any multiple. The index of an outer product is the product of the indices, so that it
    multiplies over axes.
    """
    flat = [int(each) for each in counts.ravel()]
    squares = len(flat) * sum(each * each for each in flat)
    return Fraction(sum(flat) ** 2, squares) if squares else Fraction(1)


def unevenness(counts: NDArray[Any]) -> Fraction:
    """1 - `evenness`: the share of a pattern's energy that is not its mean, 0 where there is no
    pattern."""
    return 1 - evenness(counts)


def unevenness_of(axes: Iterable[Axis]) -> Fraction:
    """The unevenness of the outputs away from the borders: 1 minus the product of the axes'
    evenness.

    At least 0, which it is exactly where `is_even` holds along every axis; at most 1 - 1 / stride
    along an axis, reached where one phase has all taps.
    """
    return 1 - prod((evenness(phases(axis)) for axis in axes), start=Fraction(1))


def excess(counts: NDArray[Any]) -> Fraction:
    """The variance over the square of the mean: unevenness / evenness, which jitter divides by the
    number of shifts. Raises ZeroDivisionError where the mean is 0 and the counts are not."""
    return unevenness(counts) / evenness(counts)


def spectrum(values: NDArray[Any], stride: int) -> NDArray[np.float64]:
    """The shares of the energy along the last axis at the frequencies 0, 1 / stride, ...,
    (stride - 1) / stride of a cycle per output.

    The length has to be a multiple of `stride`. Of a pattern of that period the shares sum to 1,
    and those beside the first to its `unevenness` (Parseval). Raises ValueError.
    """
    length = values.shape[-1]
    if stride < 1 or length % stride:
        raise ValueError(f"length {length}: accepted is a multiple of the stride, {stride}")
    folded = values.reshape(*values.shape[:-1], -1, stride).sum(axis=-2)
    energy = np.square(np.abs(np.fft.fft(folded.astype(np.float64)))).reshape(-1, stride)
    total = length * np.square(values.astype(np.float64)).sum()
    return np.asarray(energy.sum(axis=0) / (total or 1.0))


def repeated_share(values: NDArray[Any], stride: int) -> float:
    """The share of the energy around the mean that repeats every `stride` along both of the last
    axes: at the multiples of 1 / stride of both.

    The lengths have to be multiples of `stride`. 1 of a pattern of that period; of white noise of
    h x w elements (stride**2 - 1) / (h * w - 1) on average; 0 where nothing differs. Raises
    ValueError.
    """
    *before, height, width = values.shape
    if stride < 1 or height % stride or width % stride:
        raise ValueError(
            f"{height} x {width}: accepted are multiples of the stride, {stride}, along both axes"
        )
    around = values - values.mean(axis=(-2, -1), keepdims=True)
    split = around.reshape(*before, height // stride, stride, width // stride, stride)
    repeated, repeats = split.mean(axis=(-4, -2)), height // stride * (width // stride)
    total = np.square(around).sum()
    return float(repeats * np.square(repeated).sum() / (total or 1.0))


def taps_of(axis: Axis) -> Counts:
    """One where a tap lands, zeros between them where the axis is dilated."""
    taps = np.zeros(axis.effective_kernel, np.int64)
    taps[:: axis.dilation] = 1
    return taps


def stacked(layers: Sequence[Axis]) -> tuple[Counts, int]:
    """The one kernel, and its stride, that a stack of layers is along an axis, the first one first:
    with all weights one, how often each input reaches each place.

    A layer puts stride - 1 zeros between what comes in, and that includes the taps of the layers
    before (the noble identity: Vaidyanathan, "Multirate Systems and Filter Banks", 1993, 4.2).
    """
    kernel, stride = np.ones(1, np.int64), 1
    for axis in layers:
        spread = np.zeros((len(kernel) - 1) * axis.stride + 1, np.int64)
        spread[:: axis.stride] = kernel
        kernel, stride = np.convolve(spread, taps_of(axis)), stride * axis.stride
    return kernel, stride


def stacked_phases(layers: Sequence[Axis]) -> Counts:
    """One period of a stack's overlap, away from the borders.

    Its evenness is at least the product of the layers' evenness: evenness multiplies, and a later
    layer can only smooth. Proof: phase q of the last layer filters what comes in by g_q, of
    coefficients at least 0; at no frequency is |g_q| more than its gain at 0, so that the energy of
    what comes out is at most the energy of what comes in times the sum of the squares of these
    gains, while the means multiply. Equal where no phase of the later layers has two taps, and
    where what comes in is even.
    """
    kernel, stride = stacked(layers)
    return np.array([kernel[phase::stride].sum() for phase in range(stride)], np.int64)


def stacked_spectrum(layers: Sequence[Axis]) -> NDArray[np.float64]:
    """`spectrum` of a stack in closed form: the gains of the layers multiply, each at the frequency
    that the strides behind it make of it; that of k taps is sin(pi k d f) / sin(pi d f)."""
    stride = prod(axis.stride for axis in layers)
    frequency, gain = np.arange(stride) / stride, np.ones(stride)
    for axis in reversed(layers):
        turn = np.exp(2j * np.pi * np.outer(frequency * axis.dilation, np.arange(axis.kernel)))
        gain = gain * np.square(np.abs(turn.sum(axis=1)))
        frequency = frequency * axis.stride % 1
    return np.asarray(gain / gain.sum())


def jittered(counts: NDArray[Any], shifts: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """The sum of a pattern over cyclic shifts, a number for each axis in each.

    Of n shifts drawn alike and independently the `excess` is expected to be that of the pattern
    over n, and its root, the contrast, to fall as 1 / sqrt(n): the mean of the squares of a sum of
    independent patterns is the sum of their variances.
    """
    axes = tuple(range(counts.ndim))
    rolled = (np.roll(counts, tuple(shift), axes) for shift in shifts)
    return np.asarray(sum(rolled, start=np.zeros_like(counts)), np.int64)


def pooled_gradient(X: NDArray[Any], kernel: int, stride: int) -> Counts:
    """How many windows of a square max pooling without pads each element of the last two axes is
    the largest of: the gradient of the sum of what is pooled, which has the overlap's pattern where
    the stride does not divide the kernel. No two elements of a window may be equal."""
    gradient = np.zeros(X.shape, np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(X, (kernel, kernel), axis=(-2, -1))
    pooled = windows[..., ::stride, ::stride, :, :]
    largest = pooled.reshape(*pooled.shape[:-2], -1).argmax(axis=-1)
    *before, rows, columns = np.indices(largest.shape)
    down, across = np.divmod(largest, kernel)
    np.add.at(gradient, (*before, rows * stride + down, columns * stride + across), 1)
    return gradient
