"""The last trial: what is about to be said, as it is about to be said, held against calls that no
part of the search has seen."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Self

from convtranspose_cases import Case

from ..rules.answers import Explanation
from ..rules.faults import UNDER, base_of
from ..verdict.compare import is_of_class
from ..verdict.reply import Reply
from ..worker.observation import Seen
from .candidates import differs, explains, fits, joined, under
from .conditions.contrast import Contrast, meets
from .conditions.scope import statements
from .evidence import Evidence
from .measured.stated import moves
from .result import Diagnosis
from .thresholds import LEAST_BORNE_OUT, LEAST_ON_A_SIDE, MOST_OF_A_RULE, NARROWED, ROUNDS

Named = Mapping[int, Diagnosis]


def _nothing(reply: Reply) -> Iterator[Explanation]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Diagnoses that are each a part `of` what was measured, with its rules as they were found; the
    `whole` that they are parts of, alone and with what was known before; accuracy `classes` that
    the backend is known to be of."""

    of: Mapping[Diagnosis, Explanation] = field(default_factory=dict)
    whole: Callable[[Reply], Iterator[Explanation]] = _nothing
    classes: frozenset[str] = frozenset()

    def without(self, fallen: Collection[Diagnosis]) -> Self:
        """The same where some diagnoses are no longer made: rules that none of the others is made
        of are of the whole no more."""
        of = {said: rules for said, rules in self.of.items() if said not in fallen}
        standing = {name for rules in of.values() for name in rules.faults}
        gone = {name for rules in self.of.values() for name in rules.faults} - standing

        def whole(reply: Reply) -> Iterator[Explanation]:
            for each in self.whole(reply):
                yield replace(each, faults=tuple(n for n in each.faults if n not in gone))

        return replace(self, of=of, whole=whole)


def borne_out(evidence: Evidence, named: Named, parts: Parts) -> dict[int, Diagnosis]:
    """Of the diagnoses by number those that calls held out bear out under exactly their condition,
    with all else that is said; those that they do not in parts, under narrower conditions, or not
    at all. Other begins and sizes follow from steps: where a rule of these fell, steps are tried
    again without it."""
    kept = _once_through(evidence, named, parts, list(dict.fromkeys(named.values())))
    before = dict(named)
    for _ in range(ROUNDS):
        if kept == before:
            break
        parts = parts.without(set(before.values()) - set(kept.values()))
        steps = [said for said in dict.fromkeys(kept.values()) if _is_of_steps(said)]
        before, kept = kept, _once_through(evidence, kept, parts, steps)
    told = list(dict.fromkeys(kept.values()))
    lost = {i: _of(told, evidence.wrong[i]) for i in named if i not in kept}
    return kept | {i: found for i, found in lost.items() if found}


def _is_of_steps(said: Diagnosis) -> bool:
    return any(moves(base_of(name)[0]) for e in said.explanations for name in e.faults)


def _once_through(
    evidence: Evidence, named: Named, parts: Parts, tried: Sequence[Diagnosis]
) -> dict[int, Diagnosis]:
    """Some of the diagnoses, each tried beside all others."""
    kept = dict(named)
    for said in tried:
        if not said.explanations or said.accuracy:
            continue
        numbers = [i for i, each in kept.items() if each == said]
        others = [d for d in dict.fromkeys(kept.values()) if d != said and d.explanations]
        held = _Trial(evidence, said, others, parts).held(numbers)
        if held == [said]:
            continue
        for i in numbers:
            found = _of(held, evidence.wrong[i])
            kept = {n: d for n, d in kept.items() if n != i} | ({i: found} if found else {})
    return kept


def _of(told: Sequence[Diagnosis], reply: Reply) -> Diagnosis | None:
    """The first that explains the answer."""
    return next(
        (
            said
            for said in told
            if meets(said.where, reply.case) and explains(said.explanations[0], reply)
        ),
        None,
    )


class _Trial:
    """One diagnosis on trial, beside the `others` that are said of the backend."""

    def __init__(
        self, evidence: Evidence, said: Diagnosis, others: Sequence[Diagnosis], parts: Parts
    ) -> None:
        self._evidence, self._said, self._others, self._parts = evidence, said, others, parts
        self._rule = said.explanations[0]
        self._asked, self._true, self._false = set[str](), list[Case](), list[Case]()

    def held(self, numbers: Sequence[int]) -> list[Diagnosis]:
        """As it was said of the wrong answers; or under narrower conditions, each of which the next
        calls bear out."""
        cases = [self._evidence.wrong[i].case for i in numbers]
        return [
            _under(self._said, fewer) if fewer else self._said
            for fewer in self._conditions("", cases, NARROWED)
        ]

    def _conditions(self, fewer: str, inside: Sequence[Case], tries: int) -> Iterator[str]:
        """Beside its own: the given one where calls bear it out, else parts of it."""
        self._try(fewer, inside)
        held, outside = (
            [case for case in cases if meets(fewer, case)] for cases in (self._true, self._false)
        )
        if not outside:
            if not fewer or len(held) >= LEAST_ON_A_SIDE:
                yield fewer
        elif tries > 1:
            whole = [*inside, *held]
            for part, more in Contrast(whole, outside).parts(MOST_OF_A_RULE):
                if len(part) >= LEAST_BORNE_OUT * statements(more):
                    cases = [whole[i] for i in part]
                    yield from self._conditions(_and(fewer, more), cases, tries - 1)

    def _try(self, fewer: str, inside: Sequence[Case]) -> None:
        """Puts it to the next calls held out: those that it explains, and those of which it is
        false, are kept."""
        where = _and(self._said.where, fewer)
        rivals = _wider(self._rule)
        replies = self._evidence.held_out(self._rule, where, inside, self._asked, rivals)
        self._asked |= {each.case.id for each in replies}
        told = [each for each in replies if each.seen.seen is Seen.RETURNED]
        self._true += [each.case for each in told if each.wrong and fits(self._rule, each)]
        self._false += [each.case for each in told if not self._is_true(each)]

    def _is_true(self, reply: Reply) -> bool:
        """Is it what was seen, alone or with what else is said, which does not explain it without
        this?"""
        if fits(self._rule, reply):
            return True
        return reply.wrong and (
            self._is_of_class(reply)
            or any(fits(all_, reply) and not fits(rest, reply) for all_, rest in self._whole(reply))
            or any(fits(all_, reply) and not fits(rest, reply) for all_, rest in self._both(reply))
            or any(fits(each, reply) for each in self._evidence.declared)
        )

    def _is_of_class(self, reply: Reply) -> bool:
        return any(
            is_of_class(name, answer, reply.compared)
            for answer in under(self._rule, reply.asked)
            for name in self._parts.classes
        )

    def _whole(self, reply: Reply) -> Iterator[tuple[Explanation, Explanation]]:
        """All that was measured, which it is a part of, and the same without it."""
        mine = self._parts.of.get(self._said)
        if mine is None:
            return
        for whole in self._parts.whole(reply):
            rest = tuple(name for name in whole.faults if name not in mine.faults)
            yield whole, replace(whole, faults=rest)

    def _both(self, reply: Reply) -> Iterator[tuple[Explanation, Explanation]]:
        """It with other things that are said, and these without it."""
        others = [
            d.explanations[0]
            for d in self._others
            if meets(d.where, reply.case) and differs(d.explanations[0], reply.check, reply.asked)
        ]
        together = [reduce(_once, others)] if len(others) > 1 else []
        for other in (*others, *self._parts.whole(reply), *together):
            yield _once(self._rule, other), other
            yield _once(other, self._rule), other


def _wider(rule: Explanation) -> list[Explanation]:
    """Several rules at once, each in turn without its condition."""
    several = len(rule.faults) > 1
    return [
        replace(rule, faults=(*rule.faults[:n], base_of(name)[0], *rule.faults[n + 1 :]))
        for n, name in enumerate(rule.faults)
        if several and base_of(name)[1]
    ]


def _under(said: Diagnosis, fewer: str) -> Diagnosis:
    """The diagnosis under a condition besides: of rules that have conditions of their own, a part
    of each."""
    if not any(base_of(name)[1] for e in said.explanations for name in e.faults):
        where = _and(said.where, fewer)
        return replace(said, where=where, seen_where=where)
    narrower = tuple(
        replace(e, faults=tuple(_narrower(name, fewer) for name in e.faults))
        for e in said.explanations
    )
    return replace(said, explanations=narrower, seen_where=_and(said.seen_where, fewer))


def _narrower(name: str, fewer: str) -> str:
    base, where = base_of(name)
    return f"{base}{UNDER}{_and(where, fewer)}"


def _and(where: str, fewer: str) -> str:
    if f" and {fewer} and " in f" and {where} and ":
        return where  # it says so already
    return " and ".join(filter(None, (where, fewer)))


def _once(one: Explanation, other: Explanation) -> Explanation:
    """Both, what they share once."""
    both = joined(one, other)
    return Explanation(
        readings=tuple(dict.fromkeys(both.readings)), faults=tuple(dict.fromkeys(both.faults))
    )
