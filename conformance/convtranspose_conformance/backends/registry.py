"""The built-in backends, by name. Nothing here imports a framework."""

import ctypes
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, entry_points, version
from typing import Any

from .api import Unusable, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A backend that can be asked for. `target` is module:callable, called in the worker with
    `arguments`; `distributions` are the names under which the framework may be installed, the first
    found gives the version."""

    name: str
    title: str
    route: str
    target: str
    distributions: tuple[str, ...]
    device: str = "cpu"
    arguments: tuple[Any, ...] = ()
    checks: tuple[str, ...] = ("output", "output_shape", "rejection")
    version: str = ""

    def installed_version(self) -> str:
        """Version of the framework's distribution, "" where it is not installed."""
        return self.version or next(
            (v for name in self.distributions if (v := _installed(name))), ""
        )

    def why_unusable(self) -> str:
        """Why it cannot be used here, as far as can be told without importing the framework; ""
        otherwise."""
        if self.distributions and not self.installed_version():
            return f"{self.distributions[0]} is not installed"
        return "no CUDA device" if self.device == "cuda" and not cuda_devices() else ""


@cache
def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


@cache
def cuda_devices() -> int:
    """CUDA devices that the driver reports; 0 without a driver. Asks the driver itself: no
    framework is imported."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    return (
        count.value
        if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
        else 0
    )


_HERE = __name__.rpartition(".")[0]  # the folder of the adapters
FORWARD_CHECKS = ("output", "output_shape", "repeatability", "rejection")
ALL_CHECKS = (*FORWARD_CHECKS, "gradient")
_ONNXRUNTIME = ("onnxruntime-gpu", "onnxruntime")
_TENSORFLOW = ("tensorflow", "tensorflow-cpu")

BUILT_IN = (
    Entry(
        name="torch-cpu",
        title="PyTorch, CPU",
        route="torch.nn.functional.conv_transpose{1,2,3}d",
        target=f"{_HERE}.torch:Torch",
        arguments=("cpu",),
        distributions=("torch",),
        checks=ALL_CHECKS,
    ),
    Entry(
        name="tensorflow-cpu",
        title="TensorFlow, CPU",
        route="tf.nn.conv{1,2,3}d_transpose",
        target=f"{_HERE}.tensorflow:TensorFlow",
        arguments=("CPU",),
        distributions=_TENSORFLOW,
        checks=ALL_CHECKS,
    ),
    Entry(
        name="tensorflow-cpu-backprop-input",
        title="TensorFlow, CPU, backprop route",
        route="tf.raw_ops.Conv2DBackpropInput",
        target=f"{_HERE}.tensorflow:TensorFlowBackpropInput",
        arguments=("CPU",),
        distributions=_TENSORFLOW,
        checks=ALL_CHECKS,
    ),
    Entry(
        name="onnxruntime-cpu",
        title="ONNX Runtime, CPU",
        route="InferenceSession, CPUExecutionProvider",
        target=f"{_HERE}.onnxruntime:OnnxRuntime",
        arguments=("CPUExecutionProvider",),
        distributions=_ONNXRUNTIME,
        checks=FORWARD_CHECKS,
    ),
    Entry(
        name="onnx-reference",
        title="onnx ReferenceEvaluator",
        route="onnx.reference.ReferenceEvaluator",
        target=f"{_HERE}.onnx:OnnxReference",
        distributions=("onnx",),
        checks=("output", "repeatability", "rejection"),
    ),
    Entry(
        name="onnx-shape-inference",
        title="onnx shape inference",
        route="onnx.shape_inference.infer_shapes, strict mode",
        target=f"{_HERE}.onnx:OnnxShapeInference",
        distributions=("onnx",),
        checks=("output_shape", "rejection"),
    ),
    Entry(
        name="torch-cuda",
        title="PyTorch, CUDA, TF32 off",
        route="torch.nn.functional.conv_transpose{1,2,3}d",
        target=f"{_HERE}.torch:Torch",
        arguments=("cuda", False),
        distributions=("torch",),
        device="cuda",
        checks=ALL_CHECKS,
    ),
    Entry(
        name="torch-cuda-tf32",
        title="PyTorch, CUDA, TF32 on",
        route="torch.nn.functional.conv_transpose{1,2,3}d",
        target=f"{_HERE}.torch:Torch",
        arguments=("cuda", True),
        distributions=("torch",),
        device="cuda",
        checks=ALL_CHECKS,
    ),
    Entry(
        name="tensorflow-cuda",
        title="TensorFlow, CUDA, TF32 off",
        route="tf.nn.conv{1,2,3}d_transpose",
        target=f"{_HERE}.tensorflow:TensorFlow",
        arguments=("GPU", False),
        distributions=("tensorflow",),
        device="cuda",
        checks=ALL_CHECKS,
    ),
    Entry(
        name="tensorflow-cuda-tf32",
        title="TensorFlow, CUDA, TF32 on",
        route="tf.nn.conv{1,2,3}d_transpose",
        target=f"{_HERE}.tensorflow:TensorFlow",
        arguments=("GPU", True),
        distributions=("tensorflow",),
        device="cuda",
        checks=ALL_CHECKS,
    ),
    Entry(
        name="onnxruntime-cuda",
        title="ONNX Runtime, CUDA, TF32 off",
        route="InferenceSession, CUDAExecutionProvider",
        target=f"{_HERE}.onnxruntime:OnnxRuntime",
        arguments=("CUDAExecutionProvider", False),
        distributions=_ONNXRUNTIME,
        device="cuda",
        checks=FORWARD_CHECKS,
    ),
    Entry(
        name="onnxruntime-cuda-tf32",
        title="ONNX Runtime, CUDA, TF32 on",
        route="InferenceSession, CUDAExecutionProvider",
        target=f"{_HERE}.onnxruntime:OnnxRuntime",
        arguments=("CUDAExecutionProvider", True),
        distributions=_ONNXRUNTIME,
        device="cuda",
        checks=FORWARD_CHECKS,
    ),
)

ENTRY_POINTS = "convtranspose_conformance.backends"


def registered() -> dict[str, Entry]:
    """Every backend that has a name here: the built-in ones, then those of other distributions'
    entry points (each an `Entry`).

    Raises Unusable naming an entry point that cannot be loaded or is none.
    """
    found = {entry.name: entry for entry in BUILT_IN}
    for point in entry_points(group=ENTRY_POINTS):
        try:
            entry = point.load()
        except (
            Exception,
            SystemExit,
        ) as error:  # whatever a foreign module does while it is imported
            raise Unusable(
                f"entry point {point.name} = {point.value}: {type(error).__name__}: "
                f"{text_of(error)}"
            ) from error
        if not isinstance(entry, Entry):
            raise Unusable(
                f"entry point {point.name} = {point.value}: found {type(entry).__name__}, accepted "
                "is a backends.Entry"
            )
        found[entry.name] = entry
    return found
