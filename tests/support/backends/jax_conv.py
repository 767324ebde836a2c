"""JAX's `jax.lax.conv_general_dilated`, in float32 (float64 for float64), pads cut by NumPy so that
cases of one filter share a program.

ConvTranspose is its convolution of the input dilated by the strides with the filter turned round.
"""

import os
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from convtranspose_conformance.backends.api import Array, Backend, Call, Gradients, Unsupported
from from_text import Reading, opposite, read, rounded, trimmed, with_bias


class JaxConv(Backend):
    checks = ("output", "rejection", "gradient", "repeatability")

    def __init__(self) -> None:
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        import jax

        jax.config.update("jax_enable_x64", True)
        self._jax = jax
        self._program = jax.jit(self._convolution, static_argnames="how")
        self._derivative = jax.jit(self._vjp, static_argnames="how")

    def versions(self) -> dict[str, str]:
        return {"jax": self._jax.__version__}

    def run(self, call: Call) -> Array:
        how, X, W = self._arguments(call)
        Y = np.asarray(self._program(X, W, how=_shared(how)))
        Y = trimmed(Y, how.pads) if how.transposed else Y
        return rounded(with_bias(Y, call.B), call.X.dtype)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        how, X, W = self._arguments(call)
        upstream = _summable(dY)
        wide = trimmed(upstream, opposite(how.pads)) if how.transposed else upstream
        dX, dW = (np.asarray(a) for a in self._derivative(X, W, wide, how=_shared(how)))
        dX = dX if how.transposed else trimmed(dX, how.pads)
        dB = upstream.sum(axis=(0, *range(2, dY.ndim)))
        dX, dW, dB = (rounded(a, call.X.dtype) for a in (dX, dW, dB))
        return dX, dW, None if call.B is None else dB

    def _arguments(self, call: Call) -> tuple[Reading, Array, Array]:
        how = read(call)
        if 0 in (*call.X.shape, *call.W.shape):
            raise Unsupported("an empty X or W")
        X = _summable(call.X)
        return how, X if how.transposed else trimmed(X, opposite(how.pads)), _summable(call.W)

    def _convolution(self, X: Any, W: Any, how: Reading) -> Any:
        apply = partial(
            self._jax.lax.conv_general_dilated,
            rhs_dilation=how.dilations,
            feature_group_count=how.group,
            precision=self._jax.lax.Precision.HIGHEST,
        )
        if not how.transposed:
            return apply(X, W, window_strides=how.strides, padding=[(0, 0)] * len(how.strides))
        groups = W.reshape(how.group, W.shape[0] // how.group, *W.shape[1:])
        turned = groups.swapaxes(1, 2).reshape(
            how.group * W.shape[1], W.shape[0] // how.group, *W.shape[2:]
        )
        turned = turned[(slice(None), slice(None), *(slice(None, None, -1) for _ in how.strides))]
        full = [(reach - 1, reach - 1) for reach in how.reaches]
        return apply(
            X, turned, window_strides=(1,) * len(full), padding=full, lhs_dilation=how.strides
        )

    def _vjp(self, X: Any, W: Any, upstream: Any, how: Reading) -> Any:
        return self._jax.vjp(lambda X, W: self._convolution(X, W, how), X, W)[1](upstream)


def _summable(array: Array) -> Array:
    return array.astype(np.float64 if array.dtype == np.float64 else np.float32)


def _shared(how: Reading) -> Reading:
    """What the program depends on: pads and sizes are NumPy's."""
    return replace(how, pads=(), sizes=())
