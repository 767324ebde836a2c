"""OpenCV's dnn module through ONNX's Backend API."""

from typing import Any

import cv2
import numpy as np


class Prepared:
    def __init__(self, model: Any) -> None:
        self._names = [each.name for each in model.graph.input]
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))

    def run(self, inputs: list[Any]) -> list[Any]:
        for name, array in zip(self._names, inputs, strict=False):
            self._net.setInput(array, name)
        return [np.array(self._net.forward())]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
