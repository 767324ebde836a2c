"""Conditions without what only other rules put into them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from ...rules.predicate import statements_of
from ...verdict.reply import Reply
from ...worker.observation import Seen
from ..candidates import differs, fits, once
from ..evidence import Evidence
from ..measured.several import acts_on, together, with_condition
from ..result import Diagnosis
from .contrast import meets


def widened(
    evidence: Evidence, said: Sequence[Diagnosis], left: Sequence[int]
) -> Iterator[tuple[Diagnosis, Diagnosis]]:
    """Diagnoses that hold more widely than they were found, with what is said then: without one
    statement of their condition they explain, together with others, some of the wrong answers
    `left`, and nothing known speaks against them. Where two rules meet, one seems to hold where
    the other does not."""
    for each in said if left else ():
        others = [other for other in said if other != each]
        for wider in _with_a_statement_less(each):
            if _gains(wider, each, others, [evidence.wrong[i] for i in left]) and not any(
                _is_denied(wider, others, reply)
                for reply in evidence.known()
                if _is_beyond(wider, each, reply)
            ):
                yield each, wider
                break


def within(said: Sequence[Diagnosis]) -> dict[Diagnosis, Diagnosis]:
    """Those that say the same as another one, under a condition that says more than its: with the
    one of the widest condition."""
    wider = {one: [other for other in said if _is_within(one, other)] for one in said}
    return {
        one: min(others, key=lambda other: len(_statements(other)))
        for one, others in wider.items()
        if others
    }


def _is_within(one: Diagnosis, other: Diagnosis) -> bool:
    mine, others = map(_statements, (one, other))
    alike = one.explanations == other.explanations and one.accuracy == other.accuracy
    return bool(one.explanations) and alike and others < mine


def _statements(said: Diagnosis) -> set[str]:
    return set(statements_of(said.where))


def _with_a_statement_less(said: Diagnosis) -> Iterator[Diagnosis]:
    statements = statements_of(said.where) if said.explanations and not said.accuracy else []
    for n in range(len(statements) if len(statements) > 1 else 0):
        where = " and ".join(statements[:n] + statements[n + 1 :])
        yield replace(said, where=where, seen_where=where)


def _is_beyond(wider: Diagnosis, said: Diagnosis, reply: Reply) -> bool:
    return meets(wider.where, reply.case) and not meets(said.where, reply.case)


def _gains(
    wider: Diagnosis, said: Diagnosis, others: Sequence[Diagnosis], left: Sequence[Reply]
) -> bool:
    """Is there an answer beyond its condition that it and another one make together?"""
    beyond = (reply for reply in left if _is_beyond(wider, said, reply))
    return any(together([wider, other], reply) for reply in beyond for other in others)


def _is_denied(said: Diagnosis, others: Sequence[Diagnosis], reply: Reply) -> bool:
    """Was something else seen than it says, alone and with each of the others that act?"""
    rule = said.explanations[0]
    if reply.seen.seen is not Seen.RETURNED or not differs(rule, reply.check, reply.asked):
        return False
    acting = (each for each in others if each.explanations and acts_on(each, reply))
    both = (
        each
        for other in map(with_condition, acting)
        for each in (once(rule, other), once(other, rule))
    )
    return not any(fits(each, reply) for each in chain([rule], both))
