"""MLX, which reads no ONNX, called as the node says, through ONNX's Backend API."""

from typing import Any

import mlx.core as mx
import numpy as np
from onnx import helper, numpy_helper
from onnx.backend.test.runner import BackendIsNotSupposedToImplementIt

CALLS = {3: mx.conv_transpose1d, 4: mx.conv_transpose2d, 5: mx.conv_transpose3d}
SAID = {"strides": "stride", "dilations": "dilation", "output_padding": "output_padding"}


class Prepared:
    def __init__(self, model: Any) -> None:
        (node, *more), self._constants = model.graph.node, model.graph.initializer
        given = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        begins, ends = np.reshape(given.get("pads", []), (2, -1)).tolist()
        sized = "output_shape" in given or given.get("auto_pad", b"NOTSET") != b"NOTSET"
        unsaid = more or sized or begins != ends or given.get("group", 1) != 1
        self._sayable = node.op_type == "ConvTranspose" and not unsaid
        self._words = {SAID[name]: value for name, value in given.items() if name in SAID}
        self._words |= {"padding": begins} if begins else {}

    def run(self, inputs: list[Any]) -> list[Any]:
        X, W, *B = (*inputs, *map(numpy_helper.to_array, self._constants))
        if not self._sayable or X.ndim not in CALLS or X.dtype.name == "bfloat16":
            raise BackendIsNotSupposedToImplementIt("what one call of its functions cannot say")
        words = {k: v[0] if X.ndim == 3 else tuple(v) for k, v in self._words.items()}
        last = [np.moveaxis(X, 1, -1), np.moveaxis(W, 0, -1), *B]
        X, W, *B = (mx.array(each, getattr(mx, each.dtype.name)) for each in last)
        return [np.moveaxis(np.array(sum(B, CALLS[X.ndim](X, W, **words))), -1, 1)]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
