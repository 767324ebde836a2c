"""Transcripts made of `measured.json`, and sentences and tables of what of random rules
and of strangers' runtimes is explained."""

import json
from typing import Any

from .. import FIGURES

BY_RULE = ("reading", "fault", "accuracy")
LOOKED_AT = ("openvino", "opencv", "tract", "mnn", "tvm")
Row = tuple[str, ...]


def _results(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIGURES / name).read_text(encoding="utf-8"))
    return found


def transcripts() -> str:
    """Each command with what it prints."""
    each = _results("measured.json")["transcripts"]
    return "\n\n".join(f"```console\n$ {one['command']}\n{one['prints']}```" for one in each)


def random_rules() -> str:
    """How much of the answers of backends with random rules is explained, and how truly."""
    rows = _results("random_rules.json")["rows"]
    first, last = rows[0]["seed"], rows[-1]["seed"]
    wrong, explained = (sum(row[word] for row in rows) for word in ("wrong", "explained"))
    said = [one for row in rows for one in row["said"] if one["kind"] in BY_RULE]
    false = sum(bool(one["false"]) for one in said)
    return (
        f"Of {len(rows)} backends with one to three rules drawn at random (seeds {first} to "
        f"{last}), {explained:,} of "
        f"{wrong:,} wrong answers are explained ({explained / wrong:.1%}); of {len(said)} "
        f"statements {false or 'none'} {'is' if false == 1 else 'are'} false."
    )


def by_rules() -> tuple[Row, list[Row]]:
    """By how many rules a backend has."""
    rows = _results("random_rules.json")["rows"]
    table = []
    for count in sorted({len(row["rules"]) for row in rows}):
        mine = [row for row in rows if len(row["rules"]) == count]
        said = [one for row in mine for one in row["said"] if one["kind"] in BY_RULE]
        wrong, explained = (sum(row[word] for row in mine) for word in ("wrong", "explained"))
        cells = (count, len(mine), wrong, explained, len(said))
        false = sum(bool(one["false"]) for one in said)
        table.append((*(f"{cell:,}" for cell in cells), str(false)))
    return ("rules at once", "backends", "wrong answers", "explained", "statements", "false"), table


def unmet_total() -> str:
    """How much is explained of other runtimes, and how truly: of those that diagnosis was worked on
    with, and of those that nobody had looked at."""
    rows = _results("unmet_runtimes.json")["rows"]
    seen = [row for row in rows if row["runtime"] in LOOKED_AT]
    unseen = [row for row in rows if row["runtime"] not in LOOKED_AT]
    return (
        f"Of {_share(seen)} of {_names(seen)}, on which diagnosis was worked; of {_share(unseen)} "
        f"of {_names(unseen)}, which nobody had looked at "
        "([docs/measure.md](docs/measure.md#other-runtimes))."
    )


def _names(rows: list[dict[str, Any]]) -> str:
    *names, last = (row["runtime"] for row in rows)
    return " and ".join(filter(None, (", ".join(names), last)))


def _share(rows: list[dict[str, Any]]) -> str:
    wrong, explained = (sum(row[word] for row in rows) for word in ("wrong", "explained"))
    rules = [one for row in rows for one in row["said"] if one["kind"] in BY_RULE]
    false = sum(bool(one["false"]) for one in rules)
    return (
        f"{wrong:,} wrong answers {explained:,} are explained "
        f"({false} of {len(rules)} statements false)"
    )


def unmet() -> tuple[Row, list[Row]]:
    """By runtime."""
    table = []
    for row in _results("unmet_runtimes.json")["rows"]:
        rules = [one for one in row["said"] if one["kind"] in BY_RULE]
        dtypes = sum(o["answers"] for o in row["said"] if o["says"].startswith("DTYPE_DIFFERS"))
        stops = sum(one["stops"] for one in row["said"] if one["kind"] == "error")
        false = sum(bool(one["false"]) for one in rules)
        left_open = sum(one["open"] for one in rules)
        counts = (row["answered"], row["wrong"], row["explained"], dtypes, len(rules), false)
        table.append(
            (
                f"{row['runtime']} {row['version']}",
                *map(str, counts),
                str(left_open),
                f"{stops} of {row['stopped']}",
            )
        )
    return (
        "runtime",
        "answered or stopped",
        "wrong answers",
        "explained",
        "of another type",
        "statements",
        "false",
        "calls left open",
        "stops under a condition",
    ), table
