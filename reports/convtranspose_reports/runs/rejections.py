"""What became of each call that the text forbids: refused, answered, or the end of the process."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from convtranspose_reports.runs.record import BackendLine, CaseLine, Check, Outcome, Record
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import answering


class Fate(StrEnum):
    """How a forbidden call ended."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    CRASHED = "took the process down"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "ran out of memory"
    LIMIT_REACHED = "reached a limit"
    NOT_ASKED = "was not asked"
    UNSUPPORTED = "cannot be said"
    DECLINED = "declined"


_FATES = {
    Outcome.REJECTED: Fate.REFUSED,
    Outcome.ACCEPTED: Fate.ACCEPTED,
    Outcome.CRASHED: Fate.CRASHED,
    Outcome.TIMED_OUT: Fate.TIMED_OUT,
    Outcome.OUT_OF_MEMORY: Fate.OUT_OF_MEMORY,
    Outcome.LIMIT_REACHED: Fate.LIMIT_REACHED,
    Outcome.NOT_ASKED: Fate.NOT_ASKED,
    Outcome.UNSUPPORTED: Fate.UNSUPPORTED,
    Outcome.DECLINED: Fate.DECLINED,
}
CLEAN = frozenset({Fate.REFUSED, Fate.UNSUPPORTED, Fate.DECLINED})


@dataclass(frozen=True, slots=True)
class Ending:
    """What one backend did with a forbidden call; `said` is its message, or what it returned."""

    fate: Fate
    record: Record

    @property
    def said(self) -> str:
        return self.record.reason


@dataclass(frozen=True, slots=True)
class Rejections:
    """The forbidden calls of a run: `backends` that were asked any, `counts` by backend and fate,
    and how each call ended by backend."""

    backends: list[BackendLine] = field(default_factory=list)
    counts: dict[str, Counter[Fate]] = field(default_factory=dict)
    calls: list[tuple[CaseLine, dict[str, Ending]]] = field(default_factory=list)

    @property
    def fates(self) -> list[Fate]:
        """Those that occurred."""
        return [fate for fate in Fate if any(counts[fate] for counts in self.counts.values())]

    @property
    def unclean(self) -> list[tuple[CaseLine, dict[str, Ending]]]:
        """The calls that some backend neither refused nor cannot say."""
        return [
            call
            for call in self.calls
            if any(ending.fate not in CLEAN for ending in call[1].values())
        ]

    @property
    def clean(self) -> list[tuple[CaseLine, dict[str, Ending]]]:
        """The calls that every backend refused or cannot say."""
        return [
            call for call in self.calls if all(ending.fate in CLEAN for ending in call[1].values())
        ]


def _is_an_ending(record: Record) -> bool:
    return record.check is Check.REJECTION and record.outcome in _FATES


def rejections(run: Run) -> Rejections:
    """The forbidden calls, in the run's order of cases; none where no record is of check
    `rejection`."""
    endings: dict[str, dict[str, Ending]] = {}
    for record in run.records.where(_is_an_ending):
        endings.setdefault(record.case, {})[record.backend] = Ending(_FATES[record.outcome], record)
    if not endings:
        return Rejections()
    asked = {backend for each in endings.values() for backend in each}
    backends = [backend for backend in answering(run) if backend.name in asked]
    counts = {
        b.name: Counter(each[b.name].fate for each in endings.values() if b.name in each)
        for b in backends
    }
    return Rejections(
        backends, counts, [(case, endings[case.name]) for case in run.cases if case.name in endings]
    )
