"""ONNX Runtime: one execution provider, proved to have run the node where it is not the CPU's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from convtranspose_reference.attributes import PartialShape

from ..api import Array, Backend, Call, Declined, Unusable, once_for_each, refusals, text_of
from ..forms import after_other_shapes, constants_changed
from ..onnx.model import ELEMENT_TYPES, dims_of, feeds_of, identity_of, model_of


class OnnxRuntime(Backend):
    """`InferenceSession` on one execution provider."""

    composes = True

    def __init__(self, provider: str, tf32: bool = False, prove: bool = False) -> None:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as states

        if provider not in onnxruntime.get_available_providers():
            raise Unusable(f"this onnxruntime has no {provider}")
        self._runtime, self._provider = onnxruntime, provider
        self._proves = prove or not provider.startswith("CPU")
        self._options: dict[str, str] = (
            {"use_tf32": str(int(tf32))} if provider.startswith("CUDA") else {}
        )
        self._not_implemented = states.NotImplemented
        self._errors = tuple(
            e for e in vars(states).values() if isinstance(e, type) and issubclass(e, Exception)
        )
        self._session = once_for_each(self._made)
        self._opsets: dict[int, str] = {}

    def versions(self) -> dict[str, str]:
        return {"onnxruntime": self._runtime.__version__}

    def run(self, call: Call) -> Array:
        return self._run(self._session(call), call)

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        levels = self._runtime.GraphOptimizationLevel
        yield constants_changed(self, call)
        yield (
            "graph optimizations off",
            lambda: self._run(self._made(call, level=levels.ORT_DISABLE_ALL), call),
        )
        yield (
            "graph optimizations full",
            lambda: self._run(self._made(call, level=levels.ORT_ENABLE_ALL), call),
        )
        yield (
            "one session over changing shapes",
            lambda: after_other_shapes(partial(self._run, self._made(call, symbolic=True)), call),
        )

    def _run(self, session: Any, call: Call) -> Array:
        if call.dtype == "bfloat16":
            return self._run_bfloat16(session, call)
        feeds = feeds_of(call)
        with self._refusals("run"):
            Y: Array = session.run(["Y"], feeds)[0]
        return Y

    def static_shape(self, call: Call) -> PartialShape | None:
        shape = self._session(call).get_outputs()[0].shape
        return dims_of(shape) if shape else None  # [] is no shape: Y has rank 3 at least

    def _run_bfloat16(self, session: Any, call: Call) -> Array:
        """NumPy has no bfloat16 for `session.run`: the bits go in and out as OrtValues."""
        value = self._runtime.OrtValue
        element = ELEMENT_TYPES["bfloat16"]
        feeds = {
            n: value.ortvalue_from_numpy_with_onnx_type(a.view(np.uint16), element)
            for n, a in feeds_of(call).items()
        }
        with self._refusals("run"):
            Y = session.run_with_ort_values(["Y"], feeds)[0]
        return np.asarray(Y.numpy()).view(call.X.dtype)

    def _made(self, call: Call, *, level: Any = None, symbolic: bool = False) -> Any:
        """A session of its own, with ONNX Runtime's usual graph optimizations unless a `level` is
        named."""
        if said := self._says_of_opset(call.opset):
            raise Declined(f"it loads no model of opset {call.opset}: {said}")
        return self._opened(model_of(call, symbolic=symbolic).SerializeToString(), level)

    def _opened(self, model: bytes, level: Any = None) -> Any:
        """A session of a model, on the provider and proved to be."""
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        if level is not None:
            options.graph_optimization_level = level
        if self._proves:
            if not self._provider.startswith("CPU"):
                options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
            options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
        with self._refusals("load"):
            session = self._runtime.InferenceSession(
                model,
                options,
                providers=[(self._provider, self._options)],
                enable_fallback=0,  # else a provider that fails is replaced by the CPU's, unsaid
            )
        self._prove(session)
        return session

    def _says_of_opset(self, opset: int) -> str:
        """Why it loads not even the plainest model of an opset; "" where it does."""
        if opset not in self._opsets:
            options = self._runtime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 4
            model = identity_of(opset).SerializeToString()
            try:
                self._runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
                self._opsets[opset] = ""
            except self._errors as error:
                self._opsets[opset] = text_of(error).strip().rpartition(". ")[2]
        return self._opsets[opset]

    def _prove(self, session: Any) -> None:
        if not self._proves:
            return
        if not hasattr(session, "get_provider_graph_assignment_info"):
            raise Unusable(
                f"onnxruntime {self._runtime.__version__} does not tell which provider took a node"
            )
        told = session.get_provider_options().get(self._provider, {})
        if ignored := {k: v for k, v in self._options.items() if told.get(k) != v}:
            raise Unusable(f"{self._provider} did not take {ignored}: it says {told}")
        ran = {
            part.ep_name
            for part in session.get_provider_graph_assignment_info()
            if part.get_nodes()
        }
        if ran != {self._provider}:
            raise Unusable(
                f"nodes were assigned to {', '.join(sorted(ran)) or 'nobody'}, not to "
                f"{self._provider}"
            )

    @contextmanager
    def _refusals(self, stage: str) -> Iterator[None]:
        """ONNX Runtime's errors as Refused; NOT_IMPLEMENTED, its word for a missing kernel, as
        Declined."""
        with refusals(stage, *self._errors):
            try:
                yield
            except self._not_implemented as error:
                raise Declined(text_of(error)) from error
