"""tinygrad's ONNX front end through ONNX's Backend API."""

import os
from typing import Any

os.environ.setdefault("DEV", "PYTHON")  # its own emulation: no compiler is needed

from tinygrad import Tensor
from tinygrad.nn.onnx import OnnxRunner


class Prepared:
    def __init__(self, model: Any) -> None:
        self._names = [each.name for each in model.graph.input]
        self._runner = OnnxRunner(Tensor(model.SerializeToString(), device="PYTHON"))

    def run(self, inputs: list[Any]) -> list[Any]:
        given = dict(zip(self._names, map(Tensor, inputs), strict=False))
        return [each.numpy() for each in self._runner(given).values()]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
