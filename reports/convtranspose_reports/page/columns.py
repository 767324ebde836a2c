"""The records of a run as dictionary-coded columns: what the page's case table is drawn from, in
the browser."""

import base64
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import msgspec

from convtranspose_reports.page.spelled import spelled
from convtranspose_reports.runs.record import Check, Outcome, Record, Verdict
from convtranspose_reports.runs.store import Run

# the columns of what records say apart from their case
KINDS = ("backend", "check", "outcome", "verdict", "reason", "finding", "note", "follows")


class _Dictionary:
    """The distinct values of a column, in the order met, and the column as indices into them."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._index = {value: i for i, value in enumerate(values)}

    def __call__(self, value: str) -> int:
        return self._index.setdefault(value, len(self._index))

    @property
    def values(self) -> list[str]:
        return list(self._index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """`head` is plain data: the words of each column, the cases, the anchors of the findings'
    cards, the backends' versions. `rows` has the columns themselves, each as indices into its
    words, and `texts` those words that are many: names, summaries and reasons."""

    head: dict[str, object]
    rows: "dict[str, array[int]]"
    texts: dict[str, list[str]]


def columns(run: Run, anchors: Mapping[str, str]) -> Columns:
    """The cases and records as columns. `anchors` gives, for a finding's id, the id of its card on
    the page."""
    words = {
        "suite": _Dictionary(),
        "feature": _Dictionary(run.header.features),
        "case": _Dictionary(case.name for case in run.cases),
        "backend": _Dictionary(backend.name for backend in run.header.backends),
        "check": _Dictionary(Check),
        "outcome": _Dictionary(Outcome),
        "verdict": _Dictionary(Verdict),
        "reason": _Dictionary([""]),
        "finding": _Dictionary([""]),
        "note": _Dictionary([""]),
        "follows": _Dictionary([""]),
    }
    features, clauses = dict[tuple[str, ...], list[int]](), dict[str, str]()
    cases = {
        "suite": [words["suite"](case.suite) for case in run.cases],
        "features": [
            features.setdefault(of, [*map(words["feature"], of)]) for of in run.features().values()
        ],
        "clauses": [
            clauses.setdefault(said, said)
            for case in run.cases
            for said in [" ".join(case.clauses)]
        ],
    }
    records = run.records
    of_case = [words["case"](name) for name in records.cases]
    rows = {"case": _column(of_case, records.of_case)} | {
        name: _column(_indices(records.kinds, name, words[name]), records.of_kind) for name in KINDS
    }
    many = ("case", "reason")
    few = {name: dictionary.values for name, dictionary in words.items() if name not in many}
    texts = {name: words[name].values for name in many}
    texts["summary"] = [case.summary for case in run.cases]
    versions = {backend.name: backend.version for backend in run.header.backends}
    head = {"words": few, "versions": versions, "cases": cases, "rows": {}, "anchors": {**anchors}}
    return Columns(head=head, rows=rows, texts=texts)


def _indices(kinds: Sequence[Record], name: str, word: _Dictionary) -> list[int]:
    """By number of a kind, the index of what it says in a column."""
    said = (_told(kind.follows) if name == "follows" else getattr(kind, name) for kind in kinds)
    return [*map(word, said)]


def _column(indices: Sequence[int], of: "array[int]") -> "array[int]":
    """The indices, as the rows have them, in as few bytes each as they need."""
    width = _width(max(indices, default=0))
    return array(_CODES[width], map(indices.__getitem__, of))


def _told(follows: Mapping[str, list[str]]) -> str:
    return "; ".join(
        f"{label}: {' or '.join(readings) or 'no named reading'}"
        for label, readings in follows.items()
    )


def packed(columns: Columns) -> str:
    """Base64 of gzip: nothing in it can end a script element; the same data give the same text.

    Inside are the length of the head as 4 bytes, the head as JSON, and columns, little-endian, each
    beginning at a multiple of 4: the rows, in as few bytes an index as their words need, the case
    as the step from the row before; and of each of the texts whose pieces a word has, and the
    numbers between them.
    """
    pressed = zlib.compressobj(9, wbits=_GZIP)
    left, texts = b"", list[str]()
    for part in chain(map(pressed.compress, _parts(columns)), map(pressed.flush, [zlib.Z_FINISH])):
        left += part
        whole = len(left) // 3 * 3  # bytes that come to whole groups of four letters
        texts.append(base64.b64encode(left[:whole]).decode("ascii"))
        left = left[whole:]
    return "".join([*texts, base64.b64encode(left).decode("ascii")])


def _parts(columns: Columns) -> Iterator[bytes]:
    apart = {name: spelled(words) for name, words in columns.texts.items()}
    every = [(name, _steps(c) if name == "case" else c) for name, c in columns.rows.items()]
    for name, text in apart.items():
        every += [(f"{name} of", text.of), *((f"{name} numbers", c) for c in text.numbers)]
    head = columns.head | {
        "columns": [(name, column.itemsize, len(column)) for name, column in every],
        "count": len(next(iter(columns.rows.values()))),
        "pieces": {name: text.pieces for name, text in apart.items()},
    }
    length = sum(map(len, _json(head)))
    yield length.to_bytes(4, "little")
    yield from _json(head)
    length += 4
    for _, column in every:
        part = bytes(-length % 4) + _little_endian(column)
        length += len(part)
        yield part


def _steps(column: "array[int]") -> "array[int]":
    """From each entry to the next, around the end of what so many bytes hold."""
    last = (1 << 8 * column.itemsize) - 1
    return array(
        column.typecode, (b - a & last for a, b in zip(chain((0,), column), column, strict=False))
    )


def _json(value: object) -> Iterator[bytes]:
    """JSON in pieces: the text of a large run is never there as a whole."""
    encode = msgspec.json.encode
    if isinstance(value, dict):
        for number, (name, each) in enumerate(value.items()):
            yield (b"," if number else b"{") + encode(name) + b":"
            yield from _json(each)
        yield b"}" if value else b"{}"
    elif isinstance(value, list) and len(value) > _PIECE:
        for start in range(0, len(value), _PIECE):
            yield (b"," if start else b"[") + encode(value[start : start + _PIECE])[1:-1]
        yield b"]"
    else:
        yield encode(value)


_PIECE = 4096  # elements of a list
_GZIP = 31  # zlib's word for a window of 32 KiB in a gzip frame, which holds no time
_CODES = {1: "B", 2: "H", 4: "I"}


def _width(largest: int) -> int:
    return 1 if largest < 2**8 else 2 if largest < 2**16 else 4


def _little_endian(column: "array[int]") -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()
