"""tract through ONNX's Backend API."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tract


class Prepared:
    def __init__(self, model: Any) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            path.write_bytes(model.SerializeToString())
            self._run = tract.onnx().load(path).into_model().into_runnable().run

    def run(self, inputs: list[Any]) -> list[Any]:
        return [each.to_numpy() for each in self._run(list(inputs))]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
