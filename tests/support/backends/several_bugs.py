"""Backends with several bugs at once, of ONNX's Backend API, as an implementer brings them:
`several_bugs:NAME` names one."""

from typing import Any

import numpy as np

from textbook import Array, Textbook


class Young(Textbook):
    """No grouped call, no float64; kernels reversed; what no list holds under dilations."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if self.given.get("group", 1) > 1:
            raise NotImplementedError(f"group {self.given['group']} of /src/conv.cc:{X.ndim}")
        if X.dtype == np.float64:
            raise TypeError("no kernel\nfor float64")
        Y = self.compute(X, np.ascontiguousarray(W[:, :, ::-1]), B)
        if self.given.get("dilations") and Y.size:
            Y.reshape(-1)[::3] += np.asarray(Y.size, Y.dtype)
        return [Y]
