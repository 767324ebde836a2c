"""TensorFlow's `tf.nn` as a graph of `tf.function`."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..api import Array, Call, Gradients, Refused
from ..script import Name
from .adapter import TensorFlow

# "Graph execution error", and where in Python's code its node was made: what is wrong comes after
_TRACE = re.compile(r"\AGraph execution error:.*\n  [^\n]*\n\s*", re.DOTALL)


class TensorFlowFunction(TensorFlow):
    """Each call traced anew."""

    options: Mapping[str, bool] = {"autograph": False}

    def _run(self, *given: Any, **named: Any) -> Array:
        with _without_trace():
            return super()._run(*given, **named)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        with _without_trace():
            return super().gradients(call, dY)

    def _apply(self, call: Call, X: Any, W: Any, *given: Any, **layout: Any) -> Any:
        eager = super()._apply

        def traced(X: Any, W: Any) -> Any:
            return eager(call, X, W, *given, **layout)

        return self._tf.function(traced, **self.options)(X, W)


class WrittenFunction(TensorFlowFunction):
    """What the scripts say, where `_tf` writes calls down."""

    def _apply(self, call: Call, X: Any, W: Any, *given: Any, **layout: Any) -> Any:
        said = TensorFlow._apply(self, call, Name("x"), Name("w"), *given, **layout)
        graph = self._tf.function(Name(f"lambda x, w: {said}"), **self.options)
        return f"{graph}({X}, {W})"


@contextmanager
def _without_trace() -> Iterator[None]:
    """Refusals of a graph in the words of the operator, as they are without one."""
    try:
        yield
    except Refused as refused:
        message = _TRACE.sub("", refused.message)
        raise Refused(refused.stage, refused.kind, message) from refused
