"""Expressions grown from the leaves up, of which one is kept for each column of values: two that
have the same values everywhere are one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.int64]
MOST_LEAVES = 4
MOST_KEPT = 40_000
"""Expressions kept of one size."""
CONSTANTS = (1, 2, 0)
_SUM, _PRODUCT, _ATOM = range(3)  # how tightly a text holds together


@dataclass(frozen=True, slots=True)
class _Operation:
    """`text` of two parts, each bracketed unless it holds together as tightly as `left`, `right`;
    the whole holds together as `holds`."""

    text: str
    of: Callable[[Column, Column], Column]
    symmetric: bool
    left: int
    right: int
    holds: int
    divides: bool = False


_OPERATIONS = (
    _Operation("{} + {}", np.add, True, _SUM, _SUM, _SUM),
    _Operation("{} - {}", np.subtract, False, _SUM, _PRODUCT, _SUM),
    _Operation("floor({} / {})", np.floor_divide, False, _PRODUCT, _ATOM, _ATOM, True),
    _Operation("{} % {}", np.remainder, False, _PRODUCT, _ATOM, _PRODUCT, True),
    _Operation("ceil({} / {})", lambda a, b: -(-a // b), False, _PRODUCT, _ATOM, _ATOM, True),
    _Operation("max({}, {})", np.maximum, True, _SUM, _SUM, _ATOM),
    _Operation("min({}, {})", np.minimum, True, _SUM, _SUM, _ATOM),
    _Operation("{} * {}", np.multiply, True, _PRODUCT, _ATOM, _PRODUCT),
)
_ADD, _SUBTRACT = _OPERATIONS[:2]
_Text = tuple[str, int]


class _Grown:
    """Expressions by size, the number of their leaves; each column of values once."""

    def __init__(self, leaves: Mapping[str, Column]) -> None:
        count = len(next(iter(leaves.values())))
        # the sum of a column's products with these is as good as the column: 2 in 2**64 are alike
        self._factors = np.random.default_rng(4).integers(1, 2**62, count) | 1
        # constants first: of two that fit alike, the one that says less of a call
        texts: list[_Text] = [(str(k), _ATOM) for k in CONSTANTS]
        texts += [(t, _ATOM if " " not in t else _PRODUCT) for t in leaves]
        columns = np.array([*(np.full(count, k) for k in CONSTANTS), *leaves.values()], np.int64)
        self.columns, self.texts, self.marks = columns, texts, self.mark(columns)
        self.ends = [0, len(texts)]  # of each size

    def mark(self, columns: Column) -> Column:
        with np.errstate(over="ignore"):
            return np.asarray((columns * self._factors).sum(axis=-1))

    def of_size(self, size: int) -> range:
        return range(self.ends[size - 1], self.ends[size])

    def grow(self) -> None:
        """Adds the expressions with one leaf more."""
        size, known, kept = len(self.ends), set(self.marks.tolist()), 0
        made: list[Column] = []
        for first in range(1, size):
            for operation in _OPERATIONS:
                if (operation.symmetric and first > size - first) or kept >= MOST_KEPT:
                    continue
                kept += self._combine(operation, first, size - first, known, made)
        if made:
            self.columns = np.concatenate([self.columns, np.array(made)])
        self.marks = self.mark(self.columns)
        self.ends.append(len(self.texts))

    def _combine(
        self, operation: _Operation, one: int, other: int, known: set[int], made: list[Column]
    ) -> int:
        left, right = self.of_size(one), self.of_size(other)
        X, Y = self.columns[left.start : left.stop], self.columns[right.start : right.stop]
        if operation.divides:
            right = np.flatnonzero((Y > 0).all(axis=1)) + right.start  # type: ignore[assignment]
            Y = self.columns[right]
        if not len(X) or not len(Y):
            return 0
        values = operation.of(X[:, None], Y[None])
        marks, count = self.mark(values), 0
        for flat, mark in enumerate(marks.ravel().tolist()):
            if mark not in known:
                known.add(mark)
                i, j = divmod(flat, len(Y))
                made.append(values[i, j])
                self.texts.append(_joined(operation, self.texts[left[i]], self.texts[right[j]]))
                count += 1
                if count >= MOST_KEPT:
                    break
        return count

    def find(self, mark: int) -> str | None:
        at = np.flatnonzero(self.marks == mark)
        return self.texts[at[0]][0] if len(at) else None

    def sum_of_two(self, mark: int) -> str | None:
        """A difference or a sum of two that are known."""
        order = np.argsort(self.marks)
        ranked = self.marks[order]
        with np.errstate(over="ignore"):
            wanted = ((_ADD, mark - self.marks), (_SUBTRACT, self.marks - mark))
        for operation, rest in wanted:
            at = np.minimum(np.searchsorted(ranked, rest), len(ranked) - 1)
            pairs = [(i, int(order[at[i]])) for i in np.flatnonzero(ranked[at] == rest)]
            if pairs:
                i, j = min(pairs, key=lambda p: sum(len(self.texts[k][0]) for k in p))
                return _joined(operation, self.texts[i], self.texts[j])[0]
        return None


def _joined(operation: _Operation, one: _Text, other: _Text) -> _Text:
    left = one[0] if one[1] >= operation.left else f"({one[0]})"
    right = other[0] if other[1] >= operation.right else f"({other[0]})"
    return operation.text.format(left, right), operation.holds


def smallest(leaves: Mapping[str, Column], target: Column, bits: float) -> str | None:
    """The expression of the fewest leaves that has these values, of at most 2**`bits` of them; None
    where none has that is small enough."""
    if not leaves:
        return None
    grown = _Grown(leaves)
    mark = int(grown.mark(target))
    for size in range(1, MOST_LEAVES):
        if size > 1:
            grown.grow()
        if np.log2(len(grown.texts)) > bits:
            return None
        if found := grown.find(mark):
            return found
    return grown.sum_of_two(mark) if 2 * np.log2(len(grown.texts)) <= bits else None


def larger_or_smaller(leaves: Mapping[str, Column], target: Column, bits: float) -> str | None:
    """max(a, b) or min(a, b) with these values, where a and b are constants, quantities, and sums
    and differences of two of them; None where none of at most 2**`bits` is it."""
    sums = _sums(leaves, len(target))
    texts, columns = list(sums), np.array(list(sums.values()), np.int64)
    if 2 * np.log2(len(texts)) > bits:
        return None
    # what is never above the target is a part of a maximum of which each value is one of two
    for word, within in (("max", columns <= target), ("min", columns >= target)):
        numbers = np.flatnonzero(within.all(axis=1))
        reached = columns[numbers] == target
        numbers, reached = numbers[reached.any(axis=1)], reached[reached.any(axis=1)]
        pairs = (
            (len(texts[numbers[i]]) + len(texts[numbers[j]]), texts[numbers[i]], texts[numbers[j]])
            for i, row in enumerate(reached)
            for j in np.flatnonzero((row | reached[i + 1 :]).all(axis=1)) + i + 1
        )
        if shortest := min(pairs, default=None):
            return f"{word}({shortest[1]}, {shortest[2]})"
    return None


def _sums(leaves: Mapping[str, Column], count: int) -> dict[str, Column]:
    """Constants, quantities, and sums and differences of two of them, each column once."""
    ones = {str(k): np.full(count, k) for k in CONSTANTS} | dict(leaves)
    twos = {
        operation.text.format(one, other): operation.of(ones[one], ones[other])
        for operation in (_ADD, _SUBTRACT)
        for one in leaves
        for other in ones
        if one != other
    }
    once: dict[bytes, str] = {}
    for text, column in (ones | twos).items():
        once.setdefault(column.astype(np.int64).tobytes(), text)
    return {text: (ones | twos)[text] for text in once.values()}
