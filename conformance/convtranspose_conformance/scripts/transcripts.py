"""What each adapter does, as script lines.

PyTorch's and TensorFlow's calls are written down by the adapters themselves, which are handed a
stand-in for the framework; ONNX models are spelled out as `onnx_model` builds them.
"""

from ..backends.api import Call, Unsupported
from ..backends.onnx_script import (
    backend_api_script,
    model_forms,
    reference_script,
    runtime_forms,
    runtime_script,
    shape_inference_script,
)
from ..backends.registry import BUILT_IN, registered
from ..backends.script import ANSWER, STATED, Script, quoted, undone
from ..backends.tensorflow_script import ADAPTERS, tensorflow_forms, tensorflow_script
from ..backends.torch_script import torch_forms, torch_script

__all__ = ["ANSWER", "STATED", "Script", "forms", "quoted", "transcript", "undone"]


def transcript(backend: str, call: Call, *, pinned: bool, static: bool = False) -> Script:
    """The script of one call of a built-in backend or of `module:attribute[@DEVICE]`; of X, W, B
    only shapes and dtype matter.

    `pinned` where the settings will be printed too; `static` for the output shape that the backend
    states without computing. Raises Unsupported with the adapter's reason, for another
    distribution's adapter, and where nothing states a shape; ValueError on a name that is neither.
    """
    entry = registered().get(backend)
    if static and (entry is None or "output_shape" not in entry.checks):
        raise Unsupported("this API states no output shape ahead of the call")
    if entry is None:
        return backend_api_script(backend, call)
    if entry not in BUILT_IN:
        raise Unsupported(
            f"{backend} is an adapter of another distribution: the text of its calls is not known "
            "here"
        )
    adapter = entry.target.partition(":")[2]
    if adapter == "Torch":
        return torch_script(entry, call, static)
    if adapter in ADAPTERS:
        return tensorflow_script(entry, call, static)
    if adapter == "OnnxRuntime":
        return runtime_script(entry, call, pinned, static)
    return reference_script(call) if adapter == "OnnxReference" else shape_inference_script(call)


def forms(backend: str, call: Call) -> dict[str, list[str]]:
    """Form of the call, by the name that `Backend.variants` has for it -> the lines that make its
    Y. Raises as `transcript` does."""
    entry = registered().get(backend)
    adapter = "" if entry is None else entry.target.partition(":")[2]
    if entry is not None and adapter == "Torch":
        return torch_forms(entry, call)
    if entry is not None and adapter in ADAPTERS:
        return tensorflow_forms(entry, call)
    if entry is not None and adapter == "OnnxRuntime":
        return runtime_forms(entry, call)
    return model_forms(call, lambda changed: transcript(backend, changed, pinned=True))
