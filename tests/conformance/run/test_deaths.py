"""Calls at which a backend dies are left out once it has died at enough of their kind."""

from collections.abc import Iterator
from itertools import product

from convtranspose_cases import Case, make
from convtranspose_conformance.run.asking.deaths import DEATHS, Deaths
from convtranspose_conformance.worker.observation import Seen


def _cases(*, auto_pad: str = "NOTSET", twice: bool = False) -> Iterator[Case]:
    """Some sizes; with an output_shape, where it is `twice` that of the input."""
    for n, k, stride in product(range(3, 9), (2, 3), (1, 2)):
        given = {"auto_pad": auto_pad, "output_shape": (2 * n, 2 * n) if twice else ()}
        yield make("deaths", (n, n), (k, k), strides=(stride, stride), **given)


SAME = list(_cases(auto_pad="SAME_UPPER", twice=True))


def _heard(dies: list[Case], lives: list[Case]) -> Deaths:
    deaths = Deaths()
    for seen, cases in ((Seen.CRASHED, dies), (Seen.RETURNED, lives)):
        for case in cases:
            deaths.heard(case, seen)
    return deaths


def test_two_statements_that_meet_are_enough() -> None:
    """Neither SAME_UPPER nor output_shape kills by itself."""
    lives = [*_cases(auto_pad="SAME_UPPER"), *_cases(twice=True)]
    deaths = _heard(SAME[:DEATHS], lives)
    assert all(deaths.leads_to_one(case) for case in SAME[DEATHS:])
    assert not any(deaths.leads_to_one(case) for case in lives)
    assert not any(deaths.leads_to_one(case) for case in _cases())


def test_one_that_lived_speaks_for_its_kind() -> None:
    deaths = _heard(SAME[:DEATHS], [*SAME[DEATHS + 1 :], *_cases()])
    assert not deaths.leads_to_one(SAME[DEATHS])


def test_what_is_refused_before_it_would_die_says_nothing() -> None:
    deaths = _heard(SAME[:DEATHS], list(_cases()))
    deaths.heard(SAME[DEATHS], Seen.REFUSED)
    assert deaths.leads_to_one(SAME[DEATHS])


def test_a_few_deaths_say_nothing() -> None:
    deaths = _heard(SAME[: DEATHS - 1], [])
    assert not deaths.leads_to_one(SAME[0])


def test_what_lives_later_is_heard_too() -> None:
    deaths = _heard(SAME[:DEATHS], [])
    assert deaths.leads_to_one(SAME[-1])
    deaths.heard(SAME[-2], Seen.RETURNED)
    assert not deaths.leads_to_one(SAME[-2])
