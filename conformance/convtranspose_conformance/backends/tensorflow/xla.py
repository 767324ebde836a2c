"""TensorFlow's `tf.nn` as a graph that XLA compiles: `tf.function(jit_compile=True)`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..api import Array, Call, Gradients, Unusable
from ..processor import told
from .function import TensorFlowFunction, WrittenFunction

_COMPILED = {"autograph": False, "jit_compile": True}


class TensorFlowXla(TensorFlowFunction):
    """Each call traced and compiled anew, on the CPU.

    Of every function that it calls TensorFlow keeps the graph that its own executor ran, and none
    of one that is compiled, which is a single XlaLaunch: a graph with the operator in it is the
    proof that XLA did not compute (`KernelAndDeviceFunc` and `CreateXlaKernel` in
    tensorflow/core/common_runtime/eager).
    """

    options = _COMPILED

    def kernels(self) -> dict[str, str]:
        return told("XLA_FLAGS", "TF_XLA_FLAGS")

    def _run(self, *given: Any, **named: Any) -> Array:
        with _compiled(self._tf):
            return super()._run(*given, **named)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        with _compiled(self._tf):
            return super().gradients(call, dY)


class WrittenXla(WrittenFunction):
    """What the scripts say."""

    options = _COMPILED


@contextmanager
def _compiled(tf: Any) -> Iterator[None]:
    """Raises Unusable where TensorFlow's own executor computed a convolution meanwhile."""
    from tensorflow.python.eager import context

    asked = context.context()
    asked.enable_graph_collection()
    try:
        yield
        graphs = asked.export_run_metadata().partition_graphs
    finally:
        asked.disable_graph_collection()
    ran = sorted({node.op for graph in graphs for node in graph.node if "Conv" in node.op})
    if ran:
        raise Unusable(f"TensorFlow's own kernels computed {', '.join(ran)}, and not XLA")
