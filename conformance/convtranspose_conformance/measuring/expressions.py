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
    """Expressions by size, the number of their leaves; each column of values once. What is written
    of a compound one is made when it is asked for: of thousands few are."""

    def __init__(self, leaves: Mapping[str, Column]) -> None:
        count = len(next(iter(leaves.values())))
        # the sum of a column's products with these is as good as the column: 2 in 2**64 are alike
        self._factors = np.random.default_rng(4).integers(1, 2**62, count) | 1
        # constants first: of two that fit alike, the one that says less of a call
        self._leaves: list[_Text] = [(str(k), _ATOM) for k in CONSTANTS]
        self._leaves += [(t, _ATOM if " " not in t else _PRODUCT) for t in leaves]
        # of each compound expression, from the number of leaves on: operation, left, right
        self._parts = np.empty((0, 3), np.int64)
        self._columns = np.array(
            [*(np.full(count, k) for k in CONSTANTS), *leaves.values()], np.int64
        )
        self._marks = self.mark(self._columns)
        self._ends = [0, len(self)]  # of each size

    def __len__(self) -> int:
        return len(self._leaves) + len(self._parts)

    def mark(self, columns: Column) -> Column:
        with np.errstate(over="ignore"):
            return np.asarray((columns * self._factors).sum(axis=-1))

    def grow(self) -> None:
        """Adds the expressions with one leaf more."""
        size, known, kept = len(self._ends), np.unique(self._marks), 0
        columns, parts = [self._columns], [self._parts]
        for first in range(1, size):
            for number, operation in enumerate(_OPERATIONS):
                if (operation.symmetric and first > size - first) or kept >= MOST_KEPT:
                    continue
                made, left, right, marks = self._combined(operation, first, size - first, known)
                columns.append(made)
                parts.append(np.column_stack([np.full(len(made), number), left, right]))
                known = np.concatenate([known, marks])
                kept += len(made)
        self._columns, self._parts = np.concatenate(columns), np.concatenate(parts)
        self._marks = self.mark(self._columns)
        self._ends.append(len(self))

    def _of_size(self, size: int) -> Column:
        return np.arange(self._ends[size - 1], self._ends[size])

    def _combined(
        self, operation: _Operation, one: int, other: int, known: Column
    ) -> tuple[Column, Column, Column, Column]:
        """What an operation makes of each two of these sizes, where it was not `known`: columns,
        the numbers of both parts, and marks; of those that are alike the first."""
        left, right = self._of_size(one), self._of_size(other)
        if operation.divides:
            right = right[(self._columns[right] > 0).all(axis=1)]
        values = operation.of(self._columns[left][:, None], self._columns[right][None])
        marks, firsts = np.unique(self.mark(values).ravel(), return_index=True)
        new = np.sort(firsts[~np.isin(marks, known, assume_unique=True)])[:MOST_KEPT]
        i, j = np.divmod(new, max(len(right), 1))
        made = values[i, j]
        return made, left[i], right[j], self.mark(made)

    def _text(self, number: int) -> _Text:
        if number < len(self._leaves):
            return self._leaves[number]
        operation, left, right = self._parts[number - len(self._leaves)].tolist()
        return _joined(_OPERATIONS[operation], self._text(left), self._text(right))

    def find(self, mark: int) -> str | None:
        at = np.flatnonzero(self._marks == mark)
        return self._text(int(at[0]))[0] if len(at) else None

    def sum_of_two(self, mark: int) -> str | None:
        """A difference or a sum of two that are known."""
        order = np.argsort(self._marks)
        ranked = self._marks[order]
        with np.errstate(over="ignore"):
            wanted = ((_ADD, mark - self._marks), (_SUBTRACT, self._marks - mark))
        for operation, rest in wanted:
            at = np.minimum(np.searchsorted(ranked, rest), len(ranked) - 1)
            pairs = (
                (self._text(i), self._text(int(order[at[i]])))
                for i in np.flatnonzero(ranked[at] == rest).tolist()
            )
            if shortest := min(pairs, key=lambda p: len(p[0][0]) + len(p[1][0]), default=None):
                return _joined(operation, *shortest)[0]
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
        if np.log2(len(grown)) > bits:
            return None
        if found := grown.find(mark):
            return found
    return grown.sum_of_two(mark) if 2 * np.log2(len(grown)) <= bits else None


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
    every, once = ones | twos, dict[bytes, str]()
    for text, column in every.items():
        once.setdefault(column.astype(np.int64).tobytes(), text)
    return {text: every[text] for text in once.values()}
