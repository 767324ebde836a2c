"""A question, what was seen and what was judged: what findings, diagnosis and examples are made
from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_cases.case import MEASURED
from convtranspose_reports import Check, Outcome, Verdict

from ..backends.entry import Entry
from ..rules.answers import Asked
from ..worker.observation import Observation
from .compare import Comparisons
from .deviations import Deviation
from .judge import AGREES, Judgement, judge

LARGE = 2**22  # bytes of numbers that are not kept
BYTES = 4  # of most numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reply:
    """One check of one case, put to one backend: what was asked, what was seen (`compared` holds it
    against answers), what was judged. `looks`: the name and the sentence of what it looked like,
    where its numbers are not kept."""

    entry: Entry
    asked: Asked
    compared: Comparisons
    judgement: Judgement
    looks: tuple[str, str] | None = None

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

    @property
    def is_plain(self) -> bool:
        """Is there nothing to be recorded of it but that it agrees?"""
        of_figures = self.asked.case.suite in MEASURED
        return self.judgement is AGREES and not self.seen.once and not of_figures

    @property
    def is_large(self) -> bool:
        """Are its numbers, or those that it is held against, too many to be kept?"""
        return self.asked.most_inputs * BYTES > LARGE or self.seen.size > LARGE

    def reduced(self, looks: tuple[str, str]) -> "Reply":
        """What is kept of a large reply: how it looked, and a digest. Its numbers come back when it
        is asked again."""
        return Reply(
            entry=self.entry,
            asked=Asked(self.case, self.asked.seed),
            compared=Comparisons(self.check, self.seen.without_data()),
            judgement=self.judgement,
            looks=looks,
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
