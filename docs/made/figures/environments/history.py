"""Tables made of `history.json`: what older releases do, judged by today's rules."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from benchmarks.environments.declared_ranges import shown_ranges
from benchmarks.environments.known_since import RESULTS, upstream
from packaging.version import Version

from convtranspose_conformance.run.findings.since import in_words
from convtranspose_conformance.verdict.deviation_files import declared_of
from convtranspose_reports.compatibility import web_link
from convtranspose_reports.upstream import when_read

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


def upstream_says() -> tuple[Row, list[Row]]:
    """What ended or began with which release, and where upstream, as far as that was found, a
    line."""
    dates = {(row["backend"], row["version"]): row["date"] for row in _releases()}
    return ("release", "of", "", "what", "upstream"), [
        (
            entry["release"],
            dates[entry["backends"][0], entry["release"].rpartition(" ")[2]],
            "begun" if "begun" in entry else "ended",
            entry["what"],
            _pull(entry["pull"]),
        )
        for entry in upstream()
    ]


def _pull(address: str) -> str:
    """A link whose text is as upstream names it, and its state: `microsoft/onnxruntime#23344
    (merged)`, or `openxla/xla@0123456`."""
    return web_link(address) if address else "not found"


def when_pulls_were_read() -> str:
    """When these states were read."""
    return when_read(entry["pull"] for entry in upstream())


def ranges() -> tuple[Row, list[Row]]:
    """A range of a backend a line, the oldest begin first, and the declarations that have it."""
    return ("backend", "declared of", "differences"), [
        (f"`{backend}`", f"`{versions}`", ", ".join(f"`{rule}` ({check})" for rule, check in named))
        for backend, of_range in _declared_ranges().items()
        for versions, named in sorted(of_range.items(), key=_begin)
    ]


def _declared_ranges() -> dict[str, dict[str, list[tuple[str, str]]]]:
    """By backend and range, name and check of each declaration that some release showed."""
    declared = cache(
        lambda backend, check: {(d.name, d.check) for d in declared_of(backend, (check,))}
    )
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for name, versions in shown_ranges().items():
        backend, check, rule = name.split("/", 2)
        if (rule, check) in declared(backend, check):
            found.setdefault(backend, {}).setdefault(versions, []).append((rule, check))
    return found


def _begin(of_range: tuple[str, Any]) -> list[Version]:
    return [Version(each.lstrip("<>=")) for each in of_range[0].split(",")]


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
