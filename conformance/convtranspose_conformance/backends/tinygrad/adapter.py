"""tinygrad: `Tensor.conv_transpose2d` and `Tensor.conv2d` of any number of axes, which its ONNX
importer calls, too."""

import os
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
from ml_dtypes import bfloat16

from convtranspose_reference.attributes import PartialShape

from ..api import Array, Backend, Call, Gradients, Unusable, refusals
from .arguments import SETTINGS, arguments


class Tinygrad(Backend):
    """Tensors on tinygrad's device that is written in Python."""

    def __init__(self) -> None:
        os.environ |= SETTINGS
        import tinygrad

        self._tinygrad, self._types = tinygrad, tinygrad.dtypes

    def versions(self) -> dict[str, str]:
        return {"tinygrad": version("tinygrad")}

    def kernels(self) -> dict[str, str]:
        return dict(SETTINGS)

    # What is refused: tinygrad is written in Python, whatever it raises is its answer, and nothing
    # of ours runs in there.
    def run(self, call: Call) -> Array:
        _, operator = self._ready(call)
        with refusals("call", Exception):
            Y = operator().realize()
        return self._array(Y)

    def static_shape(self, call: Call) -> PartialShape:
        _, operator = self._ready(call)
        with refusals("call", Exception):
            return tuple(operator().shape)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        given, operator = self._ready(call)
        derived = self._tensor(dY)
        with refusals("gradient", Exception):
            found = [each.realize() for each in operator().gradient(*given, gradient=derived)]
        dX, dW, *dB = map(self._array, found)
        return dX, dW, dB[0] if dB else None

    def _ready(self, call: Call) -> tuple[list[Any], Callable[[], Any]]:
        """The tensors that are given, and the operator, which computes nothing before it is
        called."""
        method, named = arguments(call)
        X, W, *B = given = [self._tensor(a) for a in (call.X, call.W, call.B) if a is not None]
        return given, partial(getattr(X, method), W, B[0] if B else None, **named)

    def _tensor(self, array: Array) -> Any:
        """NumPy itself has no bfloat16: its bits go in and out."""
        if array.dtype.name != "bfloat16":
            return self._tinygrad.Tensor(array)
        bits = self._tinygrad.Tensor(array.view(np.uint16))
        return bits.bitcast(self._types.bfloat16)

    def _array(self, tensor: Any) -> Array:
        if tensor.device != SETTINGS["DEV"]:
            raise Unusable(f"the output is on {tensor.device}, not on {SETTINGS['DEV']}")
        if tensor.dtype != self._types.bfloat16:
            return np.asarray(tensor.numpy())
        return np.asarray(tensor.bitcast(self._types.uint16).numpy()).view(bfloat16)
