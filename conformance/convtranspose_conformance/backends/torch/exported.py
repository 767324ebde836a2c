"""A PyTorch module exported by `torch.onnx.export`, and run by ONNX Runtime."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..api import Array, Call, refusals
from ..onnxruntime.adapter import OnnxRuntime
from .adapter import FRAMEWORKS_OWN, Torch, arguments


class TorchExport(OnnxRuntime):
    """The exporter of TorchScript, at its own opset. The weights are the module's own."""

    composes = False

    def __init__(self) -> None:
        super().__init__("CPUExecutionProvider")
        self._source = Torch("cpu")

    def versions(self) -> dict[str, str]:
        return self._source.versions() | super().versions()

    def run(self, call: Call) -> Array:
        return super().run(call if call.initializer else replace(call, initializer=True))

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        return iter(())

    def _made(self, call: Call, *, level: Any = None, symbolic: bool = False) -> Any:
        kind, given = layer(call)
        source = self._source
        with refusals("module", *FRAMEWORKS_OWN):
            module = getattr(source._torch.nn, kind)(**given).eval()
        for name, array in (("weight", call.W), ("bias", call.B)):
            made = None if array is None else source._torch.nn.Parameter(source._tensor(array))
            setattr(module, name, made)
        own = (*FRAMEWORKS_OWN, AssertionError, source._torch.onnx.OnnxExporterError)
        with refusals("export", *own):
            model = self._exported(module, source._tensor(call.X))
        return self._opened(model)

    def _exported(self, module: Any, x: Any) -> bytes:
        file = io.BytesIO()
        self._source._torch.onnx.export(module, (x,), file, dynamo=False, **NAMES)
        return file.getvalue()


NAMES = {"input_names": ["X"], "output_names": ["Y"]}


def layer(call: Call) -> tuple[str, dict[str, Any]]:
    """The module's name and its arguments. Raises Unsupported where none says the call."""
    given = arguments(call)
    (one, other, *kernel), transposed = call.W.shape, call.op == "ConvTranspose"
    channels = (one, other * call.group) if transposed else (other * call.group, one)
    names = dict(zip(("in_channels", "out_channels"), channels, strict=True))
    kind = f"{'ConvTranspose' if transposed else 'Conv'}{call.rank}d"
    return kind, {**names, "kernel_size": tuple(kernel), "bias": call.B is not None, **given}
