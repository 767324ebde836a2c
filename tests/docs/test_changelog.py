"""CHANGELOG.md has one section for each version, the first that of pyproject.toml, as the release
workflow asks."""

import re
import tomllib

from support import ROOT

_SECTION = re.compile(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", re.MULTILINE)


def sections(text: str) -> list[str]:
    return [version for version, _ in _SECTION.findall(text)]


def twice(text: str) -> list[str]:
    there = sections(text)
    return sorted({version for version in there if there.count(version) > 1})


def test_the_version_has_one_section_and_it_is_the_first() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert sections(text)[0] == project["project"]["version"]
    assert twice(text) == []
    marker = project["tool"]["towncrier"]["start_string"]
    assert text.partition(marker)[2].lstrip().startswith("## ")


def test_a_section_that_was_assembled_twice_is_noticed() -> None:
    assert twice("## 0.1.0 (2026-11-30)\n\n## 0.1.0 (2026-11-28)\n") == ["0.1.0"]
