"""What a backend can be asked beside what a run has asked it, and what it says to that."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice

from convtranspose_cases import Case
from convtranspose_reports import Check

from ..rules.answers import Asked
from ..verdict.reply import Ask, Pool, Reply
from ..worker.observation import Seen
from .conditions.contrast import meets
from .conditions.silence import Silence


class Questions:
    """One check's cases of the `pool` that are not `known` yet. Without `ask` there are none."""

    def __init__(self, check: Check, known: Iterable[str], ask: Ask | None, pool: Pool) -> None:
        self.replies: list[Reply] = []
        """What the backend said, in the order in which it was asked."""
        self._check, self._known, self._ask, self._pool = check, set(known), ask, pool
        self._asked: dict[str, Asked] = {}
        self._silence = Silence()

    def heard(self, replies: Iterable[Reply]) -> None:
        """Takes note of which calls are answered."""
        for each in replies:
            self._silence.heard(each.case, answered=each.seen.seen is Seen.RETURNED)

    def may_answer(self, case: Case) -> bool:
        """Is it no call like many that stopped?"""
        return not self._silence.is_expected(case)

    def fresh(self, where: str = "") -> Iterator[Case]:
        """Cases that were not asked yet and meet a condition."""
        return (case for case in self._askable if case.id not in self._known and meets(where, case))

    def unknown(self, cases: Iterable[Case]) -> Iterator[Case]:
        """Those of any cases that were not asked yet and can be, each once."""
        if self._ask is None:
            return
        seen = set(self._known)
        for case in cases:
            if self._check.value in case.checks and case.id not in seen:
                seen.add(case.id)
                yield case

    @cached_property
    def _askable(self) -> list[Case]:
        if self._ask is None:
            return []
        return [case for case in self._pool() if self._check.value in case.checks]

    @property
    def can_ask(self) -> bool:
        return self._ask is not None

    def pool(self) -> list[Case]:
        """What may be asked, asked already or not."""
        return self._askable

    def measure(self, cases: Iterable[Case]) -> list[Reply]:
        """Asks calls that are of no pool; what the backend says is not kept."""
        replies = list(self._ask(list(cases))) if self._ask is not None else []
        self.heard(replies)
        return replies

    def asked(self, case: Case) -> Asked:
        """What rules answer to a case of the pool."""
        return self._asked.setdefault(case.id, Asked(case))

    def ask(self, cases: Iterable[Case], most: int) -> list[Reply]:
        """Asks the first of the cases, and keeps what the backend says; what it cannot be asked is
        left out."""
        chosen = list(islice(cases, most))
        replies = list(self._ask(chosen)) if self._ask is not None and chosen else []
        self.heard(replies)
        self._known |= {case.id for case in chosen}
        self.replies += replies
        return replies
