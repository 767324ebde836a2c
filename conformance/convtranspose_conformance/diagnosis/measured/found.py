"""A measured rule of one word: its formula, the axes and the calls that it holds for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from convtranspose_cases import Case

from ...measuring.points import Point
from ...rules.faults import UNDER
from ...rules.faults.formula import FormulaError, formula
from ...rules.faults.measured import ON_SOME, SPEAKS_OF
from ...rules.faults.quantities import ON_AXES, on_axis
from ...rules.predicate import Expression
from ..conditions.contrast import meets
from .statements import is_true

NOWHERE = -(2**62)
"""Where a formula has no value: none that could be measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`word` = `text`, for points of a kind, on the axes and under the condition over the call, ""
    for none."""

    kind: str
    word: str
    text: str
    on: str
    where: str

    @property
    def length(self) -> int:
        return len(self.text) + len(self.on) + len(self.where)

    @property
    def statements(self) -> int:
        """Of how many its conditions consist, about: some hold an "and" themselves."""
        return sum(1 + part.count(" and ") for part in (self.on, self.where) if part)

    def holds(self, point: Point) -> bool:
        """Is the point one that it speaks of?"""
        if not meets(self.where, point.case):
            return False
        if not self.on or point.axis is None:
            return True
        return is_true(_expression(self.on), on_axis(point.case, point.axis))

    def value(self, point: Point) -> int:
        """What it says of the point."""
        try:
            return formula(self.text, SPEAKS_OF[self.word])(point.quantities)
        except FormulaError:
            return NOWHERE

    def speaks(self, point: Point) -> bool:
        """Does it say something else of the point than the text?"""
        return self.holds(point) and self.value(point) != point.by_text[self.word]

    def is_refuted_by(self, point: Point) -> bool:
        """Was something else measured where it holds?"""
        shown = point.measured.get(self.word)
        return shown is not None and self.holds(point) and self.value(point) != shown

    def explains(self, point: Point) -> bool:
        """Was what it says measured, where the text says something else?"""
        shown = point.measured.get(self.word)
        if shown is None or shown == point.by_text[self.word]:
            return False
        return self.holds(point) and self.value(point) == shown


@lru_cache(maxsize=256)
def _expression(text: str) -> Expression:
    return Expression(text, ON_AXES)


def merged(rules: Sequence[Found], cases: Sequence[Case]) -> dict[str, list[Found]]:
    """As faults are named, with the words that each consists of: those of one kind of points and of
    one condition are one. Conditions that hold for the same cases are one, the shortest."""
    shortest: dict[tuple[bool, ...], str] = {}
    for where in sorted({r.where for r in rules}, key=lambda w: (len(w), w)):
        shortest.setdefault(tuple(meets(where, case) for case in cases), where)
    wheres = {r.where: shortest[tuple(meets(r.where, c) for c in cases)] for r in rules}
    together: dict[tuple[str, str, str], list[Found]] = {}
    for each in rules:
        whole = replace(each, where=wheres[each.where])
        together.setdefault((each.kind, each.on, whole.where), []).append(whole)
    return {_named(on, where, parts): parts for (_, on, where), parts in together.items()}


def _named(on: str, where: str, parts: Sequence[Found]) -> str:
    order = list(SPEAKS_OF)
    texts = [f"{e.word} = {e.text}" for e in sorted(parts, key=lambda e: order.index(e.word))]
    return (
        ", ".join(texts) + (f"{ON_SOME}{on}" if on else "") + (f"{UNDER}{where}" if where else "")
    )
