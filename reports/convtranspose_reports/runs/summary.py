"""Figures of a run, as plain data: what the pages draw and what `summary.json` holds."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TypedDict

from convtranspose_reports.runs.answered import answered, too_few
from convtranspose_reports.runs.record import (
    RED,
    BackendLine,
    Check,
    Finding,
    Outcome,
    Verdict,
    is_red,
)
from convtranspose_reports.runs.store import Run

Counts = Counter[Verdict]


def answering(run: Run) -> list[BackendLine]:
    """The backends that a run has records or findings of, in the header's order."""
    spoke = {kind.backend for kind in run.records.kinds.frames} | {
        finding.backend for finding in run.findings
    }
    return [
        backend for backend in run.header.backends if backend.name in spoke or backend.was_asked
    ]


def verdicts(run: Run) -> dict[str, dict[Check, Counts]]:
    """Backend -> check -> verdict -> how many; `stale` counts findings, the others count
    records."""
    counts: dict[str, dict[Check, Counts]] = {b.name: defaultdict(Counter) for b in answering(run)}
    for kind, count in run.records.counted_frames():
        counts[kind.backend][kind.check][kind.verdict] += count
    for finding in run.findings:
        if finding.verdict is Verdict.STALE:
            counts[finding.backend][finding.check][Verdict.STALE] += 1
    return counts


def totals(run: Run) -> dict[str, Counts]:
    """Backend -> verdict -> how many, over all checks."""
    return {name: sum(checks.values(), Counter()) for name, checks in verdicts(run).items()}


def state(run: Run) -> str:
    """What the run as a whole says: `red`, `nothing` (no records), `cut short` (no footer),
    `unanswered` (a backend answered nothing, or less than it had to) or `green`."""
    if is_red(run.records.kinds.frames, run.findings):
        return "red"
    if not run.records:
        return "nothing"
    if run.footer is None:
        return "cut short"
    return "unanswered" if too_few(run.header, run.records) else "green"


def failing(run: Run) -> int:
    """How many records fail."""
    return sum(
        count for kind, count in run.records.counted_frames() if kind.verdict is Verdict.FAILS
    )


def by_urgency(findings: list[Finding]) -> list[Finding]:
    """Findings in reading order: red ones first, then declared ones, mixed readings, and what is
    declined; of each the more cases the earlier."""
    last = {Verdict.CONFORMS: 1, Verdict.DECLINED: 2}
    return sorted(
        findings, key=lambda f: (f.verdict not in RED, last.get(f.verdict, 0), -f.cases, f.id)
    )


class BackendSummary(TypedDict):
    """Of one backend: `answered` is the share of its questions, null where it was asked none;
    `verdicts` and those of each check count records, `stale` findings."""

    version: str
    kernels: dict[str, str]
    answered: float | None
    verdicts: dict[str, int]
    checks: dict[str, dict[str, int]]


class Summary(TypedDict):
    """Figures of a run. `too_few_answers` and `unusable` say why, by backend; `suites` counts
    cases; `state` is red, nothing, cut short, unanswered or green; `exit_status` is null where the
    run was cut short."""

    backends: dict[str, BackendSummary]
    too_few_answers: dict[str, str]
    unusable: dict[str, str]
    cases: int
    suites: dict[str, int]
    records: int
    findings: int
    suite_version: str
    seed: int
    partial: str
    state: str
    exit_status: int | None


def summary(run: Run) -> Summary:
    """What `summary.json` holds."""
    backends = {backend.name: backend for backend in answering(run)}
    shares = answered(run.header, run.records)
    return {
        "backends": {
            name: {
                "version": backends[name].version,
                "kernels": backends[name].kernels,
                "answered": round(shares[name].share, 4) if name in shares else None,
                "verdicts": _every_verdict(sum(checks.values(), Counter())),
                "checks": {
                    check.value: _every_verdict(checks[check]) for check in Check if check in checks
                },
            }
            for name, checks in verdicts(run).items()
        },
        "too_few_answers": {
            name: each.sentence() for name, each in too_few(run.header, run.records).items()
        },
        "unusable": {
            backend.name: backend.reason for backend in run.header.backends if not backend.usable
        },
        "cases": len(run.cases),
        "suites": {suite.name: suite.cases for suite in run.header.suites},
        "records": len(run.records),
        "findings": len(run.findings),
        "suite_version": run.header.suite_version,
        "seed": run.header.seed,
        "partial": run.header.partial,
        "state": state(run),
        "exit_status": run.footer.exit_status if run.footer else None,
    }


def _every_verdict(counts: Counts) -> dict[str, int]:
    return {verdict.value: counts[verdict] for verdict in Verdict}


@dataclass(frozen=True, slots=True)
class Followed:
    """Of one open clause and backend: how many answers speak to the clause, and reading -> how many
    of them it fits."""

    answers: int = 0
    fits: Counter[str] = field(default_factory=Counter)

    @property
    def readings(self) -> list[str]:
        """The readings that fit every answer: none where they are mixed, several where no case
        tells them apart."""
        return [reading for reading, count in self.fits.items() if count == self.answers]


def readings_followed(run: Run) -> dict[str, dict[str, Followed]]:
    """Open clause -> backend -> what its answers follow, of records that say so; every open clause
    has its row.

    A backend's stated shapes may follow other readings than its results (ONNX Runtime states
    onnx's): they count where it computes nothing.
    """
    computes = {kind.backend for kind in run.records.kinds.frames if kind.check is Check.OUTPUT}
    answers: Counter[tuple[str, str]] = Counter()
    fits: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for kind, count in run.records.counted_frames():
        if kind.check is not Check.OUTPUT and kind.backend in computes:
            continue
        for label, readings in kind.follows.items():
            answers[label, kind.backend] += count
            fits[label, kind.backend].update(dict.fromkeys(readings, count))
    return {
        clause.label: {
            backend.name: Followed(
                answers[clause.label, backend.name], fits[clause.label, backend.name]
            )
            for backend in answering(run)
        }
        for clause in run.header.clauses
        if clause.open
    }


@dataclass(frozen=True, slots=True)
class ShapeDifference:
    """What a backend does instead of the text's shape rule, in how many records; `finding` where
    one explains it."""

    sentence: str
    verdict: Verdict
    records: int
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class ShapeRule:
    """How a backend's output shapes compare under one check. `other`: no shape to compare."""

    backend: str
    check: Check
    agrees: int
    other: int
    differences: list[ShapeDifference]


_HAS_THE_SHAPE = frozenset(
    {
        Outcome.AGREES,
        Outcome.DTYPE_DIFFERS,
        Outcome.VALUES_DIFFER,
        Outcome.INEXACT,
        Outcome.INPUT_CHANGED,
    }
)
_INSTEAD = {
    Check.OUTPUT: frozenset({Outcome.SHAPE_DIFFERS}),
    Check.OUTPUT_SHAPE: frozenset(Outcome)
    - _HAS_THE_SHAPE
    - {Outcome.UNSUPPORTED, Outcome.DECLINED, Outcome.NOT_ASKED},
}


def shape_rules(run: Run) -> list[ShapeRule]:
    """Per backend and check of Y's shape that was asked: the shapes that agree, and what is done
    instead, most frequent first."""
    findings = {finding.id: finding for finding in run.findings}
    agrees: Counter[tuple[str, Check]] = Counter()
    other: Counter[tuple[str, Check]] = Counter()
    instead: defaultdict[tuple[str, Check], Counter[tuple[str, str, Verdict]]] = defaultdict(
        Counter
    )
    for kind, count in run.records.counted(lambda frame: frame.check in _INSTEAD):
        asked = kind.backend, kind.check
        if kind.outcome in _HAS_THE_SHAPE:
            agrees[asked] += count
        elif kind.outcome in _INSTEAD[kind.check]:
            finding = findings.get(kind.finding)
            sentence = finding.sentence if finding else kind.reason
            instead[asked][kind.finding, sentence, kind.verdict] += count
        else:
            other[asked] += count
    return [
        ShapeRule(
            backend=backend.name,
            check=check,
            agrees=agrees[backend.name, check],
            other=other[backend.name, check],
            differences=[
                ShapeDifference(sentence, verdict, count, findings.get(finding_id))
                for (finding_id, sentence, verdict), count in instead[
                    backend.name, check
                ].most_common()
            ],
        )
        for backend in answering(run)
        for check in _INSTEAD
        if (backend.name, check) in agrees.keys() | other.keys() | instead.keys()
    ]
