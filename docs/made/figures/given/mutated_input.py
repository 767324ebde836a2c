"""The table of the figures of `benchmarks/given/mutated_input.py`."""

import json

from .. import FIGURES

RESULTS = FIGURES / "mutated_input.json"
Row = tuple[str, ...]


def reported() -> tuple[Row, list[Row]]:
    """A row a parser."""
    head = ("parser", "mutants", "refused", "s of the longest", "MiB at most")
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]
    return head, [
        (
            row["parser"],
            f"{row['mutants']:,}",
            f"{row['refused']:,}",
            f"{row['most_s']:.2f}",
            str(row["mib"]),
        )
        for row in rows
    ]
