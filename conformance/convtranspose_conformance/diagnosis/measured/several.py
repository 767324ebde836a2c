"""Wrong answers that several of the rules that are said of a backend make together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import permutations

from ...rules.answers import Explanation
from ...rules.faults import UNDER, base_of
from ...verdict.reply import Reply
from ..candidates import differs, explains, once
from ..conditions.contrast import meets
from ..result import Diagnosis


def together(said: Sequence[Diagnosis], reply: Reply) -> Diagnosis | None:
    """Two of the diagnoses, or all, that act on a call and explain its answer, each under its
    condition: they stand alone elsewhere."""
    acting = [
        with_condition(each)
        for each in said
        if len(each.explanations) == 1 and not each.accuracy and _acts(each, reply)
    ]
    found = next((each for each in _joint(acting) if explains(each, reply)), None)
    return None if found is None else Diagnosis(kind="fault", explanations=(found,))


def _acts(said: Diagnosis, reply: Reply) -> bool:
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


def _joint(rules: Sequence[Explanation]) -> Iterator[Explanation]:
    for one, other in permutations(rules, 2):
        yield once(one, other)
    if len(rules) > 2:
        yield reduce(once, rules)
