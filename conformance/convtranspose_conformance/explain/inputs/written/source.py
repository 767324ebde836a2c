"""The text that is read: as it is given, a file, a notebook's cells or standard input, without the
prompts of interpreters."""

import json
import re
import sys
from pathlib import Path

from ..subject import Unreadable
from .printed.forms import as_calls

MOST_CHARACTERS = 4_000_000
LONGEST_SHOWN = 57  # of a first line
SUFFIXES = (".py", ".ipynb", ".txt", ".md", ".rst", ".pyi")
# of protobuf's text, a model's or another library's network
_NETWORKS = (".prototxt", ".pbtxt", ".textproto")
_MODEL = re.compile(r"^\s*(?:ir_version|opset_import|graph)\b", re.MULTILINE)
# as word processors and chats write them
_PUNCTUATION = str.maketrans("，（）［］＝：；“”‘’\u00a0", ",()[]=:;\"\"'' ")
# `kernel size=(4, 4)`, where what wrote it took the underscore for an emphasis
_SPACED = re.compile(
    r"(?<=[(,])([ \t]*(?:kernel|output|padding|in|out|dilation))[ ]"
    r"((?:size|padding|mode|channels|rate)\s*=)"
)
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.:?|In \[\d*\]:)(?: |$)", re.MULTILINE)


def is_text_file(what: str) -> bool:
    """Is it a file that holds text, or standard input?"""
    if what == "-":
        return True
    is_name = "\n" not in what and "(" not in what
    return is_name and (what.endswith(SUFFIXES) or _is_network(what))


def _is_network(what: str) -> bool:
    """Does a file of protobuf's text hold no model of ONNX?"""
    if not what.endswith(_NETWORKS):
        return False
    try:
        text = Path(what).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return not _MODEL.search(text)


def first_line(what: str) -> str:
    """The first line of a text that has one, in quotes, shortened where it goes on."""
    line = next((each.strip() for each in what.splitlines() if each.strip()), "")
    shown = line if len(line) <= LONGEST_SHOWN else line[:LONGEST_SHOWN].rstrip()
    return repr(shown if shown == what.strip() else f"{shown} ...")


def text_of(what: str) -> str:
    """The text, without prompts, and with printed nodes as calls. Raises Unreadable for a file that
    cannot be read, and for what is too long."""
    text = _read(what) if is_text_file(what) else what
    if len(text) > MOST_CHARACTERS:
        raise Unreadable(
            f"{_named(what)}: {len(text):,} characters; accepted are {MOST_CHARACTERS:,}"
        )
    plain = text.translate(_PUNCTUATION).expandtabs(4).replace("\r\n", "\n")
    return as_calls(_SPACED.sub(r"\1_\2", _PROMPT.sub("", plain)))


def _named(what: str) -> str:
    return "standard input" if what == "-" else what[:60]


def _read(what: str) -> str:
    accepted = "accepted is Python text in UTF-8, or a notebook"
    if what == "-":
        return sys.stdin.read(MOST_CHARACTERS + 1)
    try:
        with Path(what).open(encoding="utf-8") as file:
            text = file.read(MOST_CHARACTERS + 1)
    except OSError as error:
        raise Unreadable(f"{what}: cannot be read: {error.strerror}; {accepted}") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{what}: no text in UTF-8; {accepted}") from None
    return _cells(what, text) if what.endswith(".ipynb") else text


def _cells(what: str, text: str) -> str:
    """The code cells of a notebook, one after the other."""
    try:
        cells = json.loads(text)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return "\n".join(each if isinstance(each, str) else "".join(each) for each in sources)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable(f"{what}: no notebook of format 4; accepted has cells") from None
