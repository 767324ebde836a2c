"""Findings of whole runs: declarations that hold no more, and clauses that a backend reads in two
ways."""

from collections import Counter
from collections.abc import Sequence

from convtranspose_cases.clauses import CLAUSES
from convtranspose_reports import Check, Finding, Verdict

from ...verdict.deviations import Deviation


def stale(declared: Deviation, against: Sequence[str]) -> Finding:
    """A declaration that cases `against` it contradict, or that no case shows."""
    why = (
        f"conforms where it predicts otherwise, as in {against[0]}"
        if against
        else "no case of this run shows it"
    )
    return Finding(
        id=f"{declared.id}/stale",
        backend=declared.backend,
        check=Check(declared.check),
        verdict=Verdict.STALE,
        kind="stale",
        name=declared.rule_name,
        sentence=f"declaration {declared.name} ({declared.where}) no longer holds: {why}",
        cause=declared.cause,
        reason=declared.reason,
        upstream=list(declared.upstream),
        versions=declared.versions,
        cases=len(against),
    )


def inconsistent(
    backend: str, check: Check, label: str, followed: Counter[tuple[str, ...]]
) -> Finding | None:
    """Mixing readings within a clause is a finding, though each by itself conforms. `followed`: the
    readings that fit a case, and how many cases they fit."""
    if set.intersection(*map(set, followed)):
        return None
    counts: Counter[str] = Counter()
    for readings, cases in followed.items():
        counts.update(dict.fromkeys(readings, cases))
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shares = ", ".join(f"{name} on {n}" for name, n in most_first)
    return Finding(
        id=f"{backend}/{check}/inconsistent/{label}",
        backend=backend,
        check=check,
        verdict=Verdict.CONFORMS,
        kind="inconsistent",
        name=label,
        sentence=f"follows no single reading of clause {label}, {CLAUSES[label].title.lower()}: "
        f"of {followed.total()} cases, {shares}",
        clauses=[label],
        cases=followed.total(),
    )
