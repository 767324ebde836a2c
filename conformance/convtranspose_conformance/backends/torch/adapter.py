"""PyTorch: `torch.nn.functional.conv_transpose{1,2,3}d` and `conv{1,2,3}d`, with `interpolate`
before and `pixel_shuffle` after a convolution."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from convtranspose_reference.attributes import PartialShape

from ..api import Array, Backend, Call, Gradients, Unsupported, Unusable, refusals
from ..processor import told
from .interpolate import interpolation, upscale_factor
from .kernels import of_cpu

FRAMEWORKS_OWN = (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError)
CUDNN_MODES = ("deterministic", "benchmark")
Arguments = dict[str, Any]


def arguments(call: Call) -> Arguments:
    """The call's attributes as the functional API takes them. Raises Unsupported where one call
    cannot say them."""
    call.check_sayable()
    if call.resize is not None:
        interpolation(call, call.resize)
    if call.depth_to_space is not None:
        upscale_factor(call, call.depth_to_space)
    given: Arguments = {
        "stride": call.strides,
        "padding": _padding(call),
        "dilation": call.dilations,
        "groups": call.group,
    }
    if call.op == "ConvTranspose":
        given["output_padding"] = call.output_padding
    return given


def _padding(call: Call) -> Any:
    if call.attributes.output_shape is not None:
        raise Unsupported(
            "no argument derives pads from an output shape (output_size of the modules only "
            "chooses output_padding)"
        )
    if call.auto_pad.startswith("SAME"):
        if call.op == "ConvTranspose":
            raise Unsupported("conv_transpose has no padding='same'")
        if call.auto_pad == "SAME_LOWER" or call.opset < 11 or set(call.strides) != {1}:
            raise Unsupported(
                "padding='same' is for stride 1 and puts the extra element at the end"
            )
        return "same"
    if any(begin != end for begin, end in call.pads):
        raise Unsupported("padding is the same at both ends of an axis")
    return tuple(begin for begin, _ in call.pads)


class Torch(Backend):
    """One device of PyTorch; on CUDA with TF32 allowed or not."""

    composes = True

    def __init__(self, device: str, tf32: bool = False) -> None:
        import torch
        import torch.nn.functional as functional

        if device == "cuda" and not torch.cuda.is_available():
            raise Unusable("no CUDA device, or a PyTorch built without CUDA")
        torch.set_num_threads(1)
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
        if device == "cuda" and torch.backends.cudnn.allow_tf32 != tf32:
            raise Unusable(f"PyTorch did not take allow_tf32 = {tf32}")
        self._torch, self._functional, self._device = torch, functional, device

    def versions(self) -> dict[str, str]:
        torch = self._torch
        return {"torch": str(torch.__version__)} | (
            {"cuda": str(torch.version.cuda), "gpu": torch.cuda.get_device_name()}
            if self._device == "cuda"
            else {}
        )

    def kernels(self) -> dict[str, str]:
        if self._device != "cpu":
            return self._cuda_kernels()
        return of_cpu(self._torch)

    def _cuda_kernels(self) -> dict[str, str]:
        """What decides whether cuDNN computes, in TF32, and the same twice."""
        cudnn = self._torch.backends.cudnn
        flags = ("enabled", "allow_tf32", "deterministic", "benchmark")
        return {f"cudnn_{flag}": str(getattr(cudnn, flag)).lower() for flag in flags} | told(
            "NVIDIA_TF32_OVERRIDE", "CUBLAS_WORKSPACE_CONFIG"
        )

    def run(self, call: Call) -> Array:
        return self._run(call, self._tensor)

    def _run(self, call: Call, tensor: Callable[[Array], Any]) -> Array:
        """The call with its arrays made tensors by `tensor`."""
        given = arguments(call)
        tensors = [None if a is None else tensor(a) for a in (call.X, call.W, call.B)]
        with refusals("call", *FRAMEWORKS_OWN):
            Y = self._applied(call, tensors, given)
        self._prove(Y)
        return self._array(Y)

    def _applied(self, call: Call, tensors: list[Any], given: Arguments) -> Any:
        """The operator, with `interpolate` before and `pixel_shuffle` after it where the call says
        so."""
        X, *others = tensors
        if call.resize is not None:
            X = self._functional.interpolate(X, **interpolation(call, call.resize))
        Y = self._operator(call)(X, *others, **given)
        if call.depth_to_space is None:
            return Y
        return self._functional.pixel_shuffle(Y, upscale_factor(call, call.depth_to_space))

    def _prove(self, *outputs: Any) -> None:
        for output in outputs:
            if output.device.type != self._device:
                raise Unusable(f"the output is on {output.device}, not on {self._device}")

    def static_shape(self, call: Call) -> PartialShape:
        given = arguments(call)
        tensors = [
            None if a is None else self._tensor(a).to("meta") for a in (call.X, call.W, call.B)
        ]
        with refusals("meta device", *FRAMEWORKS_OWN):
            return tuple(self._applied(call, tensors, given).shape)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        given = arguments(call)
        tensors = [
            None if a is None else self._tensor(a).requires_grad_()
            for a in (call.X, call.W, call.B)
        ]
        with refusals("call", *FRAMEWORKS_OWN):
            Y = self._operator(call)(*tensors, **given)
        with refusals("autograd", *FRAMEWORKS_OWN):
            derived = self._torch.autograd.grad(
                Y, [t for t in tensors if t is not None], self._tensor(dY)
            )
        self._prove(*derived)
        dX, dW, *rest = map(self._array, derived)
        return dX, dW, rest[0] if rest else None

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "strided views", lambda: self._run(call, self._strided)
        if call.rank > 1:
            yield "channels_last", lambda: self._run(call, self._channels_last)
        for mode in CUDNN_MODES if self._device == "cuda" else ():
            yield f"cudnn.{mode}", partial(self._in_mode, call, mode)

    def _in_mode(self, call: Call, mode: str) -> Array:
        """The call with one of cuDNN's modes switched on. Raises Unusable where PyTorch does not
        take it."""
        cudnn = self._torch.backends.cudnn
        before = getattr(cudnn, mode)
        setattr(cudnn, mode, True)
        try:
            if getattr(cudnn, mode) is not True:
                raise Unusable(f"PyTorch did not take cudnn.{mode} = True")
            return self._run(call, self._tensor)
        finally:
            setattr(cudnn, mode, before)

    def _strided(self, array: Array) -> Any:
        """The same numbers as every other element of a tensor twice as long, so that none are
        neighbours."""
        return self._tensor(np.repeat(array, 2, axis=-1))[..., ::2]

    def _channels_last(self, array: Array) -> Any:
        torch, tensor = self._torch, self._tensor(array)
        layout = {4: torch.channels_last, 5: torch.channels_last_3d}.get(tensor.dim())
        return tensor if layout is None else tensor.contiguous(memory_format=layout)

    def _operator(self, call: Call) -> Any:
        kind = "conv_transpose" if call.op == "ConvTranspose" else "conv"
        return getattr(self._functional, f"{kind}{call.rank}d")

    def _tensor(self, array: Array) -> Any:
        if array.dtype.name == "bfloat16":
            return (
                self._torch.from_numpy(array.view(np.int16))
                .view(self._torch.bfloat16)
                .to(self._device)
            )
        return self._torch.from_numpy(array).to(self._device)

    def _array(self, tensor: Any) -> Array:
        here = tensor.detach().cpu().contiguous()
        if here.dtype == self._torch.bfloat16:
            import ml_dtypes

            return np.asarray(here.view(self._torch.int16).numpy().view(ml_dtypes.bfloat16))
        return np.asarray(here.numpy())
