"""Faults of the bias where no product lands."""

from dataclasses import replace

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.goldens import Golden, golden
from convtranspose_cases.inputs import Tensors, linear_of
from convtranspose_reference.geometry import Geometry

from .fault import Fault, changed, mixed


def _bias_where_reached(
    case: Case, tensors: Tensors, place: Geometry | None, found: Golden
) -> Golden:
    """0 in place of the bias wherever no product lands."""
    if place is None or tensors.B is None:
        return found
    ones = replace(
        tensors, X=changed(tensors.X, np.ones_like), W=changed(tensors.W, np.ones_like), B=None
    )
    reached = golden(ones, linear_of(case), "float64", place).values > 0
    none = replace(
        tensors, W=changed(tensors.W, np.zeros_like), B=changed(tensors.B, np.zeros_like)
    )
    return mixed(reached, found, golden(none, linear_of(case), case.dtype, place))


def _bias_before_zeros(
    case: Case, tensors: Tensors, place: Geometry | None, found: Golden
) -> Golden:
    """0 in place of the bias beyond the natural size, on either side."""
    if place is None or tensors.B is None:
        return found
    inside = np.ones(found.shape, bool)
    for number, (axis, begin) in enumerate(zip(place.axes, place.begins, strict=True)):
        for beyond in (slice(0, max(-begin, 0)), slice(max(axis.natural - begin, 0), None)):
            inside[(slice(None),) * (2 + number) + (beyond,)] = False
    none = replace(
        tensors, W=changed(tensors.W, np.zeros_like), B=changed(tensors.B, np.zeros_like)
    )
    return mixed(inside, found, golden(none, linear_of(case), case.dtype, place))


BIAS_BEYOND = (
    Fault(
        "bias_before_zeros",
        "adds the bias before the zeros of a negative total padding, which so stay without it",
        golden=_bias_before_zeros,
    ),
    Fault(
        "bias_where_reached",
        "adds the bias only where some product lands",
        golden=_bias_where_reached,
    ),
)
