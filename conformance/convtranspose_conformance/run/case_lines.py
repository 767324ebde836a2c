"""The cases of a plan as the page names them, each line made when it is asked for."""

from array import array
from collections.abc import Hashable, Sequence
from typing import overload

from convtranspose_cases import Case
from convtranspose_cases.facts import clauses, features
from convtranspose_reports import CaseLine

from .asked_cases import own


class CaseNames(Sequence[str]):
    """The ids of the cases, each made when it is asked for."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases

    def __len__(self) -> int:
        return len(self._cases)

    @overload
    def __getitem__(self, number: int) -> str: ...

    @overload
    def __getitem__(self, number: slice) -> list[str]: ...

    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [case.id for case in self._cases[number]]
        return self._cases[number].id


class CaseLines(Sequence[CaseLine]):
    """One line a case. Which features and clauses a case has is kept as a number: thousands of
    cases share them."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases, self.names = cases, CaseNames(cases)
        self._about: list[tuple[list[str], list[str]]] = []  # features and clauses, each once
        self._of = array("I")
        number_of: dict[Hashable, int] = {}
        for number in range(len(cases)):
            case = own(cases, number)
            about = features(case), clauses(case)
            key = (*about[0], "", *about[1])
            if key not in number_of:
                number_of[key] = len(self._about)
                self._about.append(about)
            self._of.append(number_of[key])

    def features(self) -> set[str]:
        """Those that any case has."""
        return {name for those, _ in self._about for name in those}

    def __len__(self) -> int:
        return len(self._cases)

    @overload
    def __getitem__(self, number: int) -> CaseLine: ...

    @overload
    def __getitem__(self, number: slice) -> list[CaseLine]: ...

    def __getitem__(self, number: int | slice) -> CaseLine | list[CaseLine]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        number = range(len(self))[number]
        case = self._cases[number]
        features, clauses = self._about[self._of[number]]
        return CaseLine(
            name=case.id,
            suite=case.suite,
            summary=case.summary(),
            features=features,
            clauses=clauses,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment]  # as of a list
