"""Paddle, which reads no ONNX, called as the node says, through ONNX's Backend API."""

from typing import Any

import numpy as np
import paddle
from onnx import helper, numpy_helper
from onnx.backend.test.runner import BackendIsNotSupposedToImplementIt
from paddle.nn import functional

CALLS = (functional.conv1d_transpose, functional.conv2d_transpose, functional.conv3d_transpose)
SAID = {"strides": "stride", "dilations": "dilation", "pads": "padding", "group": "groups"}


class Prepared:
    def __init__(self, model: Any) -> None:
        (node, *more), self._constants = model.graph.node, model.graph.initializer
        given = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        sized = "output_shape" in given or given.get("auto_pad", b"NOTSET") != b"NOTSET"
        self._sayable = node.op_type == "ConvTranspose" and not (more or sized)
        # its list alternates begin and end
        given["pads"] = np.reshape(given.get("pads", []), (2, -1)).T.ravel().tolist() or 0
        self._words = {SAID[name]: value for name, value in given.items() if name in SAID}
        self._words["output_padding"] = given.get("output_padding", 0)

    def run(self, inputs: list[Any]) -> list[Any]:
        arrays = X, W, *B = (*inputs, *map(numpy_helper.to_array, self._constants))
        if not self._sayable or X.ndim > 5 or X.dtype not in (np.float32, np.float64):
            raise BackendIsNotSupposedToImplementIt("what one call of its functions cannot say")
        X, W, *B = map(paddle.to_tensor, arrays)
        return [CALLS[X.ndim - 3](X, W, *B, **self._words).numpy()]


def prepare(model: Any, device: str = "CPU", **kwargs: Any) -> Prepared:
    return Prepared(model)
