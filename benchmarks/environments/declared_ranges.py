"""Writes into each declaration the range of releases that showed it when they were asked: `python
benchmarks/environments/declared_ranges.py`, after `history.py`; `--check` names those that say
another range.

A range begins with the first release of those that show it without a gap up to the newest that
does, and ends before the first that no longer does, else before the series after the newest that
was asked. Patch releases are taken to be as their series is (1.31.1 as 1.31), but where two of one
series were asked and differ. What no release showed (another suite) keeps its range, and so does
what is declared of some processors and the newest release did not show: these were asked on one.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import tomlkit
from benchmarks.environments.known_since import SINCE
from benchmarks.environments.versions import KNOWN
from benchmarks.measured_of import ROOT
from packaging.version import Version

DECLARED = ROOT / "conformance" / "convtranspose_conformance" / "verdict" / "declared"


def range_of(releases: list[str], shown: list[int]) -> str:
    """The range of `releases`, oldest first, of which those at the places `shown` show something;
    the places ascend."""
    first = last = shown[-1]
    while first - 1 in shown:
        first -= 1
    end = _begin(releases, last + 1) if last + 1 < len(releases) else _after(releases[last])
    return f">={_begin(releases, first)},<{end}"


def _begin(releases: list[str], place: int) -> str:
    """Where a release begins: with its series, unless one before it is of the same."""
    series = _series(releases[place])
    same = place > 0 and _series(releases[place - 1]) == series
    return releases[place] if same else ".".join(map(str, series))


def _after(release: str) -> str:
    major, minor = _series(release)
    return f"{major}.{minor + 1}"


def _series(release: str) -> tuple[int, int]:
    version = Version(release)
    return version.major, version.minor


def shown_ranges(*, by_newest: bool = False) -> dict[str, str]:
    """The id of each difference that some release showed, or that the newest of its backend did,
    and its range."""
    known: dict[str, Any] = json.loads(SINCE.read_text(encoding="utf-8"))
    return {
        name: range_of(
            [release["version"] for release in told["releases"]],
            [place for place, cases in enumerate(difference["cases"]) if cases],
        )
        for told in known.values()
        for name, difference in told["shown"].items()
        if difference["cases"][-1] or not by_newest
    }


def told() -> Iterator[tuple[Path, str, str]]:
    """Of each file its text, as it is and with the ranges."""
    ranges, by_newest = shown_ranges(), shown_ranges(by_newest=True)
    for path in sorted([*DECLARED.glob("*.toml"), *KNOWN.glob("*.toml")]):
        text = path.read_text(encoding="utf-8")
        file: Any = tomlkit.parse(text)
        for entry in file["deviation"]:
            name = f"{file['backend']}/{entry['check']}/{entry['name']}"
            shown = by_newest if "machine" in entry else ranges
            entry["versions"] = shown.get(name, entry["versions"])
        yield path, text, tomlkit.dumps(file)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; 1 where one differs")
    given = parser.parse_args()
    stale = [(path, text) for path, before, text in told() if text != before]
    for path, text in stale:
        print(path.relative_to(ROOT))
        if not given.check:
            path.write_text(text, encoding="utf-8")
    return int(given.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
