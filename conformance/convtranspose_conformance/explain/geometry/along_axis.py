"""The axes of a call one at a time, short enough to be written down: which terms reach which
output, and the same as a Conv."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from convtranspose_cases import Case
from convtranspose_reference.conv import conv_pads
from convtranspose_reference.geometry import Axis

from .terms import LETTERS, conv_terms, flipped, inserted, transpose_terms
from .window import Window, axis_name, windows

MOST_OUTPUTS = 40
TOO_FEW = ", too few for an output that is away from the borders"
SHORT_INPUTS = (5, 4, 3, 2, 1)


def distinct_axes(case: Case) -> Iterator[tuple[str, Axis, int]]:
    """Neighbouring axes that are the same, under one name, with the number of the first."""
    for axis, same in groupby(enumerate(case.axes), key=lambda pair: pair[1]):
        numbers = [number for number, _ in same]
        yield (
            ("axis " if len(numbers) == 1 else "axes ") + ", ".join(map(axis_name, numbers)),
            axis,
            numbers[0],
        )


def shortened(w: Window) -> Window | None:
    """The window, or one of fewer inputs with the same cuts, so that its terms fit on a page; None
    where the kernel alone does not."""
    if 0 < w.axis.input <= len(LETTERS) and 0 < w.size <= MOST_OUTPUTS:
        return w
    for inputs in SHORT_INPUTS:
        size = w.size - w.axis.stride * (w.axis.input - inputs)
        if inputs < w.axis.input and 0 < size <= MOST_OUTPUTS:
            return Window(axis=replace(w.axis, input=inputs), begin=w.begin, size=size)
    return None


def is_true_to(short: Window, whole: Window) -> bool:
    """Do outputs of the shortened window add as many products as away from the borders of the
    whole one, or are none away from those?"""
    a = whole.axis
    inside = a.stride * (a.input - 1) - a.effective_kernel + 1
    return short.axis.stride * (short.axis.input - 1) >= a.effective_kernel - 1 or inside < 0


def short_axes(case: Case) -> Iterator[tuple[str, Window]]:
    """The axes of a ConvTranspose, those that are alike once, as far as they can be written down; a
    name tells where one was shortened."""
    for name, axis, number in distinct_axes(case):
        w = shortened(windows(case)[number])
        if w is not None:
            few = "" if is_true_to(w, windows(case)[number]) else TOO_FEW
            yield name + _shorter(w.axis, axis) + few, w


def _shorter(written: Axis, whole: Axis) -> str:
    """What a name says of an axis that is written down with fewer inputs."""
    if written.input == whole.input:
        return ""
    return (
        f", written for {written.input} input{'s' * (written.input != 1)} instead of {whole.input}"
    )


def sums(case: Case) -> list[tuple[str, list[str]]]:
    """By axis, the sum behind each output. Of a legal case of either operator."""
    if case.op == "ConvTranspose":
        return [(name, transpose_terms(w.axis, w.begin, w.size)) for name, w in short_axes(case)]
    return [(name, conv_terms(axis, begin, size)) for name, axis, begin, size in short_convs(case)]


def short_convs(case: Case) -> Iterator[tuple[str, Axis, int, int]]:
    """The axes of a Conv, those that are alike once, as far as they can be written down: name,
    axis, begin pad and outputs; a name tells where one was shortened."""
    for name, axis, _ in distinct_axes(case):
        begin, end = conv_pads(axis)
        for inputs, size in _conv_sizes(axis, begin + end):
            short = replace(axis, input=inputs)
            yield name + _shorter(short, axis), short, begin, size


def _conv_sizes(axis: Axis, pads: int) -> list[tuple[int, int]]:
    """The inputs that Conv's sums are written for, and their outputs; none where they are too many.

    Fewer inputs end as all of them do where whole strides are left out.
    """
    for inputs in range(min(axis.input, len(LETTERS)), 0, -1):
        size = (inputs + pads - axis.effective_kernel) // axis.stride + 1
        if (axis.input - inputs) % axis.stride == 0 and 0 < size <= MOST_OUTPUTS:
            return [(inputs, size)]
    return []


def slid(case: Case) -> list[tuple[str, list[str], list[str]]]:
    """By axis of a ConvTranspose, the input with zeros put in, and the kernel that slides over
    it."""
    return [
        (name, inserted(w), flipped(w.axis))
        for name, w in short_axes(case)
        if w.axis.effective_kernel <= MOST_OUTPUTS
    ]
