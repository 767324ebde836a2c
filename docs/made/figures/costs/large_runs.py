"""The table of the figures of `benchmarks/costs/large_runs.py`."""

import json
from typing import Any

from .. import FIGURES

RESULTS = FIGURES / "large_runs.json"
Row = tuple[str, ...]


def rows() -> list[dict[str, Any]]:
    """Of each size of a run what was measured."""
    found: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]
    return found


def reported() -> tuple[Row, list[Row]]:
    """A row a size of a run: what its report takes and writes."""
    head = (
        "records",
        "MiB at most",
        "MiB beside a baseline",
        "CPU s",
        "run, MiB",
        "page, MiB",
        "junit.xml, MiB",
    )
    names = ("mib", "compared_mib", "cpu_s", "run_mib", "page_mib", "junit_mib")
    return head, [(f"{row['records']:,}", *(f"{row[name]:g}" for name in names)) for row in rows()]
