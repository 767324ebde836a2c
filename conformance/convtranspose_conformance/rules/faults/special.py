"""Faults that only numbers which are not finite show: products with zeros that the definition does
not have."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.inputs import Tensors
from convtranspose_reference.formulations import zero_inserted
from convtranspose_reference.geometry import Geometry

from .fault import Fault, changed


def _inserted_zeros(case: Case, given: Tensors, found: Geometry) -> tuple[Case, Tensors, Geometry]:
    """The call with stride 1 on X stretched by zeros: the zeros are multiplied, too."""
    strides = tuple(axis.stride for axis in found.axes)
    X = changed(given.X, lambda X: zero_inserted(X, strides))
    attributes = replace(case.attributes, strides=None)
    return (
        replace(case, x_shape=X.integers.shape, attributes=attributes),
        replace(given, X=X),
        found,
    )


def _border_zeros(
    case: Case, given: Tensors, found: Geometry, *, last_axis: bool = False
) -> tuple[Case, Tensors, Geometry]:
    """The call on X with zeros around it, as many as the kernel reaches: the zeros are multiplied,
    too."""
    strides = case.attributes.strides or (1,) * case.rank
    counts = [
        0 if last_axis and axis is not found.axes[-1] else -(-(axis.effective_kernel - 1) // stride)
        for axis, stride in zip(found.axes, strides, strict=True)
    ]
    X = changed(given.X, lambda X: np.pad(X, [(0, 0), (0, 0), *((n, n) for n in counts)]))
    shifts = [n * stride for n, stride in zip(counts, strides, strict=True)]
    moved = replace(
        found,
        begins=tuple(b + n for b, n in zip(found.begins, shifts, strict=True)),
        ends=tuple(e - n for e, n in zip(found.ends, shifts, strict=True)),
    )
    return replace(case, x_shape=X.integers.shape), replace(given, X=X), moved


def _paired_channels(case: Case, given: Tensors, found: Geometry) -> tuple[Case, Tensors, Geometry]:
    """The call with one more channel where C is odd: the first channel of the pixel that follows in
    memory, channels last, times 0."""
    if case.group > 1 or case.x_shape[1] % 2 == 0 or 0 in case.x_shape:
        return case, given, found

    def with_next(X: NDArray[Any]) -> NDArray[Any]:
        following = np.append(X[:, 0].ravel()[1:], X.dtype.type(0)).reshape(X[:, :1].shape)
        return np.concatenate([X, following], axis=1)

    X = changed(given.X, with_next)
    W = changed(given.W, lambda W: np.concatenate([W, np.zeros_like(W[:1])]))
    return (
        replace(case, x_shape=X.integers.shape, w_shape=W.integers.shape),
        replace(given, X=X, W=W),
        found,
    )


SPECIAL = (
    Fault(
        "next_pixel_times_zero",
        "takes channels in pairs: where C is odd it multiplies the next pixel's first channel by "
        "0, so that its NaN or Inf gives NaN",
        sums=_paired_channels,
    ),
    Fault(
        "inserted_zeros_multiplied",
        "multiplies the zeros inserted between the inputs, so that weights of NaN or Inf reach "
        "outputs that the definition keeps apart",
        sums=_inserted_zeros,
    ),
    Fault(
        "row_border_zeros_multiplied",
        "multiplies zeros beside each row, so that NaN or Inf in W reaches outputs at both ends of "
        "the last axis",
        sums=partial(_border_zeros, last_axis=True),
    ),
    Fault(
        "border_zeros_multiplied",
        "multiplies zeros around the input, so that weights of NaN or Inf reach outputs at the "
        "borders that the definition keeps apart",
        sums=_border_zeros,
    ),
)
