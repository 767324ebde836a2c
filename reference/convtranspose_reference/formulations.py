"""ConvTranspose four other ways, each independent of `conv_transpose.py`; readable beside Dumoulin
& Visin 2016, section 4.

All take X (N x C x D1...), W (C x M/group x k1...) and the geometry of the call, and return N x M x
`found.spatial` without bias, in the arithmetic of X and W: on integers (int64, or Python's in
object arrays) equal means equal. None raises.
"""

from collections.abc import Callable
from dataclasses import replace
from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .attributes import Shape
from .conv import gather_windows
from .geometry import Axis, Geometry
from .window import Array, Index

Formulation = Callable[[Array, Array, Geometry], Array]
MATRIX_ELEMENTS = 2**24
CONV_ELEMENTS = 2**16  # answers of Conv that stay in a core's own cache


def zero_inserted(X: Array, strides: Shape) -> Array:
    """X with stride - 1 zeros between neighbours: the "fractional stride" picture (Dumoulin & Visin
    2016, section 4.5)."""
    sizes = [s * (d - 1) + 1 if d else 0 for d, s in zip(X.shape[2:], strides, strict=True)]
    out = np.zeros((*X.shape[:2], *sizes), X.dtype)
    where: Index = (..., *(slice(None, None, s) for s in strides))
    out[where] = X
    return out


def transposed_filter(W: Array, group: int) -> Array:
    """W (C x M/group x k...) as the filter of a stride-1 Conv: channels swapped within each group,
    every spatial axis reversed."""
    grouped = W.reshape(group, W.shape[0] // group, *W.shape[1:])
    swapped = np.swapaxes(grouped, 1, 2).reshape(
        group * W.shape[1], W.shape[0] // group, *W.shape[2:]
    )
    return np.flip(swapped, axis=tuple(range(2, W.ndim)))


def framed(array: Array, befores: Shape, afters: Shape) -> Array:
    """`array` with that many zeros before and after its spatial axes; a negative number cuts as
    many elements off."""
    sizes = array.shape[2:]
    added = [max(b, 0) for b in befores]
    padded = np.zeros(
        (
            *array.shape[:2],
            *(n + b + max(a, 0) for n, b, a in zip(sizes, added, afters, strict=True)),
        ),
        array.dtype,
    )
    within: Index = (..., *(slice(b, b + n) for n, b in zip(sizes, added, strict=True)))
    padded[within] = array  # np.pad would put NumPy's integers among Python's
    kept: Index = (
        ...,
        *(
            slice(max(-b, 0), n - max(-a, 0))
            for b, a, n in zip(befores, afters, padded.shape[2:], strict=True)
        ),
    )
    return padded[kept]


def _per_group(found: Geometry) -> tuple[int, int]:
    """Channels of X and of Y in one group."""
    return found.channels // found.group, found.maps // found.group


def conv_transpose_by_zero_insertion(X: Array, W: Array, found: Geometry) -> Array:
    """An ordinary correlation, stride 1, of the zero-inserted, zero-padded input with the
    transposed filter (sections 4.1 to 4.6)."""
    if 0 in found.spatial:
        return np.zeros(found.y_shape, np.result_type(X, W))
    stretched = zero_inserted(X, tuple(a.stride for a in found.axes))
    befores = tuple(
        a.effective_kernel - 1 - begin for a, begin in zip(found.axes, found.begins, strict=True)
    )
    needed = [
        size + a.effective_kernel - 1 for size, a in zip(found.spatial, found.axes, strict=True)
    ]
    afters = tuple(
        n - b - size for n, b, size in zip(needed, befores, stretched.shape[2:], strict=True)
    )
    reach = tuple(a.effective_kernel for a in found.axes)
    windows = sliding_window_view(
        framed(stretched, befores, afters), reach, axis=tuple(range(2, X.ndim))
    )
    dilated: Index = (..., *(slice(None, None, a.dilation) for a in found.axes))
    channels, maps = _per_group(found)
    terms, points = channels * prod(found.kernel), prod(found.spatial)
    inputs = (
        windows[dilated]
        .reshape(found.batch, found.channels, points, prod(found.kernel))
        .swapaxes(2, 3)
    )
    filters = transposed_filter(W, found.group).reshape(found.group, maps, terms)
    return np.asarray(
        np.matmul(filters, inputs.reshape(found.batch, found.group, terms, points)).reshape(
            found.y_shape
        )
    )


def convolution_matrix(W: Array, found: Geometry) -> Array:
    """The matrix C of the Conv that leads from Y's sizes back to X's (Dumoulin & Visin 2016,
    section 4.1), one for each group.

    W: C x M/group x k1...; returns group x (channel, point) of X x (channel, point) of Y: a row for
    each output of that Conv, a column for each of its inputs. Output i meets input o by tap t where
    o = stride * i + dilation * t - begin.
    """
    (channels, maps), inputs = _per_group(found), tuple(a.input for a in found.axes)
    C = np.zeros((found.group, channels, *inputs, maps, *found.spatial), W.dtype)
    filters = W.reshape(found.group, channels, maps, *found.kernel)
    for tap in np.ndindex(*found.kernel):
        met = [
            _met(a, begin, size, t)
            for a, begin, size, t in zip(found.axes, found.begins, found.spatial, tap, strict=True)
        ]
        rows, columns = np.ix_(*(i for i, _ in met)), np.ix_(*(o for _, o in met))
        where: Index = (slice(None), slice(None), *rows, slice(None), *columns)
        # NumPy puts the indexed axes first: points x group x channels x maps
        C[where] = filters[(..., *tap)]
    return C.reshape(found.group, channels * prod(inputs), maps * prod(found.spatial))


def _met(
    axis: Axis, begin: int, size: int, tap: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Along one axis, the outputs of the Conv whose `tap` meets one of its `size` inputs, and the
    inputs that they meet."""
    outputs = np.arange(axis.input)
    inputs = axis.stride * outputs + axis.dilation * tap - begin
    inside = (0 <= inputs) & (inputs < size)
    return outputs[inside], inputs[inside]


def conv_transpose_by_matrix(X: Array, W: Array, found: Geometry) -> Array:
    """The transpose of the convolution's matrix times the input, C^T x, group by group (section
    4.1).

    Along the first axis a slab of outputs at a time, so that no matrix is larger than
    MATRIX_ELEMENTS (or one row of outputs).
    """
    each = prod(X.shape[1:]) * found.maps // found.group * prod(found.spatial[1:])
    rows = max(MATRIX_ELEMENTS // max(each, 1), 1)
    slabs = [
        _slab(X, found, first, min(first + rows, found.spatial[0]))
        for first in range(0, max(found.spatial[0], 1), rows)
    ]
    return np.concatenate([_by_one_matrix(x, W, placed) for x, placed in slabs], axis=2)


def _by_one_matrix(X: Array, W: Array, found: Geometry) -> Array:
    x = X.reshape(found.batch, found.group, 1, found.channels // found.group * prod(X.shape[2:]))
    return np.asarray(np.matmul(x, convolution_matrix(W, found)).reshape(found.y_shape))


def _slab(X: Array, found: Geometry, first: int, last: int) -> tuple[Array, Geometry]:
    """The same call cropped to the outputs first ... last - 1 of the first axis, and to the inputs
    whose filter reaches them."""
    axis, begin = found.axes[0], found.begins[0] + first
    least = max(-(-(begin - axis.effective_kernel + 1) // axis.stride), 0)
    most = max(min((begin + last - first - 1) // axis.stride + 1, axis.input), least)
    narrow = replace(axis, input=most - least)
    begin -= axis.stride * least
    begins = (begin, *found.begins[1:])
    ends = (narrow.natural - begin - (last - first), *found.ends[1:])
    return X[:, :, least:most], replace(
        found, axes=(narrow, *found.axes[1:]), begins=begins, ends=ends
    )


def gathered(X: Array, found: Geometry) -> Array:
    """The inputs that each output element takes: N x C x taps x outputs, 0 where a tap meets none.

    Output o takes input (o + begin - dilation * t) / stride by tap t where that is a whole number
    and inside X.
    """
    rank = len(found.axes)
    where: list[Array] = []
    for number, (axis, begin, size) in enumerate(
        zip(found.axes, found.begins, found.spatial, strict=True)
    ):
        reached = np.arange(size) + begin - axis.dilation * np.arange(axis.kernel)[:, None]
        taken = (reached % axis.stride == 0) & (0 <= reached) & (reached < axis.stride * axis.input)
        # where none is taken: the zero behind the last input
        source = np.where(taken, reached // axis.stride, axis.input)
        where.append(
            np.expand_dims(source, [i for i in range(2 * rank) if i not in (number, rank + number)])
        )
    at: Index = (..., *where)
    return framed(X, (0,) * rank, (1,) * rank)[at].reshape(
        *X.shape[:2], prod(found.kernel), prod(found.spatial)
    )


def conv_transpose_by_gathering(X: Array, W: Array, found: Geometry) -> Array:
    """Each output element sums, over channels and taps, the inputs that it takes times their
    weights: no output is written twice."""
    channels, maps = _per_group(found)
    terms = channels * prod(found.kernel)
    inputs = gathered(X, found).reshape(found.batch, found.group, terms, prod(found.spatial))
    filters = (
        W.reshape(found.group, channels, maps, prod(found.kernel))
        .swapaxes(1, 2)
        .reshape(found.group, maps, terms)
    )
    return np.asarray(np.matmul(filters, inputs).reshape(found.y_shape))


def conv_transpose_by_gradient(X: Array, W: Array, found: Geometry) -> Array:
    """The gradient of Conv in its input: Y[o] = <conv(e_o), X> for every unit vector e_o, since
    <conv(y), x> = <y, conv_transpose(x)>.

    The Conv, with W as it stands, goes from Y's sizes, under the pads in force, back to X's.
    Outputs an effective kernel apart are never in one window, so that one call asks a whole comb of
    them (Curtis, Powell & Reid 1974, "On the estimation of sparse Jacobian matrices"); nor do maps
    of Y meet: one image serves the filters of all.
    """
    if 0 in found.spatial:
        return np.zeros(found.y_shape, np.result_type(X, W))
    (channels, maps), inputs = _per_group(found), X.shape[2:]
    combs, points = prod(a.effective_kernel for a in found.axes), prod(inputs)
    needed = [a.stride * max(a.input - 1, 0) + a.effective_kernel for a in found.axes]
    afters = tuple(
        n - begin - size for n, begin, size in zip(needed, found.begins, found.spatial, strict=True)
    )
    units = framed(_combs(found).astype(np.int64).astype(X.dtype), found.begins, afters)
    filters, no_pads = W.reshape(-1, 1, *found.kernel), ((0, 0),) * len(inputs)
    few = max(CONV_ELEMENTS // max(len(filters) * points, 1), 1)
    forward = np.concatenate(
        [
            gather_windows(units[first : first + few], filters, 1, found.axes, no_pads, inputs)
            for first in range(0, combs, few)
        ]
    )
    windows = forward.reshape(combs, found.group, channels, maps, points).transpose(1, 4, 0, 3, 2)
    values = X.reshape(found.batch, found.group, channels, points).transpose(1, 3, 2, 0)
    products = np.matmul(windows.reshape(found.group, points, combs * maps, channels), values)
    terms = products.reshape(found.group, points, combs, maps, found.batch).transpose(2, 1, 4, 0, 3)
    met, inside = _teeth(found)
    Y = np.zeros((prod(found.spatial), found.batch, found.group, maps), terms.dtype)
    np.add.at(Y, met[inside], terms[inside])
    return np.moveaxis(Y, 0, -1).reshape(found.y_shape)


def _combs(found: Geometry) -> NDArray[np.bool_]:
    """combs x 1 x spatial: a comb holds the outputs that are equal modulo the effective kernel,
    along each axis."""
    reach = tuple(a.effective_kernel for a in found.axes)
    comb = np.ravel_multi_index(
        np.ix_(*(np.arange(n) % k for n, k in zip(found.spatial, reach, strict=True))), reach
    )
    return np.asarray(comb == np.arange(prod(reach)).reshape(-1, 1, *(1,) * len(reach)))


def _teeth(found: Geometry) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """combs x windows: the one output of the comb that lies in the window, flattened, and whether
    there is such an output."""
    rank = len(found.axes)
    teeth, inside = [], np.ones((1,) * (2 * rank), bool)
    for number, (axis, begin, size) in enumerate(
        zip(found.axes, found.begins, found.spatial, strict=True)
    ):
        start = axis.stride * np.arange(axis.input) - begin
        tooth = start + (np.arange(axis.effective_kernel)[:, None] - start) % axis.effective_kernel
        teeth.append(
            np.expand_dims(tooth, [i for i in range(2 * rank) if i not in (number, rank + number)])
        )
        inside = inside & (0 <= teeth[-1]) & (teeth[-1] < size)
    shape = (prod(a.effective_kernel for a in found.axes), prod(a.input for a in found.axes))
    return np.ravel_multi_index(teeth, found.spatial, mode="clip").reshape(shape), inside.reshape(
        shape
    )


FORMULATIONS: dict[str, Formulation] = {
    "zero insertion": conv_transpose_by_zero_insertion,
    "transposed matrix": conv_transpose_by_matrix,
    "gather": conv_transpose_by_gathering,
    "gradient of conv": conv_transpose_by_gradient,
}
