"""ConvTranspose for large inputs: the outputs of one phase at a time, each phase by BLAS alone.

Outputs whose index is the same modulo the strides are one phase. A tap lands in one phase only, and
moves X by whole elements there, so that a phase is a Conv of stride 1 of X with the taps that land
in it (Shi et al. 2016, "Is the deconvolution layer the same as a convolutional layer?"). The
shifted copies of X, one below the other, times the taps' filters, side by side, are one matrix
product; it is made some rows of outputs at a time, while the copies are in the processor's cache.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import gcd, prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .geometry import Axis, Geometry
from .window import Array, Index, window

HELD = 2**15  # elements of moved copies of X at a time, so that they stay in the processor's cache
LEAST_OUTPUTS = 128  # of a map at a time, however many copies these take: fewer are slow in BLAS
LEAST_TERMS = 2**17  # products, summed over channels: with fewer, a loop over the taps is quicker


def pays(X: Array, W: Array, found: Geometry) -> bool:
    """Is `by_phase` right and quicker? It multiplies zeros beside X by W, which an infinity in W
    would turn into NaN."""
    return bool(
        found.batch * found.maps * prod(found.kernel) * prod(X.shape[2:]) >= LEAST_TERMS
        and X.dtype.kind == W.dtype.kind == "f"
        and np.isfinite(W).all()
    )


def by_phase(X: Array, W: Array, found: Geometry) -> Array:
    """As `scatter`, for finite W of a floating-point dtype.

    X: N x C x D1..., W: C x M/group x k1...; returns N x M x `found.spatial`.
    """
    channels, maps = found.channels // found.group, found.maps // found.group
    strides = tuple(a.stride for a in found.axes)
    first = tuple(begin // s for begin, s in zip(found.begins, strides, strict=True))
    most = tuple((a.effective_kernel - 1) // a.stride for a in found.axes)  # X is moved by
    ends = (-(-(b + n) // s) for b, n, s in zip(found.begins, found.spatial, strides, strict=True))
    sizes = tuple(end - f + m for end, f, m in zip(ends, first, most, strict=True))
    begins = tuple(f - m for f, m in zip(first, most, strict=True))
    frame = window(X, len(strides), begins, sizes)
    frame = frame.reshape(found.batch, found.group, channels, *sizes)
    filters = W.reshape(found.group, channels, maps, *found.kernel).swapaxes(1, 2)
    phases = list(product(*map(_phases, found.axes, found.begins, found.spatial)))
    make = np.empty if len(phases) == prod(strides) else np.zeros  # a phase without taps is zeros
    Y = make((found.batch, found.group, maps, *found.spatial), np.result_type(X, W))
    for axes in phases:
        weights = np.moveaxis(filters[_last(a.taps for a in axes)], 2, -1)
        weights = weights.reshape(found.group, maps, prod(weights.shape[2:]))
        copies, of_phase = _copies(frame, axes), Y[_last(a.outputs for a in axes)]
        for n, g in np.ndindex(found.batch, found.group):
            _multiply(weights[g], copies[n, g], of_phase[n, g])
    return Y.reshape(found.batch, found.maps, *found.spatial)


def _multiply(weights: Array, copies: Array, Y: Array) -> None:
    """Leaves the weights (M x K) times the copies, K = taps x C below each other, in Y, M x D1...;
    some rows of D1 at a time."""
    products, row_size = weights.shape[1], prod(Y.shape[2:])
    rows = max(HELD // max(products * row_size, 1), -(-LEAST_OUTPUTS // max(row_size, 1)))
    before = (slice(None),) * (copies.ndim - Y.ndim + 1)
    for row in range(0, Y.shape[1], rows):
        part = slice(row, row + rows)
        to, below = Y[:, part], copies[(*before, part)]
        terms = below.reshape(products, prod(to.shape[1:]))
        to[...] = np.matmul(weights, terms).reshape(to.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Along:
    """One axis of a phase: its taps in W, `moves` of them; its outputs in Y, `count` of them; where
    in the frame `begin` the elements of X that the first tap meets, each further tap's `step`
    before."""

    taps: slice
    outputs: slice
    count: int
    begin: int
    moves: int
    step: int


def _phases(axis: Axis, begin: int, size: int) -> Iterator[_Along]:
    """The phases of an axis in which taps land, where Y, of a size, has outputs of them; `begin`
    is what Y is cropped by."""
    apart = gcd(axis.stride, axis.dilation)
    most, crop = (axis.effective_kernel - 1) // axis.stride, begin % axis.stride
    for tap in range(min(axis.kernel, axis.stride // apart)):
        moved, phase = divmod(axis.dilation * tap, axis.stride)
        first = (phase - crop) % axis.stride
        if first < size:
            yield _Along(
                taps=slice(tap, None, axis.stride // apart),
                outputs=slice(first, None, axis.stride),
                count=-(-(size - first) // axis.stride),
                begin=most - moved + (phase < crop),
                moves=-(-(axis.kernel - tap) * apart // axis.stride),
                step=axis.dilation // apart,
            )


def _copies(frame: Array, axes: Sequence[_Along]) -> Array:
    """X as each tap of a phase meets it, all in one view: N x group x taps along each axis x C x
    outputs along each axis."""
    begun = frame[_last(slice(a.begin, None) for a in axes)]
    batch, group, channels, *along = begun.strides
    back = (-a.step * each for a, each in zip(axes, along, strict=True))
    shape = (*begun.shape[:2], *(a.moves for a in axes), begun.shape[2], *(a.count for a in axes))
    return as_strided(begun, shape, (batch, group, *back, channels, *along), writeable=False)


def _last(slices: Iterable[slice]) -> Index:
    """A slice for each of the last axes."""
    return (..., *slices)
