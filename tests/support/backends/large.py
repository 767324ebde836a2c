"""Backends that are wrong, quickly, and large. `large:NAME` names one."""

from typing import Any

import numpy as np

from textbook import Array, Textbook


class Wrong(Textbook):
    """Zeros of the right shape, where nothing but X, W and strides is given."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        stride = self.given.get("strides", [1])[0]
        size = stride * (X.shape[2] - 1) + W.shape[2]
        return [np.zeros((X.shape[0], W.shape[1], size), X.dtype)]


class TooMuch(Textbook):
    """64 MiB, whatever is asked; a first call is answered."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        first = X.shape[2] == 3 and not self.given
        return super().answer(X, W, B) if first else [np.zeros((1, 1, 2**24), X.dtype)]
