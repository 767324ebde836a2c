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
from ..rules.comparison import Comparison
from ..verdict.compare import Comparisons
from ..worker.observation import Seen

PRODUCTS_SHOWN = 8  # of one sum
Term = tuple[Shape, Shape]  # index into X, index into W


def spelled_out(asked: Asked, compared: Comparisons) -> str:
    """The size of each axis that differs, or the output element that is furthest off, with its
    terms; "" where neither can be told."""
    text, check, seen = asked.answer(), compared.check, compared.seen
    if asked.case.is_composed:  # sums of sums: of no help to a reader
        return ""
    if text.refused or check not in (Check.OUTPUT, Check.OUTPUT_SHAPE):
        return ""
    if seen.seen is not Seen.RETURNED:
        return ""
    if seen.shape != text.shape:
        return "\n".join(_sizes(asked.case, text, seen.shape or ()))
    if check is Check.OUTPUT_SHAPE or seen.dtype != text.dtype or 0 in text.shape:
        return ""
    return _element(asked, compared.of(text.golden))


def _sizes(case: Case, text: Answer, sizes: tuple[int | None, ...]) -> Iterator[str]:
    """One line an axis whose size differs."""
    for number, axis in enumerate(case.axes):
        if len(sizes) != len(text.shape) or sizes[2 + number] not in (None, text.shape[2 + number]):
            steps = transpose_steps(axis) if case.op == "ConvTranspose" else conv_steps(axis)
            yield f"{axis_name(number)}: " + "; ".join(map(_said, steps))


def _said(step: Step) -> str:
    return f"{step.what}: {step.how}" + (f": {step.numbers}" if step.numbers else "")


def _element(asked: Asked, comparison: Comparison) -> str:
    at = comparison.furthest
    if at is None:
        return ""
    terms = list(terms_of(asked.case, at))
    X, W, B = asked.tensors.X, asked.tensors.W, asked.tensors.B
    bias = [] if B is None else [(f"B[{at[1]}]", _value(B, (at[1],)))]
    names = [
        *(f"X{list(x)} * W{list(w)}" for x, w in terms[:PRODUCTS_SHOWN]),
        *([f"({len(terms) - PRODUCTS_SHOWN} more)"] if len(terms) > PRODUCTS_SHOWN else []),
    ]
    numbers = [
        *(f"{_value(X, x)} * {_value(W, w)}" for x, w in terms[:PRODUCTS_SHOWN]),
        *(["..."] if len(terms) > PRODUCTS_SHOWN else []),
    ]
    left = " + ".join([*names, *(name for name, _ in bias)]) or "nothing lands here"
    right = " + ".join([*numbers, *(value for _, value in bias)]) or "0"
    return (
        f"Y{list(at)} = {left}\n  = {right}\n  = {_plain(float(comparison.expected[at]))}, not "
        f"{_plain(float(comparison.Y[at]))}"
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
