"""Faults of layout, group and bias: the right places, with other elements of X, W, B or Y in
them."""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.inputs import Integers, Tensors
from convtranspose_reference.attributes import Shape

from .fault import Array, Fault, Partial, TensorsRewrite, bias_of, changed, inputs_of, weights_of


def _flipped(*axes: int) -> TensorsRewrite:
    return weights_of(lambda case, W: np.flip(W, axes or tuple(range(2, W.ndim))))


def _axes_transposed(case: Case, W: Integers) -> Integers:
    return W.transpose(0, 1, *range(W.ndim - 1, 1, -1)) if len(set(W.shape[2:])) == 1 else W


def _last_axes_exchanged(case: Case, W: Integers) -> Integers:
    return W.swapaxes(-1, -2) if case.rank > 1 and W.shape[-1] == W.shape[-2] else W


def _in_groups(case: Case, array: Array, change: Callable[[Array], Array]) -> Array:
    """The first axis cut into groups, changed, and put together again."""
    return change(
        array.reshape(case.group, array.shape[0] // case.group, *array.shape[1:])
    ).reshape(array.shape)


def _channels_swapped(case: Case, W: Integers) -> Integers:
    """W's memory read as M/group x C/group in each group."""
    channels, maps = W.shape[0] // case.group, W.shape[1]
    return W.reshape(case.group, maps, channels, *W.shape[2:]).swapaxes(1, 2).reshape(W.shape)


def _dealt(group: int, array: Array, axis: int) -> Array:
    """Elements of an axis dealt to the groups in turn: group g has g, g + group, ..."""
    cut = np.moveaxis(array, axis, 0)
    dealt = np.concatenate([cut[g::group] for g in range(group)]) if group > 1 else cut
    return np.moveaxis(dealt, 0, axis)


def _outputs_dealt(case: Case, Y: Array) -> Array:
    """The channels of the groups in turn: first of each, second of each."""
    cut = Y.reshape(Y.shape[0], case.group, Y.shape[1] // case.group, *Y.shape[2:])
    return cut.swapaxes(1, 2).reshape(Y.shape)


def _gathered(case: Case, B: Integers) -> Integers:
    """What `_outputs_dealt` puts back in place."""
    return B.reshape(-1, case.group).T.reshape(-1)


def _all_dealt(case: Case, given: Tensors) -> Tensors:
    W = changed(given.W, lambda W: _dealt(case.group, W, 0))
    return replace(given, W=W, X=changed(given.X, lambda X: _dealt(case.group, X, 1)))


def _read_channels_last(array: Array) -> Array:
    return np.moveaxis(array.reshape(array.shape[0], *array.shape[2:], array.shape[1]), -1, 1)


def _first_group_bias(case: Case, B: Integers) -> Integers:
    return np.tile(B[: len(B) // case.group], case.group)


def _first_map_of_group(case: Case, W: Integers) -> Integers:
    if case.op == "Conv":  # M x C/group: a filter is a row
        return _in_groups(case, W, lambda cut: np.repeat(cut[:, :1], cut.shape[1], axis=1))
    return np.repeat(W[:, :1], W.shape[1], axis=1)


def _blocks(case: Case) -> Shape:
    """The input sizes to which Conv would lead back from output_shape, under the pads given."""
    sizes = case.attributes.output_shape or (0,) * case.rank
    return tuple(
        (size + a.begin + a.end - a.effective_kernel) // a.stride + 1
        for size, a in zip(sizes, case.axes, strict=True)
    )


def _reread(case: Case) -> Case:
    blocks = _blocks(case)
    same_count = min(blocks) > 0 and prod(blocks) == prod(case.x_shape[2:])
    return replace(case, x_shape=(*case.x_shape[:2], *blocks)) if same_count else case


def _channels_last(case: Case, shape: Shape) -> Partial:
    return (shape[0], *shape[2:], shape[1])


def _axes_reversed(case: Case, shape: Shape) -> Partial:
    return (*shape[:2], *shape[:1:-1])


def _spatial_transposed(case: Case, Y: Array) -> Array:
    return Y.transpose(0, 1, *range(Y.ndim - 1, 1, -1))


def _next_group(case: Case, W: Integers) -> Integers:
    return np.roll(W, -(W.shape[0] // case.group), axis=0)


def _zeros(case: Case, B: Integers) -> Any:
    return np.zeros_like(B)


LAYOUT = (
    Fault("kernel_flipped", "reverses the kernel along every axis", tensors=_flipped()),
    Fault(
        "kernel_flipped_along_first_axis",
        "reverses the kernel along the first spatial axis",
        tensors=_flipped(2),
    ),
    Fault(
        "kernel_flipped_along_last_axis",
        "reverses the kernel along the last spatial axis",
        tensors=_flipped(-1),
    ),
    Fault(
        "kernel_axes_transposed",
        "reads the kernel with its spatial axes in reverse order (square kernels)",
        tensors=weights_of(_axes_transposed),
    ),
    Fault(
        "kernel_last_axes_exchanged",
        "reads the kernel with its last two axes exchanged (where they are equal)",
        tensors=weights_of(_last_axes_exchanged),
    ),
    Fault(
        "channels_swapped",
        "reads W's memory as M/group x C/group, as Conv has it",
        tensors=weights_of(_channels_swapped),
    ),
    Fault(
        "input_read_channels_last",
        "reads X's memory with the channels last",
        tensors=inputs_of(lambda case, X: _read_channels_last(X)),
    ),
    Fault(
        "output_written_channels_last",
        "writes Y's elements with the channels last, under Y's own shape",
        arrange=lambda case, Y: np.moveaxis(Y, 1, -1).reshape(Y.shape),
    ),
    Fault(
        "output_channels_last",
        "returns Y with the channels last",
        shape=_channels_last,
        arrange=lambda case, Y: np.moveaxis(Y, 1, -1),
    ),
    Fault(
        "output_axes_transposed",
        "returns Y with its spatial axes in reverse order",
        shape=_axes_reversed,
        arrange=_spatial_transposed,
    ),
    Fault(
        "input_reread_as_blocks",
        "reads X's elements in another spatial shape of as many, the one to which Conv leads back "
        "from output_shape",
        case=_reread,
        tensors=inputs_of(lambda case, X: X.reshape(case.x_shape)),
    ),
)

GROUP = (
    Fault(
        "bias_of_first_group",
        "gives every group the bias values of the first group",
        tensors=bias_of(_first_group_bias),
    ),
    Fault(
        "weights_of_first_group",
        "uses the filters of the first group for every group",
        tensors=weights_of(
            lambda case, W: _in_groups(case, W, lambda cut: np.repeat(cut[:1], case.group, axis=0))
        ),
    ),
    Fault(
        "weights_of_next_group",
        "uses the next group's filters, and the first group's for the last",
        tensors=weights_of(_next_group),
    ),
    Fault(
        "weights_of_previous_group",
        "uses the previous group's filters, and the last group's for the first",
        tensors=weights_of(lambda case, W: np.roll(W, W.shape[0] // case.group, axis=0)),
    ),
    Fault(
        "group_interleaved",
        "deals the filters to the groups in turn rather than in blocks",
        tensors=weights_of(lambda case, W: _dealt(case.group, W, 0)),
    ),
    Fault(
        "group_inputs_interleaved",
        "deals the input channels to the groups in turn rather than in blocks",
        tensors=inputs_of(lambda case, X: _dealt(case.group, X, 1)),
    ),
    Fault(
        "group_channels_interleaved",
        "deals input channels and their filters to the groups in turn rather than in blocks",
        tensors=_all_dealt,
    ),
    Fault(
        "group_outputs_interleaved",
        "writes the sums of the groups' output channels in turn rather than in blocks, the bias in "
        "its place",
        tensors=bias_of(_gathered),
        arrange=_outputs_dealt,
    ),
    Fault(
        "group_outputs_and_bias_interleaved",
        "writes the output channels of the groups in turn rather than in blocks",
        arrange=_outputs_dealt,
    ),
    Fault(
        "first_map_for_group",
        "uses the first filter of a group for all of its output channels",
        tensors=weights_of(_first_map_of_group),
    ),
)

BIAS = (
    Fault("bias_missing", "leaves the bias out", tensors=bias_of(_zeros)),
    Fault("bias_twice", "adds the bias twice", tensors=bias_of(lambda case, B: B * 2)),
    Fault("bias_subtracted", "subtracts the bias", tensors=bias_of(lambda case, B: -B)),
    Fault(
        "first_bias_for_all",
        "adds B[0] to every output channel",
        tensors=bias_of(lambda case, B: np.repeat(B[:1], len(B))),
    ),
    Fault(
        "bias_reversed",
        "adds the bias to the output channels in reverse order",
        tensors=bias_of(lambda case, B: B[::-1]),
    ),
)
