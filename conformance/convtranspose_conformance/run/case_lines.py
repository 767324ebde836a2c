"""The cases of a plan as the page names them, each line made when it is asked for."""

from array import array
from collections.abc import Hashable, Sequence

from convtranspose_cases import Case
from convtranspose_cases.facts import clauses, features
from convtranspose_reports import CaseLine
from convtranspose_reports.held.by_number import ByNumber

from .asked_cases import own


class CaseNames(ByNumber[str]):
    """The ids of the cases, each made when it is asked for."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases

    def __len__(self) -> int:
        return len(self._cases)

    def _at(self, number: int) -> str:
        return self._cases[number].id


class CaseLines(ByNumber[CaseLine]):
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

    def _at(self, number: int) -> CaseLine:
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
