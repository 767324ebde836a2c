"""Every term of an output: which weight reached it, times which element of X, how often; and B.

Read off a call whose X has one 1 an image, and whose W holds powers of 4
(`cases.measuring.one_hot`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.measuring.one_hot import OneHot, digits, parts, traced
from convtranspose_reports import Check

from ..verdict.reply import Ask, Reply
from ..worker.observation import Seen

Integers = NDArray[np.int64]
LARGEST, MOST_PARTS = 4096, 6
"""Elements of X's images together, and calls, up to which a case is traced."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terms:
    """What reached the outputs of `case`, which has N images as the trace has.

    `rows` has a line for each term: X's channel and position, W's channel, map and tap, Y's channel
    and position, how often. `bias` says the same of B, channel of B, Y's channel and position, how
    often. `spatial` and `maps` are Y's sizes.
    """

    case: Case
    maps: int
    spatial: tuple[int, ...]
    rows: Integers
    bias: Integers

    @property
    def x_channel(self) -> Integers:
        return self.rows[:, 0]

    def x_at(self, axis: int) -> Integers:
        return self.rows[:, 1 + axis]

    @property
    def w_channel(self) -> Integers:
        return self.rows[:, 1 + self.case.rank]

    @property
    def w_map(self) -> Integers:
        return self.rows[:, 2 + self.case.rank]

    def tap(self, axis: int) -> Integers:
        return self.rows[:, 3 + self.case.rank + axis]

    @property
    def y_channel(self) -> Integers:
        return self.rows[:, 3 + 2 * self.case.rank]

    def y_at(self, axis: int) -> Integers:
        return self.rows[:, 4 + 2 * self.case.rank + axis]

    @property
    def times(self) -> Integers:
        return self.rows[:, -1]


def can_be_traced(case: Case) -> bool:
    """Is it a ConvTranspose that few calls show, with something to show?"""
    each = prod(case.x_shape[1:])
    return (
        case.op == "ConvTranspose"
        and case.refusal() is None
        and 0 < each * (each + 1) <= LARGEST
        and 0 < prod(case.w_shape)
        and parts(case) <= MOST_PARTS
    )


def terms_of(case: Case, ask: Ask) -> Terms | str:
    """Asks what it takes; or why nothing could be read off the answers."""
    calls = traced(case)
    replies = list(ask(calls))
    if len(replies) < len(calls):
        return "cannot be asked"
    return read(case, replies)


def read(case: Case, replies: Sequence[Reply]) -> Terms | str:
    """The terms, from the answers to `traced`; or why they cannot be read."""
    rows, bias = [], []
    for reply in replies:
        if reply.check is not Check.OUTPUT or reply.seen.seen is not Seen.RETURNED:
            return f"stops: {reply.seen.kind}: {reply.seen.message}"
        counted = _counted(reply)
        if isinstance(counted, str):
            return counted
        rows.append(counted[0])
        bias.append(counted[1])
    shapes = {reply.seen.array().shape for reply in replies}
    if len(shapes) > 1:
        return "returns another shape for other numbers"
    shape = shapes.pop()
    of_case = replies[0].case
    return Terms(
        case=replace(of_case, data="integers"),
        maps=shape[1],
        spatial=shape[2:],
        rows=_placed(of_case, np.concatenate(rows)),
        bias=np.concatenate(bias),
    )


def _counted(reply: Reply) -> tuple[Integers, Integers] | str:
    """Lines of (element of X, element of W, place in Y ..., times), and of (element of B, place in
    Y ..., times)."""
    case, Y = reply.case, reply.seen.array()
    if Y.ndim != len(case.x_shape) or Y.shape[0] != case.x_shape[0]:
        return f"returns shape {list(Y.shape)} for {case.x_shape[0]} images"
    numbers = Y.astype(np.float64)
    if not np.isfinite(numbers).all() or (numbers != np.rint(numbers)).any():
        return "returns numbers that are no sums of the weights given"
    whole = numbers.astype(np.int64)
    part = OneHot.of(case.data).part * digits(case.dtype)
    terms = _digits(whole[:-1] - whole[-1:], case.dtype)
    bias = _digits(whole[-1:], case.dtype)
    if terms is None or bias is None:
        return "returns numbers that are no sums of the weights given"
    terms[:, 1] += part
    bias[:, 1] += part
    return terms, bias[:, 1:]


def _digits(whole: Integers, dtype: str) -> Integers | None:
    """Lines of (image, digit, place ..., its value), of digits that are not 0; None where numbers
    have more digits, or are below 0."""
    most = digits(dtype)
    if (whole < 0).any() or (whole >= 4**most).any():
        return None
    lines = []
    for digit in range(most):
        value = (whole >> (2 * digit)) & 3
        at = np.argwhere(value)
        lines.append(
            np.column_stack([at[:, 0], np.full(len(at), digit), at[:, 1:], value[value > 0]])
        )
    return np.concatenate(lines)


def _placed(case: Case, lines: Integers) -> Integers:
    """Element numbers of X and W as channels and positions."""
    x = np.column_stack(np.unravel_index(lines[:, 0], case.x_shape[1:]))
    inside = lines[:, 1] < prod(case.w_shape)
    w: Any = np.unravel_index(np.where(inside, lines[:, 1], 0), case.w_shape)
    return np.column_stack([x, *w, lines[:, 2:]]).astype(np.int64)
