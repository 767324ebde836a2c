"""A plan's cases with what was worked out of them, of few at a time."""

from collections.abc import Sequence
from copy import copy
from typing import overload

from convtranspose_cases import Case

from ..rules.answers import Asked

KEPT, RECENT = 1536, 512  # cases; together more than the default suites have


def own(cases: Sequence[Case], number: int) -> Case:
    """The case; past those that are kept a copy, which takes along what is worked out of it when it
    goes."""
    return cases[number] if number < KEPT + RECENT else copy(cases[number])


class AskedCases(Sequence[Asked]):
    """By the plan's number. What is worked out of a case is kept for the first KEPT of them, which
    each further backend is asked, too, and of the others for those that were asked last; of any
    other it is worked out again. All of 50,000 would take half a GiB."""

    def __init__(self, cases: Sequence[Case], seed: int = 0) -> None:
        self._cases, self._seed = cases, seed
        self._kept: dict[int, Asked] = {}
        self._recent: dict[int, Asked] = {}  # the last one last

    def __len__(self) -> int:
        return len(self._cases)

    @overload
    def __getitem__(self, number: int) -> Asked: ...

    @overload
    def __getitem__(self, number: slice) -> list[Asked]: ...

    def __getitem__(self, number: int | slice) -> Asked | list[Asked]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        number = range(len(self))[number]
        if number in self._kept:
            return self._kept[number]
        asked = self._recent.pop(number, None) or Asked(own(self._cases, number), self._seed)
        self._recent[number] = asked
        if len(self._recent) > RECENT:
            self._retire(next(iter(self._recent)))
        return asked

    def _retire(self, number: int) -> None:
        asked = self._recent.pop(number)
        if len(self._kept) < KEPT:
            self._kept[number] = asked
        else:  # it refers to its answers, and they to it: Python would find that late
            asked.forget()
