"""The operator as a linear map of X and W, and how many products its outputs sum."""

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.attributes import Attributes, Shape
from convtranspose_reference.conv import conv_geometry, gather_windows
from convtranspose_reference.conv_transpose import scatter
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.window import window

from ..case import Case
from .scaled import Integers

# X's and W's shape, strides, dilations, group
_Bare = tuple[Shape, Shape, Shape | None, Shape | None, int | None]
Linear = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]
MOST_PRODUCTS = 128  # products that Python sums before NumPy has begun
MOST_SUM = 2**62  # that an array of int64 holds with a bias


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
    case = Case(suite="", name="", x_shape=x_shape, w_shape=w_shape, attributes=bare)
    sizes = [max(a.natural, 0) for a in case.axes]
    ends = tuple(a.natural - size for a, size in zip(case.axes, sizes, strict=True))
    return Geometry(
        batch=x_shape[0],
        channels=x_shape[1],
        maps=case.maps,
        group=case.group,
        axes=case.axes,
        begins=(0,) * case.rank,
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


def few_summed(case: Case, X: Integers, W: Integers) -> Integers | None:
    """`linear_of(case)(X, W)` of a ConvTranspose of few products, one after the other: Python's
    integers are exact, and there before NumPy's arrays are. None where it takes more."""
    if case.op != "ConvTranspose" or X.size * case.w_shape[1] * case.taps > MOST_PRODUCTS:
        return None
    bare = _bare(case)
    whole, weights, elements = _uncropped(*bare), W.ravel().tolist(), X.ravel().tolist()
    sums = [0] * (whole.batch * whole.maps * prod(whole.reach))
    for number, first, last, places in _landings(*bare):
        weight = weights[number]
        for element, place in zip(elements[first:last], places, strict=True):
            sums[place] += element * weight
    if max(map(abs, sums), default=0) >= MOST_SUM:
        return None
    canvas = np.array(sums, np.int64).reshape(whole.batch, whole.maps, *whole.reach)
    return window(canvas, len(whole.axes), whole.begins, whole.spatial)


@lru_cache(maxsize=1024)
def _landings(*bare: *_Bare) -> list[tuple[int, int, int, list[int]]]:
    """For each image, channel, map and tap of a ConvTranspose: the element of W, the elements of X
    (first, and past the last), and the elements of the output, as far as the filter reaches, that
    these are added to; all counted through."""
    whole = _uncropped(*bare)
    channels, maps = whole.channels // whole.group, whole.maps // whole.group
    inputs, outputs = prod(a.input for a in whole.axes), prod(whole.reach)
    numbers = np.arange(outputs).reshape(whole.reach)
    places = [numbers[where].ravel() for where in whole.landings]
    landings = []
    for n, g, c, m in product(*map(range, (whole.batch, whole.group, channels, maps))):
        channel = g * channels + c
        first = (n * whole.channels + channel) * inputs
        image = (n * whole.maps + g * maps + m) * outputs
        for tap, where in enumerate(places):
            factor = (channel * maps + m) * len(places) + tap
            landings.append((factor, first, first + inputs, (image + where).tolist()))
    return landings


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
