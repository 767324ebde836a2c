"""How TensorFlow lays arrays out, and back: channels last, and its kernels' own order."""

import numpy as np

from ..api import Array

CHANNELS_LAST = ("NWC", "NHWC", "NDHWC")
CHANNELS_FIRST = ("NCW", "NCHW", "NCDHW")


def channels_last(X: Array) -> Array:
    """N x C x D1... as N x D1... x C."""
    return np.ascontiguousarray(np.moveaxis(X, 1, -1))


def channels_first(Y: Array) -> Array:
    """N x D1... x C as N x C x D1...."""
    return np.ascontiguousarray(np.moveaxis(Y, -1, 1))


def filters(W: Array) -> Array:
    """ConvTranspose's C x M/group x k... as k... x M/group x C; Conv's M x C/group x k... as k... x
    C/group x M."""
    return np.ascontiguousarray(np.moveaxis(np.moveaxis(W, 0, -1), 0, -2))


def unfiltered(dW: Array) -> Array:
    """`filters` undone."""
    return np.ascontiguousarray(np.moveaxis(np.moveaxis(dW, -2, 0), -1, 0))
