"""A question, what was seen, and whether it was wrong: what diagnosis and examples are made
from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_reports import Check, Outcome

from ..backends.registry import Entry
from ..rules.answers import Asked
from ..worker.observation import Observation


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """A case and what a backend answered. `wrong`: the verdict, before any declaration."""

    asked: Asked
    seen: Observation
    outcome: Outcome
    wrong: bool

    @property
    def case(self) -> Case:
        return self.asked.case


Ask = Callable[[Sequence[Case]], Iterable[Reply]]


Pool = Callable[[], Iterable[Case]]


def nothing() -> tuple[Case, ...]:
    """An empty pool."""
    return ()


AskOf = Callable[[Entry, Check], Ask]
