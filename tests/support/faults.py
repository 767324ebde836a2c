"""Planted faults put through a run, and what it recorded of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from convtranspose_conformance.run.asking.parallel import ask_all
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Record, Verdict
from support.marked_run import GUILTY, INNOCENT, SOME_CASES

LIMITS = Limits(case_s=5.0, start_s=120.0, memory_gib=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the records of one fault say: the outcome of the guilty cases, why, and a note; which
    cases beside them do not conform, and which have no record."""

    outcome: str
    reason: str
    note: str
    neighbours: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def costs(self) -> str:
        """Who pays."""
        if self.missing:
            return f"{len(self.missing)} records are missing"
        if self.neighbours:
            return f"{len(self.neighbours)} others, too"
        return "nothing" if self.outcome == "AGREES" else "the guilty"


def recorded(names: Iterable[str], jobs: int = 8) -> dict[str, Recorded]:
    """Each fault's records, all of one run."""
    chosen = list(names)
    plan = selection.plan(
        backends=[f"faulty:{name}" for name in chosen], patterns=[SOME_CASES], limits=LIMITS
    )
    session = Session(replace(plan, jobs=jobs))
    for entry, number, found in ask_all(session, lambda *_: None):
        session.judged(entry, number, found)
    run = session.run(0.0)
    return {
        name: _of([each for each in run.records if each.backend == f"faulty:{name}"])
        for name in chosen
    }


def _of(records: list[Record]) -> Recorded:
    guilty = [each for each in records if each.case in GUILTY]
    outcomes = sorted({str(each.outcome) for each in guilty})
    reasons = sorted({each.reason for each in guilty})
    notes = sorted({each.note for each in records} - {""})
    return Recorded(
        outcome=" | ".join(outcomes),
        reason=" | ".join(reasons),
        note=" | ".join(notes),
        neighbours=tuple(_wrong(records)),
        missing=tuple(sorted((GUILTY | INNOCENT) - {each.case for each in records})),
    )


def _wrong(records: list[Record]) -> Iterator[str]:
    for each in records:
        if each.case in INNOCENT and each.verdict is not Verdict.CONFORMS:
            yield f"{each.case}: {each.outcome}: {each.reason}"
