"""What docs/architecture.md and its picture say of the code is so."""

import importlib
import re
from collections import Counter
from pathlib import Path

from made.pictures import house

from support import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILES = ("ini", "toml", "xml", "html", "jsonl", "json", "py", "md")
PACKAGES = ("reference", "cases", "reports")
CODE = (*PACKAGES, "conformance", "benchmarks", "docs")
MOST_MODULES = 15  # of a folder
_DOTTED = re.compile(r"`([a-z_]+(?:\.\w+)+)`")


def resolved(name: str) -> object:
    """What a dotted name of the page is: a module, or what stands in one. Raises ImportError,
    AttributeError."""
    package = name.partition(".")[0]
    whole = f"convtranspose_{name}" if package in PACKAGES else f"convtranspose_conformance.{name}"
    module, _, attribute = whole.rpartition(".")
    try:
        return importlib.import_module(whole)
    except ModuleNotFoundError:
        return getattr(importlib.import_module(module), attribute)


def missing(text: str) -> list[str]:
    """The dotted names of a text that nothing answers to."""
    nowhere = []
    for name in sorted(set(_DOTTED.findall(text))):
        try:
            resolved(name)
        except (ImportError, AttributeError):
            nowhere.append(name)
    return [name for name in nowhere if name.rpartition(".")[2] not in FILES]


def crowded(root: Path) -> list[str]:
    """Folders of code that hold more modules than that."""
    modules = (path for place in CODE for path in (root / place).rglob("*.py"))
    held = Counter(path.parent.relative_to(root) for path in modules)
    return sorted(str(folder) for folder, count in held.items() if count > MOST_MODULES)


def test_what_the_page_names_exists() -> None:
    assert len(set(_DOTTED.findall(PAGE))) > 30
    assert missing(PAGE) == []


def test_a_name_that_does_not_exist_is_noticed() -> None:
    assert missing("`verdict.judge.guess`, `verdict.judge.judge` in `tox.ini`") == [
        "verdict.judge.guess"
    ]


def test_no_folder_of_code_is_crowded() -> None:
    assert crowded(ROOT) == []


def test_a_crowded_folder_is_noticed(tmp_path: Path) -> None:
    for room, count in (("benchmarks/full", MOST_MODULES), ("docs/made/crowded", MOST_MODULES + 1)):
        (tmp_path / room).mkdir(parents=True)
        for i in range(count):
            (tmp_path / room / f"m{i}.py").touch()
    assert crowded(tmp_path) == ["docs/made/crowded"]


def test_imports_upwards_are_counted() -> None:
    """Three rooms, of which the lowest imports the highest once."""
    rooms = {"a": ("a.x",), "b": ("b.x", "b.y"), "c": ("c.x",)}
    imports = (("c.x", "b.x"), ("c.x", "b.y"), ("b.x", "a.x"), ("b.y", "a.x"), ("a.x", "c.x"))
    plan = house.House(rooms=rooms, imports=imports)
    assert (plan.order, plan.upward, plan.floors) == (["a", "b", "c"], 1, {"a": 0, "b": 1, "c": 2})
    assert plan.inside("b") == 1


def test_the_rooms_have_no_import_upwards() -> None:
    assert house.house(ROOT).upward == 0


def test_an_arrow_that_follows_from_others_is_not_drawn() -> None:
    rooms = {"a": ("a.x",), "b": ("b.x",), "c": ("c.x",)}
    plan = house.House(rooms=rooms, imports=(("c.x", "b.x"), ("b.x", "a.x"), ("c.x", "a.x")))
    assert plan.drawn == [("b", "a"), ("c", "b")]
