"""Smaller calls with the same axes: what is wrong with where outputs begin and end shows in them,
where a call itself cannot be read term by term."""

from collections.abc import Iterator
from dataclasses import replace

from convtranspose_cases import Case
from convtranspose_cases.notation import called
from convtranspose_cases.simpler import axes


def smaller(case: Case) -> Iterator[Case]:
    """The call in float32; with one channel; and with fewer axes, down to each one alone. A call
    that the text forbids has none."""
    if case.op != "ConvTranspose" or case.refusal() is not None:
        return
    single = replace(case, dtype="float32", data="integers")
    yield called(single)
    yield from map(called, _with_fewer_axes(_of_one_channel(single)))


def _of_one_channel(case: Case) -> Case:
    return replace(
        case,
        x_shape=(1, 1, *case.x_shape[2:]),
        w_shape=(1, 1, *case.w_shape[2:]),
        attributes=replace(case.attributes, group=None),
        bias=False,
    )


def _with_fewer_axes(case: Case) -> Iterator[Case]:
    yield case
    for _, fewer in axes(case):
        yield from _with_fewer_axes(fewer)
