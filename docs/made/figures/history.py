"""Tables made of `history.json`: what older releases do, judged by today's rules."""

import json
import re
from collections.abc import Iterator
from typing import Any

from known_since import RESULTS, upstream

from convtranspose_conformance.run.findings.since import in_words

COUNTED = ("conforms", "deviates", "fails", "unsupported", "declined")
Row = tuple[str, ...]
_SPECIAL = re.compile(r"[\[\]()<>*_`]")  # what Markdown would take for its own


def _releases() -> list[dict[str, Any]]:
    releases: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))["releases"]
    return releases


def verdicts() -> tuple[Row, list[Row]]:
    """A backend of a release a line."""
    return ("backend", "release", "of", "answered", *COUNTED), [
        (
            f"`{row['backend']}`",
            row["version"],
            row["date"],
            row["answered"],
            *(f"{row['verdicts'].get(word, 0):,}" for word in COUNTED),
        )
        for row in _releases()
    ]


def ended() -> tuple[Row, list[Row]]:
    """What ended with which release, and the pull request, where one was found, a line."""
    dates = {(row["backend"], row["version"]): row["date"] for row in _releases()}
    return ("first release without it", "of", "what ended", "pull request"), [
        (
            entry["release"],
            dates[entry["backends"][0], entry["release"].rpartition(" ")[2]],
            entry["what"],
            _pull(entry["pull"]),
        )
        for entry in upstream()
    ]


def _pull(address: str) -> str:
    """A link whose text is as upstream names it: `microsoft/onnxruntime#23344`."""
    named = address.removeprefix("https://github.com/").replace("/pull/", "#")
    return f"[{named}]({address})" if address else "not found"


def changes() -> tuple[Row, list[Row]]:
    """A difference a line that some of a backend's releases show, and others do not."""
    return ("backend", "difference", "releases that show it", "cases"), list(_changes())


def _changes() -> Iterator[Row]:
    of_backend: dict[str, list[dict[str, Any]]] = {}
    for row in _releases():
        of_backend.setdefault(row["backend"], []).append(row)
    for backend, rows in of_backend.items():
        versions = [row["version"] for row in rows]
        for name in dict.fromkeys(name for row in rows for name in row["differences"]):
            shown = [i for i, row in enumerate(rows) if name in row["differences"]]
            if len(shown) < len(rows):
                found = [rows[i]["differences"][name] for i in shown]
                counts = [each["cases"] for each in found]
                span = f"{min(counts):,}" + f" to {max(counts):,}" * (min(counts) < max(counts))
                _, check, rule = name.split("/", 2)
                said = _SPECIAL.sub(r"\\\g<0>", found[-1]["sentence"])
                what = f"`{rule}` ({check}): {said}".replace("|", "\\|")
                yield f"`{backend}`", what, in_words(versions, shown), span
