"""What the records of a run add up to: which explanation covers which differences, which
declarations no longer hold."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import compress, count

import msgspec

from convtranspose_reports import (
    NO_ANSWER,
    Check,
    Example,
    Finding,
    Outcome,
    Verdict,
    attempted,
    guarded,
)

from ...backends.entry import Entry
from ...diagnosis.fresh_calls import fresh_cases
from ...diagnosis.patterns import pattern_of
from ...diagnosis.result import Diagnosis, shows
from ...diagnosis.search import diagnose, diagnosed_again
from ...diagnosis.unexplained import unexplained
from ...rules.answers import Asked
from ...verdict.deviations import Deviation
from ...verdict.judge import judge, predicts_a_difference
from ...verdict.machine import NAMES as OF_KERNELS
from ...verdict.reply import AskOf, Reply
from ..asked_cases import CasesOf
from .declined import declined_findings
from .every_rule import shows_every_rule
from .group import Group
from .not_asked import not_asked, not_asked_id
from .right import RightAnswers
from .stale import inconsistent, stale
from .under_way import Explained, Explaining, UnderWay, untold
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


class Ledger:
    """Collects judged replies; `findings` says what they add up to."""

    def __init__(self, deviations: Sequence[Deviation], asked: Sequence[Asked]) -> None:
        """`asked`: the cases of the run, which replies give by number."""
        self._deviations, self._asked = {d.id: d for d in deviations}, asked
        self._groups: dict[str, Group] = {}
        self._failures: dict[tuple[str, Check], list[Reply]] = {}
        self._right: dict[tuple[str, Check], RightAnswers] = {}
        self._declined: dict[tuple[str, Check], dict[str, array[int]]] = {}  # by reason, numbers
        self._answered: dict[tuple[str, Check], bytearray] = {}  # by number of the case
        self._not_asked: dict[tuple[str, Check], Counter[str]] = {}
        self._entries: dict[str, Entry] = {}
        self.failed: dict[str, str] = {}  # part of what follows the asking -> why
        self._reproduced: Counter[str] = Counter()
        self._contradicted: dict[str, list[str]] = {}
        self._followed: dict[tuple[str, Check, str], Counter[tuple[str, ...]]] = {}
        self._renamed: dict[str, str] = {}
        self._accuracies: dict[str, set[str]] = {}
        self._of_outputs: dict[str, list[Diagnosis]] = {}
        # what stands when the explaining is interrupted: diagnoses of checks, findings by id
        self._diagnoses: dict[tuple[str, Check], list[Diagnosis]] = {}
        self._done: dict[str, Finding] = {}
        self._under_way = UnderWay(untold)

    def told(self, backend: str, kernels: Mapping[str, str]) -> None:
        """The backend's worker says which kernels compute: which of its declarations speak of
        that."""
        self._deviations |= {
            d.id: d.told(kernels) for d in self._deviations.values() if d.backend == backend
        }

    def enter(self, number: int, reply: Reply) -> str:
        """Takes in the reply to case `number`; the id of its finding, provisional for a failure
        (see `renamed`), "" for none."""
        entry, judgement = reply.entry, reply.judgement
        of_check = entry.name, reply.check
        self._entries[entry.name] = entry
        for name in judgement.reproduces:
            self._reproduced[name] += 1
        for name in judgement.contradicts:
            self._contradicted.setdefault(name, []).append(reply.case.id)
        for label, readings in judgement.follows.items():
            self._followed.setdefault((*of_check, label), Counter())[tuple(readings)] += 1
        if judgement.outcome is Outcome.NOT_ASKED:
            self._not_asked.setdefault(of_check, Counter())[judgement.reason] += 1
            return not_asked_id(*of_check)
        if judgement.verdict not in NO_ANSWER:
            if of_check not in self._answered:
                self._answered[of_check] = bytearray(len(self._asked))
            self._answered[of_check][number] = True
        if judgement.verdict is Verdict.DECLINED:
            by_reason = self._declined.setdefault(of_check, {})
            by_reason.setdefault(judgement.reason, array("I")).append(number)
        if judgement.outcome is Outcome.AGREES:
            if of_check not in self._right:
                self._right[of_check] = RightAnswers(self._asked)
            self._right[of_check].add(number, reply)
        if judgement.verdict in (Verdict.FAILS, Verdict.DEVIATES) and reply.is_large:
            look = pattern_of(reply)
            reply = reply.reduced((look.name, look.sentence))
        if judgement.deviation is not None:
            id = judgement.deviation.id
            if id not in self._groups:
                self._groups[id] = Group(reply)
            self._groups[id].add(reply)
            return id
        if judgement.verdict is Verdict.FAILS:
            self._failures.setdefault(of_check, []).append(reply)
            return provisional_id(reply)
        return ""

    def renamed(self) -> dict[str, str]:
        """Provisional id of each failure -> the id of its finding. After `findings`."""
        return self._renamed

    def findings(
        self,
        *,
        whole: bool,
        exercised: frozenset[str],
        ask_of: AskOf | None = None,
        tell: Explaining = untold,
        plainly: bool = False,
    ) -> list[Finding]:
        """Declared differences, undeclared ones grouped by what explains them, mixed readings, what
        is declined, and declarations that hold no more.

        `ask_of` makes what asks a backend more cases, to bear an explanation out; `tell` hears how
        far it has come. `plainly`: after an interruption, with what was worked out before it.

        Stale declarations are judged over `whole` runs only; one that no case showed, where the run
        `exercised` the whole suite that is said to.

        Where a part of it fails, `failed` says so, and a finding says what is known without it.
        """
        self._under_way = UnderWay(tell)
        ask_of = ask_of and self._under_way.counted(ask_of)
        if not plainly:
            self._diagnoses, self._done = {}, {}
        findings = list(self._all_declared(ask_of))
        by_check = sorted(self._failures, key=lambda key: list(Check).index(key[1]))
        for backend, check in by_check:
            findings += self._fails(self._entries[backend], check, ask_of, plainly)
        for key, readings in self._followed.items():
            with guarded(f"the readings that {key[0]} follows", self.failed):
                findings += filter(None, [inconsistent(*key, readings)])
        for of_check, by_reason in self._declined.items():
            declined = {why: CasesOf(self._asked, some) for why, some in by_reason.items()}
            with guarded(f"what {of_check[0]} declines", self.failed):
                findings += declined_findings(*of_check, declined, self._answered_by(*of_check))
        findings += [not_asked(*key, reasons) for key, reasons in self._not_asked.items()]
        with guarded("stale declarations", self.failed):
            findings += self._stale(exercised) if whole else []
        return sorted(findings, key=lambda f: (f.backend, f.check, f.kind, f.id))

    def _answered_by(self, backend: str, check: Check) -> CasesOf:
        """The cases that a backend answers."""
        flags = self._answered.get((backend, check), b"")
        return CasesOf(self._asked, array("I", compress(count(), flags)))

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
        """What is declared and was seen."""
        for done, (id, group) in enumerate(self._groups.items()):
            of = self._deviations[id].backend, group.smallest.check
            self._tell_of(*of, done=done, findings=len(self._groups))
            if id not in self._done:
                self._done[id] = self._deviates(self._deviations[id], group, ask_of)
            yield self._done[id]

    def _tell_of(self, backend: str, check: Check, *, done: int = 0, findings: int = 0) -> None:
        """What comes now."""
        wrong = len(self._failures.get((backend, check), ()))
        step = Explained(backend=backend, check=check, wrong=wrong, done=done, findings=findings)
        self._under_way.at(step)

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
            said, group = groups.setdefault(diagnosis.id, ({}, Group(reply)))
            group.add(reply)
            said.setdefault(reply.case.op, diagnosis)
            self._renamed[provisional_id(reply)] = undeclared_id(group, diagnosis)
        of_both = {name: united(said) for name, (said, _) in groups.items()}
        for name, (_, group) in groups.items():
            mine = [r for r, d in zip(failures, diagnoses, strict=True) if d.id == name]
            group.show(of_both[name], mine)
        for done, (name, (_, group)) in enumerate(groups.items()):
            self._tell_of(entry.name, check, done=done, findings=len(groups))
            id = undeclared_id(group, of_both[name])
            if id not in self._done:
                made = self._failing(of_both[name], group, list(of_both.values()), ask_of)
                self._done[id] = (
                    msgspec.structs.replace(made, reason=CUT_SHORT) if left_out else made
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
        with guarded(f"the diagnosis of {entry.name}, {check}", self.failed):
            if plainly:
                return [unexplained(each) for each in failures]
            self._tell_of(entry.name, check)
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
        with guarded(f"the sentence of {id}", self.failed):
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
        return attempted(f"the example of {id}", self.failed, make, instead=none)

    def _stale(self, exercised: frozenset[str]) -> Iterator[Finding]:
        for declared in self._deviations.values():
            entry = self._entries.get(declared.backend)
            # What nobody wrote is right by chance: never stale.
            if (
                entry is None
                or declared.undefined
                or not declared.covers(entry.installed_version())
            ):
                continue
            against = sorted(self._contradicted.get(declared.id, []))
            whole = (declared.backend, Check(declared.check)) not in self._not_asked
            unused = whole and declared.suite in exercised and not self._reproduced[declared.id]
            if against or (unused and self._might_show(entry, declared)):
                yield stale(declared, against)

    def _might_show(self, entry: Entry, declared: Deviation) -> bool:
        """Did the backend answer a case where the declaration predicts a difference? Of a slow one
        none may be in the sample, and of a rule of kernels none may be left by these."""
        flags = self._answered.get((entry.name, Check(declared.check)), b"")
        every = entry.sample == 1 and not declared.when.names & OF_KERNELS
        return every or any(
            is_one and asked.case.suite == declared.suite and _tells(declared, asked)
            for is_one, asked in zip(flags, self._asked, strict=False)
        )


def _tells(declared: Deviation, asked: Asked) -> bool:
    speaks = declared.concerns(asked.case, declared.check)
    stops = declared.kind == "error"  # where a reading allows a refusal, too
    return speaks and (stops or predicts_a_difference(declared, asked))
