"""onnx2pytorch, which makes a module of PyTorch of a model, through ONNX's Backend API."""

from typing import Any

import torch
from onnx2pytorch import ConvertModel


class Prepared:
    def __init__(self, model: Any) -> None:
        self._module = ConvertModel(model, experimental=True)

    def run(self, inputs: list[Any]) -> list[Any]:
        with torch.no_grad():
            Y = self._module(*(torch.from_numpy(each) for each in inputs))
        return [Y.numpy()]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
