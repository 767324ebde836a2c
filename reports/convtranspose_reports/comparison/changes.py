"""What changed from one run to another, backend by backend, of the questions that both asked."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from convtranspose_reports.errors import RunError
from convtranspose_reports.runs.record import (
    NO_ANSWER,
    RED,
    BackendLine,
    Check,
    Finding,
    Record,
    Verdict,
)
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import answering

from .change import BackendChanges, Change, Kind, RunChanges, Side


class ComparisonError(RunError):
    """Two runs that cannot be held against each other."""


def compare(old: Run, new: Run, backends: Sequence[str] = ()) -> RunChanges:
    """What changed from `old` to `new`, of these backends or, where none is named, of all.

    Backends are the same where their names are. A question is a check of a case; only those that
    both runs asked are compared, the others are counted. Raises ComparisonError where the runs drew
    different numbers (their seeds differ), or a backend that is named, or every one, was not asked
    by both.
    """
    if old.header.seed != new.header.seed:
        raise ComparisonError(
            f"the old run has --seed {old.header.seed}, the new one --seed {new.header.seed}: "
            "their cases have other numbers; accepted are two runs of one seed"
        )
    before, after = ({line.name: line for line in answering(run)} for run in (old, new))
    if not before.keys() & after.keys():
        raise ComparisonError(
            f"no backend was asked by both: the old run asked {_named(before)}, the new one "
            f"{_named(after)}"
        )
    for name in backends:
        if name not in before or name not in after:
            raise ComparisonError(
                f"backend {name} was not asked by both: the old run asked {_named(before)}, the "
                f"new one {_named(after)}"
            )
    names = list(backends) or [*after, *(name for name in before if name not in after)]
    number_of = old.records.number_of
    number_before = array("i", [_or_nowhere(number_of(name)) for name in new.records.cases])
    return RunChanges(
        old=_side(old),
        new=_side(new),
        backends=[
            _compared(
                before.get(name),
                after.get(name),
                _Both(_Answers(old, name), _Answers(new, name), number_before),
            )
            for name in names
        ],
    )


def _named(lines: Mapping[str, BackendLine]) -> str:
    return ", ".join(lines) or "none"


def _side(run: Run) -> Side:
    return Side(
        suite_version=run.header.suite_version,
        seed=run.header.seed,
        partial=run.header.partial,
        finished=run.footer.finished if run.footer else "",
    )


_NOWHERE = -1  # in place of the number of a case, or of a kind of record


def _or_nowhere(number: int | None) -> int:
    return _NOWHERE if number is None else number


class _Answers:
    """What one backend did in one run: of each question, by the number of its case, the kind of
    record that answers it."""

    def __init__(self, run: Run, backend: str) -> None:
        self.names, self.kinds = run.records.cases, run.records.kinds
        self.asked = partial(run.records.numbers_where, lambda frame: frame.backend == backend)
        self._findings = {finding.id: finding for finding in run.findings}
        nowhere = array("i", [_NOWHERE]) * len(self.names)
        self._of: defaultdict[Check, array[int]] = defaultdict(lambda: nowhere[:])
        self.count = 0
        for case, kind in self.asked():
            self._of[self.kinds.frame(kind).check][case] = kind
            self.count += 1

    def kind(self, case: int, check: Check) -> Record | None:
        """What answers a question; None where it was not asked."""
        number = _NOWHERE if case == _NOWHERE else self._of[check][case]
        return None if number == _NOWHERE else self.kinds[number]

    def sentence(self, record: Record) -> str:
        """What the backend did, in the words of the explanation where there is one."""
        if record.verdict is Verdict.CONFORMS:
            return "conforms"
        finding = self._findings.get(record.finding)
        said = finding.sentence if finding else record.reason
        return f"{record.verdict.value}: {said or record.outcome.value}"

    def key(self, record: Record) -> tuple[object, ...]:
        """What two answers have in common that are the same. Explained ones are as their
        explanation says, others as they were observed."""
        if record.verdict is Verdict.CONFORMS:
            return (record.verdict,)
        if record.finding and record.verdict is Verdict.DEVIATES:
            return record.verdict, self.sentence(record)
        return record.verdict, record.outcome, record.reason

    def stale(self, backend: str) -> dict[str, Finding]:
        return {
            finding.id: finding
            for finding in self._findings.values()
            if finding.backend == backend and finding.verdict is Verdict.STALE
        }


@dataclass(frozen=True, slots=True)
class _Both:
    """What one backend did in two runs, and by number of a case in the new one its number in the
    old one."""

    old: _Answers
    new: _Answers
    number_before: Sequence[int]

    def answers(self) -> Iterator[tuple[int, Record, Record]]:
        """The case, by its number, and both answers to each question that both were asked."""
        for case, number in self.new.asked():
            now = self.new.kinds[number]
            was = self.old.kind(self.number_before[case], now.check)
            if was is not None:
                yield case, was, now

    def differing(self) -> Iterator[tuple[int, Record, Record]]:
        """Those of which the answers are not the same."""
        return (each for each in self.answers() if self.old.key(each[1]) != self.new.key(each[2]))


def _compared(before: BackendLine | None, after: BackendLine | None, both: _Both) -> BackendChanges:
    line = after or before
    assert line is not None  # a name of one of the two
    changes = list(_changes(both))
    if before and after:
        changes += _declarations(line.name, both.old, both.new)
    asked, differing = sum(1 for _ in both.answers()), sum(1 for _ in both.differing())
    order = list(Kind)
    return BackendChanges(
        name=line.name,
        title=line.title,
        old_version=before.version if before else "",
        new_version=after.version if after else "",
        old_kernels=before.kernels if before else {},
        new_kernels=after.kernels if after else {},
        both=asked,
        same=asked - differing,
        new_questions=both.new.count - asked,
        vanished_questions=both.old.count - asked,
        changes=sorted(changes, key=lambda c: (order.index(c.kind), -len(c.cases), c.check, c.now)),
    )


def _changes(both: _Both) -> Iterator[Change]:
    groups: defaultdict[tuple[Kind, Check, str, str], list[str]] = defaultdict(list)
    for case, was, now in both.differing():
        said, says = both.old.sentence(was), both.new.sentence(now)
        if said.partition(": ")[2] == says.partition(": ")[2]:
            said = was.verdict.value  # the rest is said once
        kind = kind_of(was.verdict, now.verdict)
        groups[kind, now.check, said, says].append(both.new.names[case])
    for (kind, check, was_said, now_said), cases in groups.items():
        yield Change(kind=kind, check=check, was=was_said, now=now_said, cases=cases)


def kind_of(was: Verdict, now: Verdict) -> Kind:
    """What became of an answer whose verdict was `was` and is `now`, or that differs in another
    way."""
    if was in NO_ANSWER and now in NO_ANSWER:
        return Kind.CHANGED
    if now in NO_ANSWER:
        return Kind.NO_LONGER_ANSWERED if was not in RED else Kind.CHANGED
    if was is Verdict.CONFORMS:
        return Kind.BROKEN
    if now in RED and was not in RED:
        return Kind.UNDECLARED
    if was in NO_ANSWER:
        return Kind.NOW_ANSWERED
    if now is Verdict.CONFORMS:
        return Kind.FIXED
    return Kind.DECLARED if was in RED and now not in RED else Kind.CHANGED


def _declarations(backend: str, old: _Answers, new: _Answers) -> Iterator[Change]:
    """Declarations that hold no more, and those that did not and do, or are gone."""
    was, now = old.stale(backend), new.stale(backend)
    for kind, some, others in (
        (Kind.STALE, now, was),
        (Kind.NO_LONGER_STALE, was, now),
    ):
        for name in sorted(some.keys() - others.keys()):
            finding = some[name]
            said = f"stale: {finding.sentence}"
            yield Change(
                kind=kind,
                check=finding.check,
                was="holds" if kind is Kind.STALE else said,
                now=said if kind is Kind.STALE else "holds, or is gone",
                cases=[finding.id],
            )


def counted(comparison: RunChanges) -> Counter[Kind]:
    """Kind of change -> how many, over all backends."""
    return sum(
        (
            Counter({change.kind: len(change.cases)})
            for backend in comparison.backends
            for change in backend.changes
        ),
        Counter(),
    )
