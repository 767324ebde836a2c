"""Findings by what causes them, and those that matter most to a user."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from convtranspose_reports.page.addresses import cause_address
from convtranspose_reports.runs.record import RED, Check, Finding, Outcome, Verdict
from convtranspose_reports.runs.store import Run

MOST = 5  # causes that come first
_OF_ONE_BACKEND = 2  # of these at most

_COMPUTED = frozenset({Check.OUTPUT, Check.OUTPUT_SHAPE})
# what an answer costs who gets it: wrong in silence, inexact, loud
_COSTS = {
    Outcome.SHAPE_DIFFERS: 8.0,
    Outcome.DTYPE_DIFFERS: 8.0,
    Outcome.VALUES_DIFFER: 8.0,
    Outcome.CRASHED: 8.0,
    Outcome.TIMED_OUT: 8.0,
    Outcome.INEXACT: 2.0,
    Outcome.ACCEPTED: 0.5,
}
_STATED = 0.1  # of a cost, where nothing is computed, or not the output


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCause:
    """Findings that say the same of one or several backends, the largest first. `weight` is how
    much it matters to a user."""

    findings: Sequence[Finding]
    weight: float

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def cases(self) -> int:
        return sum(finding.cases for finding in self.findings)

    @property
    def backends(self) -> list[str]:
        return list(dict.fromkeys(finding.backend for finding in self.findings))

    @property
    def verdict(self) -> Verdict:
        return min((finding.verdict for finding in self.findings), key=_urgency)

    @property
    def address(self) -> str:
        return cause_address(self.verdict, self.sentence)

    @property
    def sentence(self) -> str:
        """What they do; of mixed readings the clause alone, where several backends mix them."""
        said = self.first.sentence
        mixed = self.first.kind == "inconsistent" and len(self.findings) > 1
        return said.partition(":")[0] if mixed else said


def causes(run: Run) -> list[SharedCause]:
    """All but what is declined: red ones first, then by how many answers they touch."""
    groups = defaultdict[str, list[Finding]](list)
    for finding in run.findings:
        if finding.verdict is not Verdict.DECLINED:
            groups[_key(finding)].append(finding)
    outcomes = _outcomes(run)
    found = [
        SharedCause(findings=sorted(group, key=_largest), weight=_weight(group, outcomes))
        for group in groups.values()
    ]
    return sorted(found, key=lambda c: (_urgency(c.verdict), -c.cases, c.first.id))


def foremost(found: Sequence[SharedCause]) -> list[SharedCause]:
    """Those that matter most, an example at hand: no backend more than twice."""
    shown, of = list[SharedCause](), Counter[str]()
    for cause in sorted(found, key=lambda c: (c.verdict not in RED, -c.weight, c.first.id)):
        told = any(finding.example is not None for finding in cause.findings)
        if told and len(shown) < MOST and of[cause.backends[0]] < _OF_ONE_BACKEND:
            shown.append(cause)
            of.update(cause.backends[:1])
    return shown


def _key(finding: Finding) -> str:
    if finding.kind == "inconsistent":
        return f"inconsistent {finding.name}"
    return f"{finding.verdict} {finding.sentence}"


def _largest(finding: Finding) -> tuple[bool, bool, int, str]:
    return finding.check not in _COMPUTED, finding.example is None, -finding.cases, finding.id


def _urgency(verdict: Verdict) -> int:
    return 0 if verdict in RED else 2 if verdict is Verdict.CONFORMS else 1


def _outcomes(run: Run) -> Mapping[str, Counter[Outcome]]:
    found = defaultdict[str, Counter[Outcome]](Counter)
    for kind, count in run.records.counted_frames():
        if kind.finding:
            found[kind.finding][kind.outcome] += count
    return found


def _weight(group: Sequence[Finding], outcomes: Mapping[str, Counter[Outcome]]) -> float:
    """The root of the sum of costs: a thousand cases matter more than ten, not a hundred times."""
    return sqrt(
        sum(
            _COSTS.get(outcome, 1.0) * count * (1.0 if finding.check is Check.OUTPUT else _STATED)
            for finding in group
            for outcome, count in outcomes.get(finding.id, Counter()).items()
        )
    )
