"""dX, dW and dB of the textbook's operators: each step of the forward loops, turned round."""

from itertools import product
from typing import Any

import numpy as np

from textbook import Array, Ints
from textbook_laws import Lawful

Pairs = list[tuple[int, int]]


class Derivable(Lawful):
    """Beside `run`, `gradients`: all that one node answers."""

    def gradients(
        self, X: Array, W: Array, B: Array | None, dY: Array
    ) -> tuple[Array, Array, Array | None]:
        self.refuse(X, W, B)
        self.read(X, W)
        x, w, y = (array.astype(self.accumulator) for array in (X, W, dY))
        derive = self.derive_transposed if self.op == "ConvTranspose" else self.derive_forward
        dX, dW = derive(x, w, y)
        dB = None if B is None else self.bias_gradient(y).astype(X.dtype)
        return dX.astype(X.dtype), dW.astype(X.dtype), dB

    def bias_gradient(self, dY: Array) -> Array:
        return dY.sum(axis=(0, *range(2, dY.ndim)))

    def derive_transposed(self, X: Array, W: Array, dY: Array) -> tuple[Array, Array]:
        """Every input takes from where its multiple of the filter landed."""
        natural = [max(self.natural(axis), 0) for axis in range(self.rank)]
        canvas = self.uncrop(dY, self.gradient_pads(), natural)
        dX, dW = np.zeros(X.shape, self.accumulator), np.zeros(W.shape, self.accumulator)
        maps, channels = W.shape[1], X.shape[1] // self.group
        for index in product(*(range(size) for size in self.inputs)):
            at = self.met(index)
            for g in range(self.group):
                taken = slice(g * channels, (g + 1) * channels)
                window = canvas[(slice(None), slice(g * maps, (g + 1) * maps), *at)]
                dX[(slice(None), taken, *index)] = self.input_share(window, W[taken])
                dW[taken] += self.weight_share(X[(slice(None), taken, *index)], window)
        return self.input_gradient(dX), self.weight_gradient(dW)

    def gradient_pads(self) -> Pairs:
        return [self.pads(axis) for axis in range(self.rank)]

    def uncrop(self, dY: Array, pads: Pairs, natural: Ints) -> Array:
        """dY where the canvas was: zeros where it was cropped."""
        grown = np.pad(dY, [(0, 0), (0, 0), *((max(begin, 0), max(end, 0)) for begin, end in pads)])
        starts = [max(-begin, 0) for begin, _ in pads]
        return grown[
            (
                ...,
                *(slice(start, start + size) for start, size in zip(starts, natural, strict=True)),
            )
        ]

    def input_share(self, window: Array, W: Array) -> Array:
        return np.tensordot(window, W, (range(1, W.ndim),) * 2)

    def weight_share(self, pixels: Array, window: Array) -> Array:
        return np.einsum("nc,nm...->cm...", pixels, window)

    def input_gradient(self, dX: Array) -> Array:
        return dX

    def weight_gradient(self, dW: Array) -> Array:
        return dW

    def derive_forward(self, X: Array, W: Array, dY: Array) -> tuple[Array, Array]:
        """Every output gives to the window from which it came."""
        pads: Any = [(0, 0), (0, 0), *(self.forward_pads(axis) for axis in range(self.rank))]
        padded, dW = np.pad(X, pads), np.zeros(W.shape, self.accumulator)
        dPadded = np.zeros(padded.shape, self.accumulator)
        maps, channels = W.shape[0] // self.group, W.shape[1]
        for index in product(*(range(size) for size in dY.shape[2:])):
            at = self.met(index)
            for g in range(self.group):
                rows, read = (
                    slice(g * maps, (g + 1) * maps),
                    (slice(None), slice(g * channels, (g + 1) * channels), *at),
                )
                share = dY[(slice(None), rows, *index)]
                dW[rows] += np.einsum("nm,nc...->mc...", share, padded[read])
                dPadded[read] += np.einsum("nm,mc...->nc...", share, W[rows])
        inside = tuple(
            slice(begin, begin + size) for (begin, _), size in zip(pads, X.shape, strict=True)
        )
        return self.input_gradient(dPadded[inside]), self.weight_gradient(dW)
