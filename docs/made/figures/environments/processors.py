"""Tables made of `processors.json`: what each level of instructions showed."""

import json
from typing import Any

from .. import FIGURES

RESULTS = FIGURES / "processors.json"
DTYPES = ("float64", "float32", "float16", "bfloat16")
COUNTED = ("conforms", "deviates", "fails", "stale", "unsupported", "declined")
Row = tuple[str, ...]


def _figures() -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return figures


def _kernels(kernels: dict[str, str]) -> str:
    words = {"onednn": "oneDNN: {}", "isa": "up to {}", "aten": "ATen {}"}
    return ", ".join(words[name].format(kernels[name]) for name in words if name in kernels)


def verdicts() -> tuple[Row, list[Row]]:
    """A level and backend a line."""
    rows = _figures()["rows"]
    counted = [word for word in COUNTED if all(word in row["verdicts"] for row in rows)]
    head = ("level", "backend", "kernels", *counted, "goldens")
    return head, [
        (
            row["level"],
            f"`{row['backend']}`",
            _kernels(row["kernels"]),
            *(f"{row['verdicts'][word]:,}" for word in counted),
            "differ" if row["goldens_differ"] else "identical",
        )
        for row in rows
    ]


def classes() -> tuple[Row, list[Row]]:
    """Which kernels gave which class of accuracy: a line for each backend and set of classes."""
    lines: dict[tuple[str, ...], list[str]] = {}
    for row in _figures()["rows"]:
        said = tuple(row["classes"].get(dtype, "·") for dtype in DTYPES)
        if set(said) != {"·"}:
            lines.setdefault((f"`{row['backend']}`", *said), []).append(row["level"])
    return ("backend", *DTYPES, "at the levels"), [
        (*key, ", ".join(levels)) for key, levels in lines.items()
    ]


def where() -> str:
    """The processor, and the levels that it cannot imitate."""
    figures = _figures()
    beyond = ", ".join(figures["not_imitated"])
    return f"Measured on {figures['cpu']}. Levels beyond this processor: {beyond or 'none'}."
