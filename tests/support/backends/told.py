"""An adapter whose framework hands convolutions to oneDNN or not, and then flips the kernel."""

import numpy as np

from convtranspose_conformance.backends.api import Array, Backend, Call
from convtranspose_conformance.backends.processor import ONEDNN_VARIABLES, told
from convtranspose_reference import conv_transpose


class FlipsWithOneDnn(Backend):
    """`onednn`: the dtypes that go to it, "off", or "" for a framework that does not tell."""

    checks = ("output",)

    def __init__(self, onednn: str) -> None:
        self._onednn = onednn

    def versions(self) -> dict[str, str]:
        return {"told": "1.0"}

    def kernels(self) -> dict[str, str]:
        return {"onednn": self._onednn} | told(*ONEDNN_VARIABLES) if self._onednn else {}

    def run(self, call: Call) -> Array:
        axes = tuple(range(2, call.W.ndim))
        W = np.flip(call.W, axes) if call.dtype in self._onednn else call.W
        given = call.attributes.given()
        return np.asarray(conv_transpose(call.X, W, call.B, **given))
