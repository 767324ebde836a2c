"""Options that several commands take, and what is checked of them before anything starts."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from convtranspose_reference.errors import UserError

from ..screen.terminal import Form, say
from . import completion


class OptionError(UserError):
    """Options that do not go together, or a value that an option does not take."""


TARGET = "NAME|module:attr[@DEVICE]"

StatedVersion = Annotated[
    str,
    typer.Option(
        metavar="V", help="Version of the one backend named, where its distribution does not tell."
    ),
]
Globs = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GLOB",
        help="Only cases whose id matches (repeatable).",
        autocompletion=completion.cases,
    ),
]
Deviations = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Declarations of your own backend (repeatable)."),
]

Claims = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE", help="What your own backend says that it does and does not (repeatable)."
    ),
]
Format = Annotated[Form, typer.Option("--format", help="How it is printed.")]
SHORTEST_S, LONGEST_S = 0.1, 86_400.0  # a day
MOST_MINUTES = 10_080.0  # a week
MOST_JOBS = 1024  # what no machine has processors for
LEAST_GIB, MOST_GIB = 0.25, 65_536.0  # an interpreter with NumPy; what no machine has


T = TypeVar("T", float, float | None)


def within(least: float, most: float, unit: str = "") -> Callable[[T], T]:
    """What refuses a number that does not lie there: one that is none, too, which is neither below
    nor above anything. None, for nothing given, passes."""

    def checked(value: T) -> T:
        if value is not None and not least <= value <= most:
            said = " ".join(filter(None, (f"{value:g}", unit)))
            raise typer.BadParameter(f"{said}; accepted are {least:g} to {most:g}")
        return value

    return checked


Timeout = Annotated[
    float,
    typer.Option(
        metavar="S", callback=within(SHORTEST_S, LONGEST_S, "s"), help="Seconds for one case."
    ),
]
Memory = Annotated[
    float,
    typer.Option(
        metavar="GIB", callback=within(LEAST_GIB, MOST_GIB, "GiB"), help="Memory of a worker."
    ),
]


def suites_option(help: str) -> Any:
    """Of names of suites, repeatable."""
    return typer.Option(metavar="NAME", help=help, autocompletion=completion.suites)


def require_one_backend(version: str, backends: Sequence[str]) -> None:
    """Raises OptionError where `--backend-version` speaks of none or of several."""
    if version and len(backends) != 1:
        raise OptionError(
            "--backend-version says the version of one backend: name it with one --backend"
        )


def require_directory(out: Path, option: str = "--out") -> None:
    """Raises OptionError before the work, not after it, where its results could not be written."""
    for place in (out, *out.parents):
        if place.exists():
            if not place.is_dir():
                raise OptionError(
                    f"{option} {out}: {place} is a file; accepted is a directory, which is made "
                    "where it is missing"
                )
            return


def require_writable(option: str, file: Path) -> None:
    """Raises OptionError before the work where a file could not be written after it."""
    if file.is_dir() or not file.parent.is_dir():
        raise OptionError(f"{option} {file}: accepted is a file in a directory that exists")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise OptionError(f"{option} {file}: accepted is a file that may be written")


def require_other(option: str, file: Path, read: Iterable[str]) -> None:
    """Raises OptionError where a file that is to be written is one that is read, by whatever name;
    of `model.onnx#NODE` that is the file before the #."""
    for each in read if file.is_file() else ():
        ends = (len(each), *(at for at, letter in enumerate(each) if letter == "#"))
        for name in (each[:end] for end in ends):
            if os.path.isfile(name) and os.path.samefile(name, file):
                raise OptionError(
                    f"{option} {file}: is {name}, which is read; accepted is another file"
                )


def write_page(file: Path, text: str) -> None:
    """The file of `--html`, and a line on stderr that says where it is. Raises OptionError where
    the system does not write it after all, as on a full disk."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OptionError(f"--html {file}: {error.strerror}; accepted is another file") from error
    say(f"page: {file.resolve()}")


def require_check(check: str, checks: Sequence[str]) -> None:
    """Raises OptionError for a check that there is not."""
    if check not in checks:
        raise OptionError(f"--check {check}: accepted are {', '.join(checks)}")
