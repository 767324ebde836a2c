"""Which version of a distribution is installed, read where `importlib.metadata` reads it first:
loading that, with the parser of mails by which it reads, took a twentieth of `explain`."""

import re
import sys
from functools import cache
from os import listdir
from os.path import join
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_LISTS = ("top_level.txt", "RECORD", "installed-files.txt", "SOURCES.txt")


@cache
def installed(distribution: str) -> str:
    """The version; "" where it is not installed."""
    about = _abouts(tuple(sys.path)).get(_normalized(distribution))
    return (_stated(about) if about else "") or _looked_up(distribution)


def version_of_module(name: str) -> str:
    """The version of the distribution that brings a top-level module; "" where none does."""
    return next(filter(None, map(installed, _bringing(name, tuple(sys.path)))), "")


@cache
def _bringing(module: str, path: tuple[str, ...]) -> list[str]:
    """The distributions on the `path` that bring a module. Which each of them brings takes a tenth
    of a second: that is asked only where some list of files has the module's name as a word."""
    from importlib.metadata import distributions, packages_distributions  # slow

    word = re.compile(rf"\b{re.escape(module)}\b")
    if not any(module in text and word.search(text) for text in map(_listed, distributions())):
        return []
    return packages_distributions().get(module, [])


def _listed(distribution: "Distribution") -> str:
    """Where `packages_distributions` looks for what a distribution brings: the first that is
    there."""
    return next(
        (text for name in _LISTS if (text := distribution.read_text(name) or "").strip()), ""
    )


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _abouts(path: tuple[str, ...]) -> dict[str, str]:
    """Distribution -> what tells of it, a folder or a file; the first on the `path`."""
    paths: dict[str, str] = {}
    for folder in path:
        for name in _names_in(folder):
            if name.endswith((".dist-info", ".egg-info")):
                distribution = _normalized(name.rpartition(".")[0].partition("-")[0])
                paths.setdefault(distribution, join(folder, name))
    return paths


def _names_in(folder: str) -> list[str]:
    try:
        return listdir(folder or ".")
    except OSError:  # no folder: an archive, or nothing
        return []


def _stated(about: str) -> str:
    """The version in the METADATA of a folder; "" where it has none."""
    try:
        with open(join(about, "METADATA"), encoding="utf-8") as lines:
            for line in lines:
                if line.isspace():  # the description begins
                    break
                if line.startswith("Version:"):
                    return line.removeprefix("Version:").strip()
    except (OSError, UnicodeDecodeError):
        pass
    return ""


def _looked_up(distribution: str) -> str:
    """In archives, and wherever else a finder finds it."""
    from importlib.metadata import PackageNotFoundError, version  # slow, and seldom needed

    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
