"""The tables of docs/lecture.md, made of `lecture.json`."""

import json
from fractions import Fraction
from functools import cache
from typing import Any

from convtranspose_cases import find_case

from .. import FIGURES

RESULTS = FIGURES / "lecture.json"
Row = tuple[str, ...]
INPUTS, WEIGHTS = "abcdef", ("w1", "w2", "w3")
BACK = {"conv": "convolution of ones", "pool": "max pooling"}


@cache
def results() -> dict[str, Any]:
    """What was asked and answered."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def _counts(verdicts: dict[str, int]) -> str:
    said = [f"{n} {name}" for name, n in sorted(verdicts.items())]
    return ", ".join(said) or "not asked"


def by_item() -> tuple[Row, list[Row]]:
    """Every item, where it is checked, and the verdicts."""
    rows = results()["items"]
    backends = list(rows[0]["verdicts"])
    lines = [
        (
            row["item"],
            "<br>".join(f"`{each}`" for each in row["where"]),
            str(row["cases"]),
            *(_counts(row["verdicts"][backend]) for backend in backends),
        )
        for row in rows
    ]
    return ("item", "cases", "number", *(f"`{name}`" for name in backends)), lines


def _exactly(text: str) -> str:
    value = Fraction(text)
    return f"{text} = {float(value):.4f}" if value.denominator > 1 else text


def by_map() -> tuple[Row, list[Row]]:
    """The lecture's four transposed convolutions: the unevenness of every backend's own output."""
    rows = results()["maps"]
    backends = list(rows[0]["backends"])
    lines = []
    for row in rows:
        a = find_case(row["case"]).axes[0]
        seen = [row["backends"][name] for name in backends]
        cells = [
            "unsupported" if each is None else f"{each[0]}{'' if each[1] else ', not equal'}"
            for each in seen
        ]
        lines.append((f"filter {a.kernel}, stride {a.stride}", _exactly(row["unevenness"]), *cells))
    return ("5x5, ones", "reference", *(f"`{name}`" for name in backends)), lines


def _terms(values: list[int]) -> list[str]:
    """The terms that the bits of each output say: bit i + 6j stands for weight j times input i."""
    products = {
        len(INPUTS) * j + i: f"{w}·{x}" for j, w in enumerate(WEIGHTS) for i, x in enumerate(INPUTS)
    }
    spelled = [[name for bit, name in products.items() if value >> bit & 1] for value in values]
    return [" + ".join(sorted(each, key=lambda term: term[-1])) for each in spelled]


def terms() -> str:
    """Both derivations, read off the bits of a backend's output."""
    blocks = []
    for name, values in results()["terms"].items():
        lines = [f"y{i} = {each}" for i, each in enumerate(_terms(values))]
        blocks.append("\n".join([f"`{name}`", "", "```", *lines, "```"]))
    return "\n\n".join(blocks)


def back_propagation() -> tuple[Row, list[Row]]:
    """Gradients of the sum of the output, by phase of the position."""
    rows = results()["gradients"]
    frameworks = list(rows[0]["equal"])
    lines = [
        (
            f"{BACK[row['of']]}, {row['kernel']}x{row['kernel']}, stride {row['stride']}",
            f"{row['unevenness']:.4f}",
            *("equal" if row["equal"][name] else "not equal" for name in frameworks),
        )
        for row in rows
    ]
    return ("gradient of the sum of", "unevenness", *frameworks), lines
