"""Arrays of a model as integers and an exponent: what the exact reference works on."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.inputs import Scaled, Tensors
from convtranspose_reference.formats import FORMATS
from convtranspose_reference.resize.integers import INT64_BITS

from ..rules.answers import Asked

Array = NDArray[Any]


class AskedOfNode(Asked):
    """A node's call as a question: with the numbers that the node has, not with drawn ones."""

    def __init__(self, case: Case, X: Array, W: Array, B: Array | None) -> None:
        super().__init__(case)
        self._X, self._W, self._B = X, W, B

    @cached_property
    def tensors(self) -> Tensors:
        return tensors_of(self._X, self._W, self._B)

    def arrays(self) -> tuple[Array, Array, Array | None, None]:
        return self._X, self._W, self._B, None


def kind_of_numbers(*arrays: Array | None) -> str:
    """The `data` of a case with these numbers, by which declarations tell them: `dense`, or a
    `special` kind where some are not finite or subnormal."""
    given = [array for array in arrays if array is not None]
    if not all(np.isfinite(array).all() for array in given):
        return "special-nan-inf-xwb"
    return "special-subnormal-x" if any(map(_has_subnormal, given)) else "dense"


def tensors_of(X: Array, W: Array, B: Array | None) -> Tensors:
    """X, W and B exactly. X is written finer than it has to be where B is finer than the
    products."""
    plain = kind_of_numbers(X, W, B) == "dense"
    x, w, b = (None if each is None else _scaled(each, plain=plain) for each in (X, W, B))
    if x is None or w is None:
        raise TypeError("a call without X or W")
    missing = 0 if b is None else x.exponent + w.exponent - b.exponent
    return Tensors(X=_finer(x, max(missing, 0)), W=w, B=b)


def _has_subnormal(array: Array) -> bool:
    sizes = np.abs(array.astype(np.float64))
    return bool(((sizes > 0) & (sizes < 2.0 ** FORMATS[array.dtype.name].min_exponent)).any())


def _scaled(array: Array, *, plain: bool) -> Scaled:
    """An array's numbers: odd integers shifted to the exponent of the finest. `plain`: all are
    finite and none is subnormal."""
    values = array.astype(np.float64)
    fractions, exponents = np.frexp(np.where(np.isfinite(values), values, 0.0))
    precision = FORMATS[array.dtype.name].precision
    whole = np.ldexp(fractions, precision).astype(np.int64)
    zeros = np.frexp((whole & -whole).astype(np.float64))[1] - 1  # that a number ends with
    used = whole != 0
    odd = np.where(used, whole >> np.maximum(zeros, 0), 0)
    exponents = exponents - precision + zeros
    finest = int(exponents[used].min()) if used.any() else 0
    special = None if plain else np.where(np.isfinite(values) & (values != 0), 0.0, values)
    integers = _shifted(odd, np.where(used, exponents - finest, 0))
    return Scaled(integers=integers, exponent=finest, special=special)


def _shifted(integers: Array, by: Array) -> Array:
    """integers << by: in 64 bits where they are enough, else as Python's integers."""
    widest = np.frexp(np.abs(integers).astype(np.float64))[1] + by
    if integers.dtype == object or widest.max(initial=0) > INT64_BITS:
        return np.asarray(integers.astype(object) << by.astype(object))
    return np.asarray(integers << by)


def _finer(scaled: Scaled, by: int) -> Scaled:
    if not by:
        return scaled
    integers = _shifted(scaled.integers, np.full(scaled.integers.shape, by))
    return Scaled(integers=integers, exponent=scaled.exponent - by, special=scaled.special)
