"""PyTorch in float64, the pads by `torch.nn.functional.pad`, its autograd; the result rounded into
the case's dtype once."""

from typing import Any

import numpy as np

from convtranspose_conformance.backends.api import Array, Backend, Call, Gradients, Unsupported
from from_text import Pair, Reading, opposite, read, rounded


class TorchFloat64(Backend):
    checks = ("output", "rejection", "gradient", "repeatability")

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)
        self._torch, self._functional = torch, torch.nn.functional

    def versions(self) -> dict[str, str]:
        return {"torch": str(self._torch.__version__)}

    def run(self, call: Call) -> Array:
        reading = _sayable(call)
        with self._torch.no_grad():
            Y = self._operator(*self._tensors(call), reading)
        return rounded(Y.numpy(), call.X.dtype)

    def gradients(self, call: Call, dY: Array) -> Gradients:
        reading, tensors = _sayable(call), self._tensors(call)
        given = [tensor.requires_grad_() for tensor in tensors if tensor is not None]
        found = self._torch.autograd.grad(
            self._operator(*tensors, reading), given, self._tensor(dY)
        )
        dX, dW, *rest = (rounded(a.numpy(), call.X.dtype) for a in found)
        return dX, dW, rest[0] if rest else None

    def _tensors(self, call: Call) -> list[Any]:
        return [None if a is None else self._tensor(a) for a in (call.X, call.W, call.B)]

    def _tensor(self, array: Array) -> Any:
        return self._torch.from_numpy(array.astype(np.float64))

    def _operator(self, X: Any, W: Any, B: Any, reading: Reading) -> Any:
        rank, kind = X.dim() - 2, "conv_transpose" if reading.transposed else "conv"
        operator = getattr(self._functional, f"{kind}{rank}d")
        wide = X if reading.transposed else self._trimmed(X, opposite(reading.pads))
        Y = operator(
            wide, W, stride=reading.strides, dilation=reading.dilations, groups=reading.group
        )
        Y = self._trimmed(Y, reading.pads) if reading.transposed else Y
        return Y if B is None else Y + B.reshape(1, -1, *(1,) * rank)

    def _trimmed(self, tensor: Any, cuts: tuple[Pair, ...]) -> Any:
        """`from_text.trimmed`, for autograd: `pad` alone may not cut more than it has, though it
        adds as much at the other end."""
        grown = self._functional.pad(
            tensor, [max(-each, 0) for pair in reversed(cuts) for each in pair]
        )
        for axis, (begin, end) in enumerate(cuts, 2):
            first = max(begin, 0)
            grown = grown.narrow(axis, first, grown.shape[axis] - max(end, 0) - first)
        return grown


def _sayable(call: Call) -> Reading:
    reading = read(call)
    if not 1 <= call.X.ndim - 2 <= 3:
        raise Unsupported("there is no convolution with that many spatial axes")
    if 0 in (*call.X.shape, *call.W.shape):
        raise Unsupported("an empty X or W")
    if not reading.transposed and 0 in reading.sizes:
        raise Unsupported("a Conv without an output")
    return reading
