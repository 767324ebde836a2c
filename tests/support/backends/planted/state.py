"""What a call leaves behind, and what it depends on beside its numbers."""

from typing import Any

import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "state"


# left in the caller's hands


class InputsChanged(Planted):
    """Works in the caller's X."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        found = super().answer(X, W, B)
        X[...] = 0
        return found


class WeightsChanged(Planted):
    """Flips the kernel in the caller's W."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        found = super().answer(X, W, B)
        if W.flags.writeable:
            W[...] = np.flip(W, tuple(range(2, W.ndim))).copy()
        return found


class BiasChanged(Planted):
    """Sums in the caller's B."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        found = super().answer(X, W, B)
        if B is not None and B.flags.writeable:
            B += B.dtype.type(1)
        return found


# kept from call to call


class WeightsKept(Planted):
    """Packs W once for each shape."""

    def filters(self, W: Array) -> Array:
        return self.memory.setdefault((self.op, W.shape, W.dtype, self.group), W.copy())


class WeightsKeptUntilStridesChange(Planted):
    """Packs W again only where its shape or the strides are others than in the call before."""

    def filters(self, W: Array) -> Array:
        key = (self.op, W.shape, W.dtype, tuple(self.strides))
        if self.memory.get("key") != key:
            self.memory.update(key=key, packed=W.copy())
        return self.memory["packed"]


class BiasKept(Planted):
    """Keeps the first B of each length."""

    def bias(self, B: Array) -> Array:
        return self.memory.setdefault((B.dtype, B.size), B.copy())


class AnswerKept(Planted):
    """Keeps the answer to each X, whatever W and B are by then."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        key = (X.tobytes(), W.shape, repr(sorted(self.given.items())))
        if key not in self.memory:
            self.memory[key] = super().answer(X, W, B)
        return [Y.copy() for Y in self.memory[key]]


class BufferNotCleared(Planted):
    """Adds up on what an earlier call of the same sizes left."""

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        canvas = super().add_up(X, W, sizes)
        before = self.memory.get(canvas.shape)
        self.memory[canvas.shape] = canvas
        return canvas if before is None else canvas + before


class BatchOfTheCallBefore(Planted):
    """Returns as many images as the call before had."""

    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        Y = super().compute(X, W, B)
        images, self.memory["images"] = self.memory.get("images", len(Y)), len(Y)
        return np.concatenate([Y, np.zeros((images, *Y.shape[1:]), Y.dtype)])[:images]


class BrokenByAnEmptyBatch(Planted):
    """Returns zeros once it has met an empty batch."""

    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        Y = super().compute(X, W, B)
        self.memory["broken"] = self.memory.get("broken", False) or len(X) == 0
        return Y * Y.dtype.type(not self.memory["broken"])


class EverySecondCallOff(Planted):
    """Adds 1 to every second answer: two buffers, one of them not cleared."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        self.memory["calls"] = self.memory.get("calls", 0) + 1
        return super().rounded(Y + (self.memory["calls"] % 2 == 0), dtype)


class OrderOfSumsAlternates(Planted):
    """Sums in float32, in another order in every second call."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        self.memory["calls"] = self.memory.get("calls", 0) + 1
        return super().answer(X, W, B)

    def products(self, pixels: Array, W: Array) -> Array:
        order = range(pixels.shape[1])[:: 1 if self.memory.get("calls", 0) % 2 else -1]
        total = np.zeros((len(pixels), *W.shape[1:]), np.float32 if self.single else np.float64)
        for c in order:
            total += pixels[:, c][(..., *(None,) * (W.ndim - 1))] * W[c]
        return total

    def numbers(self, array: Array) -> Array:
        self.single = array.dtype == np.float32
        return array


# in another form of the call


class ConstantWeightsPackedWrong(Planted):
    """Reverses the kernel where W is an initializer, which it packs ahead of the call."""

    named = ("kernel_flipped",)

    def filters(self, W: Array) -> Array:
        constant = "W" in self.constants and self.op == "ConvTranspose"
        return np.flip(W, tuple(range(2, W.ndim))) if constant else W


class WeightsAsInputNotFollowed(Planted):
    """Computes with weights of 1 where W is a graph input."""

    def filters(self, W: Array) -> Array:
        return W if self.names[1] in self.constants else np.ones_like(W)


class StridesOfMemoryIgnored(Planted):
    """Reads X's memory in order, also where X is a strided view."""

    def images(self, X: Array) -> Array:
        if X.flags.c_contiguous or X.base is None:
            return X
        return X.base.ravel()[: X.size].reshape(X.shape)
