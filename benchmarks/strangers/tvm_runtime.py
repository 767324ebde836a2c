"""Apache TVM, compiled for the processor, through ONNX's Backend API."""

from typing import Any

import numpy as np
import tvm
from tvm import relax
from tvm.relax.frontend.onnx import from_onnx


class Prepared:
    def __init__(self, model: Any) -> None:
        module = from_onnx(model, keep_params_in_input=False)
        compiled = tvm.compile(relax.transform.LegalizeOps()(module), target="llvm")
        self._machine = relax.VirtualMachine(compiled, tvm.cpu())

    def run(self, inputs: list[Any]) -> list[Any]:
        Y = self._machine["main"](*(tvm.runtime.tensor(np.ascontiguousarray(e)) for e in inputs))
        return [Y.numpy()]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
