"""Faults of a size that is asked for, by auto_pad or by output_shape."""

from collections.abc import Callable
from dataclasses import replace

from convtranspose_cases import Case
from convtranspose_reference.geometry import Axis, Geometry, Pads, Rules

from .fault import (
    Fault,
    attributes,
    by_axis,
    derived,
)


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
    return (begin, end) if derived(axis) else (begin, end - missing)


SIZES = (
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
        geometry=by_axis(_at_least_stride),
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
)
