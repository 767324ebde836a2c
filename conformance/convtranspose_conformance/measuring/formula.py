"""The shortest formula over ONNX's own quantities that has a measured value in every configuration.

Two searches, both exact: integer programming (HiGHS) finds the integer coefficients of least sum of
a linear formula, or of one that is halved; enumeration from the leaves up, which keeps one
expression for each column of values, finds maxima, minima, products and remainders.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..rules.faults.formula import formula
from .expressions import larger_or_smaller, smallest

Row = Mapping[str, int]
Column = NDArray[np.int64]
Numbers = NDArray[np.intp]

LARGEST_COEFFICIENT = 3
SPARE = 8.0
"""Bits that the values hold beyond those that tell a formula from all others of its length: with
fewer, one in some hundreds would fit by chance."""
A_TERM = 4.6
"""Bits of a term of a linear formula."""
LEAST_ROWS = 6
"""Different configurations behind any formula."""
LOOKED_AT, ADDED, MOST_TIMES = 60, 12, 6
"""Configurations that a formula is looked for in; of those that it is false of, how many are added;
times that another one is looked for."""
MOST_TERMS = 6.5
SECONDS = 2.0
_UNIT, _OF_TEXT = 0.75, 1.25  # what the constant 1 and a value of the text cost, beside a quantity


def formula_of(
    rows: Sequence[Row], values: Sequence[int], *, thorough: bool = True, spare: float = 0.0
) -> str | None:
    """The formula, as a measured rule writes it; None where there is none this short, or too few
    configurations to tell. Not `thorough`: linear ones alone, which are found at once. `spare`:
    bits that the values have to hold beyond those usual, where more than these rows are tried."""
    table = _Table.of(rows, values, SPARE + spare)
    if table is None:
        return None
    return table.told(lambda few: few.quick()) or (
        table.told(lambda few: few.grown()) if thorough else None
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """Different configurations: a column for each quantity, and the values sought."""

    columns: dict[str, Column]
    target: Column
    bits: float
    spare: float

    @classmethod
    def of(cls, rows: Sequence[Row], values: Sequence[int], spare: float) -> "_Table | None":
        if not rows:
            return None
        names = [name for name in rows[0] if all(name in row for row in rows)]
        lines = np.unique(
            np.array(
                [[*(row[name] for name in names), v] for row, v in zip(rows, values, strict=True)],
                np.int64,
            ),
            axis=0,
        )
        if len(lines) < LEAST_ROWS:
            return None
        columns = {name: lines[:, i] for i, name in enumerate(names)}
        return cls(columns, lines[:, -1], _bits(lines[:, -1]), spare)

    def where(self, keep: Numbers) -> "_Table":
        """Some of the rows; they hold the bits of all."""
        columns = {name: c[keep] for name, c in self.columns.items()}
        return replace(self, columns=columns, target=self.target[keep])

    def told(self, search: "Callable[[_Table], str | None]") -> str | None:
        """What a search finds in some of the rows, and in more of them until it is true of all."""
        every = np.arange(len(self.target))
        chosen = every[:: max(len(every) // LOOKED_AT, 1)][:LOOKED_AT]
        for _ in range(MOST_TIMES):
            text = search(self.where(chosen))
            false = np.flatnonzero(self.value(text) != self.target) if text is not None else every
            if text is None or not len(false):
                return text
            chosen = np.union1d(chosen, false[:: max(len(false) // ADDED, 1)][:ADDED])
        return None

    def quick(self) -> str | None:
        """A constant or a quantity, a linear formula, one that is halved, down or towards 0, or
        held above 0, or the larger or smaller of two short sums."""
        ways = (partial(self.linear, 1), partial(self.linear, 2), self.halved_as_in_c)
        for way in (self.leaf, *ways, self.clamped, self.of_two):
            if (found := way()) is not None:
                return found
        return None

    def leaf(self) -> str | None:
        """A constant, of as many rows as say as much; or one quantity."""
        if (self.target == self.target[0]).all():
            return str(int(self.target[0])) if len(self.target) >= self.spare else None
        if self.bits < self.spare:
            return None
        return next((n for n, c in self.columns.items() if (c == self.target).all()), None)

    def _terms(self) -> dict[str, Column]:
        """What a linear formula adds up: quantities that vary, input * stride, and by how much the
        outputs are more than a number of strides."""
        terms = {n: c for n, c in self.columns.items() if (c != c[0]).any()}
        if {"input", "stride"} <= terms.keys():
            terms["input * stride"] = self.columns["input"] * self.columns["stride"]
        if {"output_padding", "stride"} <= terms.keys():
            rest = self.columns["output_padding"] % self.columns["stride"]
            if (rest != self.columns["output_padding"]).any():
                terms["output_padding % stride"] = rest
        return terms

    def linear(self, over: int) -> str | None:
        """floor(a . q / over), with the integers a of least sum."""
        text = self._sum(over * self.target, over * self.target + (over - 1))
        return text if over == 1 or not text else f"floor({_bracketed(text)} / {over})"

    def halved_as_in_c(self) -> str | None:
        """trunc(a . q / 2): halves are rounded towards 0, where that is not always down or up."""
        if not (self.target < 0).any() or not (self.target > 0).any():
            return None
        least, most = (2 * self.target + (self.target * sign <= 0) * -sign for sign in (1, -1))
        text = self._sum(least, most)
        return text and f"trunc({_bracketed(text)} / 2)"

    def _sum(self, least: Column, most: Column) -> str | None:
        """a . q, between bounds that halves, say, leave it."""
        terms = self._terms()
        found = _least(terms, least, most)
        if found is None or sum(map(abs, found)) * A_TERM + self.spare > self.bits:
            return None
        return _written(dict(zip((*terms, ""), found, strict=True)))

    def clamped(self) -> str | None:
        """A linear or halved formula, and 0 where that is below 0."""
        above = self.target > 0
        if (self.target < 0).any() or above.all() or above.sum() < LEAST_ROWS:
            return None
        # what is not above 0 tells one formula from another, too
        part = replace(self.where(np.flatnonzero(above)), bits=self.bits - A_TERM)
        for text in (part.linear(1), part.linear(2)):
            if text is not None and (np.maximum(self.value(text), 0) == self.target).all():
                return f"max({text}, 0)"
        return None

    def of_two(self) -> str | None:
        """The larger, or the smaller, of two sums of at most two terms each."""
        return larger_or_smaller(self._terms(), self.target, self.bits - self.spare)

    def value(self, text: str) -> Column:
        """A formula's column."""
        return formula(text, frozenset(self.columns)).column(self.columns, len(self.target))

    def grown(self) -> str | None:
        """The smallest expression of those that enumeration makes."""
        varying = {n: c for n, c in self._terms().items() if (c != c[0]).any()}
        return smallest(varying, self.target, self.bits - self.spare)


def _bits(target: Column) -> float:
    """What values hold: their number times their entropy."""
    _, counts = np.unique(target, return_counts=True)
    shares = counts / counts.sum()
    return float(-(shares * np.log2(shares)).sum() * len(target))


def _least(terms: Mapping[str, Column], least: Column, most: Column) -> list[int] | None:
    """The coefficients of each term and of 1, of least sum, with a sum between these bounds."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # half a second, where it is needed

    A = np.column_stack([*terms.values(), np.ones(len(least))]).astype(np.float64)
    if not _may_be_linear(A, least, most):
        return None
    cost = np.tile([_OF_TEXT if name.startswith("text_") else 1.0 for name in terms] + [_UNIT], 2)
    solved = milp(
        cost,
        constraints=[
            LinearConstraint(np.hstack([A, -A]), least, most),
            LinearConstraint(cost[None], 0, MOST_TERMS),
        ],
        integrality=np.ones(2 * A.shape[1]),
        bounds=Bounds(0, LARGEST_COEFFICIENT),
        options={"time_limit": SECONDS},
    )
    if solved.x is None:
        return None
    found = np.rint(solved.x[: A.shape[1]] - solved.x[A.shape[1] :]).astype(np.int64)
    exact = A.astype(np.int64) @ found
    return found.tolist() if ((least <= exact) & (exact <= most)).all() else None


def _may_be_linear(A: NDArray[np.float64], least: Column, most: Column) -> bool:
    """What is quick to see: are the bounds near enough to what any coefficients, whole or not,
    make?"""
    middle = (least + most) / 2
    rest = A @ np.linalg.lstsq(A, middle, rcond=None)[0] - middle
    return bool(np.linalg.norm(rest) <= np.linalg.norm((most - least) / 2) + 1e-6)


def _written(terms: Mapping[str, int]) -> str:
    """A sum, what is added before what is taken away; "" is 1."""
    words = []
    for name, a in sorted(terms.items(), key=lambda term: (term[0] == "", term[1] < 0)):
        if a:
            size = abs(a)
            word = str(size) if not name else name if size == 1 else f"{size} * {name}"
            words += ["-" if a < 0 else "+", word]
    if not words:
        return "0"
    return " ".join(words[1:] if words[0] == "+" else ["-" + words[1], *words[2:]])


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text
