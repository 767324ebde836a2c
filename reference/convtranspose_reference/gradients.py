"""dX, dW and dB of ConvTranspose and Conv from dY, as plain linear maps in the arithmetic of their
arguments.

Both operators place their products alike: index on the wide side = stride * index on the narrow
side + dilation * tap - begin. X of a ConvTranspose is narrow and its Y wide; of a Conv, the other
way round. So the gradient in X of ConvTranspose *is* Conv of dY with the same W, and that of Conv
*is* ConvTranspose of dY with the same W (Dumoulin & Visin 2016, section 4.1). One `Geometry`
describes both: that of the ConvTranspose.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from .attributes import Attributes, Op, Shape
from .conv import conv_geometry, gather_windows, met_by
from .conv_transpose import scatter
from .geometry import LATEST_OPSET, Geometry, axes_of
from .window import Array, Index, window


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradients:
    """The gradients of one call of `op`, whose ConvTranspose side is placed by `found` (for Conv:
    `adjoint_of_conv`)."""

    op: Op
    found: Geometry

    def of_X(self, dY: Array, W: Array) -> Array:
        """dX, shaped as X: Conv of dY with W for ConvTranspose, ConvTranspose of dY with W for
        Conv."""
        return (
            convolved(dY, W, self.found)
            if self.op == "ConvTranspose"
            else scatter(dY, W, self.found)
        )

    def of_W(self, X: Array, dY: Array) -> Array:
        """dW, shaped as W."""
        return (
            between(X, dY, self.found) if self.op == "ConvTranspose" else between(dY, X, self.found)
        )

    def of_B(self, dY: Array) -> Array:
        """dB (M,): the sums of dY over images and positions."""
        return np.asarray(dY.sum(axis=(0, *range(2, dY.ndim))))


def adjoint_of_conv(
    x_shape: Shape,
    w_shape: Shape,
    attributes: Attributes,
    *,
    opset: int = LATEST_OPSET,
    y_sizes: Shape | None = None,
) -> Geometry:
    """The ConvTranspose that takes Conv's output back to its input: Y as its input, the same W,
    strides, dilations, group and begins.

    X is N x C x D1..., W is M x C/group x k1...; `y_sizes`: Y's sizes, where it is not of those
    that Conv has. Raises InvalidInput as `conv_geometry` does.
    """
    forward, pads, sizes = conv_geometry(x_shape, w_shape, attributes, opset=opset)
    sizes = sizes if y_sizes is None else y_sizes
    group = 1 if attributes.group is None else attributes.group
    bare = Attributes(strides=attributes.strides, dilations=attributes.dilations, group=group)
    axes = axes_of((x_shape[0], w_shape[0], *sizes), w_shape, bare, opset)
    ends = tuple(
        axis.natural - begin - a.input
        for axis, a, (begin, _) in zip(axes, forward, pads, strict=True)
    )
    begins = tuple(begin for begin, _ in pads)
    return Geometry(
        batch=x_shape[0],
        channels=w_shape[0],
        maps=x_shape[1],
        group=group,
        axes=axes,
        begins=begins,
        ends=ends,
    )


def convolved(wide: Array, W: Array, found: Geometry) -> Array:
    """Conv of the wide side (N x M x `found.spatial`) with W (C x M/group x k...), back to N x C x
    the narrow sizes."""
    return gather_windows(
        _uncropped(wide, found),
        W,
        found.group,
        found.axes,
        ((0, 0),) * len(found.axes),
        _narrow(found),
    )


def between(narrow: Array, wide: Array, found: Geometry) -> Array:
    """The gradient in W (C x M/group x k...): for every tap, the products of the narrow side with
    what the tap meets on the wide one."""
    group, points = found.group, int(np.prod(_narrow(found)))
    per_group = (found.channels // group, found.maps // group)
    canvas = _uncropped(wide, found)
    inputs = narrow.reshape(found.batch, group, per_group[0], points)
    dW = np.zeros((group, *per_group, *found.kernel), np.result_type(narrow, wide))
    for tap in product(*map(range, found.kernel)):
        met = canvas[met_by(tap, found.axes, _narrow(found))].reshape(
            found.batch, group, per_group[1], points
        )
        of_tap: Index = (slice(None), slice(None), slice(None), *tap)
        dW[of_tap] = np.matmul(inputs, met.swapaxes(2, 3)).sum(axis=0)
    return dW.reshape(found.channels, per_group[1], *found.kernel)


def _narrow(found: Geometry) -> Shape:
    return tuple(axis.input for axis in found.axes)


def _uncropped(wide: Array, found: Geometry) -> Array:
    """The wide side with zeros where the pads cut it off, as far as the filter reaches."""
    extent = tuple(a.stride * max(a.input - 1, 0) + a.effective_kernel for a in found.axes)
    return window(wide, len(found.axes), tuple(-begin for begin in found.begins), extent)
