"""Tables made of `faults.json`: what a run recorded of every planted fault, and the
memory that large wrong answers cost."""

import json
from typing import Any

from .. import FIGURES

RESULTS = FIGURES / "faults.json"
Row = tuple[str, ...]


def _figures() -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return figures


def by_fault() -> tuple[Row, list[Row]]:
    """A fault a line."""
    rows = [
        (row["kind"], f"`{row['fault']}`", row["does"], f"`{row['outcome']}`", row["costs"])
        for row in _figures()["rows"]
    ]
    return ("kind", "fault", "on a guilty case the backend", "recorded", "costs"), rows


def total() -> str:
    """One sentence."""
    rows = _figures()["rows"]
    within = [row for row in rows if row["costs"] in ("nothing", "the guilty")]
    nothing = sum(row["costs"] == "nothing" for row in rows)
    right = sum(row["as_expected"] for row in rows)
    return (
        f"Of {len(rows)} faults {len(within)} cost the guilty cases or nothing "
        f"({nothing} nothing), and {right} are recorded as what they are."
    )


def memory() -> tuple[Row, list[Row]]:
    """Answers a line."""
    rows = [
        (what, f"{few} MiB", f"{many} MiB", f"{many / few:.2f}")
        for what, (few, many) in _figures()["memory"].items()
    ]
    return ("wrong answers", "2 of them", "21 of them", "ratio"), rows
