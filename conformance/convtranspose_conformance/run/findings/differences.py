"""What differs, as declared and otherwise: a finding for each declaration that was seen, and for
each explanation of the failures of a check."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import msgspec

from convtranspose_reports import Check, Example, Finding, Verdict, attempted, guarded

from ...backends.entry import Entry
from ...diagnosis.fresh_calls import fresh_cases
from ...diagnosis.result import Diagnosis, shows
from ...diagnosis.search import diagnose, diagnosed_again
from ...diagnosis.unexplained import unexplained
from ...rules.answers import Asked
from ...verdict.deviations import Deviation
from ...verdict.judge import judge
from ...verdict.reply import AskOf, Reply
from .every_rule import shows_every_rule
from .group import Group
from .right import RightAnswers
from .under_way import ExplainedSoFar, Explaining, UnderWay, untold
from .worded import (
    CUT_SHORT,
    UNDIAGNOSED,
    ByOp,
    clauses_of,
    provisional_id,
    undeclared_id,
    united,
    why_declared,
)

DEATHS_OF_AN_EXAMPLE = 12  # processes that a smaller case of an undeclared death may cost
_Of = TypeVar("_Of")


class Differences:
    """Collects replies that differ, and the right ones beside them; `findings` explains them."""

    def __init__(
        self,
        deviations: Mapping[str, Deviation],
        entries: Mapping[str, Entry],
        asked: Sequence[Asked],
        failed: dict[str, str],
    ) -> None:
        """By id what is declared, by name which backends answer: both as the ledger has them when
        it is asked; `failed` takes what part of the explaining fails, and why."""
        self._deviations, self._entries, self._asked = deviations, entries, asked
        self._failed = failed
        self._groups: dict[str, Group] = {}
        self._failures: dict[tuple[str, Check], list[Reply]] = {}
        self._right: dict[tuple[str, Check], RightAnswers] = {}
        self._accuracies: dict[str, set[str]] = {}
        self._of_outputs: dict[str, list[Diagnosis]] = {}
        self.renamed: dict[str, str] = {}  # provisional id of each failure -> id of its finding
        # what stands when the explaining is interrupted: diagnoses of checks, findings by id
        self._diagnoses: dict[tuple[str, Check], list[Diagnosis]] = {}
        self._done: dict[str, Finding] = {}
        self._under_way = UnderWay(untold)

    def right(self, number: int, reply: Reply) -> None:
        """Takes in an answer to case `number` that agrees."""
        of_check = reply.entry.name, reply.check
        if of_check not in self._right:
            self._right[of_check] = RightAnswers(self._asked)
        self._right[of_check].add(number, reply)

    def declared(self, reply: Reply, id: str) -> None:
        """Takes in what the declaration `id` predicts."""
        if id not in self._groups:
            self._groups[id] = Group(reply)
        self._groups[id].add(reply)

    def undeclared(self, reply: Reply) -> None:
        """Takes in what no declaration predicts."""
        self._failures.setdefault((reply.entry.name, reply.check), []).append(reply)

    def findings(
        self, ask_of: AskOf | None, tell: Explaining, *, plainly: bool
    ) -> Iterator[Finding]:
        """Declared differences, then undeclared ones, outputs first; as of `Ledger.findings`."""
        self._under_way = UnderWay(tell)
        ask_of = ask_of and self._under_way.counted(ask_of)
        if not plainly:
            self._diagnoses, self._done = {}, {}
        yield from self._all_declared(ask_of)
        by_check = sorted(self._failures, key=lambda key: list(Check).index(key[1]))
        for backend, check in by_check:
            yield from self._fails(self._entries[backend], check, ask_of, plainly)

    def _declared_of(self, backend: str) -> list[Deviation]:
        return [d for d in self._deviations.values() if d.backend == backend]

    def _is_declared(self, declared: Deviation, reply: Reply) -> bool:
        """Is the reply what this declaration predicts?"""
        return self._declared_as(reply) == declared.id

    def _declared_as(self, reply: Reply) -> str | None:
        """The declaration that predicts the reply; None for none."""
        mine = self._declared_of(reply.entry.name)
        version = reply.entry.installed_version()
        covering = judge(reply.asked, reply.compared, mine, version).deviation
        return None if covering is None else covering.id

    def _all_declared(self, ask_of: AskOf | None) -> Iterator[Finding]:
        """What is declared and was seen, one check of a backend after the other."""
        by_check: dict[tuple[str, Check], dict[str, Group]] = {}
        for id, group in self._groups.items():
            of = self._deviations[id].backend, group.smallest.check
            by_check.setdefault(of, {})[id] = group
        for (backend, check), groups in by_check.items():
            step = ExplainedSoFar(backend=backend, check=check, findings=len(groups))
            for id, group in self._told_of(step, groups):
                if id not in self._done:
                    self._done[id] = self._deviates(self._deviations[id], group, ask_of)
                yield self._done[id]

    def _told_of(
        self, step: ExplainedSoFar, groups: Mapping[str, _Of]
    ) -> Iterator[tuple[str, _Of]]:
        """Each of the groups, while it is told how many are done; at last, that all are."""
        for done, each in enumerate(groups.items()):
            self._under_way.at(replace(step, done=done))
            yield each
        self._under_way.at(replace(step, done=len(groups)))

    def _deviates(self, declared: Deviation, group: Group, ask_of: AskOf | None) -> Finding:
        holds = partial(self._is_declared, declared)
        more = None if declared.undefined else ask_of
        example, shown = self._example(declared.id, group, holds, more)
        if (
            example is not None and declared.undefined
        ):  # other numbers in every run: they are left out
            example = msgspec.structs.replace(
                example, actual="other numbers in every run", arithmetic=""
            )
        return Finding(
            id=declared.id,
            backend=declared.backend,
            check=group.smallest.check,
            verdict=Verdict.DEVIATES,
            kind=declared.kind,
            name=declared.rule_name,
            sentence=declared.sentence(),
            cause=declared.cause,
            reason=why_declared(declared),
            upstream=list(declared.upstream),
            clauses=clauses_of(declared.explanation, shown),
            versions=declared.versions,
            note=", ".join(sorted(group.notes)),
            cases=group.cases,
            example=example,
            where=declared.when.text,
        )

    def _fails(
        self, entry: Entry, check: Check, ask_of: AskOf | None, plainly: bool
    ) -> Iterator[Finding]:
        """The failures of one check, grouped by their diagnosis."""
        failures = sorted(self._failures[entry.name, check], key=lambda each: each.case.id)
        known = self._diagnoses.get((entry.name, check))
        left_out = plainly and known is None
        diagnoses = known or self._explained(entry, check, failures, ask_of, plainly)
        groups: dict[str, tuple[ByOp, Group]] = {}
        for reply, diagnosis in zip(failures, diagnoses, strict=True):
            by_op, group = groups.setdefault(diagnosis.id, ({}, Group(reply)))
            group.add(reply)
            by_op.setdefault(reply.case.op, diagnosis)
            self.renamed[provisional_id(reply)] = undeclared_id(group, diagnosis)
        of_both = {name: united(by_op) for name, (by_op, _) in groups.items()}
        for name, (_, group) in groups.items():
            mine = [r for r, d in zip(failures, diagnoses, strict=True) if d.id == name]
            group.show(of_both[name], mine)
        step = ExplainedSoFar(
            backend=entry.name, check=check, wrong=len(failures), findings=len(groups)
        )
        for name, (_, group) in self._told_of(step, groups):
            id = undeclared_id(group, of_both[name])
            if id not in self._done:
                finding = self._failing(of_both[name], group, list(of_both.values()), ask_of)
                self._done[id] = (
                    msgspec.structs.replace(finding, reason=CUT_SHORT) if left_out else finding
                )
            yield self._done[id]

    def _explained(
        self,
        entry: Entry,
        check: Check,
        failures: Sequence[Reply],
        ask_of: AskOf | None,
        plainly: bool,
    ) -> list[Diagnosis]:
        """A diagnosis of each failure; `plainly`, what each looks like."""
        diagnoses = [UNDIAGNOSED] * len(failures)
        with guarded(f"the diagnosis of {entry.name}, {check}", self._failed):
            if plainly:
                return [unexplained(each) for each in failures]
            self._under_way.at(ExplainedSoFar(backend=entry.name, check=check, wrong=len(failures)))
            diagnoses = self._diagnosed(entry, check, failures, ask_of)
        self._diagnoses[entry.name, check] = diagnoses
        return diagnoses

    def _diagnosed(
        self, entry: Entry, check: Check, failures: Sequence[Reply], ask_of: AskOf | None
    ) -> list[Diagnosis]:
        """A diagnosis of each failure; classes that the backend is of are kept for its other
        checks, and what explains its outputs for gradients, which come after them."""
        declared = self._declared_of(entry.name)
        classes = self._accuracies.setdefault(entry.name, {d.accuracy for d in declared})
        right = self._right.get((entry.name, check), RightAnswers(())).replies(entry, check)
        ask = ask_of(entry, check) if ask_of else None
        kept = [each for each in failures if each.looks is None]
        diagnoses = diagnose(
            kept,
            right,
            check,
            ask=ask,
            pool=fresh_cases,
            declared=[d.explanation for d in declared if d.check == check and d.explanation],
            accuracies=classes - {""},
            elsewhere=self._of_outputs.get(entry.name, []) if check is Check.GRADIENT else [],
        )
        classes |= {diagnosis.accuracy for diagnosis in diagnoses}
        by_case = {each.case.id: it for each, it in zip(kept, diagnoses, strict=True)}
        found = list(dict.fromkeys(diagnoses))
        if check is Check.OUTPUT:
            self._of_outputs[entry.name] = found
        return [by_case.get(each.case.id) or diagnosed_again(each, found, ask) for each in failures]

    def _failing(
        self,
        diagnosis: Diagnosis,
        group: Group,
        others: Sequence[Diagnosis],
        ask_of: AskOf | None,
    ) -> Finding:
        first, every = group.smallest, group.shows_every_rule

        def holds(reply: Reply) -> bool:
            return (
                shows(diagnosis, reply, others)
                and (not every or shows_every_rule(diagnosis, reply))
                and self._declared_as(reply) is None
            )

        id = undeclared_id(group, diagnosis)
        example, shown = self._example(id, group, holds, ask_of, DEATHS_OF_AN_EXAMPLE)
        sentence = diagnosis.sentence()
        with guarded(f"the sentence of {id}", self._failed):
            sentence = group.sentence(diagnosis, shown)
        return Finding(
            id=id,
            backend=first.entry.name,
            check=first.check,
            verdict=Verdict.FAILS,
            kind=diagnosis.kind,
            name=diagnosis.id if diagnosis.kind == "unexplained" else diagnosis.name,
            sentence=sentence,
            reason=group.listed(diagnosis),
            clauses=clauses_of(next(iter(diagnosis.explanations), None), shown),
            cases=group.cases,
            example=example,
            where=diagnosis.seen_where,
        )

    def _example(
        self,
        id: str,
        group: Group,
        holds: Callable[[Reply], bool],
        ask_of: AskOf | None,
        deaths: int = 0,
    ) -> tuple[Example | None, Reply]:
        """As `Group.example`; without one where making it fails."""

        def make() -> tuple[Example | None, Reply]:
            return group.example(holds, ask_of, self._entries.values(), deaths)

        none: tuple[Example | None, Reply] = None, group.smallest
        return attempted(f"the example of {id}", self._failed, make, instead=none)
