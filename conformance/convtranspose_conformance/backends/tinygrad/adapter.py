"""tinygrad: `Tensor.conv_transpose2d` and `Tensor.conv2d` of any number of axes, which its ONNX
importer calls, too."""

import os
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

        self._tinygrad = tinygrad

    def versions(self) -> dict[str, str]:
        return {"tinygrad": version("tinygrad")}

    def kernels(self) -> dict[str, str]:
        return dict(SETTINGS)

    # What is refused: tinygrad is written in Python, whatever it raises is its answer, and nothing
    # of ours runs in there.

    def run(self, call: Call) -> Array:
        X, W, B = self._tensors(call)
        method, given = arguments(call)
        with refusals("call", Exception):
            Y = getattr(X, method)(W, B, **given).realize()
        return self._array(Y)

    def static_shape(self, call: Call) -> PartialShape:
        X, W, B = self._tensors(call)
        method, given = arguments(call)
        with refusals("call", Exception):
            shape = getattr(X, method)(W, B, **given).shape
        return tuple(shape)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        X, W, B = self._tensors(call)
        asked = [X, W] if B is None else [X, W, B]
        method, given = arguments(call)
        derived = self._tensor(dY)
        with refusals("gradient", Exception):
            Y = getattr(X, method)(W, B, **given)
            found = [each.realize() for each in Y.gradient(*asked, gradient=derived)]
        dX, dW, *dB = map(self._array, found)
        return dX, dW, dB[0] if dB else None

    def _tensors(self, call: Call) -> tuple[Any, Any, Any]:
        B = None if call.B is None else self._tensor(call.B)
        return self._tensor(call.X), self._tensor(call.W), B

    def _tensor(self, array: Array) -> Any:
        """NumPy itself has no bfloat16: its bits go in and out."""
        if array.dtype.name != "bfloat16":
            return self._tinygrad.Tensor(array)
        bits = self._tinygrad.Tensor(array.view(np.uint16))
        return bits.bitcast(self._tinygrad.dtypes.bfloat16)

    def _array(self, tensor: Any) -> Array:
        if tensor.device != SETTINGS["DEV"]:
            raise Unusable(f"the output is on {tensor.device}, not on {SETTINGS['DEV']}")
        types = self._tinygrad.dtypes
        if tensor.dtype != types.bfloat16:
            return np.asarray(tensor.numpy())
        return np.asarray(tensor.bitcast(types.uint16).numpy()).view(bfloat16)
