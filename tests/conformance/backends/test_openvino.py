"""The adapter of OpenVINO on stand-ins that lie: what a model has to say of itself before its
answer counts, and what goes in and comes out. No framework is needed but onnx."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from convtranspose_conformance.backends.api import Call, Refused, Unusable
from convtranspose_conformance.backends.openvino.adapter import OpenVino
from convtranspose_conformance.backends.openvino.settings import SETTINGS
from convtranspose_conformance.worker.repeatability import _forms
from convtranspose_reference import Attributes

CALL = Call(
    op="ConvTranspose",
    attributes=Attributes(),
    opset=11,
    initializer=True,
    X=np.ones((1, 1, 3), np.float32),
    W=np.ones((1, 1, 2), np.float32),
    B=None,
)
TYPES = SimpleNamespace(f32="f32", bf16="bf16")
TAKEN = SETTINGS | {"INFERENCE_PRECISION_HINT": TYPES.f32, "EXECUTION_DEVICES": ["CPU"]}
ROWS = np.arange(4, dtype=np.float32).reshape(1, 1, 4)


def _size(length: int | None) -> SimpleNamespace:
    return SimpleNamespace(is_static=length is not None, get_length=lambda: length)


class _Sizes(list[SimpleNamespace]):
    def __init__(self, *sizes: int | None, is_dynamic: bool = False) -> None:
        super().__init__(map(_size, sizes))
        self.rank = SimpleNamespace(is_dynamic=is_dynamic)


class _Compiled:
    """Says `told`, is asked what lands in `asked`, returns Y of an element type."""

    def __init__(self, told: dict[str, Any], Y: Any, element: str, sizes: _Sizes) -> None:
        self._told, self._Y, self.asked = told, Y, []  # type: ignore[var-annotated]
        self._output = SimpleNamespace(element_type=element, partial_shape=sizes)

    def get_property(self, name: str) -> Any:
        return self._told[name]

    def output(self, index: int) -> SimpleNamespace:
        return self._output

    def __call__(self, feeds: dict[str, Any]) -> list[Any]:
        self.asked.append(feeds)
        if isinstance(self._Y, Exception):
            raise self._Y
        return [self._Y]


def _tensor(array: Any, shape: Any, element: str) -> SimpleNamespace:
    return SimpleNamespace(array=array, shape=shape, element=element)


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[OpenVino, _Compiled]]:
    def made(
        told: dict[str, Any] = TAKEN,
        Y: Any = ROWS,
        element: str = TYPES.f32,
        sizes: _Sizes | None = None,
        **core: Callable[..., Any],
    ) -> tuple[OpenVino, _Compiled]:
        stated = _Sizes(1, 1, 4) if sizes is None else sizes
        compiled = _Compiled(told, Y, element, stated)
        usual = {"read_model": lambda model: model, "compile_model": lambda *given: compiled}
        stand_in = SimpleNamespace(
            __version__="2026.4.1-1-abc",
            Core=lambda: SimpleNamespace(available_devices=["CPU"], **(usual | core)),
            Tensor=_tensor,
            Shape=tuple,
            Type=TYPES,
        )
        monkeypatch.setitem(sys.modules, "openvino", stand_in)
        return OpenVino("CPU"), compiled

    return made


Adapter = Callable[..., tuple[OpenVino, _Compiled]]


def test_an_answer_is_what_the_compiled_model_returns(adapter: Adapter) -> None:
    backend, compiled = adapter()
    assert backend.run(CALL) is ROWS
    assert list(compiled.asked[0]) == ["X"]
    assert backend.versions() == {"openvino": "2026.4.1"}
    assert backend.kernels()["INFERENCE_PRECISION_HINT"] == "f32"


def test_a_device_that_is_not_there_is_unusable(adapter: Adapter) -> None:
    adapter()
    with pytest.raises(Unusable, match="no device GPU"):
        OpenVino("GPU")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"EXECUTION_DEVICES": ["GPU.0"]}, "on GPU.0, not on CPU"),
        ({"INFERENCE_PRECISION_HINT": TYPES.bf16}, "did not take"),
        ({"INFERENCE_NUM_THREADS": 2}, "did not take"),
        ({"NUM_STREAMS": 2}, "did not take"),
    ],
)
def test_a_model_elsewhere_or_with_other_settings_does_not_count(
    told: dict[str, Any], words: str, adapter: Adapter
) -> None:
    backend, _ = adapter(told=TAKEN | told)
    with pytest.raises(Unusable, match=words):
        backend.run(CALL)


def _refuses(*given: object) -> None:
    raise RuntimeError("no")


@pytest.mark.parametrize(
    ("lies", "stage"),
    [
        ({"read_model": _refuses}, "read_model"),
        ({"compile_model": _refuses}, "compile_model"),
        ({"Y": RuntimeError("no")}, "infer"),
    ],
)
def test_a_refusal_has_its_stage(lies: dict[str, Any], stage: str, adapter: Adapter) -> None:
    backend, _ = adapter(**lies)
    with pytest.raises(Refused) as refused:
        backend.run(CALL)
    assert (refused.value.stage, refused.value.kind) == (stage, "RuntimeError")


def test_bfloat16_goes_in_and_comes_out_as_its_bits(adapter: Adapter) -> None:
    bits = ROWS.astype(ml_dtypes.bfloat16)
    backend, compiled = adapter(Y=bits.view(np.float16), element=TYPES.bf16)
    call = replace(CALL, X=CALL.X.astype(bits.dtype), W=CALL.W.astype(bits.dtype))
    Y = backend.run(call)
    assert Y.dtype == bits.dtype
    assert Y.tobytes() == bits.tobytes()
    (tensor,) = compiled.asked[0].values()
    assert (tensor.array.dtype, tensor.element, tensor.shape) == (np.uint16, "bf16", (1, 1, 3))


def test_numbers_of_another_type_are_left_as_they_are(adapter: Adapter) -> None:
    backend, _ = adapter(Y=ROWS.astype(np.float16), element="f16")
    call = replace(CALL, X=CALL.X.astype(ml_dtypes.bfloat16), W=CALL.W.astype(ml_dtypes.bfloat16))
    assert backend.run(call).dtype == np.float16


def test_a_shape_is_stated_as_far_as_it_is_known(adapter: Adapter) -> None:
    backend, _ = adapter(sizes=_Sizes(1, None, 4))
    assert backend.static_shape(CALL) == (1, None, 4)
    backend, _ = adapter(sizes=_Sizes(is_dynamic=True))
    assert backend.static_shape(CALL) is None


def test_other_shapes_come_first_where_sizes_are_open(adapter: Adapter) -> None:
    backend, compiled = adapter()
    forms = dict(_forms(backend, CALL))
    assert forms["one model over changing shapes"]() is ROWS
    asked = [feeds["X"].shape for feeds in compiled.asked]
    assert asked == [(0, 1, 3), (2, 1, 3), (1, 1, 2), (1, 1, 0), (1, 1, 3)]
