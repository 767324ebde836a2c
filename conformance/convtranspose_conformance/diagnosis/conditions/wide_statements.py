"""Statements for conditions of errors: every quantity of a call compared with every other one, axis
by axis, and with small numbers, and which attributes are written down. Truths are worked out for
all of them at once."""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.facts import Facts

Truths = NDArray[np.bool_]
Values = NDArray[np.float64]
_Relation = Callable[[Values, Values], Truths]

# a letter for its elements, and the quantity as a predicate has it; one value an axis
QUANTITIES = (
    ("k", "effective_kernel"),
    ("o", "output_padding"),
    ("s", "strides"),
    ("d", "dilations"),
    ("b", "pads[:rank]"),
    ("e", "pads[rank:]"),
    ("i", "input"),
    ("w", "kernel"),
    ("t", "total_padding"),
    ("y", "output"),
    ("n", "natural"),
    ("g", "output_shape"),
)
COUNTS = ("N", "C", "M", "group", "rank", "C // max(group, 1)", "M // max(group, 1)", "products")
PAIRS = tuple(combinations(("C", "M", "group", "N"), 2))
RELATIONS: dict[str, _Relation] = {
    "<=": np.less_equal,
    "<": np.less,
    ">=": np.greater_equal,
    ">": np.greater,
    "==": np.equal,
}
# what says something of an axis; two of them at one axis are a statement
FLAGS = (
    ("k", "effective_kernel", 1),
    ("o", "output_padding", 0),
    ("s", "strides", 1),
    ("d", "dilations", 1),
    ("b", "pads[:rank]", 0),
    ("e", "pads[rank:]", 0),
    ("i", "input", 1),
    ("t", "total_padding", 0),
)
CONSTANTS = (0, 1, 2, 3, 4, 5, 8)
LARGE = (*CONSTANTS, 16, 64, 256)
ATTRIBUTES = ("strides", "dilations", "pads", "output_padding", "auto_pad", "group")


@cache
def wide_texts() -> tuple[str, ...]:
    """Every statement, in the order of `wide_truths`; the plainer of two comes first."""
    return tuple(_texts())


def _texts() -> Iterator[str]:
    yield from ("1 < group == C == M", "1 < group == C")  # depthwise
    yield from (f"'{name}' in given" for name in ATTRIBUTES)
    yield from (f"'{name}' not in given" for name in ATTRIBUTES)
    for count in COUNTS:
        for constant in LARGE:
            yield from (f"{count} > {constant}", f"{count} <= {constant}")
    for one, other in PAIRS:
        yield from (f"{one} {relation} {other}" for relation in RELATIONS)
    for (x, one, low), (y, other, lower) in combinations(FLAGS, 2):
        yield f"any([{x} > {low} and {y} > {lower} for {x}, {y} in zip({one}, {other})])"
    for quantifier in ("any", "all"):
        for (x, one), (y, other) in combinations(QUANTITIES, 2):
            for relation in RELATIONS:
                pairs = f"for {x}, {y} in zip({one}, {other})"
                yield f"{quantifier}([{x} {relation} {y} {pairs}])"
    for quantifier in ("any", "all"):
        for x, one in QUANTITIES:
            for constant in CONSTANTS:
                yield f"{quantifier}([{x} > {constant} for {x} in {one}])"
                yield f"{quantifier}([{x} <= {constant} for {x} in {one}])"
            yield f"{quantifier}([{x} % 2 == 1 for {x} in {one}])"
            yield f"{quantifier}([{x} % 2 == 0 for {x} in {one}])"


@lru_cache(maxsize=2**12)
def wide_truths(case: Case) -> Truths:
    """Which of `wide_texts` hold for a legal call; of a forbidden one, which lacks some quantities,
    none."""
    if case.refusal() is not None:
        return np.zeros(len(wide_texts()), bool)
    known = Facts(case)
    depthwise = known["group"] == known["C"] > 1
    parts = [
        np.array([depthwise and known["M"] == known["C"], depthwise]),
        *_of_attributes(known),
        *_of_counts(known),
        *_of_quantities(known),
    ]
    return np.concatenate(parts)


def _of_attributes(known: Facts) -> Iterator[Truths]:
    given = np.array([name in known["given"] for name in ATTRIBUTES])
    yield from (given, ~given)


def _of_counts(known: Facts) -> Iterator[Truths]:
    group = max(known["group"], 1)
    derived = {"C // max(group, 1)": known["C"] // group, "M // max(group, 1)": known["M"] // group}
    values = np.array([derived[n] if n in derived else known[n] for n in COUNTS], np.float64)
    above: Truths = np.greater(values[:, None], np.array(LARGE))
    yield np.stack([above, ~above], axis=2).reshape(-1)
    ones, others = (np.array([known[pair[i]] for pair in PAIRS], np.float64) for i in (0, 1))
    yield np.stack([holds(ones, others) for holds in RELATIONS.values()], axis=1).reshape(-1)


def _of_quantities(known: Facts) -> Iterator[Truths]:
    """Comparisons of two quantities, then of each with constants; what is not there fits "all" and
    never "any"."""
    values = np.array([_values(known, name) for _, name in QUANTITIES], np.float64)
    flags = np.array([np.array(_values(known, name)) > low for _, name, low in FLAGS])
    one, other = np.array(list(combinations(range(len(FLAGS)), 2))).T
    yield (flags[one] & flags[other]).any(axis=1)
    there: Truths = np.asarray(~np.isnan(values).all(axis=1))
    first, second = np.array(list(combinations(range(len(QUANTITIES)), 2))).T
    pairs = np.stack([holds(values[first], values[second]) for holds in RELATIONS.values()], axis=1)
    both = (there[first] & there[second])[:, None]
    yield (pairs.any(axis=2) & both).reshape(-1)
    yield (pairs.all(axis=2) | ~both).reshape(-1)
    above = values[:, None, :] > np.array(CONSTANTS)[None, :, None]
    sides = np.stack([above, ~above], axis=2).reshape(len(QUANTITIES), -1, values.shape[1])
    odd: Truths = np.asarray(np.where(np.isnan(values), 0, values).astype(np.int64) % 2 == 1)
    tests: Truths = np.concatenate([sides, odd[:, None, :], ~odd[:, None, :]], axis=1)
    here = there[:, None]
    yield (tests.any(axis=2) & here).reshape(-1)
    yield (tests.all(axis=2) | ~here).reshape(-1)


def _values(known: Facts, name: str) -> list[float]:
    """One value an axis; NaN for what is not given."""
    rank = known["rank"]
    if name.startswith("pads"):
        values = known["pads"][:rank] if name == "pads[:rank]" else known["pads"][rank:]
    else:
        values = known[name]
    return [*values] or [float("nan")] * rank
