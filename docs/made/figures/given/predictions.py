"""What is made of the figures of `benchmarks/given/predictions.py` and `exported_models.py`."""

import json

from .. import FIGURES

EXPORTED = FIGURES / "exported_models.json"
RESULTS = FIGURES / "predictions.json"


def total() -> str:
    """How often what `explain` says of a backend came true, for the README."""
    said = json.loads(RESULTS.read_text(encoding="utf-8"))
    right, answers = (sum(row[name] for row in said["rows"]) for name in ("right", "answers"))
    return (
        f"What `explain` says ahead of a call came true in {right:,} of {answers:,} answers of "
        f"{len(said['rows'])} CPU backends to {said['calls']:,} fresh random calls "
        f"({right / answers:.2%}; [docs/explain.md](docs/explain.md#what-each-backend-does))."
    )


def exported() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A row for each exported model: what was explained of it, and what of that was not so."""
    rows = json.loads(EXPORTED.read_text(encoding="utf-8"))["rows"]
    head = ("model", "nodes", "pieces of code that were run", "differences")
    return head, [tuple(map(str, row.values())) for row in rows]
