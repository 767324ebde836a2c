"""The last trial: what is about to be said, as it is about to be said, held against calls that no
part of the search has seen."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

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
from .result import Diagnosis
from .thresholds import LEAST_BORNE_OUT, LEAST_ON_A_SIDE, MOST_OF_A_RULE, NARROWED

Named = Mapping[int, Diagnosis]


def _nothing(reply: Reply) -> Iterator[Explanation]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Diagnoses that are each a part of what was measured, and the `whole` that they are parts of,
    alone and with what was known before; accuracy `classes` that the backend is known to be of."""

    of: frozenset[Diagnosis] = frozenset()
    whole: Callable[[Reply], Iterator[Explanation]] = _nothing
    classes: frozenset[str] = frozenset()


def borne_out(evidence: Evidence, named: Named, parts: Parts) -> dict[int, Diagnosis]:
    """Of the diagnoses by number those that calls held out bear out under exactly their condition,
    with all else that is said; those that they do not in parts, under narrower conditions, or not
    at all."""
    kept, told = dict(named), dict[Diagnosis, None]()
    for said in dict.fromkeys(named.values()):
        if not said.explanations or said.accuracy:
            continue
        numbers = [i for i, each in kept.items() if each == said]
        others = [d for d in dict.fromkeys(kept.values()) if d != said and d.explanations]
        held = _Trial(evidence, said, others, parts).held(numbers)
        told |= dict.fromkeys(held)
        if held == [said]:
            continue
        for i in numbers:
            found = _of(held, evidence.wrong[i])
            kept = {n: d for n, d in kept.items() if n != i} | ({i: found} if found else {})
    lost = {i: _of(list(told), evidence.wrong[i]) for i in named if i not in kept}
    return kept | {i: found for i, found in lost.items() if found}


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
        self._asked, self._false = set[str](), list[Case]()

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
        held, false = self._tried(fewer, inside)
        self._false += false
        if not false:
            if not fewer or len(held) >= LEAST_ON_A_SIDE:
                yield fewer
        elif tries > 1:
            whole = [*inside, *held]
            outside = [case for case in self._false if meets(fewer, case)]
            for part, more in Contrast(whole, outside).parts(MOST_OF_A_RULE):
                if len(part) >= LEAST_BORNE_OUT * statements(more):
                    cases = [whole[i] for i in part]
                    yield from self._conditions(_both(fewer, more), cases, tries - 1)

    def _tried(self, fewer: str, inside: Sequence[Case]) -> tuple[list[Case], list[Case]]:
        """Calls held out, not asked before, that it explains, and those of which it is false."""
        where = _both(self._said.where, fewer)
        replies = self._evidence.held_out(self._rule, where, inside, self._asked)
        self._asked |= {each.case.id for each in replies}
        told = [each for each in replies if each.seen.seen is Seen.RETURNED]
        false = [each.case for each in told if not self._is_true(each)]
        held = [each.case for each in told if each.wrong and fits(self._rule, each)]
        return held, false

    def _is_true(self, reply: Reply) -> bool:
        """Is it what was seen, alone or with what else is said?"""
        if fits(self._rule, reply):
            return True
        return reply.wrong and (
            any(fits(each, reply) for each in self._with_others(reply))
            or any(
                is_of_class(name, answer, reply.compared)
                for answer in under(self._rule, reply.asked)
                for name in self._parts.classes
            )
        )

    def _with_others(self, reply: Reply) -> Iterator[Explanation]:
        others = [
            d.explanations[0]
            for d in self._others
            if meets(d.where, reply.case) and differs(d.explanations[0], reply.check, reply.asked)
        ]
        whole = list(self._parts.whole(reply))
        for other in (*others, *whole, *([reduce(_once, others)] if others else [])):
            yield from (_once(self._rule, other), _once(other, self._rule))
        yield from (*(whole if self._said in self._parts.of else ()), *self._evidence.declared)


def _under(said: Diagnosis, fewer: str) -> Diagnosis:
    """The diagnosis under a condition besides: of rules that have conditions of their own, a part
    of each."""
    if not any(base_of(name)[1] for e in said.explanations for name in e.faults):
        where = _both(said.where, fewer)
        return replace(said, where=where, seen_where=where)
    narrower = tuple(
        replace(e, faults=tuple(_narrower(name, fewer) for name in e.faults))
        for e in said.explanations
    )
    return replace(said, explanations=narrower, seen_where=_both(said.seen_where, fewer))


def _narrower(name: str, fewer: str) -> str:
    base, where = base_of(name)
    return f"{base}{UNDER}{_both(where, fewer)}"


def _both(where: str, fewer: str) -> str:
    if f" and {fewer} and " in f" and {where} and ":
        return where  # it says so already
    return " and ".join(filter(None, (where, fewer)))


def _once(one: Explanation, other: Explanation) -> Explanation:
    """Both, what they share once."""
    both = joined(one, other)
    return Explanation(
        readings=tuple(dict.fromkeys(both.readings)), faults=tuple(dict.fromkeys(both.faults))
    )
