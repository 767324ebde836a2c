"""What old releases cannot do is no failure of theirs: stand-ins that do as they did."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import onnx.reference
import pytest

from convtranspose_conformance.backends.api import Call, Declined, Refused, Unsupported
from convtranspose_conformance.backends.onnx.adapter import OnnxReference
from convtranspose_conformance.backends.onnxruntime.adapter import OnnxRuntime
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning.selection import plan
from convtranspose_conformance.worker.observation import Observation
from convtranspose_conformance.worker.repeatability import repeated
from convtranspose_reference import Attributes
from convtranspose_reports import Verdict

CPU = "CPUExecutionProvider"


def ones(dtype: Any = np.float32, *, initializer: bool = True, opset: int = 11) -> Call:
    X, W = np.ones((1, 1, 3), dtype), np.ones((1, 1, 2), dtype)
    return Call(
        op="ConvTranspose",
        attributes=Attributes(),
        opset=opset,
        initializer=initializer,
        X=X,
        W=W,
        B=None,
    )


class ReadsBits(onnx.reference.ReferenceEvaluator):
    """As onnx 1.17 does."""

    def run(self, *given: Any, **named: Any) -> Any:
        outputs = super().run(*given, **named)
        if self.proto_.graph.initializer and outputs[0].dtype == ml_dtypes.bfloat16:
            return [outputs[0].view(np.uint16)]
        return outputs


@pytest.fixture
def reads_bits(monkeypatch: pytest.MonkeyPatch) -> OnnxReference:
    monkeypatch.setattr(onnx.reference, "ReferenceEvaluator", ReadsBits)
    return OnnxReference()


def test_constants_that_are_read_as_bits_cannot_be_said(reads_bits: OnnxReference) -> None:
    with pytest.raises(Unsupported, match="integers of its bits"):
        reads_bits.run(ones(ml_dtypes.bfloat16))
    assert reads_bits.run(ones(ml_dtypes.bfloat16, initializer=False)).tolist() == [[[1, 2, 2, 1]]]
    assert reads_bits.run(ones()).tolist() == [[[1, 2, 2, 1]]]


def test_the_other_form_of_such_a_call_is_absent_and_not_another_answer(
    reads_bits: OnnxReference,
) -> None:
    seen: Observation = repeated(reads_bits, ones(ml_dtypes.bfloat16, initializer=False))
    assert seen.parts == {}
    assert "integers of its bits" in seen.message


def test_onnx_as_pinned_reads_constants_as_numbers() -> None:
    assert OnnxReference().run(ones(ml_dtypes.bfloat16)).tolist() == [[[1, 2, 2, 1]]]


class Fail(Exception):
    pass


def runtime(monkeypatch: pytest.MonkeyPatch, refuses: Any) -> OnnxRuntime:
    """One that loads what `refuses` does not: it is given a model's opset and operator."""

    class Session:
        def __init__(self, model: bytes, *_: Any, **__: Any) -> None:
            read = onnx.load_from_string(model)
            opset, op = read.opset_import[0].version, read.graph.node[0].op_type
            if refuses(opset, op):
                raise Fail(f"no. Current official support is till opset 21, not {opset}.\n")

        def run(self, *_: Any) -> list[Any]:
            return [np.ones(4, np.float32)]

    modules = {
        "onnxruntime.capi.onnxruntime_pybind11_state": {"NotImplemented": KeyError, "Fail": Fail},
        "onnxruntime": {
            "__version__": "1.20.0",
            "get_available_providers": lambda: [CPU],
            "SessionOptions": SimpleNamespace,
            "InferenceSession": Session,
        },
        "onnxruntime.capi": {},
    }
    for name, attributes in modules.items():
        module = ModuleType(name)
        vars(module).update(attributes)
        monkeypatch.setitem(sys.modules, name, module)
    states = sys.modules["onnxruntime.capi.onnxruntime_pybind11_state"]
    sys.modules["onnxruntime.capi"].onnxruntime_pybind11_state = states  # type: ignore[attr-defined]
    return OnnxRuntime(CPU)


def test_an_opset_of_which_nothing_loads_is_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    old = runtime(monkeypatch, lambda opset, op: opset > 21)
    for ask in (old.run, old.static_shape):
        with pytest.raises(Declined, match=r"no model of opset 22: Current .* till opset 21"):
            ask(ones(opset=22))
    assert old.run(ones(opset=21)).size == 4


def test_a_refusal_of_the_call_alone_stays_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    choosy = runtime(monkeypatch, lambda opset, op: op == "ConvTranspose")
    with pytest.raises(Refused, match="till opset 21"):
        choosy.run(ones(opset=22))


def test_another_release_is_green_and_what_is_declared_is_unverified_here(tmp_path) -> None:
    chosen = plan(
        backends=["onnx-shape-inference"], patterns=["core/x_4_k_2_*"], stated_version="1.16.0"
    )
    run = execute(chosen, tmp_path)
    deviating = {r.note for r in run.records if r.verdict is Verdict.DEVIATES}
    assert deviating == {"unverified here"}
    assert run.footer is not None
    assert run.footer.exit_status == 0
