"""ConvTranspose another way, independent of `conv_transpose.py`: slow, and readable beside Dumoulin & Visin 2016, section 4."""

import numpy as np

from .attributes import Shape
from .conv_transpose import Array, Index
from .geometry import Geometry


def zero_inserted(X: Array, strides: Shape) -> Array:
    """X with stride - 1 zeros between neighbours: the "fractional stride" picture (Dumoulin & Visin 2016, section 4.5)."""
    sizes = [s * (d - 1) + 1 if d else 0 for d, s in zip(X.shape[2:], strides, strict=True)]
    out = np.zeros((*X.shape[:2], *sizes), X.dtype)
    where: Index = (..., *(slice(None, None, s) for s in strides))
    out[where] = X
    return out


def transposed_filter(W: Array, group: int) -> Array:
    """W (C x M/group x k...) as the filter of a stride-1 Conv: channels swapped within each group, every spatial axis reversed."""
    grouped = W.reshape(group, W.shape[0] // group, *W.shape[1:])
    swapped = np.swapaxes(grouped, 1, 2).reshape(-1, W.shape[0] // group, *W.shape[2:])
    return np.flip(swapped, axis=tuple(range(2, W.ndim)))


def conv_transpose_by_zero_insertion(X: Array, W: Array, found: Geometry) -> Array:
    """ConvTranspose without bias as an ordinary correlation of the zero-inserted, zero-padded input with the transposed filter.

    X: N x C x D1..., W: C x M/group x k1...; returns N x M x `found.spatial`, in their arithmetic. Element by element.
    """
    stretched = zero_inserted(X, tuple(a.stride for a in found.axes))
    filters = transposed_filter(W, found.group)
    reach = [a.effective_kernel - 1 for a in found.axes]
    Y = np.zeros(found.y_shape, np.result_type(X, W))
    maps, channels = found.maps // max(found.group, 1), found.channels // found.group
    for where in np.ndindex(*found.spatial):
        for tap in np.ndindex(*found.kernel):
            at = [o + b + t * a.dilation - r for o, b, t, a, r in zip(where, found.begins, tap, found.axes, reach, strict=True)]
            if any(not 0 <= i < size for i, size in zip(at, stretched.shape[2:], strict=True)):
                continue
            for g in range(found.group):
                inputs = stretched[(slice(None), slice(g * channels, (g + 1) * channels), *at)]
                weights = filters[(slice(g * maps, (g + 1) * maps), slice(None), *tap)]
                Y[(slice(None), slice(g * maps, (g + 1) * maps), *where)] += inputs @ weights.T
    return Y
