"""Keras 3 on PyTorch: the layers `Conv{1,2,3}DTranspose` and `Conv{1,2,3}D`. `KERAS_BACKEND` is
read when Keras is imported, here."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from convtranspose_reference.attributes import PartialShape

from ..api import Array, Backend, Call, Unusable, refusals
from ..tensorflow.layout import channels_first, channels_last, filters
from ..torch.kernels import of_cpu as torch_kernels
from .arguments import arguments

SETTINGS = {"CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": "torch"}
ERRORS = (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError)


class Keras(Backend):
    """Layers on the CPU."""

    def __init__(self) -> None:
        os.environ |= SETTINGS
        import keras

        if keras.backend.backend() != "torch":
            raise Unusable(f"Keras computes with {keras.backend.backend()}, not with PyTorch")
        self._keras, self._torch = keras, sys.modules["torch"]  # which Keras has imported

    def versions(self) -> dict[str, str]:
        return {"keras": self._keras.__version__, "torch": str(self._torch.__version__)}

    def kernels(self) -> dict[str, str]:
        return torch_kernels(self._torch)

    def run(self, call: Call) -> Array:
        return channels_first(self._run(call, channels_last(call.X)))

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "channels_first", lambda: self._run(call, call.X, data_format="channels_first")

    def _run(self, call: Call, X: Array, **layout: str) -> Array:
        kind, given = arguments(call)
        weights, keras = [filters(call.W), *([] if call.B is None else [call.B])], self._keras
        with refusals("call", *ERRORS):
            layer = getattr(keras.layers, kind)(**given, **layout)
            layer.build(X.shape)
            layer.set_weights(weights)
            Y: Any = keras.ops.convert_to_numpy(layer(X))
        return np.asarray(Y)

    def static_shape(self, call: Call) -> PartialShape:
        kind, given = arguments(call)
        sizes = (call.X.shape[0], *call.X.shape[2:], call.X.shape[1])
        with refusals("compute_output_shape", *ERRORS):
            shape = getattr(self._keras.layers, kind)(**given).compute_output_shape(sizes)
        return (shape[0], shape[-1], *shape[1:-1])
