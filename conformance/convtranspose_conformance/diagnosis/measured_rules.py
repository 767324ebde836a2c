"""From measured points to rules: formulas, each with the shortest condition under which nothing
that was measured speaks against it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case

from ..measuring.formula import formula_of
from ..measuring.points import AXIS, Point
from ..rules.faults import UNDER
from ..rules.faults.formula import Formula, FormulaError, formula
from ..rules.faults.measured import ON_SOME, SPEAKS_OF
from ..rules.faults.quantities import ON_AXES, on_axis
from ..rules.predicate import Expression, Predicate, PredicateError
from .conditions.contrast import Truth, atoms, covering, holds
from .thresholds import A_STATEMENT, MOST_MEASURED, MOST_THOROUGH, MOST_WAYS, PAIRED

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
    "strides[-1] > dilations[-1]",
    "strides[-1] < dilations[-1]",
    "max(strides) > max(dilations)",
    "max(strides) < max(dilations)",
    "C > M",
    "C < M",
    "max(kernel) > 3",
    "max(kernel) > max(strides)",
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
_AXES = "axes: "
_NOWHERE = -(2**62)
_NOT_OF_CALLS_MADE = ("N ", "data", "products", "0 in", "forbidden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A word and its formula, the axes on which it holds and its condition over the call, "" for
    none; `covers` the wrong points that it predicts."""

    word: str
    text: str
    on: str
    where: str
    covers: frozenset[int]


def names_of(kind: str, points: Sequence[Point]) -> list[str]:
    """Measured rules for the wrong points, word by word; those of one condition are one rule."""
    merged: dict[tuple[str, str], list[str]] = {}
    for word in SPEAKS_OF:
        for each in rules_of(kind, word, points):
            merged.setdefault((each.on, each.where), []).append(f"{word} = {each.text}")
    return [
        ", ".join(texts) + (f"{ON_SOME}{on}" if on else "") + (f"{UNDER}{where}" if where else "")
        for (on, where), texts in merged.items()
    ]


def rules_of(kind: str, word: str, points: Sequence[Point]) -> list[Found]:
    """Rules of one word, those first that cover most of its wrong points."""
    shown = [p for p in points if word in p.measured]
    left = {i for i, p in enumerate(shown) if p.measured[word] != p.by_text[word]}
    if not left:
        return []
    rules: list[Found] = []
    search = _Search(kind, word, shown)
    while left and len(rules) < MOST_MEASURED:
        found = search.for_most(left)
        if found is None:
            break
        rules.append(found)
        left -= found.covers
    return [each for each in rules if not _is_in_others(each, rules)]


def _is_in_others(rule: Found, rules: Sequence[Found]) -> bool:
    """Does a later rule, which came without it, cover all that it covers?"""
    later = rules[rules.index(rule) + 1 :]
    return any(rule.covers <= other.covers for other in later)


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


class _Search:
    """Rules of one word: which statements, of the call and of the axis, hold for which points."""

    def __init__(self, kind: str, word: str, points: Sequence[Point]) -> None:
        self._word, self._points = word, points
        self._values = np.array([p.measured[word] for p in points], np.int64)
        self._wrong = self._values != np.array([p.by_text[word] for p in points], np.int64)
        on_axes = [Expression(text, ON_AXES) for text in _OF_AN_AXIS] if kind == AXIS else []
        self._texts = [a.text for a in _of_calls()] + [f"{_AXES}{e.text}" for e in on_axes]
        rows = [[*_of_case(p.case), *(_on(e, p) for e in on_axes)] for p in points]
        self._truth: Truth = np.array(rows, bool).T.reshape(len(self._texts), len(points))
        self._made: dict[str, NDArray[np.int64]] = {}

    def for_most(self, left: set[int]) -> Found | None:
        """The rule that covers most of what is left: a linear one where that covers all of it."""
        found: list[Found] = []
        for thorough in (False, True):
            most = MOST_THOROUGH if thorough else MOST_WAYS
            tried = (
                next(self._wherever(left, most, thorough=thorough), None),
                next(self._of_wrong(left, most, thorough=thorough), None),
            )
            found += [each for each in tried if each is not None and each.covers & left]
            if any(each.covers >= left for each in found):
                break
        return min(
            found,
            key=lambda e: (-len(e.covers & left), len(e.text) + len(e.on) + len(e.where)),
            default=None,
        )

    def _wherever(self, left: set[int], most: int, *, thorough: bool) -> Iterator[Found]:
        """Rules that hold for all points for which one or two statements do."""
        for chosen in self._ways(left)[:most]:
            inside = self._truth[chosen].all(axis=0) if chosen else np.ones(len(self._points), bool)
            text = self._formula(np.flatnonzero(inside), thorough=thorough)
            if text:
                yield self._found(text, chosen)

    def _of_wrong(self, left: set[int], most: int, *, thorough: bool) -> Iterator[Found]:
        """Rules for wrong points alone, with a condition that tells these from all others."""
        parts = {frozenset(i for i in left if row[i]) for row in self._truth} | {frozenset(left)}
        for part in sorted(parts, key=lambda p: (-len(p), sorted(p)))[:most]:
            text = self._formula(np.array(sorted(part), np.int64), thorough=thorough)
            found = self._with_condition(text) if text else None
            if found:
                yield found

    def _ways(self, left: set[int]) -> list[list[int]]:
        """No statement; then one or two, those first that hold for most of what is left and for
        little that is right."""
        wrong, right = self._truth[:, sorted(left)], self._truth[:, ~self._wrong]
        rights = max(right.shape[1], 1)
        share = wrong.mean(axis=1) - right.sum(axis=1) / rights
        ones = [i for i in np.argsort(-share, kind="stable").tolist() if wrong[i].any()]
        ways = [([i], float(share[i])) for i in ones]
        for a, i in enumerate(ones[:PAIRED]):
            for j in ones[a + 1 : PAIRED]:
                if (wrong[i] & wrong[j]).any():
                    both = (wrong[i] & wrong[j]).mean() - (right[i] & right[j]).sum() / rights
                    ways.append(([i, j], float(both) - A_STATEMENT))
        return [[], *(way for way, _ in sorted(ways, key=lambda w: -w[1]))]

    def _formula(self, numbers: NDArray[np.int64], *, thorough: bool) -> str | None:
        rows = [_of_formulas(self._points[i].quantities) for i in numbers]
        return formula_of(rows, self._values[numbers].tolist(), thorough=thorough)

    def _predicted(self, text: str) -> NDArray[np.int64]:
        """The formula's value at each point; none that could be measured where it has none."""
        if text not in self._made:
            made = formula(text, SPEAKS_OF[self._word])
            self._made[text] = np.array([_value(made, p) for p in self._points], np.int64)
        return self._made[text]

    def _found(self, text: str, chosen: Sequence[int]) -> Found:
        inside = self._truth[list(chosen)].all(axis=0)
        covered = inside & self._wrong & (self._predicted(text) == self._values)
        texts = [self._texts[i] for i in chosen]
        return Found(
            word=self._word,
            text=text,
            on=" and ".join(t.removeprefix(_AXES) for t in texts if t.startswith(_AXES)),
            where=" and ".join(t for t in texts if not t.startswith(_AXES)),
            covers=frozenset(np.flatnonzero(covered).tolist()),
        )

    def _with_condition(self, text: str) -> Found | None:
        """The rule with the shortest condition that tells the wrong points that it predicts from
        all that speak against it."""
        true = self._predicted(text) == self._values
        inside, outside = np.flatnonzero(true & self._wrong), np.flatnonzero(~true)
        if not len(outside):
            return self._found(text, [])
        kept = np.flatnonzero(self._truth[:, inside].all(axis=1))
        apart = ~self._truth[kept][:, outside]
        for count in (1, 2, 3):
            chosen = next(covering(apart, count), None)
            if chosen is not None:
                return self._found(text, [int(kept[i]) for i in chosen])
        return None


def _of_formulas(quantities: Mapping[str, int]) -> dict[str, int]:
    """Without the numbers that conditions are for: a formula would hide one in them."""
    return {name: v for name, v in quantities.items() if name not in ("axis", "rank")}


def _value(made: Formula, point: Point) -> int:
    try:
        return made(point.quantities)
    except FormulaError:
        return _NOWHERE
