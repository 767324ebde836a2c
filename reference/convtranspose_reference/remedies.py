"""What stands in the place of an uneven ConvTranspose, how even that is, and what it costs:
resize-convolution, a kernel that the stride divides, sub-pixel convolution with and without ICNR.

Away from the borders each of them *is* a ConvTranspose, of another kernel and the same stride: a
Resize by a whole number lays the same kernel down for every input, a Conv behind it composes with
that kernel, and a sub-pixel convolution computes each phase of its output with a filter of its own.
So one figure compares all of them: the `unevenness` of their kernel's `gains`, which is that of the
output where the input is constant. Everything is counted in integers.

Resize-convolution: Odena, Dumoulin, Olah, "Deconvolution and Checkerboard Artifacts", Distill 2016.
Sub-pixel convolution: Shi et al., arXiv:1609.05158. ICNR: Aitken et al., arXiv:1707.02937.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .artifacts import Counts, overlap_map
from .geometry import Axis, Geometry

Order = Literal["CRD", "DCR"]  # of the channels that DepthToSpace takes apart


def nearest_kernel(scale: int) -> Counts:
    """The kernel that a nearest Resize by `scale` lays down for each input: `scale` ones."""
    return np.ones(scale, np.int64)


def linear_kernel(scale: int) -> Counts:
    """The kernel that a linear Resize by `scale` (`half_pixel`) lays down for each input, as
    numerators over 2 * scale: 1, 3, 3, 1 over 4 for 2.

    Output o looks at (o + 1/2) / scale - 1/2, so that the kernel of input i is a tent around
    scale * i + (scale - 1) / 2, as wide as two scales; its first tap lands scale // 2 places before
    scale * i.
    """
    taps = np.arange(-(scale // 2), scale + scale // 2)
    return np.asarray(2 * scale - np.abs(2 * taps - (scale - 1)), np.int64)


def composed(resize: Sequence[Counts], W: NDArray[Any]) -> NDArray[Any]:
    """The kernel of the ConvTranspose that a Resize, one kernel for each axis, and a Conv of stride
    1 with filter W (k1 x ...) are together.

    Conv correlates, ConvTranspose lays its kernel down as it stands, so that W is turned round.
    """
    spread = np.asarray(reduce(np.multiply.outer, resize))
    sizes = [n + k - 1 for n, k in zip(spread.shape, W.shape, strict=True)]
    kernel = np.zeros(sizes, np.result_type(spread, W))
    for tap in np.ndindex(*W.shape):
        at = tuple(slice(t, t + n) for t, n in zip(tap, spread.shape, strict=True))
        kernel[at] += spread * W[tuple(-1 - t for t in tap)]
    return kernel


def interleaved(filters: NDArray[Any]) -> NDArray[Any]:
    """The kernel of the ConvTranspose that a sub-pixel convolution is: a filter for each phase of
    the output (s1 x ... x k1 x ...) gives a kernel of (s1 * k1) x ..., which the stride divides.

    Conv correlates, so that the filters are turned round.
    """
    rank = filters.ndim // 2
    turned = np.flip(filters, axis=tuple(range(rank, 2 * rank)))
    order = [axis for n in range(rank) for axis in (rank + n, n)]
    sizes = [s * k for s, k in zip(filters.shape[:rank], filters.shape[rank:], strict=True)]
    return turned.transpose(order).reshape(sizes)


def by_phase(kernel: NDArray[Any], strides: Sequence[int]) -> NDArray[Any]:
    """The taps of each phase of the output: strides x taps, zeros where a phase has fewer."""
    rank = kernel.ndim
    widths = [(0, -k % s) for k, s in zip(kernel.shape, strides, strict=True)]
    whole = np.pad(kernel, widths)
    cut = [size for n, s in enumerate(strides) for size in (whole.shape[n] // s, s)]
    order = [*range(1, 2 * rank, 2), *range(0, 2 * rank, 2)]
    return whole.reshape(cut).transpose(order).reshape(*strides, -1)


def gains(kernel: NDArray[Any], strides: Sequence[int]) -> NDArray[Any]:
    """What each phase makes of a constant input: the sum of its taps. All equal is what Harada,
    Muramatsu, Kiya (EUSIPCO 1998) ask of a filter without checkerboards.

    Of a kernel of ones they are the overlap. Of a resize-convolution they are equal whatever the
    filter, since every phase of a Resize sums to the same.
    """
    return np.asarray(by_phase(kernel, strides).sum(axis=-1))


def energies(kernel: NDArray[Any], strides: Sequence[int]) -> NDArray[Any]:
    """What each phase makes of noise: the sum of the squares of its taps, which is the variance of
    the output where inputs are independent and of variance 1."""
    return np.asarray(np.square(by_phase(kernel, strides)).sum(axis=-1))


def expected_unevenness(strides: Sequence[int]) -> Fraction:
    """The mean unevenness of the gains of random weights: 1 - 1 / prod(strides), whatever the
    kernel.

    It holds where weights are independent, each as likely positive as negative, and not all gains
    0. Proof: no two phases share a weight, and turning the signs of one phase's weights keeps the
    squares of the gains, so that in the square of their sum the mixed terms cancel, and the sum of
    the squares over itself, divided by the number of phases, is what remains.
    """
    return 1 - Fraction(1, prod(strides))


def divided_kernel(axis: Axis) -> int:
    """The least kernel at or above the axis's own that its stride divides."""
    return -(-axis.kernel // axis.stride) * axis.stride


# ICNR


def icnr(W: NDArray[Any], scales: Sequence[int], order: Order = "CRD") -> NDArray[Any]:
    """Weights of a sub-pixel convolution that starts without a checkerboard: every filter once for
    each phase ("initialised to convolution NN resize").

    W is M x C/group x k1..., the result M * prod(scales) x C/group x k1..., channels in the order
    that DepthToSpace takes apart. What comes out is the nearest Resize of the convolution with W,
    and a convolution of the nearest Resize with W dilated by the scales.
    """
    times = prod(scales)
    return np.repeat(W, times, axis=0) if order == "CRD" else np.concatenate([W] * times)


def phase_filters(
    weights: NDArray[Any], scales: Sequence[int], order: Order = "CRD"
) -> NDArray[Any]:
    """Weights of a sub-pixel convolution (M * prod(scales) x C/group x k1...) as M x C/group x
    scales x k1...: what `interleaved` takes of each pair of channels."""
    rank, maps = len(scales), weights.shape[0] // prod(scales)
    apart = (maps, *scales) if order == "CRD" else (*scales, maps)
    split = weights.reshape(*apart, *weights.shape[1:])
    first = split if order == "CRD" else np.moveaxis(split, rank, 0)
    return np.moveaxis(first, rank + 1, 1)


# Costs: products of an input and a weight; what padding holds is not multiplied


def transposed_products(found: Geometry) -> int:
    """The products of a ConvTranspose of which an output is the sum."""
    pairs = found.batch * found.channels * found.maps // found.group
    return pairs * int(overlap_map(found).sum())


def convolved_products(sizes: Sequence[int], kernel: Sequence[int], pairs: int = 1) -> int:
    """The products of a Conv of stride 1 that keeps its input's sizes, (kernel - 1) // 2 zeros
    before it; `pairs` of channels."""
    return pairs * prod(_met(n, k) for n, k in zip(sizes, kernel, strict=True))


def _met(size: int, kernel: int) -> int:
    """Pairs of an output and a tap that meets an input, along one axis."""
    before = (kernel - 1) // 2
    return sum(max(size - abs(tap - before), 0) for tap in range(kernel))


def linear_products(sizes: Sequence[int], scales: Sequence[int], maps: int = 1) -> int:
    """The products of a linear Resize, one axis after another, 2 for each element that comes out of
    an axis; `maps` images. A nearest one has none."""
    total, now = 0, list(sizes)
    for axis, scale in enumerate(scales):
        now[axis] *= scale
        total += 2 * prod(now) * (scale > 1)
    return maps * total
