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
    known = _Known(evidence, mine, where)
    if len(known.speaking) < LEAST_ALIKE:
        return name
    alike = known.alike
    for single in alike:
        if known.bears_out(single):
            return _under(single, where)
    further = known.further() if alike else []
    for single in alike:
        narrower = _narrower(mine, single, where, known.speaking, known.others, further)
        if narrower:
            return _under(single, narrower)
    return name


def that_says_least(evidence: Evidence, name: str) -> str:
    """The library's rule that is one with another of its rules in every case at hand that meets the
    condition, and says least elsewhere."""
    mine, (base, where) = Explanation(faults=(name,)), base_of(name)
    if is_measured(base) or not where:
        return name
    known = _Known(evidence, mine, where)
    if len(known.speaking) < LEAST_ALIKE:
        return name
    single = next(filter(known.bears_out, known.alike), None)
    return name if single is None else _under(single, where)


def named_together(evidence: Evidence, names: Sequence[str]) -> str | None:
    """The library's name of measured rules that hold under the same condition, where they are one
    of its rules in parts; None for none."""
    wheres = {base_of(name)[1] for name in names}
    if len(names) < 2 or len(wheres) > 1 or not all(is_measured(base_of(n)[0]) for n in names):
        return None
    (where,) = wheres
    mine = Explanation(faults=tuple(names))
    known = _Known(evidence, mine, where)
    apart = [Explanation(faults=(name,)) for name in names]
    both = [a for a in known.speaking if not any(are_one(mine, each, a) for each in apart)]
    if len(both) < LEAST_ALIKE:
        return None
    single = next(filter(known.bears_out, known.alike), None)
    return None if single is None else _under(single, where)


class _Known:
    """Cases at hand in which measured rules act, and fresh ones that meet their condition: those
    that they say something of, and others."""

    def __init__(self, evidence: Evidence, mine: Explanation, where: str) -> None:
        met = [r for r in evidence.known() if any(acts(name, r.case) for name in mine.faults)]
        questions: dict[bool, list[Asked]] = {True: [], False: []}
        for reply in met:
            questions[differs(mine, reply.check, reply.asked)].append(reply.asked)
        self._mine, self._fresh = mine, map(Asked, evidence.fresh_cases(where))
        self._evidence = evidence
        self.speaking = questions[True][:MOST_ALIKE]
        self.others = [*questions[False][:MOST_ALIKE], *self.further()]

    def further(self) -> list[Asked]:
        """Fresh cases that were not looked at yet."""
        return list(islice(self._fresh, MOST_ALIKE))

    @property
    def alike(self) -> list[Explanation]:
        """Faults of the library that say the same of all that is spoken of; that first which says
        least without the condition: under one that names SAME_LOWER nothing is said of
        SAME_UPPER."""
        faults = (each for each in SINGLES if each.faults)
        found = [e for e in faults if all(are_one(self._mine, e, a) for a in self.speaking)]
        return sorted(found, key=self._said_anywhere) if len(found) > 1 else found

    def _said_anywhere(self, single: Explanation) -> int:
        """Of how many cases, known and fresh, it says something, whatever the condition."""
        fresh = map(Asked, islice(self._evidence.fresh_cases(""), MOST_ALIKE))
        known = (reply.asked for reply in self._evidence.known())
        check = self._evidence.check
        return sum(differs(single, check, asked) for asked in (*fresh, *islice(known, MOST_ALIKE)))

    def bears_out(self, single: Explanation) -> bool:
        """Does it say the same of all other cases at hand?"""
        return all(are_one(self._mine, single, a) for a in self.others)


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
