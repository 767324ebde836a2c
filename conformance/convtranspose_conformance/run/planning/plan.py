"""What is to be asked of whom."""

from dataclasses import dataclass, field
from zlib import crc32

from convtranspose_cases import Case

from ...backends.entry import Entry
from ...verdict.claims.claim import Claim
from ...verdict.deviations import Deviation
from ...worker.process import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run: `entries` are asked, `listed` only named with their reason. `partial`: why the
    suites are not whole, or "". `min_answered`: the share of its questions that each backend has to
    answer. `sampled`: slow backends are asked their sample of the cases alone. `claims`: what is
    held against what backends do."""

    entries: list[Entry]
    listed: list[tuple[Entry, str]]
    suites: list[str]
    cases: list[Case]
    deviations: list[Deviation]
    seed: int = 0
    partial: str = ""
    jobs: int = 2
    min_answered: float = 0.0
    sampled: bool = True
    limits: Limits = field(default_factory=Limits)
    claims: list[Claim] = field(default_factory=list)

    @property
    def exercised(self) -> frozenset[str]:
        """The suites that the plan asks whole: a declaration that none of its suite's cases shows
        holds no more."""
        return frozenset(() if self.partial else self.suites)

    def silent_claims(self) -> list[Claim]:
        """The claims that no question of this run concerns."""
        entries = {entry.name: entry for entry in self.entries}
        return [
            claim
            for claim in self.claims
            if claim.backend in entries
            and not any(
                claim.check in self.checks(entries[claim.backend], number) and claim.concerns(case)
                for number, case in enumerate(self.cases)
            )
        ]

    def checks(self, entry: Entry, number: int) -> tuple[str, ...]:
        """What the backend is asked of case `number`: what the case asks for, of what the backend
        offers; nothing of a case that is not in its sample."""
        case = self.cases[number]
        if self.sampled and not is_sampled(case, entry.sample):
            return ()
        return tuple(check for check in entry.checks if check in case.checks)


def is_sampled(case: Case, sample: int) -> bool:
    """Is the case one of those that a slow backend is asked, of so many cases one? The same
    whatever else a run asks."""
    return sample == 1 or crc32(case.id.encode()) % sample == 0
