"""The operator as a linear map of X and W, and how many products its outputs sum."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.attributes import Attributes, Shape
from convtranspose_reference.conv import conv_geometry, gather_windows
from convtranspose_reference.conv_transpose import scatter
from convtranspose_reference.geometry import Geometry

from ..case import Case

# X's and W's shape, strides, dilations, group
_Bare = tuple[Shape, Shape, Shape | None, Shape | None, int | None]
Linear = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]


def uncropped(case: Case) -> Geometry:
    """The case's geometry without pads: what any reading of them crops or extends."""
    return _uncropped(*_bare(case))


def _bare(case: Case) -> _Bare:
    given = case.attributes
    return case.x_shape, case.w_shape, given.strides, given.dilations, given.group


@lru_cache(maxsize=1024)
def _uncropped(
    x_shape: Shape,
    w_shape: Shape,
    strides: Shape | None,
    dilations: Shape | None,
    group: int | None,
) -> Geometry:
    bare = Attributes(strides=strides, dilations=dilations, group=group)
    found = Case(suite="", name="", x_shape=x_shape, w_shape=w_shape, attributes=bare)
    sizes = [max(a.natural, 0) for a in found.axes]
    ends = tuple(a.natural - size for a, size in zip(found.axes, sizes, strict=True))
    return Geometry(
        batch=x_shape[0],
        channels=x_shape[1],
        maps=found.maps,
        group=found.group,
        axes=found.axes,
        begins=(0,) * found.rank,
        ends=ends,
    )


def linear_of(case: Case) -> Linear:
    """(X, W) -> Y without pads (ConvTranspose) or with them (Conv), without bias, in the arithmetic
    of its arguments."""
    if case.op == "ConvTranspose":
        found = uncropped(case)
        return lambda X, W: scatter(X, W, found)
    axes, pads, sizes = conv_geometry(
        case.fed_shape, case.w_shape, case.attributes, opset=case.opset
    )
    return lambda X, W: gather_windows(X, W, case.group, axes, pads, sizes)


def most_products(case: Case) -> int:
    """The largest number of products that one output element sums, at least 1."""
    return _most_terms(*_bare(case)) if case.op == "ConvTranspose" else _most_windows(case)


@lru_cache(maxsize=64)
def _most_windows(case: Case) -> int:
    return max(
        int(linear_of(case)(np.ones(case.fed_shape), np.ones(case.w_shape)).max(initial=1)), 1
    )


@lru_cache(maxsize=1024)
def _most_terms(*bare: *_Bare) -> int:
    """Of a ConvTranspose without pads, which cases by the dozen share."""
    found = _uncropped(*bare)
    ones = np.ones((found.batch, found.channels, *(a.input for a in found.axes)))
    weights = np.ones((found.channels, found.maps // found.group, *found.kernel))
    return max(int(scatter(ones, weights, found).max(initial=1)), 1)
