"""A plan's cases with what was worked out of them, of few at a time."""

from collections.abc import Sequence
from copy import copy
from math import prod

from convtranspose_cases import Case
from convtranspose_reports.held.by_number import ByNumber

from ..rules.answers import Asked

MOST = 2048  # cases; more than the default suites have
RECENT = 512
SMALL = 256  # elements of X and W together


def are_few(cases: Sequence[Case]) -> bool:
    """Is what is worked out of these cases kept, for each further backend that is asked them?"""
    return len(cases) <= MOST


def is_small(case: Case) -> bool:
    """Are its numbers so few that a backend takes as long to answer as it takes to draw them?"""
    return prod(case.x_shape) + prod(case.w_shape) <= SMALL


def own(cases: Sequence[Case], number: int) -> Case:
    """The case; of many a copy, which takes along what is worked out of it when it goes."""
    return cases[number] if are_few(cases) else copy(cases[number])


class AskedCases(ByNumber[Asked]):
    """By the plan's number. What is worked out of a case is kept where they are few; else for those
    that were begun last, which backends are asked in turn, and of any other it is worked out again:
    all of 50,000 would take half a GiB."""

    def __init__(self, cases: Sequence[Case], seed: int = 0) -> None:
        self._cases, self._seed = cases, seed
        self._room = MOST if are_few(cases) else RECENT
        self._asked: dict[int, Asked] = {}  # the last one last

    def __len__(self) -> int:
        return len(self._cases)

    def case(self, number: int) -> Case:
        """The case alone, which is not begun by that."""
        return own(self._cases, number)

    def _at(self, number: int) -> Asked:
        asked = self._asked.get(number)
        if asked is None:
            if len(self._asked) >= self._room:
                # it refers to its answers, and they to it: Python would find that late
                self._asked.pop(next(iter(self._asked))).forget()
            asked = self._asked[number] = Asked(own(self._cases, number), self._seed)
        return asked


class CasesOf(ByNumber[Case]):
    """Some of the cases, by number, each taken up when it is looked at."""

    def __init__(self, asked: Sequence[Asked], numbers: Sequence[int]) -> None:
        self._numbers = numbers
        self._case = asked.case if isinstance(asked, AskedCases) else lambda n: asked[n].case

    def __len__(self) -> int:
        return len(self._numbers)

    def _at(self, number: int) -> Case:
        return self._case(self._numbers[number])
