"""Sentences and table of the figures of `benchmarks/diagnosis/explained.py` and `shrink.py` beside
it."""

import json
from typing import Any

from .. import FIGURES


def _measured(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIGURES / name).read_text(encoding="utf-8"))
    return found


KINDS = ("reading", "fault", "accuracy", "error", "accepted", "unexplained")


def explained() -> str:
    """The share of the frameworks' differing answers that has a name."""
    rows = _measured("explained.json")["rows"]
    differ = sum(row["discrepant"] for row in rows)
    named = differ - sum(row["kinds"].get("unexplained", 0) for row in rows)
    share = f"{named:,} ({named / differ:.1%})"
    return (
        f"Of {differ:,} answers in which the pinned frameworks differ, {share} are explained "
        "without any declaration ([docs/page.md](docs/page.md#why-it-differs))."
    )


def by_backend() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Differing answers of each backend by kind of diagnosis."""
    rows = _measured("explained.json")["rows"]
    kinds = [kind for kind in KINDS if any(kind in row["kinds"] for row in rows)]
    counts = [[str(row["kinds"].get(kind, 0)) for kind in kinds] for row in rows]
    lines = [
        (f"`{row['backend']}`", row["version"], str(row["discrepant"]), *count)
        for row, count in zip(rows, counts, strict=True)
    ]
    return ("backend", "version", "differ", *kinds), lines


def shrunk() -> str:
    """How small the smallest cases are."""
    said = _measured("shrink.json")
    attributes, inputs, questions = (
        f"{said[name]:g} {name}" for name in ("attributes", "inputs", "questions")
    )
    return (
        f"The smallest cases of {said['mutants']} mutants have, as medians, {attributes} other "
        f"than the default and {inputs} (elements "
        f"of X), found with {questions}."
    )
