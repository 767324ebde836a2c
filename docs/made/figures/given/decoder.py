"""The table and the transcript of docs/check.md, made of `decoder.json`."""

import json
from typing import Any

from .. import FIGURES

RESULTS = FIGURES / "decoder.json"
Row = tuple[str, ...]
LAYERS = ("up1", "up2", "up3", "image")


def results() -> dict[str, Any]:
    """What was measured."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def networks() -> tuple[Row, list[Row]]:
    """How far each network is from the reference after each layer."""
    rows = results()["rows"]
    table = [(row["network"], *(f"{each:.1e}" for each in row["apart"])) for row in rows]
    return ("network", *(f"after `{name}`" for name in LAYERS)), table


def transcript() -> str:
    """The command with what it prints."""
    each = results()["transcript"]
    return f"```console\n$ {each['command']}\n{each['prints']}```"
