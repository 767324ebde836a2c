"""How far the explaining of what differs has come, told while it goes on: it may take minutes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from convtranspose_cases import Case
from convtranspose_reports import Check

from ...backends.entry import Entry
from ...verdict.reply import Ask, AskOf, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedSoFar:
    """Of one check of a backend: `wrong` answers that no declaration predicts (0: the declared ones
    are shown), `questions` put besides by now, and how many of its `findings` are `done` (of 0: the
    rules behind them are still looked for)."""

    backend: str
    check: Check
    wrong: int = 0
    questions: int = 0
    done: int = 0
    findings: int = 0


Explaining = Callable[[ExplainedSoFar], object]


def untold(_: ExplainedSoFar) -> None:
    """To nobody."""


class UnderWay:
    """Tells of each step, and of each question that it takes."""

    def __init__(self, tell: Explaining) -> None:
        self._tell, self._questions = tell, 0
        self._at: ExplainedSoFar | None = None

    def at(self, step: ExplainedSoFar) -> None:
        """This comes now."""
        self._at = replace(step, questions=self._questions)
        self._tell(self._at)

    def counted(self, ask_of: AskOf) -> AskOf:
        """The same, where each question is told of."""

        def of(entry: Entry, check: Check) -> Ask:
            ask = ask_of(entry, check)

            def asked(cases: Sequence[Case]) -> Iterable[Reply]:
                return [reply for case in cases for reply in self._one(ask, case)]

            return asked

        return of

    def _one(self, ask: Ask, case: Case) -> Iterable[Reply]:
        self._questions += 1
        if self._at is not None:
            self.at(self._at)
        return ask([case])
