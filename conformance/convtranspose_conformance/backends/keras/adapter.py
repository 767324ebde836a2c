"""Keras 3: the layers `Conv{1,2,3}DTranspose` and `Conv{1,2,3}D`, by the framework that an entry
names. `KERAS_BACKEND` is read when Keras is imported, here."""

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
from .settings import errors, settings

_KERNELS = {"torch": torch_kernels, "tensorflow": tensorflow_kernels}


class Keras(Backend):
    """Layers of one framework on the CPU."""

    def __init__(self, framework: str) -> None:
        os.environ |= settings(framework)
        import keras

        if keras.backend.backend() != framework:
            raise Unusable(f"Keras computes with {keras.backend.backend()}, not with {framework}")
        self._keras, self._name = keras, framework
        self._framework = sys.modules[framework]  # which Keras has imported
        self._errors = errors(self._framework)

    def versions(self) -> dict[str, str]:
        return {"keras": self._keras.__version__, self._name: str(self._framework.__version__)}

    def kernels(self) -> dict[str, str]:
        tells = _KERNELS.get(self._name)
        return tells(self._framework) if tells else told("XLA_FLAGS")

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
