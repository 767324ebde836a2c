"""Sentence of the figures of `benchmarks/predictions.py`."""

import json
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[3] / "benchmarks" / "figures" / "predictions.json"


def total() -> str:
    """How often what `explain` says of a backend came true, for the README."""
    said = json.loads(RESULTS.read_text(encoding="utf-8"))
    right, answers = (sum(row[name] for row in said["rows"]) for name in ("right", "answers"))
    return (
        f"What `explain` says ahead of a call came true in {right:,} of {answers:,} answers of "
        f"{len(said['rows'])} CPU backends to {said['calls']:,} fresh random calls "
        f"({right / answers:.2%}; [docs/explain.md](docs/explain.md#what-each-backend-does))."
    )
