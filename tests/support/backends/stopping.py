"""Backends that refuse or die, each for one reason, of ONNX's Backend API: `stopping:NAME` names
one."""

import os
import time
from typing import Any

import numpy as np

from textbook import Array, Textbook


class Chatty(Textbook):
    """Writes to its log at every call, and dies of grouped ones, with another stack each time."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        now = f"{time.time():.6f}"
        os.write(2, f"{now} [thread {os.getpid()}] loading /tmp/plan-{now}.bin\n".encode())
        if self.given.get("group", 1) > 1:
            os.write(2, f"#0 0x{id(X):x} in run()\n#1 0x{id(W):x} {X.shape}\n".encode())
            os.kill(os.getpid(), 11)
        return super().answer(X, W, B)


class Depthwise(Textbook):
    """Aborts where a depthwise call has output_padding above its pad at the end."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        rank, group = X.ndim - 2, self.given.get("group", 1)
        ends = (self.given.get("pads") or [0] * 2 * rank)[rank:]
        padding = self.given.get("output_padding") or [0] * rank
        depthwise = 1 < group == X.shape[1] == W.shape[0] and W.shape[1] == 1
        if depthwise and any(o > e for o, e in zip(padding, ends, strict=True)):
            os.write(2, f"dw.cc:{os.getpid()}] Check failed: {padding} <= {ends}\n".encode())
            os.abort()
        return super().answer(X, W, B)


class SmallKernels(Textbook):
    """Refuses an effective kernel of the stride or less, along any axis."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        rank = X.ndim - 2
        strides = self.given.get("strides") or [1] * rank
        dilations = self.given.get("dilations") or [1] * rank
        kernels = [(k - 1) * d + 1 for k, d in zip(W.shape[2:], dilations, strict=True)]
        if any(k <= s for k, s in zip(kernels, strides, strict=True)):
            raise RuntimeError(f"no tile of {kernels} for a step of {strides}")
        return super().answer(X, W, B)


class WithoutStrides(Textbook):
    """Refuses where strides are left out, and an auto_pad that says NOTSET."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        first = (X.shape, W.shape) == ((1, 1, 3), (1, 1, 2))  # which asks whether anybody is there
        if "strides" not in self.given and not first:
            raise KeyError("strides")
        if self.given.get("auto_pad") == b"NOTSET":
            raise ValueError("auto_pad NOTSET is not known")
        return super().answer(X, W, B)


class ByTheMoon(Textbook):
    """Refuses by what no attribute says."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if np.abs(X).sum() % 3 == 1:
            raise RuntimeError("not tonight")
        return super().answer(X, W, B)


class ByGroup(Textbook):
    """Refuses groups, with a message that names how many."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if (group := self.given.get("group", 1)) > 1:
            raise NotImplementedError(f"group={group} at {hex(id(self))} in {__file__}")
        return super().answer(X, W, B)
