"""Calls beside a call: one thing smaller, or left out, or written down, or in other groups. They
lie on both sides of any condition that the call meets closely."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.notation import askable, called
from convtranspose_cases.simpler import PASSES

# and the input and output channels of each
GROUPS = ((3, 1, 1), (2, 2, 2), (1, 1, 1), (2, 1, 2), (2, 2, 1), (2, 1, 1), (1, 2, 3), (4, 1, 1))


def neighbours(cases: Sequence[Case]) -> list[Case]:
    """Legal calls beside those of these that are legal, those of each in turn, each once. A
    forbidden call is beside none: one thing changed may leave it forbidden, of no rank, say."""
    of_each = (_of(case) for case in cases if case.refusal() is None)
    found = filter(None, chain.from_iterable(zip_longest(*of_each)))
    return list({case.id: case for case in found}.values())


def _of(case: Case) -> Iterator[Case]:
    simpler = (changed for each in PASSES for _, changed in each(case))
    in_turn = zip_longest(_regrouped(case), simpler, _written_down(case), _larger(case))
    for changed in filter(None, chain.from_iterable(in_turn)):
        fresh = called(changed)
        if fresh.checks == case.checks and fresh.refusal() is None and askable(fresh):
            yield fresh


def _written_down(case: Case) -> Iterator[Case]:
    """With an attribute as it is where it is absent."""
    defaults: dict[str, Any] = {
        "auto_pad": "NOTSET",
        "group": 1,
        "strides": (1,) * case.rank,
        "dilations": (1,) * case.rank,
        "output_padding": (0,) * case.rank,
        "pads": (0,) * 2 * case.rank,
        "kernel_shape": case.w_shape[2:],
    }
    for name, value in defaults.items():
        if getattr(case.attributes, name) is None:
            yield replace(case, attributes=replace(case.attributes, **{name: value}))


def _regrouped(case: Case) -> Iterator[Case]:
    """In other groups, of other numbers of channels each."""
    for group, channels, maps in GROUPS:
        first = (channels * group, maps) if case.op == "ConvTranspose" else (maps * group, channels)
        yield replace(
            case,
            x_shape=(case.x_shape[0], channels * group, *case.x_shape[2:]),
            w_shape=(*first, *case.w_shape[2:]),
            attributes=replace(case.attributes, group=group),
            previous=None,
            data="integers",
        )


def _larger(case: Case) -> Iterator[Case]:
    """With W constant or not; with one more along one axis: of the input, the kernel, a stride, a
    dilation, a pad, a size asked for."""
    plain = replace(case, previous=None, data="integers")
    yield replace(case, initializer=not case.initializer)
    for axis in range(2, len(case.x_shape)):
        yield replace(plain, x_shape=_more(case.x_shape, axis))
        if case.attributes.kernel_shape is None:
            yield replace(plain, w_shape=_more(case.w_shape, axis))
    for name in ("strides", "dilations", "pads", "output_padding", "output_shape"):
        values = getattr(case.attributes, name)
        for at in range(len(values or ())):
            longer: dict[str, Any] = {name: _more(values, at)}
            changed = replace(case.attributes, **longer)
            yield replace(plain, attributes=changed)


def _more(values: tuple[int, ...], at: int) -> tuple[int, ...]:
    return (*values[:at], values[at] + 1, *values[at + 1 :])
