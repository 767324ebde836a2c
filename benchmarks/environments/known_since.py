"""`since.json` of the package: what each release that was asked shows. It is made of
`figures/history.json` and `history/upstream.toml`, in a second: `python
benchmarks/environments/known_since.py`.

From it findings say since which release they hold, and the page of a run what changed.
"""

import json
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT

RESULTS = ROOT / "benchmarks" / "figures" / "history.json"
UPSTREAM = ROOT / "benchmarks" / "environments" / "history" / "upstream.toml"
SINCE = ROOT / "conformance" / "convtranspose_conformance" / "run" / "findings" / "since.json"


def since(rows: list[dict[str, Any]], entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Of each backend the releases that were asked, oldest first, and of each of its differences
    the number of cases in each of them, in that order, and where upstream ended or began it, as
    `entries` say."""
    backends: dict[str, Any] = {}
    for row in rows:
        backend = backends.setdefault(row["backend"], {"releases": [], "shown": {}})
        for name, told in row["differences"].items():
            known = backend["shown"].setdefault(name, {"cases": []})
            known["cases"] += [0] * (len(backend["releases"]) - len(known["cases"]))
            known["cases"].append(told["cases"])
            known["says"] = told["sentence"]
        release = {"version": row["version"], "date": row["date"], "verdicts": row["verdicts"]}
        backend["releases"].append(release)
    for backend in backends.values():
        for name, known in backend["shown"].items():
            known["cases"] += [0] * (len(backend["releases"]) - len(known["cases"]))
            turns = turns_of(backend["releases"], known["cases"])
            known["upstream"] = _pulls(entries, name, [each for each in turns if "ended" in each])
            begun = _pulls(entries, name, [each for each in turns if "begun" in each])
            known |= {"begun_by": begun} if begun else {}
    return backends


def _pulls(entries: list[dict[str, Any]], name: str, turns: list[tuple[str, str]]) -> list[str]:
    """Where upstream did one of these turns of the difference."""
    return [
        entry["pull"]
        for entry in entries
        if entry["pull"] and any(names(entry, name, *turn) for turn in turns)
    ]


def turns_of(releases: list[dict[str, Any]], cases: list[int]) -> list[tuple[str, str]]:
    """The releases that ended a difference, or began it, each after `ended` or `begun`."""
    return [
        ("begun" if after else "ended", release["version"])
        for release, before, after in zip(releases[1:], cases, cases[1:], strict=False)
        if bool(before) != bool(after)
    ]


def names(entry: dict[str, Any], difference: str, turn: str, version: str) -> bool:
    """Does an entry of `upstream.toml` say that this release ended the difference, or began it?"""
    backend, _, rule = difference.partition("/")
    return (
        backend in entry["backends"]
        and entry["release"].rpartition(" ")[2] == version
        and any(fnmatchcase(rule, each) for each in entry.get(turn, ()))
    )


def upstream() -> list[dict[str, Any]]:
    """The entries of `upstream.toml`."""
    entries: list[dict[str, Any]] = tomllib.loads(UPSTREAM.read_text(encoding="utf-8"))["changed"]
    return entries


def text(rows: list[dict[str, Any]]) -> str:
    """What `since.json` holds: of one difference a line."""
    return _spread(since(rows, upstream()), 3) + "\n"


def _spread(value: Any, levels: int, indent: str = "") -> str:
    """JSON, of which so many levels begin lines of their own."""
    if not levels or not isinstance(value, dict | list) or not value:
        return json.dumps(value)
    inner = indent + " "
    keys = (
        [json.dumps(key) + ": " for key in value] if isinstance(value, dict) else [""] * len(value)
    )
    members = value.values() if isinstance(value, dict) else value
    lines = [
        inner + key + _spread(each, levels - 1, inner)
        for key, each in zip(keys, members, strict=True)
    ]
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return opened + "\n" + ",\n".join(lines) + "\n" + indent + closed


def main() -> None:
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["releases"]
    SINCE.write_text(text(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
