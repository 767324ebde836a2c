"""From attributes to the output size of one axis, step by step: the operator text's equations with
the numbers filled in.

The numbers come from the reference; here they are only written down.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_reference.conv import conv_pads
from convtranspose_reference.geometry import Axis, Pads, extra_at_begin, pads_of, same_size

from .window import subtracted


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
        numbers=f"{axis.natural} - {subtracted(begin)} - {subtracted(end)} = {size}",
    )


def _effective_kernel(axis: Axis) -> Step:
    numbers = f"({axis.kernel} - 1) * {axis.dilation} + 1 = {axis.effective_kernel}"
    return Step(what="effective kernel", how="(kernel - 1) * dilation + 1", numbers=numbers)


def _given_pads(axis: Axis) -> Step:
    if axis.auto_pad == "VALID":
        return Step(what="pads", how="VALID: begin = 0, end = 0", clauses="P")
    return Step(what="pads", how=f"as given, or 0: begin = {axis.begin}, end = {axis.end}")


def _derived_pads(axis: Axis, begin: int, end: int) -> Iterator[Step]:
    total = begin + end
    if axis.output_shape is not None:
        size, asked = axis.output_shape, _given_size(axis, axis.output_shape)
        labels = "J" * (total < 0) + "I" * (size < axis.input)
    else:
        size, asked = same_size(axis), _same_size(axis)
        labels = "C" * (total < 0) + "D" * bool(axis.output_padding)
    yield asked
    yield Step(
        what="total_padding",
        how="natural size - size asked for",
        numbers=f"{axis.natural} - {size} = {total}",
        clauses=labels,
    )
    yield _split(axis, total, (begin, end))


def _given_size(axis: Axis, size: int) -> Step:
    how, ignored = f"output_shape = {size}", axis.begin or axis.end
    if ignored:
        how += f"; pads = {axis.begin}, {axis.end} are ignored"
    return Step(what="size asked for", how=how, clauses="G" if ignored else "")


def _same_size(axis: Axis) -> Step:
    size = same_size(axis)
    how = f"input * stride = {axis.input} * {axis.stride} = {size}"
    if axis.opset < 11:
        how = f"input = {size}"
    return Step(what="size asked for", how=f"{axis.auto_pad}: {how}", clauses="B")


def _split(axis: Axis, total: int, pads: Pads) -> Step:
    half = f"floor({total} / 2) = {total // 2}"
    rest = f"{total} - {subtracted(total // 2)}"
    begin, end = half, f"{rest} = {pads[1]}"
    if extra_at_begin(axis):
        begin, end = f"{rest} = {pads[0]}", half
    labels = ""
    if total % 2:
        labels = ("A" if axis.opset < 11 else "F" * (not axis.same)) + "E" * (total < 0)
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
    kernel = axis.effective_kernel
    size = (axis.input + begin + end - kernel) // axis.stride + 1
    yield _effective_kernel(axis)
    if axis.same:
        yield from _derived_conv_pads(axis, begin, end)
    else:
        yield _given_pads(axis)
    yield Step(
        what="output size",
        how="floor((input + begin + end - effective kernel) / stride) + 1",
        numbers=f"floor(({axis.input} + {begin} + {end} - {kernel}) / {axis.stride}) + 1 = {size}",
    )


def _derived_conv_pads(axis: Axis, begin: int, end: int) -> Iterator[Step]:
    word, kernel, total = axis.auto_pad, axis.effective_kernel, begin + end
    size = axis.input if axis.opset < 11 else -(-axis.input // axis.stride)
    how = f"ceil(input / stride) = ceil({axis.input} / {axis.stride}) = {size}"
    if axis.opset < 11:
        how = f"input = {size}"
    yield Step(what="size asked for", how=f"{word}: {how}")
    yield Step(
        what="total_padding",
        how="max((size - 1) * stride + effective kernel - input, 0)",
        numbers=f"max(({size} - 1) * {axis.stride} + {kernel} - {axis.input}, 0) = {total}",
    )
    place = "end" if word == "SAME_UPPER" else "begin"
    odd = f"; an odd total has its extra element at the {place}" * (total % 2)
    yield Step(what="split", how=f"{word}: begin = {begin}, end = {end}{odd}")


def steps_of(case: Case, axis: Axis) -> Iterator[Step]:
    """From attributes to the output size of one axis of the case's operator."""
    return transpose_steps(axis) if case.op == "ConvTranspose" else conv_steps(axis)
