"""The last trial: what is about to be said, as it is about to be said, held against calls that no
part of the search has seen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from convtranspose_cases import Case

from ..rules.answers import Explanation
from ..verdict.reply import Reply
from ..worker.observation import Seen
from .candidates import accuracy_class, differs, fits, joined
from .conditions.contrast import Contrast, meets
from .evidence import Evidence
from .result import Diagnosis
from .thresholds import LEAST_BORNE_OUT, NARROWED

Named = Mapping[int, Diagnosis]


def borne_out(evidence: Evidence, named: Named) -> dict[int, Diagnosis]:
    """Of the diagnoses by number those that calls held out bear out under exactly their condition,
    with all else that is said; those that they do not under a narrower one, or not at all."""
    kept = dict(named)
    for said in dict.fromkeys(named.values()):
        if not said.explanations or said.accuracy:
            continue
        numbers = [i for i, each in kept.items() if each == said]
        others = [d for d in dict.fromkeys(kept.values()) if d != said and d.explanations]
        found = _Trial(evidence, said, others).narrowed(numbers)
        if found == said:
            continue
        for i in numbers:
            if found is not None and meets(found.where, evidence.wrong[i].case):
                kept[i] = found
            else:
                del kept[i]
    return kept


class _Trial:
    """One diagnosis on trial, beside the `others` that are said of the backend."""

    def __init__(self, evidence: Evidence, said: Diagnosis, others: Sequence[Diagnosis]) -> None:
        self._evidence, self._said, self._others = evidence, said, others
        self._rule = said.explanations[0]
        self._asked: set[str] = set()

    def narrowed(self, numbers: Sequence[int]) -> Diagnosis | None:
        """As it was said; or under a narrower condition that the next calls bear out; None for
        none."""
        inside, outside = [self._evidence.wrong[i].case for i in numbers], list[Case]()
        where, fewer = self._said.where, ""
        for _ in range(NARROWED):
            held, false = self._tried(where, inside)
            if not false:
                seen_where = where if fewer else self._said.seen_where
                return replace(self._said, where=where, seen_where=seen_where)
            inside, outside = [*inside, *held], [*outside, *false]
            fewer = self._statement(inside, outside)
            if not fewer:
                return None
            where = " and ".join(filter(None, (self._said.where, fewer)))
            inside = [case for case in inside if meets(where, case)]
        return None

    def _statement(self, inside: Sequence[Case], outside: Sequence[Case]) -> str:
        """What tells those that it explains from those of which it speaks falsely."""
        if len(inside) < LEAST_BORNE_OUT:
            return ""
        return next(Contrast(inside, outside).conditions(1), "")

    def _tried(self, where: str, inside: Sequence[Case]) -> tuple[list[Case], list[Case]]:
        """Calls held out, not asked before, that it explains, and those of which it is false."""
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
            bool(accuracy_class(reply, self._rule))
            or any(fits(each, reply) for each in self._with_others(reply))
        )

    def _with_others(self, reply: Reply) -> Iterator[Explanation]:
        others = [
            d.explanations[0]
            for d in self._others
            if meets(d.where, reply.case) and differs(d.explanations[0], reply.check, reply.asked)
        ]
        for other in others:
            yield from (_once(self._rule, other), _once(other, self._rule))
        if len(others) > 1:
            yield reduce(_once, [self._rule, *others])
            yield reduce(_once, [*others, self._rule])
        yield from self._evidence.declared


def _once(one: Explanation, other: Explanation) -> Explanation:
    """Both, what they share once."""
    both = joined(one, other)
    return Explanation(
        readings=tuple(dict.fromkeys(both.readings)), faults=tuple(dict.fromkeys(both.faults))
    )
