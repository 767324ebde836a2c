"""The backends that can be asked for, by name: the built-in ones, those of other distributions, and
any `module:attribute[@DEVICE]` of ONNX's Backend API. Nothing here imports a framework."""

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from convtranspose_reference.errors import UserError

from .apart import Unanswered, apart
from .api import Unusable, text_of
from .entry import ALL_CHECKS, FORWARD_CHECKS, SHAPE_CHECKS, VALUE_CHECKS, Entry, Plain
from .on_request import ON_REQUEST
from .onnx.by_module import entry_for

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_HERE = __name__.rpartition(".")[0]  # the folder of the adapters


# What the entries of one adapter share.
_TORCH = partial(
    Entry,
    route="torch.nn.functional.conv_transpose{1,2,3}d",
    target=f"{_HERE}.torch.adapter:Torch",
    script=f"{_HERE}.torch.script:torch_script",
    sayable=f"{_HERE}.torch.adapter:arguments",
    kernels=f"{_HERE}.torch.kernels:expected",
    distributions=("torch",),
    checks=ALL_CHECKS,
)
_TENSORFLOW = partial(
    Entry,
    route="tf.nn.conv{1,2,3}d_transpose",
    target=f"{_HERE}.tensorflow.adapter:TensorFlow",
    script=f"{_HERE}.tensorflow.script:tensorflow_script",
    sayable=f"{_HERE}.tensorflow.arguments:arguments",
    kernels=f"{_HERE}.tensorflow.onednn:expected",
    distributions=("tensorflow", "tensorflow-cpu", "tf-nightly", "tf-nightly-cpu"),
    checks=ALL_CHECKS,
)
_TENSORFLOW_GPU = partial(_TENSORFLOW, distributions=("tensorflow", "tf-nightly"))
_BACKPROP_INPUT = partial(
    _TENSORFLOW,
    route="tf.raw_ops.Conv2DBackpropInput",
    target=f"{_HERE}.tensorflow.backprop_input:TensorFlowBackpropInput",
    script=f"{_HERE}.tensorflow.script:backprop_input_script",
    sayable=f"{_HERE}.tensorflow.arguments:backprop_arguments",
)
_ONNXRUNTIME = partial(
    Entry,
    target=f"{_HERE}.onnxruntime.adapter:OnnxRuntime",
    script=f"{_HERE}.onnxruntime.script:runtime_script",
    distributions=("onnxruntime-gpu", "onnxruntime"),
    checks=FORWARD_CHECKS,
)
_ON_CPU, _ON_CUDA = (
    partial(_ONNXRUNTIME, route=f"InferenceSession, {provider}ExecutionProvider")
    for provider in ("CPU", "CUDA")
)
_REFERENCE = partial(
    Entry,
    route="onnx.reference.ReferenceEvaluator",
    target=f"{_HERE}.onnx.adapter:OnnxReference",
    script=f"{_HERE}.onnx.script:reference_script",
    distributions=("onnx",),
    checks=VALUE_CHECKS,
)
_SHAPE_INFERENCE = partial(
    Entry,
    route="onnx.shape_inference.infer_shapes, strict mode",
    target=f"{_HERE}.onnx.adapter:OnnxShapeInference",
    script=f"{_HERE}.onnx.script:shape_inference_script",
    distributions=("onnx",),
    checks=SHAPE_CHECKS,
)


def _row(adapter: Callable[..., Entry], name: str, title: str, *arguments: Plain) -> Entry:
    return adapter(name=name, title=title, arguments=arguments)


def _cuda(adapter: Callable[..., Entry], name: str, title: str, device: str) -> tuple[Entry, Entry]:
    """Two backends: TF32 off, and TF32 on."""
    on_cuda = partial(adapter, device="cuda")
    return (
        _row(on_cuda, f"{name}-cuda", f"{title}, CUDA, TF32 off", device, False),
        _row(on_cuda, f"{name}-cuda-tf32", f"{title}, CUDA, TF32 on", device, True),
    )


BUILT_IN = (
    _row(_TORCH, "torch-cpu", "PyTorch, CPU", "cpu"),
    _row(_TENSORFLOW, "tensorflow-cpu", "TensorFlow, CPU", "CPU"),
    _row(
        _BACKPROP_INPUT, "tensorflow-cpu-backprop-input", "TensorFlow, CPU, backprop route", "CPU"
    ),
    _row(_ON_CPU, "onnxruntime-cpu", "ONNX Runtime, CPU", "CPUExecutionProvider"),
    _row(_REFERENCE, "onnx-reference", "onnx ReferenceEvaluator"),
    _row(_SHAPE_INFERENCE, "onnx-shape-inference", "onnx shape inference"),
    *_cuda(_TORCH, "torch", "PyTorch", "cuda"),
    *_cuda(
        partial(_TENSORFLOW, distributions=("tensorflow", "tf-nightly")),
        "tensorflow",
        "TensorFlow",
        "GPU",
    ),
    *_cuda(_ON_CUDA, "onnxruntime", "ONNX Runtime", "CUDAExecutionProvider"),
)

_PROVIDER = re.compile(r"onnxruntime:(\w+)ExecutionProvider")
_ON_GPU = ("CUDA", "Tensorrt", "NvTensorRTRTX")


def _provided(name: str) -> Entry:
    """ONNX Runtime on the execution provider that `name` ends with, which has to prove that it took
    the node."""
    provider = name.partition(":")[2]
    on_gpu = provider.removesuffix("ExecutionProvider") in _ON_GPU
    return _ONNXRUNTIME(
        name=name,
        title=f"ONNX Runtime, {provider}",
        route=f"InferenceSession, {provider}",
        arguments=(provider, False, True),
        device="cuda" if on_gpu else "cpu",
    )


ENTRY_POINTS = "convtranspose_conformance.backends"


def registered() -> dict[str, Entry]:
    """Every backend that has a name here: the built-in ones, those that are asked on request, then
    those of other distributions' entry points (each an `Entry`).

    Raises Unusable naming an entry point that cannot be loaded or is none.
    """
    from importlib.metadata import entry_points  # slow, and the built-in ones do without

    points = tuple((point.name, point.value) for point in entry_points(group=ENTRY_POINTS))
    others = _entries(points, tuple(sys.path)) if points else ()
    return {entry.name: entry for entry in (*BUILT_IN, *ON_REQUEST, *others)}


@cache
def _entries(points: tuple[tuple[str, str], ...], path: tuple[str, ...]) -> tuple[Entry, ...]:
    """Loaded in a process apart: their modules may import a framework, print, hang or crash."""
    try:
        loaded = apart(load, (points,), list[Entry | str])
    except Unanswered as error:
        if len(points) == 1:
            raise _not_loaded(points[0], str(error)) from error
        return tuple(entry for point in points for entry in _entries((point,), path))
    for point, entry in zip(points, loaded, strict=True):
        if isinstance(entry, str):
            raise _not_loaded(point, entry)
    return tuple(entry for entry in loaded if isinstance(entry, Entry))


def _not_loaded(point: tuple[str, str], why: str) -> Unusable:
    return Unusable(f"entry point {' = '.join(point)}: {why}")


def load(points: tuple[tuple[str, str], ...]) -> list[Entry | str]:
    """The entry of each point (name, module:attribute), or why there is none. Imports foreign
    modules: for a process apart."""
    from importlib.metadata import EntryPoint

    return [_loaded(EntryPoint(name, value, ENTRY_POINTS)) for name, value in points]


def _loaded(point: "EntryPoint") -> Entry | str:
    try:
        entry = point.load()
    except (Exception, SystemExit) as error:  # whatever a foreign module does while it is imported
        return f"{type(error).__name__}: {text_of(error)}"
    if isinstance(entry, Entry):
        return entry
    return f"found {type(entry).__name__}, accepted is a backends.Entry"


class UnknownBackend(UserError, ValueError):
    """A name that is no backend's; the message says what is accepted."""


_BY_MODULE = re.compile(r"\w+(\.\w+)*(:\w+(\.\w+)*)?(@.+)?")


def named(name: str, stated_version: str = "") -> Entry:
    """The backend of a registered name, of `onnxruntime:PROVIDER`, or of
    `module[:attribute][@DEVICE]`, at the version that is stated or else installed. Raises
    UnknownBackend, and Unusable as `registered` does."""
    if _PROVIDER.fullmatch(name):
        return replace(_provided(name), version=stated_version)
    if set(name) & {":", ".", "@"}:  # a name of ours has none of these
        if _BY_MODULE.fullmatch(name):
            return entry_for(name, stated_version)
        raise UnknownBackend(
            f"backend {name!r}: accepted is module[:attribute][@DEVICE], such as "
            "package.module:Backend@CUDA"
        )
    known = registered()
    if name not in known:
        raise UnknownBackend(
            f"unknown backend {name!r}; known: {', '.join(known)}, or module:attribute[@DEVICE] of "
            f"an ONNX Backend API object (if {name} is such a module: {name}@CPU)"
        )
    return replace(known[name], version=stated_version) if stated_version else known[name]
