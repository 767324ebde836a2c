"""ConvTranspose by its definition: every input element adds its multiple of the filter to the
output.

Y[n, m, o] = B[m] + sum over c, i, t with o = stride * i + dilation * t - begin of X[n, c, i] * W[c,
m, t].
"""

from collections.abc import Sequence
from math import prod

import numpy as np

from .attributes import Attributes, InvalidInput
from .by_phase import by_phase, pays
from .formats import round_to
from .geometry import Geometry, geometry
from .window import Array, window


def scatter(X: Array, W: Array, found: Geometry) -> Array:
    """ConvTranspose without bias, in the arithmetic of X and W: exact where that is (integers, or
    float64 below 2**53).

    X: N x C x D1..., W: C x M/group x k1...; returns N x M x `found.spatial`.
    """
    if pays(X, W, found):
        return by_phase(X, W, found)
    per_group, taps = (found.channels // found.group, found.maps // found.group), prod(found.kernel)
    inputs = X.reshape(found.batch, found.group, per_group[0], prod(X.shape[2:]))
    filters = W.reshape(found.group, per_group[0], per_group[1] * taps)
    with np.errstate(invalid="ignore"):  # Inf * 0 is NaN, by the definition
        terms = np.matmul(filters.swapaxes(1, 2), inputs).reshape(
            found.batch, found.maps, taps, *X.shape[2:]
        )
    canvas = np.zeros((found.batch, found.maps, *found.reach), terms.dtype)
    for number, where in enumerate(found.landings):
        canvas[where] += terms[:, :, number]
    return window(canvas, len(found.axes), found.begins, found.spatial)


def check_types(X: Array, W: Array, B: Array | None) -> None:
    """One type T for all tensors. Raises InvalidInput."""
    for name, array in (("W", W), ("B", B)):
        if array is not None and array.dtype != X.dtype:
            raise InvalidInput(
                "O", f"dtype of {name}", array.dtype.name, f"{X.dtype.name}, the dtype of X"
            )


def add_bias(Y: Array, B: Array | None) -> Array:
    """Y plus one value of B (M,) per output channel."""
    return Y if B is None else Y + B.reshape(1, -1, *(1,) * (Y.ndim - 2))


def conv_transpose(
    X: Array,
    W: Array,
    B: Array | None = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Sequence[int] | None = None,
    group: int = 1,
    kernel_shape: Sequence[int] | None = None,
    output_padding: Sequence[int] | None = None,
    output_shape: Sequence[int] | None = None,
    pads: Sequence[int] | None = None,
    strides: Sequence[int] | None = None,
) -> Array:
    """ONNX ConvTranspose as the text of opset 22 reads, for any number of spatial axes.

    X: N x C x D1..., W: C x M/group x k1..., B: (M,); returns Y: N x M x output sizes, of X's dtype
    (float16, bfloat16, float32, float64). Computes in float64 and rounds once; for exact results on
    chosen inputs see the goldens of the cases package. Raises InvalidInput (a ValueError) naming
    clause, attribute, value found and values accepted.
    """
    check_types(X, W, B)
    attributes = Attributes.of(
        auto_pad=auto_pad,
        dilations=dilations,
        group=group,
        kernel_shape=kernel_shape,
        output_padding=output_padding,
        output_shape=output_shape,
        pads=pads,
        strides=strides,
    )
    found = geometry(X.shape, W.shape, attributes, b_shape=None if B is None else B.shape)
    Y = scatter(np.asarray(X, np.float64), np.asarray(W, np.float64), found)
    return round_to(add_bias(Y, None if B is None else B.astype(np.float64)), X.dtype)
