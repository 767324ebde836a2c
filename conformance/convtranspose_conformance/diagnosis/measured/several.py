"""Wrong answers that several of the rules that are said of a backend make together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import permutations, product

from ...rules.answers import Explanation
from ...rules.faults import UNDER, base_of
from ...verdict.reply import Reply
from ..candidates import differs, explains, once
from ..conditions.contrast import meets
from ..result import Diagnosis


def together(said: Sequence[Diagnosis], reply: Reply) -> Diagnosis | None:
    """Two of the diagnoses, or all, that act on a call and explain its answer, each under its
    condition: they stand alone elsewhere. Of rules that nothing tells apart each may be one."""
    acting = [
        each for each in said if each.explanations and not each.accuracy and acts_on(each, reply)
    ]
    for several in _joint(acting):
        if explains(reduce(once, map(with_condition, several)), reply):
            made = (reduce(once, rules) for rules in product(*map(_alternatives, several)))
            alike = tuple(each for each in made if explains(each, reply))
            return Diagnosis(kind="fault", explanations=alike)
    return None


def _alternatives(said: Diagnosis) -> list[Explanation]:
    return [with_condition(replace(said, explanations=(rule,))) for rule in said.explanations]


def acts_on(said: Diagnosis, reply: Reply) -> bool:
    """Does it say something of the call, under its condition?"""
    rule = said.explanations[0]
    if rule.readings and said.where:
        return False  # a reading has no condition of its own
    return meets(said.where, reply.case) and differs(rule, reply.check, reply.asked)


def with_condition(said: Diagnosis) -> Explanation:
    """Its rule, each name with the condition; a reading has none."""
    rule = said.explanations[0]
    if not said.where:
        return rule
    names = (name if base_of(name)[1] else f"{name}{UNDER}{said.where}" for name in rule.faults)
    return replace(rule, faults=tuple(names))


def _joint(said: Sequence[Diagnosis]) -> Iterator[tuple[Diagnosis, ...]]:
    yield from permutations(said, 2)
    if len(said) > 2:
        yield tuple(said)
