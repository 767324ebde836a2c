"""Calls to bear an explanation out with, beside those that a run has asked."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, cycle, product, zip_longest
from math import prod
from random import Random

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.case import opset_for
from convtranspose_cases.notation import called
from convtranspose_cases.special import PREFIX, THEMES
from convtranspose_reference.formats import FORMATS

from .thresholds import HEAVY

SEED, DRAWN, HELD_OUT = 1_000_003, 800, (2, 3)


def fresh_cases() -> Iterator[Case]:
    """Cases to bear explanations out with: those of `seeds` and `core`, of which a run may ask a
    part, and random calls, in turn and in no order, so that the first few are a sample; then the
    small probes of precision, and special values in more calls than their suite has."""
    yield from filter(None, chain.from_iterable(zip_longest(_published(), _drawn())))
    yield from (case for case in suite_cases("accuracy") if not is_heavy(case))
    yield from _drawn_with_themes()
    yield from _akin()


def further_cases() -> Iterator[Case]:
    """Random calls that are none of those, to measure where few of them meet a condition."""
    yield from suite_cases("random", SEED)[DRAWN:]
    yield from suite_cases("random", SEED + 1)


def held_out_cases() -> Iterator[Case]:
    """Random calls that no search asks: what is said of a backend is held against these last."""
    return chain.from_iterable(suite_cases("random", SEED + number) for number in HELD_OUT)


def is_heavy(case: Case) -> bool:
    """Would an answer take long to work out under every rule?"""
    return prod(case.x_shape) * prod(case.w_shape[1:]) > HEAVY


@cache
def _published() -> tuple[Case, ...]:
    cases = (*suite_cases("seeds"), *suite_cases("core"))
    return tuple(Random(SEED).sample(cases, len(cases)))


@cache
def _drawn() -> tuple[Case, ...]:
    return suite_cases("random", SEED)[:DRAWN]


@cache
def _drawn_with_themes() -> tuple[Case, ...]:
    """Each of the calls drawn with one theme, in turn."""
    return tuple(
        made
        for theme, case in zip(cycle(THEMES), _drawn(), strict=False)
        if (made := _special(case, case.dtype, theme))
    )


@cache
def _akin() -> tuple[Case, ...]:
    """The calls of `special`, and the ConvTranspose ones of `seeds`, each with every theme in every
    dtype, in no order."""
    cases = (
        *suite_cases("special"),
        *(case for case in suite_cases("seeds") if case.op == "ConvTranspose"),
    )
    calls = {(c.op, c.x_shape, c.w_shape, c.attributes): c for c in cases}
    made = [each for call in product(calls.values(), FORMATS, THEMES) if (each := _special(*call))]
    return tuple(Random(SEED).sample(made, len(made)))


def _special(case: Case, dtype: str, theme: str) -> Case | None:
    """The call with the numbers of a theme, and without B where the theme is not about it; None
    where it means nothing in the dtype."""
    if dtype not in THEMES[theme].dtypes:
        return None
    if not theme.endswith("b"):
        case = replace(case, bias=False, bias_shape=None)
    return called(
        replace(case, dtype=dtype, data=PREFIX + theme, opset=max(case.opset, opset_for(dtype)))
    )
