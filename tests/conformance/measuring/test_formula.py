"""Formulas found for columns of values: rules that real runtimes have, and none where values say
too little."""

from collections.abc import Callable
from itertools import product
from random import Random

import numpy as np
import pytest

from convtranspose_conformance.measuring.formula import formula_of
from convtranspose_conformance.rules.faults.formula import FormulaError, formula
from convtranspose_conformance.rules.faults.quantities import AXIS

Row = dict[str, int]


def _rows(number: int, seed: int = 1) -> list[Row]:
    rows = [
        {
            "input": i,
            "kernel": k,
            "stride": s,
            "dilation": d,
            "output_padding": o,
            "effective_kernel": (k - 1) * d + 1,
            "natural": s * (i - 1) + o + (k - 1) * d + 1,
        }
        for i, k, s, d, o in product(
            (1, 2, 3, 4, 5), (1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3), (0, 1, 2)
        )
        if o < max(s, d)
    ]
    return Random(seed).sample(rows, number)


RULES: dict[str, Callable[[Row], int]] = {
    "effective kernel": lambda r: (r["effective_kernel"] - 1) // 2,
    "total": lambda r: (r["natural"] - r["input"] * r["stride"]) // 2,
    "clamped": lambda r: max((r["natural"] - r["input"] * r["stride"]) // 2, 0),
    "less output_padding": lambda r: (
        (r["output_padding"] + r["natural"] - r["input"] * r["stride"]) // 2
    ),
    "kernel + dilation": lambda r: (
        (r["kernel"] + r["dilation"] + r["output_padding"] - r["stride"] - 1) // 2
    ),
    "at least stride": lambda r: r["input"] * r["stride"] + max(r["kernel"] - r["stride"], 0),
    "thirds": lambda r: r["natural"] // 3,
    "remainder": lambda r: (r["natural"] - r["input"] * r["stride"]) % 2,
    "constant": lambda r: 2,
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_found_and_holds_elsewhere(name: str) -> None:
    rows = _rows(45)
    text = formula_of(rows, [RULES[name](row) for row in rows])
    assert text is not None
    made = formula(text, AXIS)
    assert all(made(row) == RULES[name](row) for row in _rows(200, seed=2))


OF_TWO: dict[str, Callable[[Row], int]] = {
    "larger": lambda r: max(r["input"] * r["stride"], r["natural"] - 1),
    "smaller": lambda r: min(r["natural"], r["input"] + r["effective_kernel"]),
    "capped": lambda r: min(r["kernel"], r["stride"] + 1),
}


@pytest.mark.parametrize("name", OF_TWO)
def test_the_larger_of_two_sums_is_found_at_once(name: str) -> None:
    """Where every condition is tried nothing that takes seconds can be looked for."""
    rows = _rows(60)
    text = formula_of(rows, [OF_TWO[name](row) for row in rows], thorough=False)
    assert text is not None
    made = formula(text, AXIS)
    assert all(made(row) == OF_TWO[name](row) for row in _rows(200, seed=2))


def test_the_shortest_text_is_the_one_that_a_reader_expects() -> None:
    rows = _rows(45)
    found = {name: formula_of(rows, [rule(row) for row in rows]) for name, rule in RULES.items()}
    assert found["effective kernel"] == "floor((effective_kernel - 1) / 2)"
    assert found["total"] == "floor((natural - input * stride) / 2)"
    assert found["clamped"] == "max(floor((natural - input * stride) / 2), 0)"
    assert found["constant"] == "2"


def test_halves_that_are_rounded_towards_0_as_in_c() -> None:
    rows = _rows(60)
    values = [int((row["kernel"] - 2 * row["stride"]) / 2) for row in rows]
    assert min(values) < 0 < max(values)
    assert formula_of(rows, values) == "trunc((kernel - 2 * stride) / 2)"
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    made = formula("trunc((kernel - 2 * stride) / 2)", AXIS)
    assert made.column(columns, len(rows)).tolist() == values


def test_values_without_a_rule_have_no_formula() -> None:
    rows, draw = _rows(45), Random(5)
    assert formula_of(rows, [draw.randrange(4) for _ in rows]) is None


def test_few_values_say_too_little() -> None:
    """Ten values of 0 or 1: thousands of expressions have them by chance."""
    rows, draw = _rows(10), Random(5)
    assert formula_of(rows, [draw.randrange(2) for _ in rows]) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("floor((natural - 1) / 2)", 3),
        ("ceil(natural / 2)", 4),
        ("trunc(natural / 2)", 3),
        ("trunc((natural - 10) / 2)", -1),
        ("-natural % 3", 2),
        ("max(min(natural, 5), 2) * 2", 10),
    ],
)
def test_formulas_are_worked_out(text: str, value: int) -> None:
    assert formula(text, AXIS)({"natural": 7}) == value


@pytest.mark.parametrize(
    "text",
    [
        "natural / 2",
        "natural ** 2",
        "floor(natural)",
        "unheard",
        "natural.real",
        "1.5",
        "True",
        "natural if natural else 1",
        "floor(natural / 2, 3)",
        "__import__('os')",
        "natural +",
        "1" * 500,
    ],
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        formula(text, AXIS)


def test_a_division_by_zero_is_said() -> None:
    with pytest.raises(FormulaError, match="zero"):
        formula("floor(natural / output_padding)", AXIS)({"natural": 1, "output_padding": 0})
