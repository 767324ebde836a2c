"""Convolution as every textbook has it: a column matrix, one product, and for its transpose the
columns added back (col2im).

float32 sums for the 16-bit formats and float32, float64 sums for float64; one rounding.
"""

from typing import Any

import numpy as np

from convtranspose_conformance.backends.api import Array, Backend, Call, Gradients
from from_text import Reading, opposite, read, rounded, trimmed, with_bias


class Im2col(Backend):
    checks = ("output", "rejection", "gradient", "repeatability")

    def versions(self) -> dict[str, str]:
        return {"im2col": "1"}

    def run(self, call: Call) -> Array:
        reading = read(call)
        X, W = (_summable(a) for a in (call.X, call.W))
        with np.errstate(all="ignore"):  # NaN, Inf and overflow are asked for
            Y = transposed(X, W, reading) if reading.transposed else forward(X, W, reading)
            return rounded(with_bias(Y, call.B), call.X.dtype)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        reading, upstream = read(call), _summable(dY)
        X, W = (_summable(a) for a in (call.X, call.W))
        sums = (
            _of_transposed(X, W, upstream, reading)
            if reading.transposed
            else _of_forward(X, W, upstream, reading)
        )
        dB = upstream.sum(axis=(0, *range(2, dY.ndim)))
        dX, dW, dB = (rounded(a, call.X.dtype) for a in (*sums, dB))
        return dX, dW, None if call.B is None else dB


def _summable(array: Array) -> Array:
    return array.astype(np.float64 if array.dtype == np.float64 else np.float32)


def places(
    narrow: tuple[int, ...], kernel: tuple[int, ...], reading: Reading
) -> tuple[Array, tuple[int, ...]]:
    """taps x points: the element of the flattened wide side (whose sizes come second) under each
    tap of the filter at each point."""
    wide = tuple(
        s * max(n - 1, 0) + r
        for n, s, r in zip(narrow, reading.strides, reading.reaches, strict=True)
    )
    index, rank = np.zeros((1,) * (2 * len(narrow)), np.int64), len(narrow)
    for axis, (n, k, stride, dilation) in enumerate(
        zip(narrow, kernel, reading.strides, reading.dilations, strict=True)
    ):
        taps = (dilation * np.arange(k)).reshape(-1, *(1,) * (2 * rank - axis - 1))
        points = (stride * np.arange(n)).reshape(-1, *(1,) * (rank - axis - 1))
        index = index * wide[axis] + (taps + points)
    return index.reshape(int(np.prod(kernel)), int(np.prod(narrow))), wide


def columns(wide: Array, at: Array, group: int) -> Array:
    """im2col: N x group x (channels x taps) x points."""
    flat = wide.reshape(*wide.shape[:2], int(np.prod(wide.shape[2:])))[..., at]
    return flat.reshape(wide.shape[0], group, wide.shape[1] // group * at.shape[0], at.shape[1])


def added_back(found: Array, at: Array, channels: int, wide: tuple[int, ...]) -> Array:
    """col2im: each tap's row of the columns added to the elements that it was taken from."""
    rows = found.reshape(found.shape[0], channels, *at.shape)
    flat = np.zeros((found.shape[0], channels, int(np.prod(wide))), found.dtype)
    for tap, elements in enumerate(at):
        flat[..., elements] += rows[:, :, tap]
    return flat.reshape(found.shape[0], channels, *wide)


def _grouped(array: Array, group: int) -> Array:
    """N x group x channels x points."""
    return array.reshape(
        array.shape[0], group, array.shape[1] // group, int(np.prod(array.shape[2:]))
    )


def _matrix(W: Array, group: int) -> Array:
    """group x rows of W in the group x (the other channels x taps)."""
    return W.reshape(group, W.shape[0] // group, int(np.prod(W.shape[1:])))


def transposed(X: Array, W: Array, reading: Reading) -> Array:
    at, wide = places(X.shape[2:], W.shape[2:], reading)
    found = np.matmul(_matrix(W, reading.group).swapaxes(1, 2), _grouped(X, reading.group))
    return trimmed(added_back(found, at, W.shape[1] * reading.group, wide), reading.pads)


def _windows(X: Array, reading: Reading) -> tuple[Array, tuple[tuple[int, int], ...]]:
    """X with its pads, cut at the end to what the windows reach, and what that cut is of X."""
    needed = [
        s * max(n - 1, 0) + r
        for n, s, r in zip(reading.sizes, reading.strides, reading.reaches, strict=True)
    ]
    cuts = tuple(
        (-begin, size + begin - n)
        for size, n, (begin, _) in zip(X.shape[2:], needed, reading.pads, strict=True)
    )
    return trimmed(X, cuts), cuts


def forward(X: Array, W: Array, reading: Reading) -> Array:
    at, _ = places(reading.sizes, W.shape[2:], reading)
    padded, _ = _windows(X, reading)
    Y = np.matmul(_matrix(W, reading.group), columns(padded, at, reading.group))
    return Y.reshape(X.shape[0], W.shape[0], *reading.sizes)


def _of_transposed(X: Array, W: Array, dY: Array, reading: Reading) -> Any:
    at, _ = places(X.shape[2:], W.shape[2:], reading)
    taken = columns(trimmed(dY, opposite(reading.pads)), at, reading.group)
    dX = np.matmul(_matrix(W, reading.group), taken).reshape(X.shape)
    dW = np.matmul(_grouped(X, reading.group), taken.swapaxes(2, 3)).sum(axis=0)
    return dX, dW.reshape(W.shape)


def _of_forward(X: Array, W: Array, dY: Array, reading: Reading) -> Any:
    at, wide = places(reading.sizes, W.shape[2:], reading)
    padded, cuts = _windows(X, reading)
    upstream = _grouped(dY, reading.group)
    found = np.matmul(_matrix(W, reading.group).swapaxes(1, 2), upstream)
    dX = trimmed(added_back(found, at, X.shape[1], wide), opposite(cuts))
    dW = np.matmul(upstream, columns(padded, at, reading.group).swapaxes(2, 3)).sum(axis=0)
    return dX, dW.reshape(W.shape)
