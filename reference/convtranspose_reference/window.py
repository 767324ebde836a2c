"""A window onto the spatial axes of an array: what crops and extends, wherever it is needed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .attributes import Shape

Array = NDArray[Any]
Index = Any  # what NumPy takes in brackets: NumPy names no type for a tuple that holds an Ellipsis


def window(canvas: Array, rank: int, begins: Shape, sizes: Shape) -> Array:
    """The last `rank` axes from index `begins` on, `sizes` long; zeros where that reaches beyond
    the canvas. The canvas itself where that is all of it."""
    extents = canvas.shape[canvas.ndim - rank :]
    if extents == sizes and not any(begins):
        return canvas
    out = np.zeros((*canvas.shape[: canvas.ndim - rank], *sizes), canvas.dtype)
    source, target = [], []
    for begin, size, extent in zip(begins, sizes, extents, strict=True):
        first, last = max(begin, 0), max(min(begin + size, extent), 0)
        source.append(slice(first, max(first, last)))
        target.append(slice(first - begin, max(first, last) - begin))
    to: Index = (..., *target)
    at: Index = (..., *source)
    out[to] = canvas[at]
    return out
