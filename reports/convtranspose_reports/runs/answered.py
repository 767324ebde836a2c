"""How much of what a backend was asked it answered: what one call of its API cannot say, and what
it declines, is no answer, and a run in which a backend answered nothing is no pass."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from convtranspose_reports.runs.record import Finding, Header, Outcome, Record, Verdict, is_red
from convtranspose_reports.runs.records import Records

RED_STATUS, HARNESS_STATUS, NOTHING_RAN_STATUS = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Of one backend: how many questions it was `asked`, a check of a case each, how many are
    `unsupported`, how many it `declined`, and how many it was `not_asked` in the end."""

    asked: int
    unsupported: int = 0
    declined: int = 0
    not_asked: int = 0

    @property
    def answers(self) -> int:
        return self.asked - self.unsupported - self.declined - self.not_asked

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where nothing was asked."""
        return self.answers / self.asked if self.asked else 0.0

    @property
    def percent(self) -> str:
        """The share in words, rounded down: 100 % is all of it, 0 % none."""
        whole = 100 * self.answers // max(self.asked, 1)
        return f"{whole} %" if whole or not self.answers else "below 1 %"

    def sentence(self) -> str:
        """How much, and what became of the rest."""
        rest = (
            (self.unsupported, "unsupported"),
            (self.declined, "declined"),
            (self.not_asked, "not asked"),
        )
        said = ", ".join(f"{count} {word}" for count, word in rest if count)
        much = f"{self.answers} of {self.asked} questions" if self.answers else "nothing"
        rest_of_it = f" ({said})" if said else "" if self.asked else " (nothing was asked)"
        return f"answered {much}{rest_of_it}"


def answered(header: Header, records: Sequence[Record]) -> dict[str, Answered]:
    """By backend, in the header's order, of those that were asked. In a partial run one without a
    record was asked nothing, and is left out."""
    counts: dict[str, Counter[Verdict | Outcome]] = {}
    for kind, count in Records.of(records).counted_frames():
        not_asked = kind.outcome is Outcome.NOT_ASKED
        mine = counts.setdefault(kind.backend, Counter())
        mine[kind.outcome if not_asked else kind.verdict] += count
    named = [b.name for b in header.backends if b.was_asked and not header.partial]
    order = [b.name for b in header.backends if b.name in counts or b.name in named]
    return {name: _answered(counts.get(name, Counter())) for name in order}


def _answered(counts: Counter[Verdict | Outcome]) -> Answered:
    return Answered(
        asked=counts.total(),
        unsupported=counts[Verdict.UNSUPPORTED],
        declined=counts[Verdict.DECLINED],
        not_asked=counts[Outcome.NOT_ASKED],
    )


def too_few(header: Header, records: Sequence[Record]) -> dict[str, Answered]:
    """The backends that answered nothing, or less than the share that was asked for."""
    least = 0.0 if header.min_answered is msgspec.UNSET else header.min_answered
    return {
        name: each
        for name, each in answered(header, records).items()
        if not each.answers or each.share < least
    }


def exit_status(
    header: Header,
    records: Sequence[Record],
    findings: Sequence[Finding],
    failed: Mapping[str, str] | msgspec.UnsetType = msgspec.UNSET,
) -> int:
    """0 all green; 1 something fails or is stale; 2 a part of the suite's own work `failed`; 3
    nothing ran, or a backend answered too little."""
    if failed:
        return HARNESS_STATUS
    if is_red(Records.of(records).kinds.frames, findings):
        return RED_STATUS
    return NOTHING_RAN_STATUS if not records or too_few(header, records) else 0
