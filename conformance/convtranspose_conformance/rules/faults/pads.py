"""Faults of `pads`: the list read another way, and the crop at another end; of `output_padding`;
and of what a total padding that is derived leaves out."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.goldens import Golden, golden
from convtranspose_cases.inputs import Tensors, linear_of
from convtranspose_reference.geometry import TEXT, Axis, Geometry, Pads, split

from .fault import Fault, Lists, attributes, by_axis, changed, derived, given, mixed, reverse


def _pads_swapped(pads: Lists, case: Case) -> Lists:
    return pads[case.rank :] + pads[: case.rank]


def _pads_interleaved(pads: Lists, case: Case) -> Lists:
    return pads[0::2] + pads[1::2]


def _pads_of_one_axis(axis: int) -> Callable[[Lists, Case], Lists]:
    return lambda pads, case: (
        (pads[: case.rank][axis],) * case.rank + (pads[case.rank :][axis],) * case.rank
    )


PADS = (
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
        geometry=by_axis(lambda a, b, e: (b, e) if derived(a) else (-b, -e)),
    ),
    Fault(
        "crops_at_end",
        "crops the whole of the padding at the end",
        geometry=by_axis(lambda a, b, e: (0, b + e)),
    ),
    Fault(
        "crops_at_begin",
        "crops the whole of the padding at the begin",
        geometry=by_axis(lambda a, b, e: (b + e, 0)),
    ),
)


def _without_output_padding(axis: Axis, begin: int, end: int) -> Pads:
    """The size as asked for, the begin as if the total had no output_padding in it."""
    if not derived(axis):
        return begin, end
    start, _ = split(axis, begin + end - axis.output_padding, TEXT)
    return start, begin + end - start


def _without_dilation(axis: Axis, begin: int, end: int) -> Pads:
    """The size as asked for, the begin as if the taps of the kernel lay side by side."""
    if not derived(axis):
        return begin, end
    start, _ = split(axis, begin + end - (axis.effective_kernel - axis.kernel), TEXT)
    return start, begin + end - start


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
    return mixed(inside, found, bias_alone)


OUTPUT_PADDING = (
    Fault(
        "output_padding_ignored",
        "ignores output_padding",
        case=attributes(output_padding=lambda case: None),
    ),
    Fault(
        "output_padding_at_begin",
        "adds the elements of output_padding at the begin of the axis",
        geometry=by_axis(lambda a, b, e: (b - a.output_padding, e + a.output_padding)),
    ),
    Fault(
        "output_padding_twice",
        "adds output_padding to the size twice",
        geometry=by_axis(lambda a, b, e: (b, e if derived(a) else e - a.output_padding)),
    ),
    Fault(
        "output_padding_on_both_ends",
        "adds output_padding at both ends of the axis",
        geometry=by_axis(lambda a, b, e: (b, e) if derived(a) else (b - a.output_padding, e)),
    ),
    Fault(
        "output_padding_reversed",
        "applies output_padding to the axes in reverse order",
        case=given("output_padding", reverse),
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
        geometry=by_axis(_without_output_padding),
    ),
    Fault(
        "dilation_left_out_of_total",
        "leaves dilations out of total_padding: the size is the one asked for, the begin is too "
        "small",
        geometry=by_axis(_without_dilation),
    ),
)
