"""Aidge, by its importer of ONNX, through ONNX's Backend API."""

from typing import Any

import aidge_backend_cpu  # noqa: F401  what it registers computes
import aidge_core
import aidge_onnx
import numpy as np
from onnx.backend.test.runner import BackendIsNotSupposedToImplementIt

aidge_core.Log.set_console_level(aidge_core.Level.Fatal)


class Prepared:
    def __init__(self, model: Any) -> None:
        self._graph = aidge_onnx.convert_onnx_to_aidge(model)
        if not aidge_onnx.has_native_coverage(self._graph):
            raise BackendIsNotSupposedToImplementIt("what it imports as no operator of its own")
        self._graph.set_backend("cpu")

    def run(self, inputs: list[Any]) -> list[Any]:
        self._graph.set_datatype(getattr(aidge_core.dtype, inputs[0].dtype.name))
        tensors = [aidge_core.Tensor(each) for each in inputs]
        aidge_core.SequentialScheduler(self._graph).forward(True, tensors)
        ((node, index),) = self._graph.get_ordered_outputs()
        return [np.array(node.get_operator().get_output(index))]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
