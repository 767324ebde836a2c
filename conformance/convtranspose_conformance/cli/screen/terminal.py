"""What the commands share: where they write, and how they stop before their end. Here alone what a
user can mend becomes a line on stderr and an exit status."""

import errno
import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer import TyperException

from convtranspose_reference.errors import UserError
from convtranspose_reports.errors import RunError

from ...run.exit_status import UNUSABLE_STATUS

INTERRUPTED_STATUS = 130


def say(line: str) -> None:
    """A line on stderr: what is under way, and what a person should know beside the result."""
    print(line, file=sys.stderr)


def stop(message: str, status: int) -> NoReturn:
    """Ends the command with an error and a status of its own, as where nothing ran. What a user
    can mend is raised as a UserError instead."""
    say(f"error: {message}")
    raise typer.Exit(status)


@contextmanager
def errors_said() -> Iterator[None]:
    """Around a command: what the user can mend ends it with one error, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files that are no text
    try:
        yield
        sys.stdout.flush()  # while what cannot be written can still be said
        return
    except (UserError, RunError) as error:
        message = str(error).rstrip()
    except TyperException as error:  # an option that Typer itself refuses
        message = error.format_message()
    except OSError as error:
        message = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        if error.errno == errno.ENOSPC and not error.filename:
            message = f"what is printed cannot be written: {error.strerror}"
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    say(f"error: {message}")
    raise SystemExit(UNUSABLE_STATUS)


@contextmanager
def own_stdout() -> Iterator[None]:
    """stdout is what this program prints, and nothing else: a library's own code, which writes to
    descriptor 1 past Python, finds stderr there. What is closed swallows what it is told."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    before = sys.stdout
    before.flush()
    try:
        kept = os.dup(before.fileno())
        os.dup2(sys.stderr.fileno(), before.fileno())
    except (OSError, io.UnsupportedOperation):  # no files: nothing goes past Python
        yield
        return
    sys.stdout = open(  # noqa: SIM115  closed below
        kept,
        "w",
        buffering=1 if os.isatty(kept) else -1,
        encoding=before.encoding,
        errors=before.errors,
    )
    try:
        yield
    finally:
        stream, sys.stdout = sys.stdout, before
        os.dup2(kept, before.fileno())
        with suppress(OSError):  # what could not be written was said by then
            stream.close()


def print_json(value: Any) -> None:
    """One JSON value on stdout, and nothing else: for a program that reads it."""
    import msgspec  # `--help` does without

    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def show_page(page: Path, *, aside: bool = False) -> None:
    """The last line of a command that writes a report; `aside`: stdout is a program's to read."""
    (say if aside else print)(f"report: {page.resolve()}")


@contextmanager
def warnings_said(*categories: type[Warning]) -> Iterator[None]:
    """Warnings of these kinds as lines on stderr, when the block ends without an error."""
    with warnings.catch_warnings(record=True) as caught:
        for category in categories:
            warnings.simplefilter("always", category)
        yield
    for warning in caught:
        say(f"warning: {warning.message}")
