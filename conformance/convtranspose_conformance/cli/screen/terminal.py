"""What the commands share: where they write, and how they stop before their end. Here alone what a
user can mend becomes a line on stderr and an exit status."""

import errno
import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TextIO

import typer
from typer import TyperException

from convtranspose_reference.errors import UserError
from convtranspose_reports.errors import RunError

from ...run.exit_status import UNUSABLE_STATUS
from ...worker.plain_text import plain_text

INTERRUPTED_STATUS = 130


class Form(StrEnum):
    """How a table is printed: for people and `cut`, or as one JSON value."""

    TEXT = "text"
    JSON = "json"


def say(line: str) -> None:
    """A line on stderr: what is under way, and what a person should know beside the result."""
    print(line, file=sys.stderr)


def stop(message: str, status: int) -> NoReturn:
    """Ends the command with an error and a status of its own, as where nothing ran. What a user
    can mend is raised as a UserError instead."""
    say(f"error: {plain_text(message)}")
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
    say(f"error: {plain_text(message)}")
    raise SystemExit(UNUSABLE_STATUS)


@contextmanager
def own_stdout() -> Iterator[None]:
    """stdout is what this program prints, and nothing else: a library's own code, which writes to
    descriptor 1 past Python, finds stderr there. What is closed, or read no further, swallows what
    it is told: a command ends with its own status, whoever has stopped to listen."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    before, beside = sys.stdout, sys.stderr
    before.flush()
    try:
        kept, other = os.dup(before.fileno()), os.dup(beside.fileno())
        os.dup2(other, before.fileno())
    except (OSError, io.UnsupportedOperation):  # no files: nothing goes past Python
        yield
        return
    sys.stdout, sys.stderr = _stream(kept, before), _stream(other, beside)
    try:
        yield
    finally:
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = before, beside
        os.dup2(kept, before.fileno())
        for stream in streams:
            with suppress(OSError):  # what could not be written was said by then
                stream.close()


class _WhileRead(io.FileIO):
    """A descriptor of whose pipe the other end may be closed at any time."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            return len(data)


def _stream(descriptor: int, like: TextIO) -> TextIO:
    """What writes to a descriptor, and closes it; by lines where somebody watches."""
    by_lines = os.isatty(descriptor) or like is sys.stderr
    raw = io.BufferedWriter(_WhileRead(descriptor, "w"))
    return io.TextIOWrapper(
        raw, encoding=like.encoding, errors=like.errors, line_buffering=by_lines
    )


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
