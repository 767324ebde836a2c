"""CUDA adapters against stand-ins of their frameworks that lie: no GPU is needed to see that a lie
is no result."""

import os
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from convtranspose_conformance.backends.api import Call, Unusable
from convtranspose_conformance.backends.jax.adapter import Jax
from convtranspose_conformance.backends.onnxruntime.adapter import OnnxRuntime
from convtranspose_conformance.backends.registry import named
from convtranspose_conformance.backends.tensorflow.adapter import TensorFlow
from convtranspose_conformance.backends.torch.adapter import Torch
from convtranspose_conformance.backends.torch.script import torch_script
from convtranspose_reference import Attributes

CUDA = "CUDAExecutionProvider"
ONES = Call(
    op="ConvTranspose",
    attributes=Attributes(),
    opset=11,
    initializer=True,
    X=np.ones((1, 1, 3), np.float32),
    W=np.ones((1, 1, 2), np.float32),
    B=None,
)


def module(monkeypatch: pytest.MonkeyPatch, name: str, **attributes: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(attributes)
    monkeypatch.setitem(sys.modules, name, made)
    return made


class Stubborn(SimpleNamespace):
    """Allows TF32, whatever it is told."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, True if name == "allow_tf32" else value)


class Tensor:
    def __init__(self, device: str) -> None:
        self.device = SimpleNamespace(type=device)

    def to(self, device: str) -> "Tensor":
        return self

    def requires_grad_(self) -> "Tensor":
        return self


def torch(
    monkeypatch: pytest.MonkeyPatch, lands: str, cudnn: type[SimpleNamespace] = SimpleNamespace
) -> None:
    flags = cudnn(enabled=True, deterministic=False, benchmark=False, allow_tf32=True)
    answer = Tensor(lands)
    functional = module(
        monkeypatch, "torch.nn.functional", conv_transpose1d=lambda *_, **__: Tensor("cuda")
    )
    if lands == "cpu":
        functional.conv_transpose1d = lambda *_, **__: answer  # type: ignore[attr-defined]
    nn = module(monkeypatch, "torch.nn", functional=functional)
    module(
        monkeypatch,
        "torch",
        nn=nn,
        cuda=SimpleNamespace(is_available=lambda: True),
        set_num_threads=lambda _: None,
        backends=SimpleNamespace(cudnn=flags, cuda=SimpleNamespace(matmul=SimpleNamespace())),
        from_numpy=lambda _: answer,
        autograd=SimpleNamespace(grad=lambda *_: (answer, Tensor("cpu"))),
    )


def test_torch_that_computes_on_the_cpu_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    torch(monkeypatch, "cpu")
    with pytest.raises(Unusable, match="not on cuda"):
        Torch("cuda").run(ONES)


def test_torch_whose_gradient_comes_from_the_cpu_is_no_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch(monkeypatch, "cuda")
    with pytest.raises(Unusable, match="not on cuda"):
        Torch("cuda").gradients(ONES, np.ones((1, 1, 4), np.float32))


def test_torch_that_keeps_tf32_on_is_not_called_tf32_off(monkeypatch: pytest.MonkeyPatch) -> None:
    torch(monkeypatch, "cuda", Stubborn)
    with pytest.raises(Unusable, match="allow_tf32 = False"):
        Torch("cuda")
    assert Torch("cuda", True).kernels()["cudnn_allow_tf32"] == "true"


@pytest.mark.parametrize("tf32", [False, True])
def test_torch_says_what_decides_its_kernels(monkeypatch: pytest.MonkeyPatch, tf32: bool) -> None:
    torch(monkeypatch, "cuda")
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "0")
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    assert Torch("cuda", tf32).kernels() == {
        "cudnn_enabled": "true",
        "cudnn_allow_tf32": str(tf32).lower(),
        "cudnn_deterministic": "false",
        "cudnn_benchmark": "false",
        "NVIDIA_TF32_OVERRIDE": "0",
    }


def tensorflow(monkeypatch: pytest.MonkeyPatch, soft: bool, tf32: bool) -> None:
    config = SimpleNamespace(
        list_physical_devices=lambda _: ["GPU:0"],
        set_soft_device_placement=lambda _: None,
        get_soft_device_placement=lambda: soft,
        threading=SimpleNamespace(
            set_intra_op_parallelism_threads=lambda _: None,
            set_inter_op_parallelism_threads=lambda _: None,
        ),
        experimental=SimpleNamespace(
            enable_tensor_float_32_execution=lambda _: None,
            tensor_float_32_execution_enabled=lambda: tf32,
        ),
    )
    module(monkeypatch, "tensorflow", config=config)


@pytest.mark.parametrize(
    ("soft", "tf32", "said"), [(True, False, "places softly"), (False, True, "TF32 execution")]
)
def test_tensorflow_that_does_not_do_as_told_is_unusable(
    monkeypatch: pytest.MonkeyPatch, soft: bool, tf32: bool, said: str
) -> None:
    tensorflow(monkeypatch, soft, tf32)
    with pytest.raises(Unusable, match=said):
        TensorFlow("GPU")


def test_tensorflow_leaves_memory_of_the_device_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "")  # restored when the test ends
    monkeypatch.delenv("TF_FORCE_GPU_ALLOW_GROWTH")
    tensorflow(monkeypatch, False, False)
    TensorFlow("GPU")
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"


def test_an_output_that_was_placed_elsewhere_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    tensorflow(monkeypatch, False, False)
    backend = TensorFlow("GPU")
    backend._prove(SimpleNamespace(device="/job:localhost/device:GPU:0"))
    with pytest.raises(Unusable, match="CPU:0"):
        backend._prove(SimpleNamespace(device="/job:localhost/device:CPU:0"))


class Session:
    """Of a provider that says what it was told to say."""

    given: dict[str, Any]
    ran = CUDA
    tf32 = "0"

    def __init__(self, *_: Any, **given: Any) -> None:
        type(self).given = given

    def get_provider_options(self) -> dict[str, dict[str, str]]:
        return {CUDA: {"use_tf32": self.tf32}}

    def get_provider_graph_assignment_info(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(ep_name=self.ran, get_nodes=lambda: ["node"])]


class FallsBack(Session):
    ran = "CPUExecutionProvider"


class IgnoresTf32(Session):
    tf32 = "1"


class SaysNothing:
    def __init__(self, *_: Any, **__: Any) -> None: ...


def onnxruntime(monkeypatch: pytest.MonkeyPatch, session: type) -> OnnxRuntime:
    options = SimpleNamespace(add_session_config_entry=lambda *_: None)
    states = module(
        monkeypatch, "onnxruntime.capi.onnxruntime_pybind11_state", NotImplemented=ValueError
    )
    capi = module(monkeypatch, "onnxruntime.capi", onnxruntime_pybind11_state=states)
    module(
        monkeypatch,
        "onnxruntime",
        __version__="1",
        capi=capi,
        get_available_providers=lambda: [CUDA],
        SessionOptions=lambda: options,
        InferenceSession=session,
    )
    return OnnxRuntime(CUDA)


@pytest.mark.parametrize(
    ("session", "said"),
    [
        (FallsBack, "assigned to CPUExecutionProvider"),
        (IgnoresTf32, "did not take"),
        (SaysNothing, "does not tell"),
    ],
)
def test_a_session_without_proof_is_no_result(
    monkeypatch: pytest.MonkeyPatch, session: type, said: str
) -> None:
    with pytest.raises(Unusable, match=said):
        onnxruntime(monkeypatch, session)._made(ONES)


def test_a_proved_session_may_not_fall_back_later(monkeypatch: pytest.MonkeyPatch) -> None:
    onnxruntime(monkeypatch, Session)._made(ONES)
    assert Session.given == {"providers": [(CUDA, {"use_tf32": "0"})], "enable_fallback": 0}


def modes(backend: Torch) -> list[str]:
    return [name for name, _ in backend.variants(ONES) if name.startswith("cudnn.")]


def test_cudnns_modes_are_forms_on_cuda_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    torch(monkeypatch, "cuda")
    assert modes(Torch("cuda")) == ["cudnn.deterministic", "cudnn.benchmark"]
    assert modes(Torch("cpu")) == []


def test_a_mode_is_on_for_its_form_and_off_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    torch(monkeypatch, "cuda")
    backend, seen = Torch("cuda"), []
    cudnn = sys.modules["torch"].backends.cudnn  # type: ignore[attr-defined]
    monkeypatch.setattr(
        backend, "_run", lambda *_: seen.append((cudnn.deterministic, cudnn.benchmark))
    )
    for name, ask in backend.variants(ONES):
        if name.startswith("cudnn."):
            ask()
    assert seen == [(True, False), (False, True)]
    assert (cudnn.deterministic, cudnn.benchmark) == (False, False)


def test_the_script_has_the_same_modes_and_leaves_them_off(monkeypatch: pytest.MonkeyPatch) -> None:
    torch(monkeypatch, "cuda")
    forms = torch_script(named("torch-cuda"), ONES, static=False).forms
    assert [name for name in forms if name.startswith("cudnn.")] == modes(Torch("cuda"))
    for mode in ("deterministic", "benchmark"):
        text = "\n".join(forms[f"cudnn.{mode}"])
        compile(text, mode, "exec")
        assert text.startswith(f"torch.backends.cudnn.{mode} = True\n")
        assert text.endswith(f"torch.backends.cudnn.{mode} = False")
    assert not any(
        name.startswith("cudnn.")
        for name in torch_script(named("torch-cpu"), ONES, static=False).forms
    )


class NeverDeterministic(SimpleNamespace):
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, False if name == "deterministic" else value)


def test_a_mode_that_is_not_taken_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    torch(monkeypatch, "cuda", NeverDeterministic)
    forms = dict(Torch("cuda").variants(ONES))
    with pytest.raises(Unusable, match=r"did not take cudnn\.deterministic"):
        forms["cudnn.deterministic"]()


class JaxArray:
    def __init__(self, platform: str) -> None:
        self._platform = platform

    def devices(self) -> set[SimpleNamespace]:
        return {Device(platform=self._platform)}


class Device(SimpleNamespace):
    device_kind = "a GPU"

    def __hash__(self) -> int:
        return hash(self.platform)


def jax(monkeypatch: pytest.MonkeyPatch, lands: str) -> dict[str, Any]:
    """A stand-in whose GPU is there, and whose answers land elsewhere; what it is given."""
    given: dict[str, Any] = {}

    def conv_transpose(X: Any, W: Any, **named: Any) -> JaxArray:
        given.update(named)
        return JaxArray(lands)

    module(
        monkeypatch,
        "jax",
        __version__="1",
        config=SimpleNamespace(update=lambda *_: None),
        devices=lambda platform: [Device(platform="gpu")],
        device_put=lambda array, device: array,
        lax=SimpleNamespace(conv_transpose=conv_transpose),
        vjp=lambda operator, *_: (None, lambda dY: (JaxArray("gpu"), JaxArray(lands))),
    )
    return given


def test_jax_that_computes_on_the_cpu_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    jax(monkeypatch, "cpu")
    backend = Jax("cuda")
    with pytest.raises(Unusable, match="on cpu, not on gpu"):
        backend.run(ONES)
    with pytest.raises(Unusable, match="on cpu, not on gpu"):
        backend.gradients(ONES, np.ones((1, 1, 4), np.float32))


@pytest.mark.parametrize(("tf32", "precision"), [(False, "highest"), (True, "default")])
def test_jax_is_told_the_precision_of_its_backend(
    monkeypatch: pytest.MonkeyPatch, tf32: bool, precision: str
) -> None:
    given = jax(monkeypatch, "gpu")
    backend = Jax("cuda", tf32)
    backend.run(ONES)
    assert given["precision"] == precision == backend.kernels()["precision"]
