"""Tables made of `versions.json`: what the oldest and the newest releases showed."""

import json
from typing import Any

from .. import FIGURES

RESULTS = FIGURES / "versions.json"
COUNTED = ("conforms", "deviates", "fails", "stale", "unsupported", "declined")
Row = tuple[str, ...]


def _environments() -> list[dict[str, Any]]:
    environments: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))[
        "environments"
    ]
    return environments


def verdicts() -> tuple[Row, list[Row]]:
    """A backend of a set of releases on a Python a line."""
    head = ("releases", "Python", "backend", "version", "answered", *COUNTED)
    return (*head, "unverified here", "fixed?"), [
        (
            each["releases"],
            each["python"],
            f"`{row['backend']}`",
            next(iter(row["versions"].values())),
            row["percent"],
            *(f"{row['verdicts'][word]:,}" for word in COUNTED),
            f"{row['unverified']:,}",
            f"{row['fixed']:,}",
        )
        for each in _environments()
        for row in each["asked"]
    ]


def tests() -> tuple[Row, list[Row]]:
    """What was resolved besides the frameworks, and how the tests ended there."""
    shown = ("numpy", "ml-dtypes", "scipy", "typer", "protobuf", "msgspec")
    return ("releases", "Python", *shown, "tests passed", "failed"), [
        (
            each["releases"],
            each["python"],
            *(each["resolved"][name] for name in shown),
            *(f"{count:,}" for count in each["tests"]),
        )
        for each in _environments()
    ]
