"""What a draft of a declaration rests on: the cases of a finding, those answered right, what was
said, and a condition that tells the one from the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_reports import Finding, Outcome, Record, Run, Verdict

from ...diagnosis.conditions.contrast import Contrast, meets

ANYWHERE = "op in ('ConvTranspose', 'Conv')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """Of one finding: its `records` and their cases `inside`; `right`: those cases of the same
    backend and check that are answered as they should be."""

    finding: Finding
    records: Sequence[Record]
    inside: Sequence[Case]
    right: Sequence[Case]

    @property
    def reasons(self) -> list[str]:
        return [record.reason for record in self.records]

    @property
    def outcomes(self) -> list[Outcome]:
        return list(dict.fromkeys(record.outcome for record in self.records))

    def conditions(self) -> Iterator[str]:
        """Conditions that every case of the finding meets, the most general first; those after the
        first two are met by no case that is answered right."""
        if self.finding.where and self._holds(self.finding.where):
            yield self.finding.where
        forbidden = sorted({r.attribute for c in self.inside if (r := c.refusal()) is not None})
        if forbidden:
            yield " or ".join(f"forbidden == {name!r}" for name in forbidden)
        if exact := self.exact():
            yield exact

    def exact(self) -> str:
        """The shortest condition of a few parts that the cases meet and no case that is answered
        right; "" for none."""
        if not self.inside:
            return ""
        for wide in (False, True):
            parts = Contrast(self.inside, self.right, wide=wide).parts()
            if sum(len(part) for part, _ in parts) == len(self.inside):
                conditions = [where for _, where in parts]
                joined = [f"({where})" for where in conditions] if len(parts) > 1 else conditions
                return " or ".join(joined)
        return ""

    def narrowest(self) -> str:
        """What two statements at most say of all cases of the finding, and of few others."""
        if not self.inside:
            return self.finding.where or ANYWHERE
        return Contrast(self.inside, self.right).narrowest()

    def _holds(self, where: str) -> bool:
        return all(meets(where, case) for case in self.inside)


def drafted(run: Run, finding: Finding, cases: Sequence[Case]) -> Drafted:
    """What the run says of a finding; `cases` are the run's."""
    by_id = {case.id: case for case in cases}
    mine = [r for r in run.records if (r.backend, r.check) == (finding.backend, finding.check)]
    records = [record for record in mine if record.finding == finding.id]
    right = [record.case for record in mine if record.verdict is Verdict.CONFORMS]
    return Drafted(
        finding=finding,
        records=records,
        inside=[by_id[r.case] for r in records if r.case in by_id],
        right=[by_id[name] for name in right if name in by_id],
    )
