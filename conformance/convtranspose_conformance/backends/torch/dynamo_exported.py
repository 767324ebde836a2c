"""A PyTorch module exported by `torch.onnx.export(dynamo=True)`, and run by ONNX Runtime."""

from importlib.metadata import version
from typing import Any

from .exported import NAMES, TorchExport


class DynamoExport(TorchExport):
    """The exporter of `torch.export`'s graph, at its own opset, which onnxscript writes."""

    def __init__(self) -> None:
        super().__init__()
        nn = self._source._torch.nn  # onnxscript's operators are read once: no case waits for them
        self._exported(nn.Identity(), self._source._torch.ones(1))

    def versions(self) -> dict[str, str]:
        return super().versions() | {name: version(name) for name in ("onnxscript", "onnx-ir")}

    def _exported(self, module: Any, x: Any) -> bytes:
        program = self._source._torch.onnx.export(module, (x,), dynamo=True, **NAMES)
        model: bytes = program.model_proto.SerializeToString()
        return model
