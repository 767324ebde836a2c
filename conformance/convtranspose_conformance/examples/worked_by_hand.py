"""The arithmetic behind one answer, spelled out for a person who checks it by hand: one output
element, or one axis' size."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.inputs import Scaled
from convtranspose_reference.attributes import Shape
from convtranspose_reference.conv import conv_pads
from convtranspose_reports import Check

from ..explain.geometry.steps import Step, conv_steps, transpose_steps
from ..explain.geometry.window import axis_name
from ..rules.answers import Answer, Asked
from ..verdict.compare import worst_value
from ..worker.observation import Observation, Seen

SHOWN = 8  # products of a sum
Term = tuple[Shape, Shape]  # index into X, index into W


def spelled_out(asked: Asked, check: Check, seen: Observation) -> str:
    """The size of each axis that differs, or the output element that is furthest off, with its
    terms; "" where neither can be told."""
    text = asked.answer()
    if (
        text.refused
        or seen.seen is not Seen.RETURNED
        or check not in (Check.OUTPUT, Check.OUTPUT_SHAPE)
    ):
        return ""
    if seen.shape != text.shape:
        return "\n".join(_sizes(asked.case, text, seen.shape or ()))
    if check is Check.OUTPUT_SHAPE or seen.dtype != text.dtype or 0 in text.shape:
        return ""
    return _element(asked, text, seen)


def _sizes(case: Case, text: Answer, found: tuple[int | None, ...]) -> Iterator[str]:
    """One line an axis whose size differs."""
    for number, axis in enumerate(case.axes):
        if len(found) != len(text.shape) or found[2 + number] not in (None, text.shape[2 + number]):
            steps = transpose_steps(axis) if case.op == "ConvTranspose" else conv_steps(axis)
            yield f"{axis_name(number)}: " + "; ".join(map(_said, steps))


def _said(step: Step) -> str:
    return f"{step.what}: {step.how}" + (f": {step.numbers}" if step.numbers else "")


def _element(asked: Asked, text: Answer, seen: Observation) -> str:
    expected, found = text.golden.expected(), seen.array()
    at = worst_value(text.golden, found)
    if at is None:
        return ""
    terms = list(terms_of(asked.case, at))
    X, W, B = asked.tensors.X, asked.tensors.W, asked.tensors.B
    bias = [] if B is None else [(f"B[{at[1]}]", _value(B, (at[1],)))]
    names = [
        *(f"X{list(x)} * W{list(w)}" for x, w in terms[:SHOWN]),
        *([f"({len(terms) - SHOWN} more)"] if len(terms) > SHOWN else []),
    ]
    numbers = [
        *(f"{_value(X, x)} * {_value(W, w)}" for x, w in terms[:SHOWN]),
        *(["..."] if len(terms) > SHOWN else []),
    ]
    left = " + ".join([*names, *(name for name, _ in bias)]) or "nothing lands here"
    right = " + ".join([*numbers, *(value for _, value in bias)]) or "0"
    return (
        f"Y{list(at)} = {left}\n  = {right}\n  = {_plain(float(expected[at]))}, not "
        f"{_plain(float(found[at]))}"
    )


def _value(tensor: Scaled, index: Shape) -> str:
    special = 0.0 if tensor.special is None else float(tensor.special[index])
    given = special or np.signbit(special)  # -0.0 is one of the special values
    return _plain(
        special if given else float(np.ldexp(float(tensor.integers[index]), tensor.exponent))
    )


def _plain(value: float) -> str:
    """Every digit that it takes, so that numbers which differ in the last bit look different."""
    return repr(value).removesuffix(".0")


def terms_of(case: Case, at: Shape) -> Iterator[Term]:
    """The products that the definition sums up in Y[at], in the order of W: o = stride * i +
    dilation * t - begin of each axis."""
    n, m, *place = at
    per_group, channels = case.maps // case.group, case.channels_per_group
    first = m // per_group * channels
    begins = (
        case.geometry().begins
        if case.op == "ConvTranspose"
        else tuple(conv_pads(axis)[0] for axis in case.axes)
    )
    for c in range(channels):
        for taps in product(*(range(axis.kernel) for axis in case.axes)):
            inputs = tuple(
                _input(case, number, place[number], t, begins[number])
                for number, t in enumerate(taps)
            )
            if all(i is not None for i in inputs):
                x = (n, first + c, *(i for i in inputs if i is not None))
                yield (
                    x,
                    (
                        (first + c, m % per_group, *taps)
                        if case.op == "ConvTranspose"
                        else (m, c, *taps)
                    ),
                )


def _input(case: Case, number: int, output: int, tap: int, begin: int) -> int | None:
    """The input element of an axis that a tap brings to an output, or None."""
    axis = case.axes[number]
    if case.op == "Conv":
        i = output * axis.stride + tap * axis.dilation - begin
        return i if 0 <= i < axis.input else None
    i, rest = divmod(output + begin - tap * axis.dilation, axis.stride)
    return i if not rest and 0 <= i < axis.input else None
