"""What is read of files and words that somebody else wrote, at most: past it they are refused,
before they cost memory or time."""

import os
import stat
from pathlib import Path

from convtranspose_reference.errors import UserError

LARGEST_TEXT = 2**24  # bytes of a file that is read as text
LONGEST_INTEGER = 20  # characters: those of -2**63
TEXT_SHOWN = 200  # characters of somebody's text in a message


class LimitError(UserError, ValueError):
    """Something that is larger, deeper or of another kind than is read here; says what is
    accepted."""


def shown(text: str) -> str:
    """A text as part of a message, cut where it would fill the screen."""
    return text if len(text) <= TEXT_SHOWN else f"{text[:TEXT_SHOWN]}... ({len(text)} characters)"


def is_int64(word: str) -> bool:
    """Is a word of decimal digits, perhaps behind a minus sign, an integer of 64 bits?"""
    return len(word) <= LONGEST_INTEGER and -(2**63) <= int(word) < 2**63


def require_file(path: Path) -> int:
    """The size of a regular file. Raises LimitError for a device, a pipe or another thing without
    an end, OSError where there is nothing."""
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise LimitError(f"{path}: is a device or a pipe; accepted is a file")
    return found.st_size


def text_of(path: Path) -> str:
    """A file's text. Raises LimitError for a file that is none, too large or no UTF-8, OSError as
    `open` does."""
    if require_file(path) > LARGEST_TEXT:
        raise LimitError(f"{path}: is too large; accepted are at most {LARGEST_TEXT} bytes")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LimitError(
            f"{path}: is no UTF-8 text: {error.reason} at byte {error.start}"
        ) from error


def plain(text: str) -> str:
    """A text that can be written as UTF-8: bytes of a name that are none are shown as such."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
