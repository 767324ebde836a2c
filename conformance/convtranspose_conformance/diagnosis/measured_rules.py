"""From measured points to rules: formulas, each with the shortest condition under which nothing
that was measured speaks against it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

import numpy as np

from convtranspose_cases import Case

from ..measuring.formula import formula_of
from ..measuring.points import AXIS, Point
from ..rules.faults.formula import FormulaError, formula
from ..rules.faults.measured import ON_SOME, SPEAKS_OF
from ..rules.faults.quantities import ON_AXES, on_axis
from ..rules.predicate import Expression, Predicate, PredicateError
from .conditions import Truth, atoms, covering, holds
from .thresholds import MOST_MEASURED, MOST_THOROUGH, MOST_WAYS

_FIRST = (
    "auto_pad in ('SAME_UPPER', 'SAME_LOWER')",
    "auto_pad == 'VALID'",
    "auto_pad == 'NOTSET'",
    "auto_pad == 'SAME_UPPER'",
    "auto_pad == 'SAME_LOWER'",
    "len(output_shape) > 0",
    "not (len(output_shape) > 0)",
    "group > 1",
    "not (group > 1)",
    "bias",
    "rank == 1",
    "rank == 2",
    "rank == 3",
    "rank > 1",
    "dtype == 'float32'",
    "dtype == 'float64'",
    "dtype == 'float16'",
    "dtype == 'bfloat16'",
    "dtype in ('float16', 'bfloat16')",
)
"""What rules usually depend on: these are tried first, alone and two at once."""
_OF_AN_AXIS = (
    "axis == 0",
    "axis == rank - 1",
    "axis > 0",
    "axis < rank - 1",
    "stride > 1",
    "stride == 1",
    "dilation > 1",
    "dilation == 1",
    "stride > 2",
    "dilation > 2",
    "stride > dilation",
    "output_padding > 0",
    "output_padding == 0",
    "kernel > 1",
    "kernel == 1",
    "kernel % 2 == 0",
    "kernel % 2 == 1",
    "effective_kernel % 2 == 0",
    "effective_kernel % 2 == 1",
    "input > 1",
    "input % 2 == 0",
    "input % 2 == 1",
    "effective_kernel < stride",
    "effective_kernel > stride",
    "kernel > stride",
    "kernel > input",
    "pad_begin > 0",
    "pad_end > 0",
    "pad_begin == 0",
    "pad_end == 0",
    "pad_begin > pad_end",
    "pad_begin < pad_end",
    "total_padding < 0",
    "total_padding >= 0",
    "total_padding > 0",
    "total_padding % 2 == 1",
    "total_padding % 2 == 0",
    "output_shape > natural",
    "output_shape < natural",
)
_NOT_OF_CALLS_MADE = ("N ", "data", "products", "0 in", "forbidden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A rule's text, and its condition over the call, "" for none; `covers` the wrong points that
    it predicts."""

    text: str
    where: str
    covers: frozenset[int]

    @property
    def name(self) -> str:
        return f"{self.text} where {self.where}" if self.where else self.text


def rules_of(kind: str, points: Sequence[Point]) -> list[Found]:
    """Rules for the wrong points, those first that cover most."""
    measured = [p for p in points if p.measured]
    left = {i for i, p in enumerate(measured) if p.wrong}
    rules: list[Found] = []
    table = _Statements(kind, measured)
    while left and len(rules) < MOST_MEASURED:
        found = _for_most(measured, left, table)
        if found is None or not found.covers & left:
            break
        rules.append(found)
        left -= found.covers
    return [each for each in rules if not _is_in_others(each, rules)]


def _is_in_others(rule: Found, rules: Sequence[Found]) -> bool:
    """Does a later rule, which came without it, cover all that it covers?"""
    later = rules[rules.index(rule) + 1 :]
    return any(rule.covers <= other.covers for other in later)


class _Statements:
    """Which statements hold for which points, of the call and of the axis."""

    def __init__(self, kind: str, points: Sequence[Point]) -> None:
        on_axes = [Expression(text, ON_AXES) for text in _OF_AN_AXIS] if kind == AXIS else []
        self.texts = [a.text for a in _of_calls()] + [f"axes: {e.text}" for e in on_axes]
        self.truth: Truth = np.array(
            [[*_of_case(p.case), *(_on(e, p) for e in on_axes)] for p in points], bool
        ).T.reshape(len(self.texts), len(points))
        self.primary = [self.texts.index(text) for text in _FIRST if text in self.texts]
        self.of_axes = range(len(_of_calls()), len(self.texts))


@cache
def _of_calls() -> tuple[Predicate, ...]:
    known = {a.text: a for a in atoms() if not any(word in a.text for word in _NOT_OF_CALLS_MADE)}
    return tuple((known | {text: Predicate(text) for text in _FIRST}).values())


@lru_cache(maxsize=4096)
def _of_case(case: Case) -> tuple[bool, ...]:
    return tuple(holds(a, case) for a in _of_calls())


def _on(statement: Expression, point: Point) -> bool:
    try:
        return statement.holds(on_axis(point.case, point.axis or 0))
    except PredicateError:
        return False


def _for_most(points: Sequence[Point], left: set[int], table: _Statements) -> Found | None:
    """The rule that covers most of what is left, of linear formulas first."""
    for thorough in (False, True):
        most = MOST_THOROUGH if thorough else MOST_WAYS
        tried = (
            next(_wherever(points, left, table, most, thorough=thorough), None),
            next(_of_wrong(points, left, table, most, thorough=thorough), None),
        )
        found = [each for each in tried if each is not None and each.covers & left]
        if found:
            return min(found, key=lambda each: (-len(each.covers & left), len(each.name)))
    return None


def _wherever(
    points: Sequence[Point], left: set[int], table: _Statements, most: int, *, thorough: bool
) -> Iterator[Found]:
    """Rules that hold for all points for which one or two plain statements do."""
    for chosen in islice(_ways(left, table), most):
        inside = table.truth[chosen].all(axis=0) if chosen else np.ones(len(points), bool)
        numbers = np.flatnonzero(inside).tolist()
        texts = _formulas(points, numbers, left & set(numbers), thorough=thorough)
        if texts:
            yield _found(texts, [table.texts[i] for i in chosen], points, numbers)


def _of_wrong(
    points: Sequence[Point], left: set[int], table: _Statements, most: int, *, thorough: bool
) -> Iterator[Found]:
    """Rules for wrong points alone, with a condition that tells these from all others."""
    for numbers in _subsets(left, table)[:most]:
        texts = _formulas(points, numbers, set(numbers), thorough=thorough)
        found = _with_condition(texts, points, table) if texts else None
        if found:
            yield found


def _ways(left: set[int], table: _Statements) -> Iterator[list[int]]:
    """Statements, none, one or two, under which something is left; those first under which most
    is."""
    wrong = table.truth[:, sorted(left)].astype(np.int64)
    counts = wrong.sum(axis=1)
    ones = [i for i in (*table.primary, *table.of_axes) if counts[i]]
    ranked = [([i], int(counts[i])) for i in ones]
    ranked += [
        ([i, j], int((wrong[i] * wrong[j]).sum()))
        for a, i in enumerate(ones)
        for j in ones[a + 1 :]
        if i in table.primary
    ]
    yield []
    yield from (way for way, n in sorted(ranked, key=lambda w: (-w[1], len(w[0]), w[0])) if n)


def _subsets(left: set[int], table: _Statements) -> list[list[int]]:
    """All that is left, then parts that a statement holds together, the largest first."""
    parts = {frozenset(i for i in left if row[i]) for row in table.truth} | {frozenset(left)}
    return [sorted(part) for part in sorted(parts, key=lambda p: (-len(p), sorted(p))) if part]


def _formulas(
    points: Sequence[Point], numbers: Sequence[int], wrong: set[int], *, thorough: bool
) -> dict[str, str] | None:
    """A formula for each word that is not the text's somewhere among the `wrong` ones, true of all
    the points; None where one has none."""
    words = [
        w
        for w in SPEAKS_OF
        if any(
            points[i].measured.get(w, points[i].by_text.get(w)) != points[i].by_text.get(w)
            for i in wrong
        )
    ]
    found = {}
    for word in words:
        shown = [points[i] for i in numbers if word in points[i].measured]
        values = [p.measured[word] for p in shown]
        text = formula_of([p.quantities for p in shown], values, thorough=thorough)
        if text is None:
            return None
        found[word] = text
    return found or None


def _predicted(texts: Mapping[str, str], point: Point) -> dict[str, int] | None:
    """What the rule says of a point; None where it has no value."""
    try:
        return {
            word: formula(text, SPEAKS_OF[word])(point.quantities)
            for word, text in texts.items()
            if word in point.measured
        }
    except FormulaError:
        return None


def _is_true(texts: Mapping[str, str], point: Point) -> bool:
    """Are all the values of a point those of the rule, and of the text in the words that it does
    not have?"""
    said = _predicted(texts, point)
    return said is not None and all(
        value == said.get(word, point.by_text[word]) for word, value in point.measured.items()
    )


def _found(
    texts: Mapping[str, str], chosen: Sequence[str], points: Sequence[Point], numbers: Sequence[int]
) -> Found:
    body = ", ".join(f"{word} = {text}" for word, text in texts.items())
    on = " and ".join(t.removeprefix("axes: ") for t in chosen if t.startswith("axes: "))
    where = " and ".join(t for t in chosen if not t.startswith("axes: "))
    covers = frozenset(i for i in numbers if points[i].wrong and _is_true(texts, points[i]))
    return Found(text=f"{body}{ON_SOME}{on}" if on else body, where=where, covers=covers)


def _with_condition(
    texts: Mapping[str, str], points: Sequence[Point], table: _Statements
) -> Found | None:
    """The rule with the shortest condition that tells the wrong points that it predicts from all
    that speak against it."""
    inside = [i for i, p in enumerate(points) if p.wrong and _is_true(texts, p)]
    outside = [i for i, p in enumerate(points) if not _is_true(texts, p)]
    kept = np.flatnonzero(table.truth[:, inside].all(axis=1))
    apart = ~table.truth[kept][:, outside]
    if not outside:
        return _found(texts, [], points, range(len(points)))
    for count in (1, 2, 3):
        chosen = next(covering(apart, count), None)
        if chosen is not None:
            statements = [int(kept[i]) for i in chosen]
            numbers = np.flatnonzero(table.truth[statements].all(axis=0)).tolist()
            return _found(texts, [table.texts[i] for i in statements], points, numbers)
    return None
