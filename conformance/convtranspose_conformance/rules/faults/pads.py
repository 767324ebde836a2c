"""Faults of `pads`: the list read another way, and the crop at another end."""

from collections.abc import Callable

from convtranspose_cases import Case

from .fault import (
    Fault,
    Lists,
    attributes,
    by_axis,
    derived,
    given,
)


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
