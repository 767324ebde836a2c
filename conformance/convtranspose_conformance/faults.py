"""Named faults: rules that are never legal, and that implementations follow all the same. Each is a transformation of a case.

A fault reproduces a backend's wrong answer exactly or it is not the explanation. With readings it shares one mechanism (`predict.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.goldens import Golden
from convtranspose_cases.inputs import Integers, Scaled, Tensors
from convtranspose_reference.attributes import Shape
from convtranspose_reference.formulations import zero_inserted
from convtranspose_reference.geometry import Geometry, Rules

Partial = tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`case` rewrites the call, `tensors` its numbers, `rules` and `geometry` where it lands, `shape` the output shape that is stated,
    `sums` the call that is summed up in place of it, with where its output begins: more products for the same sizes; `gradients` the
    gradients alone."""

    name: str
    sentence: str
    case: Callable[[Case], Case] | None = None
    tensors: Callable[[Case, Tensors], Tensors] | None = None
    rules: Callable[[Rules], Rules] | None = None
    geometry: Callable[[Geometry], Geometry] | None = None
    shape: Callable[[Case, Shape], Partial] | None = None
    sums: Callable[[Case, Tensors, Geometry], tuple[Case, Tensors, Geometry]] | None = None
    gradients: Callable[[Case, dict[str, Golden]], dict[str, Golden]] | None = None


def _changed(tensor: Scaled, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Scaled:
    """The tensor after a change that moves its numbers, whatever they are."""
    special = None if tensor.special is None else np.ascontiguousarray(change(tensor.special))
    return Scaled(integers=np.ascontiguousarray(change(tensor.integers)), exponent=tensor.exponent, special=special)


def _bias_of(change: Callable[[Case, Integers], Integers]) -> Callable[[Case, Tensors], Tensors]:
    def tensors(case: Case, given: Tensors) -> Tensors:
        return given if given.B is None else replace(given, B=_changed(given.B, partial(change, case)))

    return tensors


def _weights_of(change: Callable[[Case, Integers], Integers]) -> Callable[[Case, Tensors], Tensors]:
    return lambda case, given: replace(given, W=_changed(given.W, partial(change, case)))


def _attributes(**change: Callable[[Case], Sequence[int] | None]) -> Callable[[Case], Case]:
    def rewrite(case: Case) -> Case:
        new: dict[str, Any] = {name: None if (v := value(case)) is None else tuple(v) for name, value in change.items()}
        return replace(case, attributes=replace(case.attributes, **new))

    return rewrite


def _first_group_bias(case: Case, B: Integers) -> Integers:
    return np.tile(B[: len(B) // case.group], case.group)


def _first_group_weights(case: Case, W: Integers) -> Integers:
    axis_length = W.shape[0] // case.group
    return np.concatenate([W[:axis_length]] * case.group)


def _interleaved(case: Case, W: Integers) -> Integers:
    per_group = W.shape[0] // case.group
    return np.concatenate([W[g :: case.group][:per_group] for g in range(case.group)])


def _swapped_pads(case: Case) -> tuple[int, ...] | None:
    pads = case.attributes.pads
    return None if pads is None else pads[case.rank :] + pads[: case.rank]


def _reversed(name: str) -> Callable[[Case], tuple[int, ...] | None]:
    return lambda case: None if getattr(case.attributes, name) is None else getattr(case.attributes, name)[::-1]


def _same_swapped(rules: Rules) -> Rules:
    return replace(rules, extra_at_begin=lambda axis: rules.extra_at_begin(axis) != axis.same)


def _padding_first(found: Geometry) -> Geometry:
    """output_padding grows the begin instead of the end: everything moves up by it."""
    extra = [axis.output_padding for axis in found.axes]
    begins = tuple(b - o for b, o in zip(found.begins, extra, strict=True))
    return replace(found, begins=begins, ends=tuple(e + o for e, o in zip(found.ends, extra, strict=True)))


def _up_to_smaller_axis(case: Case, shape: Shape) -> Partial:
    sizes = zip(case.attributes.output_shape or case.x_shape[2:], case.x_shape[2:], strict=True)
    first = next((i for i, (size, x) in enumerate(sizes) if size < x), case.rank)
    return shape[: 2 + first]


def _blocks(case: Case) -> Shape:
    """The input sizes to which Conv would lead back from output_shape, under the pads given."""
    sizes = case.attributes.output_shape or (0,) * case.rank
    return tuple((size + a.begin + a.end - a.effective_kernel) // a.stride + 1 for size, a in zip(sizes, case.axes, strict=True))


def _reread(case: Case) -> Case:
    blocks = _blocks(case)
    same_count = min(blocks) > 0 and prod(blocks) == prod(case.x_shape[2:])
    return replace(case, x_shape=(*case.x_shape[:2], *blocks)) if same_count else case


def _reshaped_input(case: Case, given: Tensors) -> Tensors:
    return replace(given, X=_changed(given.X, lambda X: X.reshape(case.x_shape)))


def _no_maps_without_channels(case: Case, shape: Shape) -> Partial:
    return (shape[0], 0, *shape[2:]) if case.x_shape[1] == 0 else shape


def _stretched(tensor: Scaled, strides: Shape) -> Scaled:
    return _changed(tensor, lambda X: zero_inserted(X, strides))


def _inserted_zeros(case: Case, given: Tensors, found: Geometry) -> tuple[Case, Tensors, Geometry]:
    """The call with stride 1 on X stretched by zeros: the zeros are multiplied, too."""
    X = _stretched(given.X, tuple(axis.stride for axis in found.axes))
    attributes = replace(case.attributes, strides=None)
    return replace(case, x_shape=X.integers.shape, attributes=attributes), replace(given, X=X), found


def _border_zeros(case: Case, given: Tensors, found: Geometry, *, last_axis: bool = False) -> tuple[Case, Tensors, Geometry]:
    """The call on X with zeros around it, as many as the kernel reaches: the zeros are multiplied, too."""
    strides = case.attributes.strides or (1,) * case.rank
    counts = [
        0 if last_axis and axis is not found.axes[-1] else -(-(axis.effective_kernel - 1) // stride)
        for axis, stride in zip(found.axes, strides, strict=True)
    ]
    X = _changed(given.X, lambda X: np.pad(X, [(0, 0), (0, 0), *((n, n) for n in counts)]))
    shifts = [n * stride for n, stride in zip(counts, strides, strict=True)]
    moved = replace(found, begins=tuple(b + n for b, n in zip(found.begins, shifts, strict=True)),
                    ends=tuple(e - n for e, n in zip(found.ends, shifts, strict=True)))  # fmt: skip
    return replace(case, x_shape=X.integers.shape), replace(given, X=X), moved


def _paired_channels(case: Case, given: Tensors, found: Geometry) -> tuple[Case, Tensors, Geometry]:
    """The call with one more channel where C is odd: the first channel of the pixel that follows in memory, channels last, times 0."""
    if case.group > 1 or case.x_shape[1] % 2 == 0:
        return case, given, found

    def with_next(X: NDArray[Any]) -> NDArray[Any]:
        following = np.append(X[:, 0].ravel()[1:], X.dtype.type(0)).reshape(X[:, :1].shape)
        return np.concatenate([X, following], axis=1)

    X = _changed(given.X, with_next)
    W = _changed(given.W, lambda W: np.concatenate([W, np.zeros_like(W[:1])]))
    return replace(case, x_shape=X.integers.shape, w_shape=W.integers.shape), replace(given, X=X, W=W), found


def _weight_gradient(change: Callable[[Case, Integers], Integers]) -> Callable[[Case, dict[str, Golden]], dict[str, Golden]]:
    """dW with its elements in other places; the bounds move along."""

    def gradients(case: Case, given: dict[str, Golden]) -> dict[str, Golden]:
        dW = given["dW"]
        sums = replace(dW.sums, S=change(case, dW.sums.S), n=change(case, dW.sums.n), size=change(case, dW.sums.size))  # type: ignore[arg-type]
        return given | {"dW": replace(dW, values=change(case, dW.values), sums=sums)}

    return gradients


def _empty_gradient_keeps_sizes(case: Case, given: dict[str, Golden]) -> dict[str, Golden]:
    if case.x_shape[0] or case.op == "Conv":
        return given
    dX, shape = given["dX"], (*case.x_shape[:2], *case.y_shape()[2:])
    sums = replace(dX.sums, S=np.zeros(shape), n=np.zeros(shape, np.int64), size=np.zeros(shape))
    return given | {"dX": replace(dX, values=np.zeros(shape, np.int64), sums=sums)}


def _bias_gradient_missing(case: Case, given: dict[str, Golden]) -> dict[str, Golden]:
    return {name: golden for name, golden in given.items() if name != "dB"}


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(name="bias_of_first_group", tensors=_bias_of(_first_group_bias), sentence="gives every group the bias values of the first group"),
        Fault(name="bias_missing", tensors=_bias_of(lambda case, B: np.zeros_like(B)), sentence="leaves the bias out"),
        Fault(name="bias_twice", tensors=_bias_of(lambda case, B: B * 2), sentence="adds the bias twice"),
        Fault(name="first_bias_for_all", tensors=_bias_of(lambda case, B: np.repeat(B[:1], len(B))), sentence="adds B[0] to every output channel"),
        Fault(name="weights_of_first_group", tensors=_weights_of(_first_group_weights), sentence="uses the filters of the first group for every group"),
        Fault(name="group_interleaved", tensors=_weights_of(_interleaved), sentence="deals the filters to the groups in turn rather than in blocks"),
        Fault(name="kernel_flipped", tensors=_weights_of(lambda case, W: np.flip(W, tuple(range(2, W.ndim)))),
              sentence="reverses the kernel along every axis"),
        Fault(name="kernel_axes_transposed", sentence="reads the kernel with its spatial axes in reverse order (square kernels)",
              tensors=_weights_of(lambda case, W: W.transpose(0, 1, *range(W.ndim - 1, 1, -1)) if len(set(W.shape[2:])) == 1 else W)),
        Fault(name="pads_swapped", case=_attributes(pads=_swapped_pads), sentence="crops by the end pads at the begin and by the begin pads at the end"),
        Fault(name="pads_ignored", case=_attributes(pads=lambda case: None), sentence="ignores pads"),
        Fault(name="strides_reversed", case=_attributes(strides=_reversed("strides")), sentence="applies strides to the axes in reverse order"),
        Fault(name="dilations_reversed", case=_attributes(dilations=_reversed("dilations")), sentence="applies dilations to the axes in reverse order"),
        Fault(name="dilations_ignored", case=_attributes(dilations=lambda case: None), sentence="ignores dilations"),
        Fault(name="output_padding_ignored", case=_attributes(output_padding=lambda case: None), sentence="ignores output_padding"),
        Fault(name="output_padding_at_begin", geometry=_padding_first, sentence="adds the elements of output_padding at the begin of the axis"),
        Fault(name="same_swapped", rules=_same_swapped, sentence="treats SAME_UPPER as SAME_LOWER and the other way round"),
        Fault(name="output_shape_ignored", case=_attributes(output_shape=lambda case: None), sentence="ignores output_shape"),
        Fault(name="rank_cut_at_small_output_shape", shape=_up_to_smaller_axis,
              sentence="states a shape that ends before the first axis whose output_shape is smaller than the input"),
        Fault(name="input_reread_as_blocks", case=_reread, tensors=_reshaped_input,
              sentence="reads X's elements in another spatial shape of as many, the one to which Conv leads back from output_shape"),
        Fault(name="empty_batch_keeps_input_sizes", shape=lambda case, shape: (*shape[:2], *case.x_shape[2:]) if case.x_shape[0] == 0 else shape,
              sentence="returns X's spatial sizes where N = 0"),
        Fault(name="next_pixel_times_zero", sums=_paired_channels,
              sentence="takes channels in pairs: where C is odd it multiplies the next pixel's first channel by 0, so that its NaN or Inf gives NaN"),
        Fault(name="inserted_zeros_multiplied", sums=_inserted_zeros,
              sentence="multiplies the zeros inserted between the inputs, so that weights of NaN or Inf reach outputs that the definition keeps apart"),
        Fault(name="row_border_zeros_multiplied", sums=partial(_border_zeros, last_axis=True),
              sentence="multiplies zeros beside each row, so that weights of NaN or Inf reach outputs at both ends of the last axis that the definition keeps apart"),
        Fault(name="border_zeros_multiplied", sums=_border_zeros,
              sentence="multiplies zeros around the input, so that weights of NaN or Inf reach outputs at the borders that the definition keeps apart"),
        Fault(name="weight_gradient_flipped", gradients=_weight_gradient(lambda case, dW: np.flip(dW, tuple(range(2, dW.ndim)))),
              sentence="returns dW with the kernel reversed along every axis"),
        Fault(name="gradient_of_empty_batch_keeps_output_sizes", gradients=_empty_gradient_keeps_sizes,
              sentence="returns dX with Y's spatial sizes where N = 0"),
        Fault(name="bias_gradient_missing", gradients=_bias_gradient_missing, sentence="returns no gradient in B where there is a bias"),
        Fault(name="no_maps_without_channels", shape=_no_maps_without_channels, sentence="states M = 0 where C = 0, whatever W says"),
    )
}  # fmt: skip
