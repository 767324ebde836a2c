"""What is linked of GitHub's issues and pull requests, held against what is known of them
(`reports/convtranspose_reports/upstream.toml`), and their states in the pages that are kept."""

import re
from collections.abc import Iterator
from pathlib import Path

from convtranspose_reports.compatibility import web_link
from convtranspose_reports.upstream import short_names, states, when_read

ROOT = Path(__file__).resolve().parents[2]
KNOWN = "reports/convtranspose_reports/upstream.toml"
PLACES = ("conformance", "cases", "benchmarks/environments", "docs")
KINDS = frozenset({".toml", ".py", ".json", ".md"})
PAGE = ROOT / "docs" / "compatibility.md"  # measured in minutes; its links change without that
_LINK = re.compile(
    r"\[[^\]\n]*\]\((https://github\.com/[^)\s]+)\)(?: \((?:open|closed|merged|state unknown)\))?"
)
_READ = re.compile(r"^The states of issues and pull requests were read .*$", re.MULTILINE)


def linked(root: Path = ROOT) -> dict[str, str]:
    """Short name -> the first file that links it."""
    files = [path for place in PLACES for path in (root / place).rglob("*")]
    found: dict[str, str] = {}
    for path in sorted(path for path in files if path.suffix in KINDS and path.is_file()):
        for name in short_names(path.read_text(encoding="utf-8")):
            found.setdefault(name, str(path.relative_to(root)))
    return found


def unmatched(linked: dict[str, str], known: set[str]) -> Iterator[str]:
    """Links without an entry, each with the line that is missing, and entries without a link."""
    for name, file in sorted(linked.items()):
        if name not in known:
            line = f'"{name}" = {{ state = "unknown", read = YYYY-MM-DD }}'
            yield f"{KNOWN}: {file} links {name}; its line, with the state that it has: {line}"
    for name in sorted(known - {*linked}):
        yield f"{KNOWN}: nothing links {name}: remove its line"


def restated(text: str) -> str:
    """A page of Markdown whose links have the states that are known now, and the day of that."""
    read = when_read(_LINK.findall(text))
    return _READ.sub(lambda _: read, _LINK.sub(lambda link: web_link(link[1]), text))


def stale() -> Iterator[str]:
    """What is missing, what is not needed, and states that have changed."""
    yield from unmatched(linked(), {*states()})
    text = PAGE.read_text(encoding="utf-8")
    if restated(text) != text:
        yield f"{PAGE.relative_to(ROOT)}: states have changed: python docs/refresh.py upstream"


def renew() -> None:
    """Writes the states into the page that has them; entries are written by hand."""
    PAGE.write_text(restated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
