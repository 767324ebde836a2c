"""The form of a file of answers: lines of JSON, told apart by their `type`, compressed by xz.

One `Opening`, one `CaseTable`, then any number of the others. An answer that is the text's, rounded
once, is the number of its case in an `AsText`; any other is written down whole, its numbers as
differences from the text's where it has these. Described in docs/answers.md.
"""

import lzma
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from convtranspose_reference.errors import UserError
from convtranspose_reports import Header

FORMAT = 2
READ = (1, FORMAT)  # which had no `begins` and `rounded`
KEPT = "answers.jsonl.xz"
MOST_LINE = 2**24  # bytes: journals keep no larger answer
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 4, "lp": 0, "pb": 0}]  # for text
_MAGIC = b"\xfd7zXZ\x00"  # what every file of xz begins with


class KeptError(UserError, ValueError):
    """A file of answers that cannot be read; the message names the file and the line, and says what
    is accepted."""

    def __init__(self, path: Path, found: str, line: int | None = None) -> None:
        where = str(path) if line is None else f"{path}, line {line}"
        super().__init__(
            f"{where}: {found}\n  accepted: a file of answers as `convtranspose run "
            f"--keep-answers` writes it (format {FORMAT}), unedited"
        )


class _Line(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"
):
    pass


class Asks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backend was asked: these checks, of those that a case asks for; of a slow backend one
    of so many cases."""

    checks: list[str]
    sample: int = 1


class Opening(_Line, frozen=True, kw_only=True, tag="opening"):
    """The first line: of which run the answers are, and which answers each backend owes."""

    format: int = FORMAT
    header: Header
    asks: dict[str, Asks]


class CaseTable(_Line, frozen=True, kw_only=True, tag="cases"):
    """The second line: the ids of the cases, and for each the digest of what was asked
    (`question`), by which a later day knows whether its case of that name is still the same."""

    ids: list[str]
    questions: list[str]


class SeenLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One observation. An array has `dtype` and `shape`, and its bytes as `data` (base64) or, where
    the text's answer has its dtype and shape, as `off`: by how many floating-point numbers each
    element is above the text's answer, rounded once (-0 is the one below 0). With `begins`, `off`
    is beside the text's sums that begin there on its uncropped output, rounded once to `rounded`.
    """

    seen: str
    dtype: str = ""
    shape: list[int | None] | None = None
    data: bytes = b""
    off: list[int] | None = None
    begins: list[int] | None = None
    rounded: str = ""
    stage: str = ""
    kind: str = ""
    message: str = ""
    once: str = ""
    parts: dict[str, "SeenLine"] = {}


class AsText(_Line, frozen=True, kw_only=True, tag="as text"):
    """The cases whose answers to one check are the text's, to the bit."""

    backend: str
    check: str
    cases: list[int]


class Other(_Line, frozen=True, kw_only=True, tag="other"):
    """An answer that is not the text's to the bit."""

    backend: str
    check: str
    case: int
    seen: SeenLine


class Besides(_Line, frozen=True, kw_only=True, tag="besides"):
    """What the backend answered to a call that no suite holds, on which the credit of a refusal
    hangs."""

    backend: str
    check: str
    call: str
    seen: SeenLine


class LeftOut(_Line, frozen=True, kw_only=True, tag="left out"):
    """Cases whose answers were not kept: too large, or not asked in the end."""

    backend: str
    cases: list[int]


Line = Opening | CaseTable | AsText | Other | Besides | LeftOut
_DECODER = msgspec.json.Decoder(Line)
_ENCODER = msgspec.json.Encoder(order="deterministic")


def write_lines(path: Path, lines: Iterable[Line]) -> None:
    """Writes a file of answers."""
    with lzma.open(path, "wb", filters=FILTERS) as file:
        for line in lines:
            file.write(encoded(line))


def encoded(line: Line) -> bytes:
    """A line as it stands in the file, before that is compressed."""
    return _ENCODER.encode(line) + b"\n"


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file of answers, compressed or not, an `Opening` and a `CaseTable` first.
    Raises KeptError, OSError."""
    number = 0
    try:
        with _opened(path) as file:
            while content := file.readline(MOST_LINE + 1):
                number += 1
                yield _line(path, number, content)
    except (lzma.LZMAError, EOFError) as error:
        raise KeptError(path, f"is not xz, or was cut off ({error})") from error
    if number < 2:
        raise KeptError(path, "ends before its cases")


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        compressed = file.read(len(_MAGIC)) == _MAGIC
    return lzma.open(path, "rb") if compressed else path.open("rb")


def _line(path: Path, number: int, content: bytes) -> Line:
    if len(content) > MOST_LINE:
        raise KeptError(path, f"a line of more than {MOST_LINE} bytes", number)
    try:
        line: Line = _DECODER.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KeptError(path, str(error), number) from error
    wanted = {1: Opening, 2: CaseTable}.get(number)
    if isinstance(line, Opening | CaseTable) if wanted is None else not isinstance(line, wanted):
        raise KeptError(
            path, "the opening, then the cases, then answers: not in this order", number
        )
    if isinstance(line, Opening) and line.format not in READ:
        raise KeptError(path, f"format {line.format}", number)
    return line
