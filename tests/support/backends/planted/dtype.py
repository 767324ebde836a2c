"""In which type Y is computed and returned."""

from typing import Any

import ml_dtypes
import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "dtype"


class ReturnsDouble(Planted):
    """Returns Y in float64, in which it sums."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return Y


class HalfReturnedAsSingle(Planted):
    """Returns float32 for float16."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return super().rounded(Y, np.float32 if dtype == np.float16 else dtype)


class BFloat16ReturnedAsSingle(Planted):
    """Returns float32 for bfloat16."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return super().rounded(Y, np.float32 if dtype == ml_dtypes.bfloat16 else dtype)


class BFloat16AsHalf(Planted):
    """Reads bfloat16's bits as float16's."""

    def numbers(self, array: Array) -> Array:
        return array.view(np.float16) if array.dtype == ml_dtypes.bfloat16 else array


class DoubleAsSingle(Planted):
    """Computes float64 in float32."""

    named = ("float32 arithmetic",)

    def numbers(self, array: Array) -> Array:
        return array.astype(np.float32)

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return super().rounded(Y.astype(np.float32), dtype)


class DoubleReturnedAsSingle(Planted):
    """Returns float32 for float64."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return super().rounded(Y, np.float32 if dtype == np.float64 else dtype)


class DoubleRefused(Planted):
    """Refuses float64, which the operator has."""

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        if X.dtype == np.float64:
            raise NotImplementedError("no kernel for float64")


class BFloat16RoundedThroughHalf(Planted):
    """Rounds to float16 on the way to bfloat16."""

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return super().rounded(Y.astype(np.float16) if dtype == ml_dtypes.bfloat16 else Y, dtype)
