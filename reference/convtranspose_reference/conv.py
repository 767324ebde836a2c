"""Forward convolution: the operator whose adjoint in X is ConvTranspose."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from .attributes import Attributes, InvalidInput, Shape, check
from .conv_transpose import add_bias, check_types
from .formats import round_to
from .geometry import LATEST_OPSET, Axis, Pads, axes_of
from .window import Array, Index


def conv_pads(axis: Axis) -> Pads:
    """Begin and end pads of Conv. SAME: output ceil(input / stride) (opset 1: input), what is
    missing split, never negative."""
    if not axis.same:
        return axis.begin, axis.end
    size = axis.input if axis.opset < 11 else -(-axis.input // axis.stride)
    total = max((size - 1) * axis.stride + axis.effective_kernel - axis.input, 0)
    half = total // 2
    return (half, total - half) if axis.auto_pad == "SAME_UPPER" else (total - half, half)


def conv_geometry(
    x_shape: Shape,
    w_shape: Shape,
    attributes: Attributes,
    *,
    b_shape: Shape | None = None,
    opset: int = LATEST_OPSET,
) -> tuple[tuple[Axis, ...], tuple[Pads, ...], Shape]:
    """Axes, pads and output sizes of a Conv call: X is N x C x D1..., W is M x C/group x k1..., B
    is (M,).

    Raises InvalidInput naming the clause; a kernel that does not fit into the padded input is one
    (M).
    """
    for name in ("output_padding", "output_shape"):
        if (found := getattr(attributes, name)) is not None:
            raise InvalidInput("O", name, list(found), "absent: Conv has no such attribute")
    check("Conv", x_shape, w_shape, b_shape, attributes)
    axes = axes_of(x_shape, w_shape, attributes, opset)
    pads = tuple(conv_pads(axis) for axis in axes)
    sizes = tuple(
        (a.input + b + e - a.effective_kernel) // a.stride + 1
        for a, (b, e) in zip(axes, pads, strict=True)
    )
    if any(size < 0 for size in sizes):
        raise InvalidInput("M", "output size", list(sizes), "at least 0 along each axis")
    return axes, pads, sizes


def gather_windows(
    X: Array, W: Array, group: int, axes: tuple[Axis, ...], pads: tuple[Pads, ...], sizes: Shape
) -> Array:
    """Conv without bias, in the arithmetic of X and W: one matmul per tap over the strided slice
    that it meets."""
    batch, maps = X.shape[0], W.shape[0]
    padded = np.pad(X, ((0, 0), (0, 0), *pads))
    filters = W.reshape(group, maps // group, *W.shape[1:])
    points = int(np.prod(sizes))
    multiplied = np.multiply if X.shape[1] == group else np.matmul  # the same, of one channel each
    Y = np.zeros((batch, group, maps // group, points), np.result_type(X, W))
    for tap in product(*(range(a.kernel) for a in axes)):
        met = padded[met_by(tap, axes, sizes)].reshape(batch, group, X.shape[1] // group, points)
        of_tap: Index = (slice(None), slice(None), slice(None), *tap)
        Y += multiplied(filters[of_tap], met)
    return Y.reshape(batch, maps, *sizes)


def met_by(tap: Shape, axes: tuple[Axis, ...], sizes: Shape) -> Index:
    """Where in the padded input one tap of the kernel looks, over all outputs."""
    starts = [t * a.dilation for t, a in zip(tap, axes, strict=True)]
    each = zip(starts, axes, sizes, strict=True)
    return (
        ...,
        *(slice(b, b + a.stride * (n - 1) + 1, a.stride) if n else slice(0, 0) for b, a, n in each),
    )


def conv(
    X: Array,
    W: Array,
    B: Array | None = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Sequence[int] | None = None,
    group: int = 1,
    kernel_shape: Sequence[int] | None = None,
    pads: Sequence[int] | None = None,
    strides: Sequence[int] | None = None,
) -> Array:
    """ONNX Conv as the text of opset 22 reads, for any number of spatial axes.

    X: N x C x D1..., W: M x C/group x k1..., B: (M,); returns Y: N x M x output sizes, of X's
    dtype. Computes in float64, rounds once. Raises InvalidInput (a ValueError) naming clause,
    attribute, value found and values accepted.
    """
    check_types(X, W, B)
    attributes = Attributes.of(
        auto_pad=auto_pad,
        dilations=dilations,
        group=group,
        kernel_shape=kernel_shape,
        pads=pads,
        strides=strides,
    )
    axes, paddings, sizes = conv_geometry(
        X.shape, W.shape, attributes, b_shape=None if B is None else B.shape
    )
    Y = gather_windows(
        np.asarray(X, np.float64), np.asarray(W, np.float64), group, axes, paddings, sizes
    )
    return round_to(add_bias(Y, None if B is None else B.astype(np.float64)), X.dtype)
