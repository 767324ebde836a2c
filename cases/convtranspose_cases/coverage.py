"""How many pairs and triples of attribute values a set of cases holds, counted from the calls
themselves.

Independent of how the grid was made: each case is read back into the rows of factor values that
make its very call.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from math import floor, prod
from typing import Any

from convtranspose_reference.attributes import AUTO_PADS

from .case import Case
from .suites.grids.conv_transpose import FACTORS, case_of, triple

Row = dict[str, Any]  # factor -> value


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of all combinations of values of `strength` factors, how many are `present` and how many are
    `possible`."""

    strength: int
    present: int
    possible: int

    @property
    def percent(self) -> float:
        """Rounded down to a tenth: 100 only where nothing is missing."""
        return floor(1000 * self.present / self.possible) / 10


def _sizes(case: Case, name: str) -> Callable[[str], bool]:
    given = getattr(case.attributes, name)
    return lambda value: given is None if value == "absent" else given == triple(value, case.rank)


def _readers(case: Case) -> dict[str, Callable[[Any], bool]]:
    """Factor -> can the case show this value? What it shows of `padding` and `output_padding` is
    decided by making the call."""
    given = case.attributes
    channels = "_".join(map(str, (case.group, case.x_shape[1], case.maps)))
    return {
        "rank": lambda value: value == case.rank,
        "kernel": lambda value: triple(value, case.rank) == case.w_shape[2:],
        "strides": _sizes(case, "strides"),
        "dilations": _sizes(case, "dilations"),
        "padding": lambda value: (
            next((word for word in AUTO_PADS if value.startswith(word)), None) == given.auto_pad
            and ("crop" in value or "beyond" in value) is (given.output_shape is not None)
        ),
        "output_padding": lambda value: (value == "absent") is (given.output_padding is None),
        "channels": lambda value: value == channels,
        "bias": lambda value: value is case.bias,
        "batch": lambda value: value == case.x_shape[0],
        "initializer": lambda value: value is case.initializer,
        "numbers": lambda value: value == f"{case.dtype} {case.data}",
    }


def rows_of(case: Case) -> Iterator[Row]:
    """The rows of the grid that make this call: none for a call off the grid, several where values
    coincide, as a crop by 3 or by 1 of a size of 2."""
    readers = _readers(case)
    candidates = [[v for v in values if readers[name](v)] for name, values in FACTORS.items()]
    for values in product(*candidates):
        row = dict(zip(FACTORS, values, strict=True))
        if case_of(case.suite, row) == case:
            yield row


def coverage(cases: Iterable[Case], strength: int) -> Coverage:
    """The coverage of the grid's factors by cases, whatever made them."""
    rows = [tuple(row.values()) for case in cases for row in rows_of(case)]
    chosen = list(combinations(range(len(FACTORS)), strength))
    sizes = [len(values) for values in FACTORS.values()]
    present = sum(len({tuple(row[i] for i in factors) for row in rows}) for factors in chosen)
    return Coverage(
        strength=strength,
        present=present,
        possible=sum(prod(sizes[i] for i in factors) for factors in chosen),
    )
