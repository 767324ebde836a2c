"""JAX: `jax.lax.conv_transpose` with the kernel of a gradient, and `conv_general_dilated`: of Conv,
and of ConvTranspose with groups, as the convolution of the input dilated by the strides."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from convtranspose_reference.attributes import PartialShape

from ..api import Array, Backend, Call, Gradients, Unusable, refusals
from ..processor import told
from .arguments import operator

_FRAMEWORKS_OWN = (TypeError, ValueError, RuntimeError, NotImplementedError)  # XLA's are of these


class Jax(Backend):
    """One platform of JAX; on CUDA with TF32 allowed or not."""

    def __init__(self, platform: str, tf32: bool = False) -> None:
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # others share the device
        import jax

        jax.config.update("jax_enable_x64", True)
        try:
            self._there = jax.devices(platform)[0]
        except RuntimeError as error:
            raise Unusable(f"JAX has no device of {platform}") from error
        self._jax, self._platform = jax, self._there.platform
        self._precision = "default" if tf32 else "highest"
        self._put = partial(jax.device_put, device=self._there)
        self._operator = partial(operator, jax.lax, precision=self._precision)

    def versions(self) -> dict[str, str]:
        gpu = {} if self._platform == "cpu" else {"gpu": str(self._there.device_kind)}
        return {"jax": self._jax.__version__, "jaxlib": self._jax.lib.__version__} | gpu

    def kernels(self) -> dict[str, str]:
        return {"precision": self._precision} | told("XLA_FLAGS", "NVIDIA_TF32_OVERRIDE")

    def run(self, call: Call) -> Array:
        return self._run(call, self._operator(call))

    def _run(self, call: Call, made: Callable[..., Any]) -> Array:
        with refusals("call", *_FRAMEWORKS_OWN):
            Y = made(*map(self._put, (call.X, call.W)))
        return self._array(Y)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        made = self._operator(call)
        with refusals("vjp", *_FRAMEWORKS_OWN):
            _, derive = self._jax.vjp(made, *map(self._put, (call.X, call.W)))
            dX, dW = derive(self._put(dY))
        return self._array(dX), self._array(dW), None

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "jax.jit", lambda: self._run(call, self._jax.jit(self._operator(call)))

    def static_shape(self, call: Call) -> PartialShape:
        made = self._operator(call)
        specs = [self._jax.ShapeDtypeStruct(a.shape, a.dtype) for a in (call.X, call.W)]
        with refusals("eval_shape", *_FRAMEWORKS_OWN):
            return tuple(self._jax.eval_shape(made, *specs).shape)

    def _array(self, output: Any) -> Array:
        """Raises Unusable for one on another platform."""
        where = sorted({device.platform for device in output.devices()})
        if where != [self._platform]:
            raise Unusable(f"the output is on {', '.join(where)}, not on {self._platform}")
        return np.asarray(output)
