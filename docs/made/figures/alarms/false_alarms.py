"""Table and sentence made of `false_alarms.json`: three right implementations, and how
often the suite accuses them."""

import json
from collections import Counter
from typing import Any

from convtranspose_cases import SUITES

from .. import FIGURES

RESULTS = FIGURES / "false_alarms.json"
Row = tuple[str, ...]


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]
    return rows


def _total(rows: list[dict[str, Any]]) -> Counter[str]:
    return sum((Counter(row["verdicts"]) for row in rows), Counter[str]())


def _verdicts(counts: dict[str, int]) -> str:
    words = [f"{counts[word]:,} {word}" for word in ("conforms", "unsupported") if counts.get(word)]
    return ", ".join([*words, f"{counts.get('fails', 0)} fails"])


def by_suite() -> tuple[Row, list[Row]]:
    """A suite a line, an implementation a column."""
    rows = _rows()
    names = list(dict.fromkeys(row["implementation"] for row in rows))
    asked = {(row["implementation"], row["suite"]): _verdicts(row["verdicts"]) for row in rows}
    lines = [
        (f"`{suite}`", *(asked.get((name, suite), "not asked") for name in names))
        for suite in SUITES
    ]
    together = [_total([row for row in rows if row["implementation"] == name]) for name in names]
    return ("suite", *(f"`{name}`" for name in names)), [
        *lines,
        ("all", *(_verdicts(counts) for counts in together)),
    ]


def total() -> str:
    """One sentence for the README."""
    counts = _total(_rows())
    return (
        f"{counts['fails']} of {counts.total():,} checks of three right implementations fail; "
        f"{counts['unsupported']} are unsupported "
        "([docs/false-alarms.md](docs/false-alarms.md))."
    )
