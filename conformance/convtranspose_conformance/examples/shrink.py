"""The smallest case on which the same thing goes wrong: a greedy search in fixed order, which asks
`holds` and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_cases.notation import askable, called
from convtranspose_cases.simpler import PASSES, Pass, weight

MOST_QUESTIONS = 200  # that `holds` is asked
Holds = Callable[[Case], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """The smallest `case` found, under an id of its own; the changes that led to it; how often
    `holds` was asked."""

    case: Case
    steps: tuple[str, ...]
    questions: int


def shrink(case: Case, holds: Holds, questions: int = MOST_QUESTIONS) -> Shrunk:
    """Simplifies `case` while `holds` is true of the simpler one, until no change helps or
    `questions` have been asked.

    `case` is known to hold; it comes back as it is where nothing simpler does. Every candidate is
    askable, asked the same checks, and lighter (`simpler.weight`) than the case that it would
    replace. `holds` is asked of each candidate once.
    """
    search = _Search(case, holds, questions)
    search.tried("an id of its own", called(case), lighter=False)
    while sum(search.advanced(each) for each in PASSES):
        continue
    return Shrunk(case=search.smallest, steps=tuple(search.steps), questions=len(search.asked))


class _Search:
    """The smallest case so far, and what has been asked."""

    def __init__(self, case: Case, holds: Holds, questions: int) -> None:
        self.smallest, self._holds, self._most = case, holds, questions
        self.steps: list[str] = []
        self.asked: dict[str, bool] = {}

    def advanced(self, each: Pass) -> bool:
        """Takes every step that the pass has to offer; was there one?"""
        before = self.smallest
        while any(self.tried(what, called(changed)) for what, changed in each(self.smallest)):
            continue
        return self.smallest is not before

    def tried(self, what: str, candidate: Case, *, lighter: bool = True) -> bool:
        """Takes the step if the candidate is lighter, can be asked, and holds."""
        if (
            candidate.checks != self.smallest.checks
            or (lighter and weight(candidate) >= weight(self.smallest))
            or not askable(candidate)
        ):
            return False
        if candidate.id not in self.asked:
            if len(self.asked) >= self._most:
                return False
            self.asked[candidate.id] = self._holds(candidate)
        if self.asked[candidate.id]:
            self.smallest = candidate
            self.steps.append(what)
        return self.asked[candidate.id]
