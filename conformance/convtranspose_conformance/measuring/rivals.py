"""Other formulas that say the same of all that was measured: calls of which they say something else
are what can refute a formula."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..rules.faults.formula import Column, FormulaError, formula

Row = Mapping[str, int]
Truth = NDArray[np.bool_]
CONSTANTS = (0, 1, 2, 3)
_TOKEN = re.compile(r"\b(?!(?:floor|ceil|trunc|max|min)\b)(?:[A-Za-z_]+|\d+)\b")
_NO_RIVALS = 0


def told_apart(
    text: str, measured: Sequence[Row], values: Sequence[int], elsewhere: Sequence[Row]
) -> Truth:
    """Rival x row elsewhere: does it say something else there than the formula? Of the formulas
    near to it, and of simple ones, that have these values where it was measured; those alike
    elsewhere once."""
    rows = [*measured, *elsewhere]
    names = [name for name in rows[0] if all(name in row for row in rows)] if rows else []
    columns = {name: np.array([row[name] for row in rows], np.int64) for name in names}
    count, inside = len(rows), len(measured)
    target = np.array(values, np.int64)
    try:
        mine = formula(text, frozenset(names)).column(columns, count)[inside:]
    except FormulaError:
        return np.zeros((_NO_RIVALS, len(elsewhere)), bool)
    found: dict[bytes, Truth] = {}
    for values_of in (*_near(text, columns, count), *_simple(columns, count)):
        agree = (values_of[:, :inside] == target).all(axis=1)
        for other in values_of[agree, inside:] != mine:
            found.setdefault(other.tobytes(), other)
    differing = [other for other in found.values() if other.any()]
    return np.array(differing, bool).reshape(len(differing), len(elsewhere))


def _near(text: str, columns: Mapping[str, Column], count: int) -> Iterator[NDArray[np.int64]]:
    """The formula with another quantity or constant in one of its places, with a quantity more or
    less there, or held above 0 or 1."""
    words = (*columns, *map(str, CONSTANTS))
    texts = {f"max({text}, 0)", f"max({text}, 1)"}
    for place in _TOKEN.finditer(text):
        here, before, behind = place.group(), text[: place.start()], text[place.end() :]
        more = (f"({here} {sign} {word})" for sign in "+-" for word in columns)
        texts |= {before + other + behind for other in (*words, *more)}
    made = [_column(other, columns, count) for other in sorted(texts - {text})]
    known = [column for column in made if column is not None]
    if known:
        yield np.array(known)


def _column(text: str, columns: Mapping[str, Column], count: int) -> Column | None:
    try:
        return formula(text, frozenset(columns)).column(columns, count)
    except FormulaError:
        return None


def _simple(columns: Mapping[str, Column], count: int) -> Iterator[NDArray[np.int64]]:
    """Sums of two quantities and a constant, whole, halved, and held above 0; of channels, their
    remainders."""
    leaves = [np.zeros(count, np.int64), *columns.values()]
    if {"input", "stride"} <= columns.keys():
        leaves.append(columns["input"] * columns["stride"])
    base = np.array(leaves)
    for sign, constant in product((1, -1), (-1, 0, 1)):
        sums = (base[:, None] + sign * base[None] + constant).reshape(-1, count)
        yield sums
        yield sums // 2
        yield np.maximum(sums, 0)
        if "group" in columns:
            for divisor in columns.values():
                if (divisor > 0).all():
                    yield sums % divisor
                    yield sums // divisor
