"""Table of the figures of `benchmarks/costs/pace.py`."""

import json
from typing import Any

from .. import FIGURES

RESULTS = FIGURES / "pace.json"
Row = tuple[str, ...]
SPLIT = {  # figures beside a row's own -> what they are
    "interpreters": "bare interpreters",
    "workers": "ms in the worker",
    "bare": "ms in a bare loop",
    "two cores allow": "is what two cores allow",
}


def _beside(row: dict[str, Any]) -> str:
    figures: dict[str, float] = row["trees"]["now"]
    if row["unit"] == "x":  # seconds that depend on the machine
        return ""
    return ", ".join(f"{figures[name]:g} {said}" for name, said in SPLIT.items() if name in figures)


def figures() -> tuple[Row, list[Row]]:
    """A row a line: each tree that was measured in the same run, and what it should be at most."""
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]
    trees = list(reversed(rows[0]["trees"]))
    lines = [
        (
            row["what"],
            *(f"{row['trees'][name]['value']:g}" if name in row["trees"] else "" for name in trees),
            f"{row['goal']}",
            row["unit"],
            _beside(row),
        )
        for row in rows
    ]
    return ("what", *trees, "goal", "unit", "now, beside it"), lines


def asked() -> str:
    """Which cases the rows of a run asked, and on how many cores."""
    said = json.loads(RESULTS.read_text(encoding="utf-8"))
    return f"Cases `{said['cases']}`, {said['cores']} cores."
