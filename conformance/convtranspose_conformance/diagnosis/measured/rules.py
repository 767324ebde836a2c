"""From measured points to rules: formulas, each with the shortest condition under which nothing
that was measured speaks against it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ...measuring.formula import formula_of
from ...measuring.points import AXIS, Point
from ...rules.faults.formula import Formula, FormulaError, formula
from ...rules.faults.measured import SPEAKS_OF
from ..conditions.contrast import Truth, covering
from ..thresholds import A_STATEMENT, MOST_MEASURED, MOST_THOROUGH, MOST_WAYS, PAIRED, WIDENED
from .found import NOWHERE, Found
from .statements import of_axes, of_calls, of_point

Covers = frozenset[int]  # wrong points that a rule predicts, by number
_Covering = tuple[Found, Covers]


def rules_of(kind: str, word: str, points: Sequence[Point], kept: Sequence[Found]) -> list[Found]:
    """Rules of one word, those first that cover most of its wrong points; with those `kept`, which
    no point refutes."""
    shown = [p for p in points if word in p.measured]
    left = {i for i, p in enumerate(shown) if p.measured[word] != p.by_text[word]}
    rules = {r: frozenset(i for i in left if r.explains(shown[i])) for r in kept}
    left -= frozenset[int]().union(*rules.values())
    if not left:
        return list(rules)
    search = _Search(kind, word, shown)
    while left and len(rules) < MOST_MEASURED:
        found, covers = search.for_most(left)
        if found is None:
            break
        rules[found] = covers
        left -= covers
    return [each for each in rules if not _is_in_others(each, rules)]


def _is_in_others(rule: Found, rules: Mapping[Found, Covers]) -> bool:
    """Does a later rule, which came without it, cover all that it covers?"""
    order = list(rules)
    later = order[order.index(rule) + 1 :]
    return any(rules[rule] <= rules[other] for other in later)


class _Search:
    """Rules of one word: which statements, of the call and of the axis, hold for which points."""

    def __init__(self, kind: str, word: str, points: Sequence[Point]) -> None:
        self._kind, self._word, self._points = kind, word, points
        self._values = np.array([p.measured[word] for p in points], np.int64)
        self._wrong = self._values != np.array([p.by_text[word] for p in points], np.int64)
        self._of_calls = [a.text for a in of_calls()]
        self._texts = self._of_calls + [e.text for e in of_axes()] * (kind == AXIS)
        rows = [of_point(point) for point in points]
        self._truth: Truth = np.array(rows, bool).T.reshape(len(self._texts), len(points))
        self._made: dict[str, NDArray[np.int64]] = {}

    def for_most(self, left: set[int]) -> tuple[Found | None, Covers]:
        """The rule that covers most of what is left: a linear one where that covers all of it."""
        rules: dict[Found, Covers] = {}
        for thorough in (False, True):
            most = MOST_THOROUGH if thorough else MOST_WAYS
            tried = (
                next(self._wherever(left, most, thorough=thorough), None),
                next(self._of_wrong(left, most, thorough=thorough), None),
            )
            wider = (self._widest(each) for each in tried if each is not None)
            rules |= {each: covers for each, covers in wider if covers & left}
            if any(covers >= left for covers in rules.values()):
                break
        ranked = sorted(rules.items(), key=lambda f: (-len(f[1] & left), f[0].length))
        return ranked[0] if ranked else (None, frozenset())

    def _wherever(self, left: set[int], most: int, *, thorough: bool) -> Iterator[_Covering]:
        """Rules that hold for all points for which one or two statements do."""
        for tried, chosen in enumerate(self._ways(left, most, thorough), start=1):
            inside = self._truth[chosen].all(axis=0) if chosen else np.ones(len(self._points), bool)
            text = self._formula(np.flatnonzero(inside), tried, thorough=thorough)
            if text:
                yield self._found(text, chosen)

    def _of_wrong(self, left: set[int], most: int, *, thorough: bool) -> Iterator[_Covering]:
        """Rules for wrong points alone, with a condition that tells these from all others."""
        parts = {frozenset(i for i in left if row[i]) for row in self._truth} | {frozenset(left)}
        by_size = sorted(parts, key=lambda p: (-len(p), sorted(p)))[:most]
        for tried, part in enumerate(by_size, start=1):
            numbers = np.array(sorted(part), np.int64)
            text = self._formula(numbers, tried, thorough=thorough)
            found = self._with_condition(text, left) if text else None
            if found:
                yield found

    def _ways(self, left: set[int], most: int, thorough: bool) -> list[list[int]]:
        """No statement; then one or two, those first that hold for most of what is left and for
        little that is right. Where a formula is found at once, every single statement last: of
        several causes one may hold for much that is right."""
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
        first = [[], *(way for way, _ in sorted(ways, key=lambda w: -w[1]))][:most]
        return first if thorough else first + [[i] for i in ones if [i] not in first]

    def _formula(self, numbers: NDArray[np.int64], tried: int, *, thorough: bool) -> str | None:
        """The formula of these points, the `tried`-th choice of points that one is looked for: each
        is a chance more to fit."""
        rows = [_of_formulas(self._points[i].quantities) for i in numbers]
        values = self._values[numbers].tolist()
        return formula_of(rows, values, thorough=thorough, spare=float(np.log2(tried)))

    def _predicted(self, text: str) -> NDArray[np.int64]:
        """The formula's value at each point; none that could be measured where it has none."""
        if text not in self._made:
            made = formula(text, SPEAKS_OF[self._word])
            self._made[text] = np.array([_value(made, p) for p in self._points], np.int64)
        return self._made[text]

    def _found(self, text: str, chosen: Sequence[int]) -> _Covering:
        inside = self._truth[list(chosen)].all(axis=0)
        covered = inside & self._wrong & (self._predicted(text) == self._values)
        calls = len(self._of_calls)
        rule = Found(
            kind=self._kind,
            word=self._word,
            text=text,
            on=" and ".join(self._texts[i] for i in chosen if i >= calls),
            where=" and ".join(self._texts[i] for i in chosen if i < calls),
        )
        return rule, frozenset(np.flatnonzero(covered).tolist())

    def _widest(self, given: _Covering) -> _Covering:
        """The same formula under no statement, or one, or two, where these hold for more of the
        wrong points, or for as many with one less, and nothing that was measured speaks against
        it."""
        text = given[0].text
        true: NDArray[np.bool_] = np.asarray(self._predicted(text) == self._values)
        if true.all():
            return self._found(text, [])
        covered, false = self._truth[:, true & self._wrong], self._truth[:, ~true]
        count, ones = covered.sum(axis=1), np.logical_not(false.any(axis=1))
        best, most = list[int](), len(given[1])
        widest = int(np.argmax(count * ones))
        if ones[widest] and count[widest] >= most + (given[0].statements == 1):
            best, most = [widest], int(count[widest])
        order = [i for i in np.argsort(-count, kind="stable").tolist() if count[i] > most]
        for i, j in combinations(order[:WIDENED], 2):
            both = int((covered[i] & covered[j]).sum())
            if both > most and not (false[i] & false[j]).any():
                best, most = [i, j], both
        return self._found(text, best) if best else given

    def _with_condition(self, text: str, left: set[int]) -> _Covering | None:
        """The rule with the shortest condition that tells the wrong points that it predicts, or
        those of them that are left, from all that speak against it."""
        true = self._predicted(text) == self._values
        outside = np.flatnonzero(~true)
        if not len(outside):
            return self._found(text, [])
        numbers = np.flatnonzero(true & self._wrong)
        rest = np.array([i for i in numbers if i in left], np.int64)
        return next(filter(None, (self._apart(text, i, outside) for i in (numbers, rest))), None)

    def _apart(
        self, text: str, inside: NDArray[np.int64], outside: NDArray[np.int64]
    ) -> _Covering | None:
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
        return NOWHERE
