"""Calls at which a backend dies are left out once it has died at enough of their kind."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from convtranspose_cases import Case, make
from convtranspose_conformance.run.asking.deaths import DEATHS, Deaths
from convtranspose_conformance.worker.observation import Seen


def _cases(*, auto_pad: str = "NOTSET", twice: bool = False) -> Iterator[Case]:
    """Some sizes; with an output_shape, where it is `twice` that of the input."""
    for n, k, stride in product(range(1, 5), range(1, 5), (1, 2, 3)):
        given = {"auto_pad": auto_pad, "output_shape": (2 * n, 2 * n) if twice else ()}
        yield make("deaths", (n, n), (k, k), strides=(stride, stride), **given)


SAME = list(_cases(auto_pad="SAME_UPPER", twice=True))
LIVES = [*_cases(auto_pad="SAME_UPPER"), *_cases(twice=True), *_cases()]


def _heard(dies: list[Case], lives: list[Case]) -> Deaths:
    deaths = Deaths()
    for seen, cases in ((Seen.RETURNED, lives), (Seen.CRASHED, dies)):
        for case in cases:
            deaths.heard(case, seen)
    return deaths


def test_statements_that_meet_are_a_kind() -> None:
    """Neither SAME_UPPER nor output_shape kills by itself."""
    deaths = _heard(SAME[::2], LIVES)
    assert all(deaths.leads_to_one(case) for case in SAME[1::2])
    assert not any(deaths.leads_to_one(case) for case in LIVES)


def test_a_few_deaths_are_no_kind_yet() -> None:
    line = make("deaths", (3,), (3,), auto_pad="SAME_UPPER", output_shape=(6,))
    assert not _heard(SAME[: DEATHS - 1], LIVES).leads_to_one(line)
    assert _heard(SAME, LIVES).leads_to_one(line)


def test_one_that_lived_is_of_no_deadly_kind() -> None:
    deaths = _heard(SAME[::2], [*LIVES, *SAME[1::2]])
    assert not all(deaths.leads_to_one(case) for case in SAME[1::2])


def test_calls_like_one_that_killed_are_left_out_where_a_backend_dies_often() -> None:
    """As are the calls of which one configuration is measured; smaller calls are tried before."""
    again = replace(SAME[0], name="measured", data="ones")
    assert not _heard(SAME[:1] * (DEATHS - 1), []).leads_to_one(again)
    often = _heard(SAME[:1] * DEATHS, [])
    assert often.leads_to_one(again)
    assert not often.leads_to_one(SAME[20])


def test_what_is_refused_before_it_would_die_says_nothing() -> None:
    deaths = _heard(SAME[::2], LIVES)
    deaths.heard(SAME[1], Seen.REFUSED)
    assert deaths.leads_to_one(SAME[1])
