"""OpenVINO: the ONNX model of a call, read and compiled for one device, which has to say so."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from convtranspose_reference.attributes import PartialShape

from ..api import Array, Backend, Call, Unusable, once_for_each, refusals
from ..forms import after_other_shapes, constants_changed
from ..onnx.model import feeds_of, model_of
from .settings import SETTINGS, prove


class OpenVino(Backend):
    """`Core.read_model` of the ONNX model, then `Core.compile_model`."""

    composes = True

    def __init__(self, device: str) -> None:
        import openvino

        self._openvino, self._core, self._device = openvino, openvino.Core(), device
        if device not in self._core.available_devices:
            raise Unusable(f"this OpenVINO has no device {device}")
        self._compiled = once_for_each(self._made)

    def versions(self) -> dict[str, str]:
        return {"openvino": str(self._openvino.__version__).partition("-")[0]}

    def kernels(self) -> dict[str, str]:
        return {name: str(value) for name, value in SETTINGS.items()}

    def run(self, call: Call) -> Array:
        return self._run(self._compiled(call), call)

    def static_shape(self, call: Call) -> PartialShape | None:
        shape = self._compiled(call).output(0).partial_shape
        if shape.rank.is_dynamic:
            return None
        return tuple(size.get_length() if size.is_static else None for size in shape)

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield constants_changed(self, call)
        yield (
            "one model over changing shapes",
            lambda: after_other_shapes(partial(self._run, self._made(call, symbolic=True)), call),
        )

    def _run(self, compiled: Any, call: Call) -> Array:
        """NumPy has no bfloat16: its bits go in by a Tensor, and come out as float16."""
        ov, feeds = self._openvino, feeds_of(call)
        is_bits = call.dtype == "bfloat16"
        with refusals("infer", RuntimeError):
            given = {n: _of_bits(ov, a) for n, a in feeds.items()} if is_bits else feeds
            Y: Array = compiled(given)[0]
        is_bits = is_bits and compiled.output(0).element_type == ov.Type.bf16
        return Y.view(call.X.dtype) if is_bits else Y

    def _made(self, call: Call, *, symbolic: bool = False) -> Any:
        model = model_of(call, symbolic=symbolic).SerializeToString()
        with refusals("read_model", RuntimeError):
            read = self._core.read_model(model)
        with refusals("compile_model", RuntimeError):
            compiled = self._core.compile_model(read, self._device, SETTINGS)
        prove(compiled, self._device, self._openvino.Type.f32)
        return compiled


def _of_bits(ov: Any, array: Array) -> Any:
    return ov.Tensor(array.view(np.uint16), ov.Shape(list(array.shape)), ov.Type.bf16)
