"""Faults of `strides` and `dilations`: the lists read another way."""

from dataclasses import replace

from convtranspose_cases import Case

from .fault import Fault, Lists, attributes, first_for_all, given, last_for_all, reverse


def _of_next_axis(values: Lists, case: Case) -> Lists:
    return values[1:] + values[:1]


def _of_previous_axis(values: Lists, case: Case) -> Lists:
    return values[-1:] + values[:-1]


def _steps_swapped(case: Case) -> Case:
    old = case.attributes
    return replace(case, attributes=replace(old, strides=old.dilations, dilations=old.strides))


STEPS = (
    Fault(
        "strides_reversed",
        "applies strides to the axes in reverse order",
        case=given("strides", reverse),
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
        case=given("strides", first_for_all),
    ),
    Fault(
        "last_stride_for_all",
        "takes the last axis' stride for every axis",
        case=given("strides", last_for_all),
    ),
    Fault(
        "dilations_reversed",
        "applies dilations to the axes in reverse order",
        case=given("dilations", reverse),
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
        case=given("dilations", first_for_all),
    ),
    Fault(
        "last_dilation_for_all",
        "takes the last axis' dilation for every axis",
        case=given("dilations", last_for_all),
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
)
