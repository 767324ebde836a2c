"""Tables of the figures of `benchmarks/costs/scale.py`."""

import json
from typing import Any

from .. import FIGURES

RESULTS = FIGURES / "scale.json"
Row = tuple[str, ...]


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return kept


def constants() -> tuple[Row, list[Row]]:
    """A row a backend: what a check costs where."""
    head = ("backend", "ms a check, asked", "ms a check, judged", "bytes a check", "s to start")
    names = ("asked_ms", "judged_ms", "bytes", "start_s")
    return head, [
        (f"`{backend}`", *(f"{each[name]:g}" for name in names))
        for backend, each in _kept()["constants"].items()
    ]


def scenarios() -> tuple[Row, list[Row]]:
    """A row a simulated run."""
    head = ("how", "hours", "of the cores' time counts", "batches begun twice")
    return head, [
        (each["says"], f"{each['hours']:g}", f"{100 * each['used']:.0f} %", f"{each['repeated']:,}")
        for each in _kept()["scenarios"]
    ]


def run() -> str:
    """What is simulated."""
    said = _kept()["run"]
    return (
        f"{said['checks']:,} checks of {said['kinds']} frameworks x versions on "
        f"{said['machines']} machines of {said['cores']} cores."
    )
