"""Versions of distributions, read as importlib.metadata reads them."""

import zipfile
from importlib.metadata import distributions, packages_distributions, version
from pathlib import Path

import pytest

from convtranspose_conformance.backends.installed import _stated, installed, version_of_module


def about(folder: Path, name: str, metadata: str) -> Path:
    kept = folder / name
    kept.mkdir(parents=True)
    (kept / "METADATA").write_text(metadata, encoding="utf-8")
    return kept


def test_the_version_of_all_that_is_installed() -> None:
    names = {name for each in distributions() if (name := each.metadata["Name"])}
    assert "numpy" in names
    assert {name: installed(name) for name in names} == {name: version(name) for name in names}


def test_what_is_not_installed_has_none() -> None:
    assert installed("of-no-distribution") == ""


def test_names_are_alike_as_pip_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about(tmp_path, "Some_Thing-1.0.dist-info", "Name: Some.Thing\nVersion: 1.0rc1\n\nVersion: 2\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert installed("some-thing") == installed("some.Thing") == "1.0rc1" == version("some-thing")


def test_the_first_on_the_path_is_the_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, said in (("later", "1"), ("first", "2")):
        about(tmp_path / folder, f"twice-{said}.dist-info", f"Name: twice\nVersion: {said}\n")
        monkeypatch.syspath_prepend(tmp_path / folder)
    assert installed("twice") == "2" == version("twice")


@pytest.mark.parametrize(
    "metadata", ["Name: odd\n\nVersion: 3\n", "", "Name: odd\nversion: 3\n", "Version:\n"]
)
def test_what_states_none_in_the_usual_way_is_left_to_the_library(
    metadata: str, tmp_path: Path
) -> None:
    assert _stated(str(about(tmp_path, "odd-3.dist-info", metadata))) == ""


def test_one_written_in_another_way_is_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about(tmp_path, "unusual-3.dist-info", "Name: unusual\nversion: 3\n")
    (tmp_path / "an_egg-4.egg-info").write_text("Name: an-egg\nVersion: 4\n", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("packed-5.dist-info/METADATA", "Name: packed\nVersion: 5\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "packed.zip")
    assert [installed(name) for name in ("unusual", "an-egg", "packed")] == ["3", "4", "5"]


def listing(folder: Path, name: str, file: str, lines: str) -> None:
    (about(folder, name, f"Name: {name.partition('-')[0]}\nVersion: 1\n") / file).write_text(lines)


def test_a_module_has_the_version_of_what_brings_it() -> None:
    """Each of some: it takes a tenth of a second."""
    brought = packages_distributions()
    assert brought["numpy"] == ["numpy"]
    some = {"numpy", *sorted(brought)[:: max(len(brought) // 20, 1)]}
    assert {module: version_of_module(module) for module in some} == {
        module: version(brought[module][0]) for module in some
    }


def test_a_module_that_nothing_brings_has_no_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not of a distribution that has only something else of its name."""
    listing(tmp_path, "bearing-1.dist-info", "RECORD", "bearing/unbrought.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert version_of_module("unbrought") == ""
    assert version_of_module("of_no_distribution") == ""


@pytest.mark.parametrize(
    ("name", "file", "lines"),
    [
        ("said-1.dist-info", "top_level.txt", "first\nbrought\n"),
        ("listed-1.dist-info", "RECORD", "brought/__init__.py,,\nlisted-1.dist-info/RECORD,,\n"),
        ("alone-1.dist-info", "RECORD", "brought.py,,\n"),
        ("egg-1.egg-info", "SOURCES.txt", "setup.py\nbrought/__init__.py\n"),
    ],
)
def test_a_module_has_the_version_of_what_says_or_lists_it(
    name: str, file: str, lines: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "brought").mkdir()
    for path in ("brought/__init__.py", "brought.py", "setup.py"):
        (tmp_path / path).touch()
    listing(tmp_path, name, file, lines)
    monkeypatch.syspath_prepend(tmp_path)
    if file.startswith("SOURCES"):
        (tmp_path / name / "METADATA").rename(tmp_path / name / "PKG-INFO")
    assert version_of_module("brought") == "1"
