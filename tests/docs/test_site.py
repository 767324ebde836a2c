"""The site of docs/: every page has its place in the navigation, and every place its page."""

import re

import pytest

from support import ROOT

PAGES = {page.name for page in (ROOT / "docs").glob("*.md")}
CONFIG = (ROOT / ".ci" / "mkdocs.yml").read_text(encoding="utf-8")


def test_every_page_is_in_the_navigation_once() -> None:
    named = re.findall(r": ([\w-]+\.md)$", CONFIG, re.MULTILINE)
    assert sorted(named) == sorted(PAGES)


def test_the_site_asks_no_network() -> None:
    assert "font: false" in CONFIG
    assert re.search(r"^plugins: \[.*offline.*\]$", CONFIG, re.MULTILINE)
    assert "strict: true" in CONFIG


@pytest.mark.parametrize("page", sorted(PAGES - {"index.md"}))
def test_the_home_page_leads_to_every_page(page: str) -> None:
    named = re.findall(r"\]\(([\w-]+\.md)\)", (ROOT / "docs" / "index.md").read_text("utf-8"))
    assert page in named
