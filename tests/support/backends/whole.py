"""A planted mutant as a native backend: what ONNX's Backend API says of it, its gradients, and X as
a strided view beside."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from convtranspose_conformance.backends.api import Array, Call, Gradients
from convtranspose_conformance.backends.onnx.backend_api import OnnxBackend
from convtranspose_conformance.backends.onnx.model import model_of


class Whole(OnnxBackend):
    """`planted:NAME`, or another object in its stead. Many are asked the same call in turn, so the
    last call's model is kept for all."""

    checks = ("output", "repeatability", "gradient", "rejection")
    _last: tuple[Call | None, Any] = (None, None)

    def __init__(self, name: str, instead: Any = None) -> None:
        super().__init__(f"planted:{name}", "CPU", "1")
        self._object = instead or self._object
        self._object.memory.clear()  # of the smoke call, and of judges before

    def node(self, call: Call) -> Any:
        """The prepared node of a call."""
        if Whole._last[0] is not call:
            Whole._last = (call, model_of(call))
        return self._guarded("prepare", lambda: self._object.prepare(Whole._last[1], "CPU"))

    _prepared = node

    def gradients(self, call: Call, dY: Array) -> Gradients:
        found: Gradients = self._guarded(
            "run", lambda: self.node(call).gradients(call.X, call.W, call.B, dY)
        )
        return found

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield from super().variants(call)
        yield (
            "strided X",
            lambda: self.run(replace(call, X=np.repeat(call.X, 2, axis=-1)[..., ::2])),
        )
