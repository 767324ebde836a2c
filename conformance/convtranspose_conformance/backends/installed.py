"""Which version of a distribution is installed, read where `importlib.metadata` reads it first:
loading that, with the parser of mails by which it reads, took a twentieth of `explain`."""

import re
import sys
from functools import cache
from os import listdir
from os.path import join


@cache
def installed(distribution: str) -> str:
    """The version; "" where it is not installed."""
    about = _abouts(tuple(sys.path)).get(_normalized(distribution))
    return (_stated(about) if about else "") or _looked_up(distribution)


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
