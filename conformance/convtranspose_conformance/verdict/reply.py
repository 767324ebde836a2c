"""A question, what was seen and what was judged: what findings, diagnosis and examples are made
from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_reports import Check, Outcome, Verdict

from ..backends.entry import Entry
from ..rules.answers import Asked
from ..worker.observation import Observation, Seen
from .compare import Comparisons
from .deviations import Deviation
from .judge import Judgement, judge

_NO_NUMBERS = Observation(seen=Seen.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reply:
    """One check of one case, put to one backend: what was asked, what was seen (`compared` holds it
    against answers), what was judged."""

    entry: Entry
    asked: Asked
    compared: Comparisons
    judgement: Judgement

    @property
    def case(self) -> Case:
        return self.asked.case

    @property
    def check(self) -> Check:
        return self.compared.check

    @property
    def seen(self) -> Observation:
        return self.compared.seen

    @property
    def outcome(self) -> Outcome:
        return self.judgement.outcome

    @property
    def wrong(self) -> bool:
        """Does the backend differ, declared or not?"""
        return self.judgement.verdict in (Verdict.FAILS, Verdict.DEVIATES)

    def without_numbers(self) -> "Reply":
        """What is kept of a right reply: that it is one, and of which case."""
        return Reply(
            entry=self.entry,
            asked=self.asked,
            compared=Comparisons(self.check, _NO_NUMBERS),
            judgement=self.judgement,
        )


def judged(
    entry: Entry,
    asked: Asked,
    check: Check,
    seen: Observation,
    declared: Sequence[Deviation] = (),
) -> Reply:
    """The reply, with the verdict on it. `declared`: the backend's deviations."""
    compared = Comparisons(check, seen)
    judgement = judge(asked, compared, declared, entry.installed_version())
    return Reply(entry=entry, asked=asked, compared=compared, judgement=judgement)


Ask = Callable[[Sequence[Case]], Iterable[Reply]]
Pool = Callable[[], Iterable[Case]]
AskOf = Callable[[Entry, Check], Ask]


def nothing() -> tuple[Case, ...]:
    """An empty pool."""
    return ()
