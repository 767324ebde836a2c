"""Keras 3: the layers `Conv{1,2,3}DTranspose` and `Conv{1,2,3}D`, by the framework that the entry
names: `KERAS_BACKEND` is read when Keras is imported, here."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from convtranspose_reference.attributes import PartialShape

from ..api import Array, Backend, Call, Refused, Unsupported, Unusable, refusals
from ..processor import told
from ..tensorflow.layout import channels_first, channels_last, filters
from ..tensorflow.onednn import of_cpu as tensorflow_kernels
from ..torch.kernels import of_cpu as torch_kernels
from .arguments import arguments

SETTINGS = {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_ENABLE_X64": "1"}
SETTINGS |= dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1")


class Keras(Backend):
    """Layers of one framework, on the CPU."""

    def __init__(self, framework: str) -> None:
        os.environ |= SETTINGS | {"KERAS_BACKEND": framework}
        import keras

        if keras.backend.backend() != framework:
            raise Unusable(f"Keras computes with {keras.backend.backend()}, not with {framework}")
        # TensorFlow's errors are no ValueErrors; it is there where Keras computes with it
        of_its_own = getattr(sys.modules.get("tensorflow"), "errors", None)
        self._errors = (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError)
        self._errors += () if of_its_own is None else (of_its_own.OpError,)
        self._keras, self._framework = keras, framework

    def versions(self) -> dict[str, str]:
        return {
            "keras": self._keras.__version__,
            self._framework: str(sys.modules[self._framework].__version__),
        }

    def kernels(self) -> dict[str, str]:
        tells = {"tensorflow": tensorflow_kernels, "torch": torch_kernels}.get(self._framework)
        return told("XLA_FLAGS") if tells is None else tells(sys.modules[self._framework])

    def run(self, call: Call) -> Array:
        return channels_first(self._run(call, channels_last(call.X)))

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "channels_first", lambda: self._in_onnx_layout(call)

    def _in_onnx_layout(self, call: Call) -> Array:
        """Raises Unsupported where the framework's kernels take channels last alone."""
        try:
            return self._run(call, call.X, data_format="channels_first")
        except Refused as refused:
            if "NHWC" in refused.message or "NDHWC" in refused.message:
                raise Unsupported(refused.message) from refused
            raise

    def _run(self, call: Call, X: Array, **layout: str) -> Array:
        kind, given = arguments(call)
        weights, keras = [filters(call.W), *([] if call.B is None else [call.B])], self._keras
        with refusals("call", *self._errors):
            layer = getattr(keras.layers, kind)(**given, **layout)
            layer.build(X.shape)
            layer.set_weights(weights)
            Y: Any = keras.ops.convert_to_numpy(layer(X))
        return np.asarray(Y)

    def static_shape(self, call: Call) -> PartialShape:
        kind, given = arguments(call)
        sizes = (call.X.shape[0], *call.X.shape[2:], call.X.shape[1])
        with refusals("compute_output_shape", *self._errors):
            shape = getattr(self._keras.layers, kind)(**given).compute_output_shape(sizes)
        return (shape[0], shape[-1], *shape[1:-1])
