"""JAX: `jax.lax.conv_transpose` with the kernel of a gradient, and `jax.lax.conv_general_dilated`.
Asked where `cuda_session` finds it; a plain run does not."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ..api import Array, Backend, Call, Gradients, Unsupported, Unusable, refusals
from ..entry import Entry
from ..processor import told

_FRAMEWORKS_OWN = (TypeError, ValueError, RuntimeError, NotImplementedError)  # XLA's are of these


def arguments(call: Call) -> dict[str, Any]:
    """The call's attributes as `jax.lax` takes them. Raises Unsupported where one call cannot say
    them."""
    call.check_sayable()
    if call.B is not None:
        raise Unsupported("there is no bias")
    if call.attributes.output_shape is not None or call.auto_pad.startswith("SAME"):
        raise Unsupported("pads are said, not derived from an output shape")
    axes = "DHW"[-call.rank :]
    given: dict[str, Any] = {"rhs_dilation": call.dilations, "padding": list(call.pads)}
    layout = (f"NC{axes}", f"OI{axes}", f"NC{axes}")
    if call.op == "Conv":
        strides = {"window_strides": call.strides, "feature_group_count": call.group}
        return strides | given | {"dimension_numbers": layout}
    if call.group != 1:
        raise Unsupported("conv_transpose has no groups")
    reach = [(k - 1) * d for k, d in zip(call.W.shape[2:], call.dilations, strict=True)]
    ends = zip(reach, call.pads, call.output_padding, strict=True)
    given["padding"] = [(r - begin, r - end + o) for r, (begin, end), o in ends]
    strides = {"strides": call.strides, "transpose_kernel": True}
    return strides | given | {"dimension_numbers": layout}


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

    def versions(self) -> dict[str, str]:
        jax = self._jax
        gpu = {} if self._platform == "cpu" else {"gpu": str(self._there.device_kind)}
        return {"jax": jax.__version__, "jaxlib": jax.lib.__version__} | gpu

    def kernels(self) -> dict[str, str]:
        return {"precision": self._precision} | told("XLA_FLAGS", "NVIDIA_TF32_OVERRIDE")

    def run(self, call: Call) -> Array:
        return self._run(call, self._operator(call))

    def _run(self, call: Call, operator: Callable[..., Any]) -> Array:
        with refusals("call", *_FRAMEWORKS_OWN):
            Y = operator(*map(self._put, (call.X, call.W)))
        self._prove(Y)
        return np.asarray(Y)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        operator = self._operator(call)
        with refusals("vjp", *_FRAMEWORKS_OWN):
            _, derive = self._jax.vjp(operator, *map(self._put, (call.X, call.W)))
            dX, dW = derive(self._put(dY))
        self._prove(dX, dW)
        return np.asarray(dX), np.asarray(dW), None

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "jax.jit", lambda: self._run(call, self._jax.jit(self._operator(call)))

    def _operator(self, call: Call) -> Callable[..., Any]:
        lax = self._jax.lax
        made = lax.conv_transpose if call.op == "ConvTranspose" else lax.conv_general_dilated
        return partial(made, **arguments(call), precision=self._precision)

    def _put(self, array: Array) -> Any:
        return self._jax.device_put(array, self._there)

    def _prove(self, *outputs: Any) -> None:
        for output in outputs:
            platforms = {device.platform for device in output.devices()}
            if platforms != {self._platform}:
                where = ", ".join(sorted(platforms))
                raise Unusable(f"the output is on {where}, not on {self._platform}")


def _entry(name: str, title: str, device: str, *given: str | bool) -> Entry:
    return Entry(
        name=name,
        title=title,
        route="jax.lax.conv_transpose",
        target=f"{__name__}:Jax",
        sayable=f"{__name__}:arguments",
        arguments=given,
        distributions=("jax",),
        device=device,
        checks=("output", "repeatability", "rejection", "gradient"),
    )


ENTRIES = (
    _entry("jax-cpu", "JAX, CPU", "cpu", "cpu"),
    _entry("jax-cuda", "JAX, CUDA, TF32 off", "cuda", "cuda", False),
    _entry("jax-cuda-tf32", "JAX, CUDA, TF32 on", "cuda", "cuda", True),
)
