"""A rule of the library in a measured rule's place, where the two are one."""

from collections.abc import Sequence
from itertools import islice

from ...rules.answers import Asked, Explanation
from ...rules.explanation import BY_TEXT
from ...rules.faults import UNDER, acts, base_of, is_measured
from ..candidates import SINGLES, differs
from ..conditions.contrast import Contrast, meets
from ..evidence import Evidence
from ..thresholds import LEAST_ALIKE, MOST_ALIKE


def named(evidence: Evidence, name: str) -> str:
    """The library's name of a measured rule, under its condition, where the two are the same in
    every case known that meets it, and say something of some; and in others that are at hand. Of a
    rule that says something of fewer cases than the library's, under a condition for these."""
    mine, (base, where) = Explanation(faults=(name,)), base_of(name)
    if not is_measured(base):
        return name
    met = [r for r in evidence.known() if acts(name, r.case)]
    speaking = [r.asked for r in met if differs(mine, r.check, r.asked)][:MOST_ALIKE]
    others = [r.asked for r in met if not differs(mine, r.check, r.asked)][:MOST_ALIKE]
    if len(speaking) < LEAST_ALIKE:
        return name
    fresh = map(Asked, evidence.fresh_cases(where))
    more = list(islice(fresh, MOST_ALIKE))
    alike = [e for e in SINGLES if e.faults and all(are_one(mine, e, a) for a in speaking)]
    for single in alike:
        if all(are_one(mine, single, a) for a in (*others, *more)):
            return _under(single, where)
    further = list(islice(fresh, MOST_ALIKE)) if alike else []
    for single in alike:
        narrower = _narrower(mine, single, where, speaking, [*others, *more], further)
        if narrower:
            return _under(single, narrower)
    return name


def _under(single: Explanation, where: str) -> str:
    return f"{single.faults[0]}{UNDER}{where}" if where else single.faults[0]


def _narrower(
    mine: Explanation,
    single: Explanation,
    where: str,
    speaking: Sequence[Asked],
    others: Sequence[Asked],
    fresh: Sequence[Asked],
) -> str:
    """The condition, a statement longer, under which both are one, and without which the measured
    rule says nothing; fresh cases bear both out. "" for none."""
    outside = [a.case for a in others if not are_one(mine, single, a)]
    more = next(Contrast([a.case for a in speaking], outside).conditions(1), None)
    if not more:
        return ""
    same = (are_one(mine, single if meets(more, a.case) else BY_TEXT, a) for a in (*others, *fresh))
    return " and ".join(filter(None, (where, more))) if all(same) else ""


def are_one(one: Explanation, other: Explanation, asked: Asked) -> bool:
    """Do both say the same of a call?"""
    mine, theirs = asked.answer(one), asked.answer(other)
    if mine.key == theirs.key:
        return True
    if mine.refused or theirs.refused or mine.shape != theirs.shape:
        return False
    return bool(mine.same_numbers(theirs))
