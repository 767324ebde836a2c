"""Faults of geometry: where the products land, and how much of it is kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.goldens import Golden, golden
from convtranspose_cases.inputs import Tensors, linear_of
from convtranspose_reference.geometry import TEXT, Axis, Geometry, Pads, Rules, split

from .fault import Array, Fault, attributes, changed, given

Lists = tuple[int, ...]


def _pads_swapped(pads: Lists, case: Case) -> Lists:
    return pads[case.rank :] + pads[: case.rank]


def _pads_interleaved(pads: Lists, case: Case) -> Lists:
    return pads[0::2] + pads[1::2]


def _reversed(values: Lists, case: Case) -> Lists:
    return values[::-1]


def _first_for_all(values: Lists, case: Case) -> Lists:
    return values[:1] * len(values)


def _last_for_all(values: Lists, case: Case) -> Lists:
    return values[-1:] * len(values)


def _of_next_axis(values: Lists, case: Case) -> Lists:
    return values[1:] + values[:1]


def _of_previous_axis(values: Lists, case: Case) -> Lists:
    return values[-1:] + values[:-1]


def _pads_of_one_axis(axis: int) -> Callable[[Lists, Case], Lists]:
    return lambda pads, case: (
        (pads[: case.rank][axis],) * case.rank + (pads[case.rank :][axis],) * case.rank
    )


def _steps_swapped(case: Case) -> Case:
    old = case.attributes
    return replace(case, attributes=replace(old, strides=old.dilations, dilations=old.strides))


def _auto_pad(words: dict[str, str | None]) -> Callable[[Case], Case]:
    """auto_pad with another word in place of some."""

    def rewrite(case: Case) -> Case:
        word = case.attributes.auto_pad
        return replace(
            case,
            attributes=replace(case.attributes, auto_pad=words.get(word, word) if word else word),
        )

    return rewrite


def _sizes_swapped(case: Case) -> Case:
    """Conv has no rules: its SAME words change places."""
    return (
        _auto_pad({"SAME_UPPER": "SAME_LOWER", "SAME_LOWER": "SAME_UPPER"})(case)
        if case.op == "Conv"
        else case
    )


def _same_swapped(rules: Rules) -> Rules:
    return replace(rules, extra_at_begin=lambda axis: rules.extra_at_begin(axis) != axis.same)


def _shape_total_clamped(rules: Rules) -> Rules:
    return replace(rules, negative_shape=lambda axis, total: (0, 0))


def _extra_at_end_of_shape(rules: Rules) -> Rules:
    return replace(
        rules, extra_at_begin=lambda axis: axis.output_shape is None and rules.extra_at_begin(axis)
    )


def _extra_at_begin_of_shape(rules: Rules) -> Rules:
    return replace(
        rules,
        extra_at_begin=lambda axis: axis.output_shape is not None or rules.extra_at_begin(axis),
    )


def _same_size(size: Callable[[Axis, int], int]) -> Callable[[Rules], Rules]:
    """SAME asks for another size, worked out from the axis and the size under the rules so far."""
    return lambda rules: replace(rules, same_size=lambda axis: size(axis, rules.same_size(axis)))


def _by_axis(pads: Callable[[Axis, int, int], Pads]) -> Callable[[Case, Geometry], Geometry]:
    """Other begin and end pads, axis by axis."""

    def geometry(case: Case, found: Geometry) -> Geometry:
        pairs = [pads(*each) for each in zip(found.axes, found.begins, found.ends, strict=True)]
        return replace(found, begins=tuple(b for b, _ in pairs), ends=tuple(e for _, e in pairs))

    return geometry


def _derived(axis: Axis) -> bool:
    return axis.same or axis.output_shape is not None


def _without_output_padding(axis: Axis, begin: int, end: int) -> Pads:
    """The size as asked for, the begin as if the total had no output_padding in it."""
    if not _derived(axis):
        return begin, end
    start, _ = split(axis, begin + end - axis.output_padding, TEXT)
    return start, begin + end - start


def _without_dilation(axis: Axis, begin: int, end: int) -> Pads:
    """The size as asked for, the begin as if the taps of the kernel lay side by side."""
    if not _derived(axis):
        return begin, end
    start, _ = split(axis, begin + end - (axis.effective_kernel - axis.kernel), TEXT)
    return start, begin + end - start


def _begins_at_pads(case: Case, found: Geometry) -> Geometry:
    if None in (case.attributes.pads, case.attributes.output_shape):
        return found
    begins = tuple(axis.begin for axis in found.axes)
    ends = (b + e - start for b, e, start in zip(found.begins, found.ends, begins, strict=True))
    return replace(found, begins=begins, ends=tuple(ends))


def _at_least_stride(axis: Axis, begin: int, end: int) -> Pads:
    """Keras: input * stride + max(effective kernel - stride, 0), where the size is derived from no
    other."""
    missing = max(axis.stride - axis.effective_kernel, 0) if axis.input else 0
    return (begin, end) if _derived(axis) else (begin, end - missing)


def _output_padding_not_computed(
    case: Case, tensors: Tensors, place: Geometry | None, found: Golden
) -> Golden:
    """The last elements, as many as output_padding says, hold the bias alone, whatever products
    land there."""
    if place is None or not any(axis.output_padding for axis in place.axes):
        return found
    empty = replace(tensors, W=changed(tensors.W, np.zeros_like))
    bias_alone = golden(empty, linear_of(case), case.dtype, place)
    inside = np.ones(found.shape, bool)
    for number, (axis, size) in enumerate(zip(place.axes, place.spatial, strict=True)):
        past = [slice(None)] * inside.ndim
        past[2 + number] = slice(max(size - axis.output_padding, 0), None)
        inside[tuple(past)] = False
    return _mixed(inside, found, bias_alone)


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
    return _mixed(reached, found, golden(none, linear_of(case), case.dtype, place))


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
    return _mixed(inside, found, golden(none, linear_of(case), case.dtype, place))


def _mixed(where: Array, one: Golden, other: Golden) -> Golden:
    """`one` where the mask says so, else `other`: two outputs of one call."""

    def pick(a: Any, b: Any) -> Any:
        return np.where(where, a, b)

    sums = replace(
        one.sums,
        S=pick(one.sums.S, other.sums.S),
        n=pick(one.sums.n, other.sums.n),
        size=pick(one.sums.size, other.sums.size),
    )
    special = one.special
    if special is not None and other.special is not None:
        special = replace(
            special,
            value=pick(special.value, other.special.value),
            flushed=pick(special.flushed, other.special.flushed),
            negative_zero=pick(special.negative_zero, other.special.negative_zero),
        )
    return replace(one, values=pick(one.values, other.values), sums=sums, special=special)


GEOMETRY = (
    Fault(
        "pads_swapped",
        "crops by the end pads at the begin and by the begin pads at the end",
        case=given("pads", _pads_swapped),
    ),
    Fault("pads_ignored", "ignores pads", case=attributes(pads=lambda case: None)),
    Fault(
        "pads_interleaved",
        "reads pads as the begin and end of one axis after the other",
        case=given("pads", _pads_interleaved),
    ),
    Fault(
        "begin_pads_at_both_ends",
        "crops by the begin pads at both ends",
        case=given("pads", lambda pads, case: pads[: case.rank] * 2),
    ),
    Fault(
        "end_pads_at_both_ends",
        "crops by the end pads at both ends",
        case=given("pads", lambda pads, case: pads[case.rank :] * 2),
    ),
    Fault(
        "first_pads_for_all",
        "crops every axis by the first one's pads",
        case=given("pads", _pads_of_one_axis(0)),
    ),
    Fault(
        "last_pads_for_all",
        "crops every axis by the last one's pads",
        case=given("pads", _pads_of_one_axis(-1)),
    ),
    Fault(
        "pads_added",
        "adds pads to the output's size instead of cropping by them",
        geometry=_by_axis(lambda a, b, e: (b, e) if _derived(a) else (-b, -e)),
    ),
    Fault(
        "crops_at_end",
        "crops the whole of the padding at the end",
        geometry=_by_axis(lambda a, b, e: (0, b + e)),
    ),
    Fault(
        "crops_at_begin",
        "crops the whole of the padding at the begin",
        geometry=_by_axis(lambda a, b, e: (b + e, 0)),
    ),
    Fault(
        "strides_reversed",
        "applies strides to the axes in reverse order",
        case=given("strides", _reversed),
    ),
    Fault(
        "strides_of_next_axis",
        "takes for each axis the stride of the next one, for the last that of the first",
        case=given("strides", _of_next_axis),
    ),
    Fault(
        "strides_of_previous_axis",
        "takes for each axis the stride of the one before, for the first that of the last",
        case=given("strides", _of_previous_axis),
    ),
    Fault("strides_ignored", "ignores strides", case=attributes(strides=lambda case: None)),
    Fault(
        "first_stride_for_all",
        "takes the first axis' stride for every axis",
        case=given("strides", _first_for_all),
    ),
    Fault(
        "last_stride_for_all",
        "takes the last axis' stride for every axis",
        case=given("strides", _last_for_all),
    ),
    Fault(
        "dilations_reversed",
        "applies dilations to the axes in reverse order",
        case=given("dilations", _reversed),
    ),
    Fault(
        "dilations_of_next_axis",
        "takes for each axis the dilation of the next one, for the last that of the first",
        case=given("dilations", _of_next_axis),
    ),
    Fault(
        "dilations_of_previous_axis",
        "takes for each axis the dilation of the one before, for the first that of the last",
        case=given("dilations", _of_previous_axis),
    ),
    Fault("dilations_ignored", "ignores dilations", case=attributes(dilations=lambda case: None)),
    Fault(
        "first_dilation_for_all",
        "takes the first axis' dilation for every axis",
        case=given("dilations", _first_for_all),
    ),
    Fault(
        "last_dilation_for_all",
        "takes the last axis' dilation for every axis",
        case=given("dilations", _last_for_all),
    ),
    Fault(
        "dilations_count_zeros",
        "takes a dilation for the number of zeros between two taps",
        case=given("dilations", lambda dilations, case: [d + 1 for d in dilations]),
    ),
    Fault(
        "strides_and_dilations_swapped",
        "takes dilations for strides and strides for dilations",
        case=_steps_swapped,
    ),
    Fault(
        "output_padding_ignored",
        "ignores output_padding",
        case=attributes(output_padding=lambda case: None),
    ),
    Fault(
        "output_padding_at_begin",
        "adds the elements of output_padding at the begin of the axis",
        geometry=_by_axis(lambda a, b, e: (b - a.output_padding, e + a.output_padding)),
    ),
    Fault(
        "output_padding_twice",
        "adds output_padding to the size twice",
        geometry=_by_axis(lambda a, b, e: (b, e if _derived(a) else e - a.output_padding)),
    ),
    Fault(
        "output_padding_on_both_ends",
        "adds output_padding at both ends of the axis",
        geometry=_by_axis(lambda a, b, e: (b, e) if _derived(a) else (b - a.output_padding, e)),
    ),
    Fault(
        "output_padding_reversed",
        "applies output_padding to the axes in reverse order",
        case=given("output_padding", _reversed),
    ),
    Fault(
        "output_padding_not_computed",
        "appends zeros (or the bias) for output_padding, where pads leave products to land",
        golden=_output_padding_not_computed,
    ),
    Fault(
        "output_padding_left_out_of_total",
        "leaves output_padding out of total_padding: the size is the one asked for, the begin is "
        "too small",
        geometry=_by_axis(_without_output_padding),
    ),
    Fault(
        "dilation_left_out_of_total",
        "leaves dilations out of total_padding: the size is the one asked for, the begin is too "
        "small",
        geometry=_by_axis(_without_dilation),
    ),
    Fault(
        "same_swapped",
        "treats SAME_UPPER as SAME_LOWER and the other way round",
        rules=_same_swapped,
        case=_sizes_swapped,
    ),
    Fault(
        "same_lower_as_upper",
        "treats SAME_LOWER as SAME_UPPER",
        case=_auto_pad({"SAME_LOWER": "SAME_UPPER"}),
    ),
    Fault(
        "same_upper_as_lower",
        "treats SAME_UPPER as SAME_LOWER",
        case=_auto_pad({"SAME_UPPER": "SAME_LOWER"}),
    ),
    Fault(
        "same_as_notset",
        "ignores auto_pad = SAME_*: nothing is cropped",
        case=_auto_pad({"SAME_UPPER": None, "SAME_LOWER": None}),
    ),
    Fault(
        "same_size_of_input",
        "under SAME returns the input's size, whatever the stride",
        rules=_same_size(lambda axis, size: axis.input),
    ),
    Fault(
        "same_total_without_dilation",
        "crops too little under SAME, as if the kernel had no dilation: Y is longer than input * "
        "stride",
        rules=_same_size(lambda axis, size: size + axis.effective_kernel - axis.kernel),
    ),
    Fault("valid_as_same", "treats VALID as SAME_UPPER", case=_auto_pad({"VALID": "SAME_UPPER"})),
    Fault(
        "size_at_least_input_times_stride",
        "with an effective kernel below the stride adds zeros at the end up to stride * input",
        geometry=_by_axis(_at_least_stride),
    ),
    Fault(
        "output_shape_ignored",
        "ignores output_shape",
        case=attributes(output_shape=lambda case: None),
    ),
    Fault(
        "output_shape_begins_at_pads",
        "begins where pads say although output_shape is given",
        geometry=_begins_at_pads,
    ),
    Fault(
        "output_shape_total_clamped",
        "clamps a negative total padding under output_shape to 0 and so returns the size without "
        "it",
        rules=_shape_total_clamped,
    ),
    Fault(
        "output_shape_extra_at_end",
        "puts the extra element of an odd total padding at the end wherever output_shape is given",
        rules=_extra_at_end_of_shape,
    ),
    Fault(
        "output_shape_extra_at_begin",
        "puts the extra element of an odd total padding at the begin wherever output_shape is "
        "given",
        rules=_extra_at_begin_of_shape,
    ),
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
