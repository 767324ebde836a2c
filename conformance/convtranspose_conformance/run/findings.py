"""What the records of a run add up to: which explanation covers which differences, which
declarations no longer hold."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import prod

import msgspec

from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.facts import clauses
from convtranspose_reports import Check, Example, Finding, Outcome, Verdict

from ..backends.registry import Entry
from ..diagnosis.fresh_calls import fresh_cases
from ..diagnosis.patterns import pattern_of
from ..diagnosis.result import Diagnosis, shows
from ..diagnosis.search import diagnose
from ..examples.example import example_of
from ..examples.smallest import smallest_example
from ..rules.answers import Asked
from ..verdict.deviations import Deviation
from ..verdict.judge import Judgement, judge
from ..verdict.reply import AskOf, Reply
from ..worker.observation import Observation, Seen


@dataclass(slots=True)
class _Group:
    """Records that one explanation covers, and the smallest of their cases."""

    entry: Entry
    check: Check
    cases: int = 0
    notes: set[str] = field(default_factory=set)
    smallest: tuple[tuple[int, str], Asked, Observation, Judgement] | None = None

    def add(self, asked: Asked, seen: Observation, judgement: Judgement) -> None:
        self.cases += 1
        self.notes |= {judgement.note} - {""}
        size = (
            prod(asked.case.x_shape) + prod(asked.case.w_shape) + len(asked.case.attributes.given())
        )
        rank = (size, asked.case.id)  # the name decides between equals: not the order of arrival
        if self.smallest is None or rank < self.smallest[0]:
            self.smallest = (rank, asked, seen, judgement)

    def example(self) -> Example | None:
        """The smallest case as it was asked."""
        if self.smallest is None:
            return None
        _, asked, seen, judgement = self.smallest
        return example_of(self.entry, asked, self.check, seen, judgement.reason)

    def reply(self) -> Reply | None:
        """The answer to the smallest case."""
        return (
            None
            if self.smallest is None
            else Reply(self.smallest[1], self.smallest[2], self.smallest[3].outcome, wrong=True)
        )

    def sentence(self, diagnosis: Diagnosis) -> str:
        """What the backend does; where that is a pattern, how the smallest case shows it."""
        smallest = self.reply()
        if diagnosis.pattern is None or smallest is None:
            return diagnosis.sentence()
        said = replace(diagnosis, pattern=pattern_of(smallest, self.check)).sentence()
        alone = self.cases == 1 or diagnosis.kind != "unexplained"
        return said if alone else f"{said}; so in the smallest of {self.cases} cases"

    def clauses(self) -> list[str]:
        return clauses(self.smallest[1].case) if self.smallest else []


@dataclass(frozen=True, slots=True)
class _Failure:
    id: str
    asked: Asked
    seen: Observation
    judgement: Judgement


class Ledger:
    """Collects judgements; `findings` says what they add up to."""

    def __init__(self, deviations: list[Deviation]) -> None:
        self._deviations = {d.id: d for d in deviations}
        self._declared: dict[str, _Group] = {}
        self._failures: dict[tuple[str, Check], list[_Failure]] = {}
        self._right: dict[tuple[str, Check], list[Reply]] = {}
        self._entries: dict[str, Entry] = {}
        self._reproduced: Counter[str] = Counter()
        self._contradicted: dict[str, list[str]] = {}
        self._followed: dict[tuple[str, Check, str], list[tuple[str, list[str]]]] = {}
        self._renamed: dict[str, str] = {}
        self._accuracies: dict[str, set[str]] = {}

    def told(self, backend: str, kernels: Mapping[str, str]) -> None:
        """The backend's worker says which kernels compute: which of its declarations speak of
        that."""
        self._deviations |= {
            d.id: d.told(kernels) for d in self._deviations.values() if d.backend == backend
        }

    def enter(
        self, entry: Entry, asked: Asked, check: Check, seen: Observation, judgement: Judgement
    ) -> str:
        """Takes one judgement in; the id of its finding, provisional for a failure (see `renamed`),
        "" for none."""
        self._entries[entry.name] = entry
        self._reproduced.update(judgement.reproduces)
        for name in judgement.contradicts:
            self._contradicted.setdefault(name, []).append(asked.case.id)
        for label, readings in judgement.follows.items():
            self._followed.setdefault((entry.name, check, label), []).append(
                (asked.case.id, readings)
            )
        if judgement.outcome is Outcome.AGREES:
            right = Reply(asked, Observation(seen=Seen.RETURNED), Outcome.AGREES, wrong=False)
            self._right.setdefault((entry.name, check), []).append(right)
        if judgement.deviation is not None:
            group = self._declared.setdefault(judgement.deviation.id, _Group(entry, check))
            group.add(asked, seen, judgement)
            return judgement.deviation.id
        return (
            self._fail(entry, asked, check, seen, judgement)
            if judgement.verdict is Verdict.FAILS
            else ""
        )

    def _fail(
        self, entry: Entry, asked: Asked, check: Check, seen: Observation, judgement: Judgement
    ) -> str:
        provisional = f"?{entry.name}/{check}/{asked.case.id}"
        self._failures.setdefault((entry.name, check), []).append(
            _Failure(provisional, asked, seen, judgement)
        )
        return provisional

    def renamed(self) -> dict[str, str]:
        """Provisional id of each failure -> the id of its finding. After `findings`."""
        return self._renamed

    def findings(
        self, *, whole: bool, exercised: frozenset[str], ask_of: AskOf | None = None
    ) -> list[Finding]:
        """Declared differences, undeclared ones grouped by what explains them, mixed readings, and
        declarations that hold no more.

        `ask_of` makes what asks a backend more cases, to bear an explanation out.

        Stale declarations are judged over `whole` runs only; one that no case showed, where the run
        `exercised` the whole suite that is said to.
        """
        found = [
            self._deviates(self._deviations[id], group, ask_of)
            for id, group in self._declared.items()
        ]
        for (backend, check), failures in sorted(
            self._failures.items(), key=lambda item: list(Check).index(item[0][1])
        ):
            found += self._fails(self._entries[backend], check, failures, ask_of)
        found += [
            f for key, seen in self._followed.items() if (f := self._inconsistent(*key, seen))
        ]
        found += self._stale(exercised) if whole else []
        return sorted(found, key=lambda f: (f.backend, f.check, f.kind, f.id))

    def _example(
        self, group: _Group, holds: Callable[[Reply], bool], ask_of: AskOf | None
    ) -> Example | None:
        """The group's smallest case, made smaller where the backend can be asked more."""
        first = group.reply()
        if first is None or ask_of is None or group.smallest is None:
            return group.example()
        return smallest_example(
            group.entry,
            group.check,
            first,
            group.smallest[3].reason,
            holds,
            ask_of,
            self._entries.values(),
        )

    def _is_declared(self, declared: Deviation, check: Check, reply: Reply) -> bool:
        """Is the reply what this declaration predicts?"""
        mine = [d for d in self._deviations.values() if d.backend == declared.backend]
        found = judge(
            reply.asked,
            check,
            reply.seen,
            mine,
            self._entries[declared.backend].installed_version(),
        ).deviation
        return found is not None and found.id == declared.id

    def _deviates(self, declared: Deviation, group: _Group, ask_of: AskOf | None) -> Finding:
        undefined = (
            declared.error is not None and declared.error.undefined
        )  # other numbers in every run: they are left out
        example = self._example(
            group, partial(self._is_declared, declared, group.check), None if undefined else ask_of
        )
        if undefined and example is not None:
            example = msgspec.structs.replace(
                example, actual="other numbers in every run", arithmetic=""
            )
        return Finding(
            id=declared.id,
            backend=declared.backend,
            check=group.check,
            verdict=Verdict.DEVIATES,
            kind=declared.kind,
            name=_name(declared),
            sentence=declared.sentence(),
            cause=declared.cause,
            reason=_why(declared),
            upstream=list(declared.upstream),
            clauses=_clauses_of(declared) or group.clauses(),
            versions=declared.versions,
            note=", ".join(sorted(group.notes)),
            cases=group.cases,
            example=example,
            where=declared.when.text,
        )

    def _fails(
        self, entry: Entry, check: Check, failures: list[_Failure], ask_of: AskOf | None
    ) -> list[Finding]:
        groups: dict[str, tuple[Diagnosis, _Group]] = {}
        seen: dict[str, dict[str, str]] = {}
        failures = sorted(failures, key=lambda failure: failure.id)
        wrong = [Reply(f.asked, f.seen, f.judgement.outcome, wrong=True) for f in failures]
        right = sorted(self._right.get((entry.name, check), []), key=lambda each: each.case.id)
        known = [
            d.explanation
            for d in self._deviations.values()
            if d.backend == entry.name and d.check == check and d.explanation
        ]
        ask = ask_of(entry, check) if ask_of else None
        classes = self._accuracies.setdefault(
            entry.name, {d.accuracy for d in self._deviations.values() if d.backend == entry.name}
        )
        found = diagnose(
            wrong,
            right,
            check,
            ask=ask,
            pool=fresh_cases,
            declared=known,
            accuracies=classes - {""},
        )
        classes |= {diagnosis.accuracy for diagnosis in found}
        for failure, diagnosis in zip(failures, found, strict=True):
            _, group = groups.setdefault(diagnosis.id, (diagnosis, _Group(entry, check)))
            group.add(failure.asked, failure.seen, failure.judgement)
            seen.setdefault(diagnosis.id, {}).setdefault(
                failure.asked.case.op, diagnosis.seen_where
            )
            self._renamed[failure.id] = f"{entry.name}/{check}/undeclared/{diagnosis.id}"
        others = [diagnosis for diagnosis, _ in groups.values()]
        return [
            Finding(
                id=f"{entry.name}/{check}/undeclared/{name}",
                backend=entry.name,
                check=check,
                verdict=Verdict.FAILS,
                kind=diagnosis.kind,
                name=name if diagnosis.kind == "unexplained" else diagnosis.name,
                sentence=group.sentence(diagnosis),
                clauses=group.clauses(),
                cases=group.cases,
                example=self._example(
                    group, partial(shows, diagnosis, check, others=others), ask_of
                ),
                where=_either(seen[name]),
            )
            for name, (diagnosis, group) in groups.items()
        ]

    def _inconsistent(
        self, backend: str, check: Check, label: str, seen: list[tuple[str, list[str]]]
    ) -> Finding | None:
        """Mixing readings within a clause is a finding, though each by itself conforms."""
        if set.intersection(*(set(readings) for _, readings in seen)):
            return None
        counts = Counter(reading for _, readings in seen for reading in readings)
        shares = ", ".join(
            f"{name} on {n}"
            for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        )
        sentence = (
            f"follows no single reading of clause {label}, {CLAUSES[label].title.lower()}: "
            f"of {len(seen)} cases, {shares}"
        )
        return Finding(
            id=f"{backend}/{check}/inconsistent/{label}",
            backend=backend,
            check=check,
            verdict=Verdict.CONFORMS,
            kind="inconsistent",
            name=label,
            sentence=sentence,
            clauses=[label],
            cases=len(seen),
        )

    def _stale(self, exercised: frozenset[str]) -> list[Finding]:
        found = []
        for declared in self._deviations.values():
            entry = self._entries.get(declared.backend)
            lucky = (
                declared.error is not None and declared.error.undefined
            )  # what nobody wrote is right by chance: never stale
            if entry is None or lucky or not declared.covers(entry.installed_version()):
                continue
            against = sorted(self._contradicted.get(declared.id, []))
            unused = declared.suite in exercised and not self._reproduced[declared.id]
            if against or unused:
                found.append(_stale_finding(declared, against))
        return found


def _either(seen: dict[str, str]) -> str:
    """Where a diagnosis was seen at work, operator by operator: the two are diagnosed one after the
    other."""
    conditions = set(seen.values())
    if len(conditions) == 1:
        return conditions.pop()
    return " or ".join(
        " and ".join(filter(None, (f"op == '{op}'", where and f"({where})")))
        for op, where in sorted(seen.items())
    )


def _stale_finding(declared: Deviation, against: list[str]) -> Finding:
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
        name=_name(declared),
        sentence=f"declaration {declared.name} ({declared.where}) no longer holds: {why}",
        cause=declared.cause,
        reason=declared.reason,
        upstream=list(declared.upstream),
        versions=declared.versions,
        cases=len(against),
    )


def _why(declared: Deviation) -> str:
    """The reason; of an error, whose reason is its sentence already, how it shows."""
    return (
        f"stops with {declared.error.type}, saying: {declared.error.pattern}"
        if declared.error
        else declared.reason
    )


def _name(declared: Deviation) -> str:
    rules = declared.explanation.name if declared.explanation else ""
    return " + ".join(filter(None, (rules, declared.accuracy))) or declared.name


def _clauses_of(declared: Deviation) -> list[str]:
    return (
        sorted({name.partition(":")[0] for name in declared.explanation.readings})
        if declared.explanation
        else []
    )
