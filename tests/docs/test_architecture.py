"""What docs/architecture.md and its picture say of the code is so."""

import importlib
import re
from collections import Counter
from pathlib import Path

from made.pictures import house

from convtranspose_cases import SUITES
from support import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILES = ("ini", "toml", "xml", "html", "jsonl", "json", "py", "md")
PACKAGES = ("reference", "cases", "reports")
CODE = (*PACKAGES, "conformance", "benchmarks", "docs")
# words that mean here what they mean anywhere, frameworks, and ONNX's own
ORDINARY = {
    *("array", "attributes", "cluster", "code", "geometry", "gradients", "invalid", "list"),
    *("name", "onnx", "page", "planning", "plugin", "resize", "screen", "size"),
    *("cut", "file", "merge", "short", "unknown", "user", "validity", "writer", "written"),
    *("jax", "keras", "onnxruntime", "openvino", "tensorflow", "tinygrad", "torch"),
    *("asking", "cli", "explain", "failed", "held", "input", "measuring", "model", "plain"),
    *("printed", "selection", "shown", "taken"),
}
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


def glossary(page: str) -> dict[str, str]:
    """Word -> what it is, of the tables of *Words*; a row of several words counts for each."""
    words = page.partition("\n## Words\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", words, re.MULTILINE)
    said = {
        re.sub(r" \(.*\)", "", word): says for named, says in rows for word in named.split(", ")
    }
    return {word: says for word, says in said.items() if word not in ("word", "---")}


def nouns() -> set[str]:
    """The folders of the four packages, and the classes that they declare to other people's code,
    in plain words: `BackendLine` is about a backend, `RunMergeError` about run and merge."""
    words = set()
    for package in (*PACKAGES, "conformance"):
        root = ROOT / package / f"convtranspose_{package}"
        words |= {path.parent.name.replace("_", " ") for path in root.rglob("*/__init__.py")}
        declared = (root / "__init__.pyi").read_text(encoding="utf-8")
        for name in re.findall(r" as ([A-Z]\w+[a-z]\w*)$", declared, re.MULTILINE):
            bare = re.sub(r"(Error|Warning|Line)$", "", name)
            words |= {" ".join(re.findall("[A-Z][a-z]+", bare)).lower()}
    return words


def unsaid(found: set[str], page: str) -> list[str]:
    """Those that no row of the glossary is about, word by word, in the singular or not."""
    known = {*re.findall(r"\w+", " ".join(glossary(page))), *ORDINARY}
    known |= {f"{word}s" for word in known}
    return sorted(noun for noun in found if not known.issuperset(noun.split()))


def test_every_noun_of_the_code_is_in_the_glossary() -> None:
    assert unsaid(nouns(), PAGE) == []


def test_every_suite_stands_in_its_row() -> None:
    assert re.findall(r"`([\w-]+)`", glossary(PAGE)["suite"]) == list(SUITES)


def test_a_noun_that_the_glossary_lacks_is_noticed() -> None:
    page = re.sub(r"^\| (warden|claim|reply) \|.*\n", "", PAGE, flags=re.MULTILINE)
    assert unsaid({*nouns(), "warden"}, page) == ["claims", "reply", "warden"]
    assert not ORDINARY & set(glossary(PAGE))
