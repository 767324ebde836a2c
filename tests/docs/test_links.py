"""Every relative link of README, CONTRIBUTING and docs/ leads to a file that is there, and to a
heading where it names one."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def links(text: str) -> Iterator[str]:
    """The targets of a page's links and pictures that stay in the repository."""
    for target in _LINK.findall(_CODE.sub("", _FENCED.sub("", text))):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(text: str) -> set[str]:
    """What GitHub calls the headings of a page: a second one of the same words has -1 behind."""
    seen: Counter[str] = Counter()
    named = set()
    for heading in _HEADING.findall(_FENCED.sub("", text)):
        words = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        named.add(f"{words}-{seen[words]}" if seen[words] else words)
        seen[words] += 1
    return named


def dead(page: Path, text: str) -> list[str]:
    """The links of a page that lead nowhere."""
    nowhere = []
    for target in links(text):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        there = file.exists() and (file.is_relative_to(ROOT))
        if not there or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            nowhere.append(target)
    return nowhere


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_is_dead(page: Path) -> None:
    assert dead(page, page.read_text(encoding="utf-8")) == []


def test_a_dead_link_is_found() -> None:
    page = ROOT / "docs" / "page.md"
    text = "[a](nowhere.md) [b](clauses.md#nowhere) [c](#here) ![d](../../x.png) `[e](code.md)`"
    assert dead(page, text) == ["nowhere.md", "clauses.md#nowhere", "#here", "../../x.png"]
    assert dead(page, "[a](clauses.md) [b](deviations.md#words-of-when) [c](https://x.org/y)") == []


def test_two_headings_of_the_same_words_are_told_apart() -> None:
    assert anchors("# One `x`\n## Two\n```\n# no\n```\n## Two\n") == {"one-x", "two", "two-1"}
