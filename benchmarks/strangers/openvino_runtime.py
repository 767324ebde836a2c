"""OpenVINO through ONNX's Backend API."""

from typing import Any

import numpy as np
import openvino

CORE = openvino.Core()
PRECISE = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}


class Prepared:
    def __init__(self, model: Any) -> None:
        read = CORE.read_model(model.SerializeToString())
        self._compiled = CORE.compile_model(read, "CPU", PRECISE)

    def run(self, inputs: list[Any]) -> list[Any]:
        return [np.array(each) for each in self._compiled(list(inputs)).values()]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
