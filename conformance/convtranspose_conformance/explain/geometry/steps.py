"""One axis of a call, step by step: the operator text's equations with the numbers filled in, and
the sums that they lead to.

The numbers come from the reference; here they are only written down.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_reference.conv import conv_pads
from convtranspose_reference.geometry import Axis, Pads, extra_at_begin, pads_of, same_size

from .window import Window

LETTERS = "abcdefgh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`what` is computed, `how`, the same with its `numbers`, and the labels of the clauses that
    say so."""

    what: str
    how: str
    numbers: str = ""
    clauses: str = ""


def transpose_steps(axis: Axis) -> Iterator[Step]:
    """From attributes to the output size of one axis of ConvTranspose. Raises InvalidInput as
    `pads_of` does (clause K)."""
    begin, end = pads_of(axis)
    size = axis.natural - begin - end
    yield _effective_kernel(axis)
    yield Step(
        what="natural size",
        how="stride * (input - 1) + output_padding + effective kernel",
        clauses="S",
        numbers=f"{axis.stride} * ({axis.input} - 1) + {axis.output_padding} + "
        f"{axis.effective_kernel} = {axis.natural}",
    )
    if axis.output_padding:
        limit = max(axis.stride, axis.dilation)
        yield Step(
            what="limit",
            how=f"output_padding = {axis.output_padding} is less than max(stride, dilation) = "
            f"{limit}",
            clauses="K",
        )
    if axis.output_shape is not None or axis.same:
        yield from _derived_pads(axis, begin, end)
    else:
        yield _given_pads(axis)
    yield Step(
        what="output size",
        how="natural size - begin - end",
        clauses="S",
        numbers=f"{axis.natural} - {_in(begin)} - {_in(end)} = {size}",
    )


def _effective_kernel(axis: Axis) -> Step:
    numbers = f"({axis.kernel} - 1) * {axis.dilation} + 1 = {axis.effective_kernel}"
    return Step(what="effective kernel", how="(kernel - 1) * dilation + 1", numbers=numbers)


def _in(number: int) -> str:
    return f"({number})" if number < 0 else str(number)


def _given_pads(axis: Axis) -> Step:
    if axis.auto_pad == "VALID":
        return Step(what="pads", how="VALID: begin = 0, end = 0", clauses="P")
    return Step(what="pads", how=f"as given, or 0: begin = {axis.begin}, end = {axis.end}")


def _derived_pads(axis: Axis, begin: int, end: int) -> Iterator[Step]:
    total = begin + end
    if axis.output_shape is not None:
        ignored = axis.begin or axis.end
        said = f"output_shape = {axis.output_shape}" + (
            f"; pads = {axis.begin}, {axis.end} are ignored" if ignored else ""
        )
        yield Step(what="size asked for", how=said, clauses="G" if ignored else "")
        size, labels = (
            axis.output_shape,
            ("J" if total < 0 else "") + ("I" if axis.output_shape < axis.input else ""),
        )
    else:
        size, labels = (
            same_size(axis),
            ("C" if total < 0 else "") + ("D" if axis.output_padding else ""),
        )
        how = (
            f"input = {size}"
            if axis.opset < 11
            else f"input * stride = {axis.input} * {axis.stride} = {size}"
        )
        yield Step(what="size asked for", how=f"{axis.auto_pad}: {how}", clauses="B")
    yield Step(
        what="total_padding",
        how="natural size - size asked for",
        numbers=f"{axis.natural} - {size} = {total}",
        clauses=labels,
    )
    yield _split(axis, total, (begin, end))


def _split(axis: Axis, total: int, pads: Pads) -> Step:
    half = f"floor({total} / 2) = {total // 2}"
    rest = f"{total} - {_in(total // 2)}"
    begin, end = (
        (f"{rest} = {pads[0]}", half) if extra_at_begin(axis) else (half, f"{rest} = {pads[1]}")
    )
    labels = ""
    if total % 2:
        labels = ("A" if axis.opset < 11 else "F" if not axis.same else "") + (
            "E" if total < 0 else ""
        )
    return Step(what="split", how=f"{_branch(axis)}: begin = {begin}, end = {end}", clauses=labels)


def _branch(axis: Axis) -> str:
    """The condition of the text that holds."""
    upper = axis.auto_pad == "SAME_UPPER"
    if axis.opset >= 11:
        return "If (auto_pads == SAME_UPPER)" if upper else f"Else, as auto_pad is {axis.auto_pad}"
    if axis.output_shape is None:
        return (
            f"{axis.auto_pad} has an odd total's extra element at the {'end' if upper else 'begin'}"
        )
    return "Else, as auto_pad is SAME_UPPER" if upper else "If (auto_pads != SAME_UPPER)"


def conv_steps(axis: Axis) -> Iterator[Step]:
    """From attributes to the output size of one axis of Conv."""
    begin, end = conv_pads(axis)
    reach = axis.input + begin + end
    yield _effective_kernel(axis)
    if axis.same:
        size = axis.input if axis.opset < 11 else -(-axis.input // axis.stride)
        how = (
            f"input = {size}"
            if axis.opset < 11
            else f"ceil(input / stride) = ceil({axis.input} / {axis.stride}) = {size}"
        )
        yield Step(what="size asked for", how=f"{axis.auto_pad}: {how}")
        yield Step(
            what="total_padding",
            how="max((size - 1) * stride + effective kernel - input, 0)",
            numbers=f"max(({size} - 1) * {axis.stride} + {axis.effective_kernel} - {axis.input}, "
            f"0) = {begin + end}",
        )
        odd = (
            "; an odd total has its extra element at the "
            f"{'end' if axis.auto_pad == 'SAME_UPPER' else 'begin'}"
        )
        yield Step(
            what="split",
            how=f"{axis.auto_pad}: begin = {begin}, end = {end}{odd * ((begin + end) % 2)}",
        )
    else:
        yield _given_pads(axis)
    yield Step(
        what="output size",
        how="floor((input + begin + end - effective kernel) / stride) + 1",
        numbers=f"floor(({axis.input} + {begin} + {end} - {axis.effective_kernel}) / "
        f"{axis.stride}) + 1 = "
        f"{(reach - axis.effective_kernel) // axis.stride + 1}",
    )


def transpose_terms(axis: Axis, begin: int, size: int) -> list[str]:
    """The sum behind each output along one axis of ConvTranspose, by input: `y0 = w2a + w1b`. At
    most 8 inputs."""
    return [
        _sum(o, ((o + begin - axis.stride * i, i) for i in range(axis.input)), axis)
        for o in range(size)
    ]


def conv_terms(axis: Axis, begin: int, size: int) -> list[str]:
    """The sum behind each output along one axis of Conv, by input. At most 8 inputs."""
    return [
        _sum(o, ((i + begin - axis.stride * o, i) for i in range(axis.input)), axis)
        for o in range(size)
    ]


def _sum(output: int, reached: Iterator[Pads], axis: Axis) -> str:
    """`reached` pairs a distance into the effective kernel, which may lie outside of it, with an
    input."""
    within = [
        (distance, i)
        for distance, i in reached
        if 0 <= distance < axis.effective_kernel and distance % axis.dilation == 0
    ]
    return f"y{output} = " + (
        " + ".join(f"w{distance // axis.dilation + 1}{LETTERS[i]}" for distance, i in within) or "0"
    )


def inserted(w: Window) -> list[str]:
    """The input with zeros between and around it, cut so that a kernel's length slides over it in
    as many steps as there are outputs.

    One entry an element: a letter of the input, or `.` for a zero. Source: Dumoulin and Visin, "A
    guide to convolution arithmetic".
    """
    a = w.axis
    before = a.effective_kernel - 1 - w.begin
    places = range(-before, w.size + a.effective_kernel - 1 - before)
    return [
        LETTERS[p // a.stride] if p % a.stride == 0 and 0 <= p // a.stride < a.input else "."
        for p in places
    ]


def flipped(axis: Axis) -> list[str]:
    """The kernel that slides over it: the last tap first, dilation's holes as `.`."""
    taps = ["."] * axis.effective_kernel
    for tap in range(axis.kernel):
        taps[axis.effective_kernel - 1 - tap * axis.dilation] = f"w{tap + 1}"
    return taps


def steps_of(case: Case, axis: Axis) -> Iterator[Step]:
    """From attributes to the output size of one axis of the case's operator."""
    return transpose_steps(axis) if case.op == "ConvTranspose" else conv_steps(axis)
