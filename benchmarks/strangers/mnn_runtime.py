"""MNN, by its converter from ONNX, through ONNX's Backend API."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import _tools  # the converter alone: MNN.tools, when imported, installs what it sends logs with
import MNN
import numpy as np
from MNN.nn import create_runtime_manager, load_module_from_file
from onnx.backend.test.runner import BackendIsNotSupposedToImplementIt

RUNTIME = create_runtime_manager(({"precision": "high", "numThread": 1},))


class Prepared:
    def __init__(self, model: Any) -> None:
        names = ([each.name for each in v] for v in (model.graph.input, model.graph.output))
        with TemporaryDirectory() as folder:
            read, made = Path(folder) / "model.onnx", Path(folder) / "model.mnn"
            read.write_bytes(model.SerializeToString())
            words = ("-f", "ONNX", "--modelFile", str(read), "--MNNModel", str(made))
            _tools.mnnconvert(["mnnconvert", *words])
            self._run = load_module_from_file(str(made), *names, runtime_manager=RUNTIME).forward

    def run(self, inputs: list[Any]) -> list[Any]:
        if inputs[0].dtype != np.float32:
            raise BackendIsNotSupposedToImplementIt("other inputs than float32")
        given = [MNN.expr.const(each, each.shape, MNN.expr.NCHW) for each in inputs]
        return [np.array(each.read()) for each in self._run(given)]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
