"""A rule of the library in a measured rule's place, where the two are one."""

from itertools import islice

from ...rules.answers import Asked, Explanation
from ...rules.faults import UNDER, acts, base_of, is_measured
from ..candidates import SINGLES, differs
from ..evidence import Evidence
from ..thresholds import LEAST_ALIKE, MOST_ALIKE


def named(evidence: Evidence, name: str) -> str:
    """The library's name of a measured rule, under its condition, where the two are the same in
    every case known that meets it, and say something of some; and in others that are at hand."""
    mine, (base, where) = Explanation(faults=(name,)), base_of(name)
    if not is_measured(base):
        return name
    met = [r for r in evidence.known() if acts(name, r.case)]
    speaking = [r.asked for r in met if differs(mine, r.check, r.asked)][:MOST_ALIKE]
    others = [r.asked for r in met if not differs(mine, r.check, r.asked)][:MOST_ALIKE]
    if len(speaking) < LEAST_ALIKE:
        return name
    more = list(islice(map(Asked, evidence.fresh_cases(where)), MOST_ALIKE))
    for single in SINGLES:
        if single.faults and all(are_one(mine, single, a) for a in (*speaking, *others, *more)):
            return f"{single.faults[0]}{UNDER}{where}" if where else single.faults[0]
    return name


def are_one(one: Explanation, other: Explanation, asked: Asked) -> bool:
    """Do both say the same of a call?"""
    mine, theirs = asked.answer(one), asked.answer(other)
    if mine.key == theirs.key:
        return True
    if mine.refused or theirs.refused or mine.shape != theirs.shape:
        return False
    return bool(mine.same_numbers(theirs))
