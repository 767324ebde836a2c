"""The table of the figures of `benchmarks/costs/coordinator.py`."""

import json

from .. import FIGURES

RESULTS = FIGURES / "coordinator.json"
Row = tuple[str, ...]


def reported() -> tuple[Row, list[Row]]:
    """A row a size of a run: what it keeps."""
    head = ("records", "cases", "MiB until all is judged", "MiB with the page", "CPU s")
    names = ("run_mib", "mib", "cpu_s")
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]
    return head, [
        (f"{row['records']:,}", f"{row['cases']:,}", *(f"{row[name]:g}" for name in names))
        for row in rows
    ]
