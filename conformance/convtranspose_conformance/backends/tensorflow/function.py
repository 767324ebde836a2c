"""TensorFlow's `tf.nn` as a graph of `tf.function`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..api import Array, Call, Gradients, Refused
from ..script import Name
from .adapter import TensorFlow

# "Graph execution error", and where in Python's code its node was made: what is wrong comes after
_TRACE = re.compile(r"\AGraph execution error:.*\n  [^\n]*\n\s*", re.DOTALL)


class TensorFlowFunction(TensorFlow):
    """Each call traced anew."""

    jit_compile: bool | None = None  # None: as `tf.function` has it

    def _run(self, *given: Any, **named: Any) -> Array:
        with _without_trace():
            return super()._run(*given, **named)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        with _without_trace():
            return super().gradients(call, dY)

    def _apply(
        self,
        call: Call,
        X: Any,
        W: Any,
        output: tuple[int, ...],
        given: dict[str, Any],
        layout: str = "",
    ) -> Any:
        eager = super()._apply

        def traced(X: Any, W: Any) -> Any:
            return eager(call, X, W, output, given, layout)

        graph = self._tf.function(traced, autograph=False, jit_compile=self.jit_compile)
        return graph(X, W)


class WrittenFunction(TensorFlowFunction):
    """What the scripts say, where `_tf` writes calls down."""

    def _apply(self, call: Call, X: Any, W: Any, *given: Any, **layout: Any) -> Any:
        said = TensorFlow._apply(self, call, Name("x"), Name("w"), *given, **layout)
        options = "" if self.jit_compile is None else f", jit_compile={self.jit_compile}"
        return f"tf.function(lambda x, w: {said}, autograph=False{options})({X}, {W})"


@contextmanager
def _without_trace() -> Iterator[None]:
    """Refusals of a graph in the words of the operator, as they are without one."""
    try:
        yield
    except Refused as refused:
        message = _TRACE.sub("", refused.message)
        raise Refused(refused.stage, refused.kind, message) from refused
