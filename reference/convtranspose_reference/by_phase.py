"""ConvTranspose for large inputs: the outputs of one phase at a time, each phase by BLAS alone.

Outputs whose index is the same modulo the strides are one phase. A tap lands in one phase only, and
moves X by whole elements there, so that a phase is a Conv of stride 1 of X with the taps that land
in it (Shi et al. 2016, "Is the deconvolution layer the same as a convolutional layer?"). The
shifted copies of X, one below the other, times the taps' filters, side by side, are one matrix
product.
"""

from math import prod

import numpy as np

from .attributes import Shape
from .geometry import Geometry
from .window import Array, Index, window

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
    sizes = tuple(
        -(-(begin + size) // s) - f
        for begin, size, s, f in zip(found.begins, found.spatial, strides, first, strict=True)
    )
    most = tuple((a.effective_kernel - 1) // a.stride for a in found.axes)  # X is moved by
    frame = window(
        X, len(strides), _less(first, most), tuple(map(sum, zip(sizes, most, strict=True)))
    )
    frame = frame.reshape(found.batch, found.group, channels, *frame.shape[2:])
    filters = W.reshape(found.group, channels, maps, *found.kernel).swapaxes(1, 2)
    phases = _taps_by_phase(found)
    make = np.empty if len(phases) == prod(strides) else np.zeros  # a phase without taps is zeros
    wide = make(
        (found.batch, found.group, maps, *(n * s for n, s in zip(sizes, strides, strict=True))),
        np.result_type(X, W),
    )
    space = np.empty((max(map(len, phases.values())), channels, *sizes), X.dtype)
    for phase, taps in phases.items():
        of_tap: list[Index] = [(..., *tap) for tap, _ in taps]
        weights = np.stack([filters[each] for each in of_tap], axis=2)
        weights = weights.reshape(found.group, maps, len(taps) * channels)
        columns = space[: len(taps)]
        to: Index = (..., *(slice(p, None, s) for p, s in zip(phase, strides, strict=True)))
        for n, g in np.ndindex(found.batch, found.group):
            for moved, (_, by) in zip(columns, taps, strict=True):
                moved[...] = frame[n, g][_from(_less(most, by), sizes)]
            flat = np.matmul(weights[g], columns.reshape(len(taps) * channels, -1))
            wide[n, g][to] = flat.reshape(maps, *sizes)
    begins = _less(found.begins, tuple(f * s for f, s in zip(first, strides, strict=True)))
    whole = wide.reshape(found.batch, found.maps, *wide.shape[3:])
    return window(whole, len(strides), begins, found.spatial)


def _taps_by_phase(found: Geometry) -> dict[Shape, list[tuple[Shape, Shape]]]:
    """Phase -> the taps that land in it, each with the elements that it moves X by."""
    phases: dict[Shape, list[tuple[Shape, Shape]]] = {}
    for tap in np.ndindex(*found.kernel):
        steps = [divmod(a.dilation * t, a.stride) for t, a in zip(tap, found.axes, strict=True)]
        phase, by = tuple(r for _, r in steps), tuple(q for q, _ in steps)
        phases.setdefault(phase, []).append((tap, by))
    return phases


def _less(one: Shape, other: Shape) -> Shape:
    return tuple(a - b for a, b in zip(one, other, strict=True))


def _from(begins: Shape, sizes: Shape) -> Index:
    return (..., *(slice(b, b + n) for b, n in zip(begins, sizes, strict=True)))
