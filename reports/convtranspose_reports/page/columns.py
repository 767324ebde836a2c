"""The records of a run as dictionary-coded columns: what the page's case table is drawn from, in
the browser."""

import base64
import gzip
import sys
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from convtranspose_reports.runs.record import Check, Outcome, Verdict
from convtranspose_reports.runs.store import Run


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
    cards. `rows` has the columns themselves, each as indices into its words."""

    head: dict[str, object]
    rows: "dict[str, array[int]]"


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
    cases = {
        "summary": [case.summary for case in run.cases],
        "suite": [words["suite"](case.suite) for case in run.cases],
        "features": [
            [words["feature"](feature) for feature in case.features] for case in run.cases
        ],
        "clauses": [" ".join(case.clauses) for case in run.cases],
    }
    rows = {
        name: array("I", (words[name](getattr(record, name)) for record in run.records))
        for name in ("case", "backend", "check", "outcome", "verdict", "reason", "finding", "note")
    }
    rows["follows"] = array("I", (words["follows"](_told(r.follows)) for r in run.records))
    dictionaries = {name: dictionary.values for name, dictionary in words.items()}
    head = {"words": dictionaries, "cases": cases, "rows": {}, "anchors": dict(anchors)}
    return Columns(head=head, rows=rows)


def _told(follows: Mapping[str, list[str]]) -> str:
    return "; ".join(
        f"{label}: {' or '.join(readings) or 'no named reading'}"
        for label, readings in follows.items()
    )


def packed(columns: Columns) -> str:
    """Base64 of gzip: nothing in it can end a script element; the same data give the same text.

    Inside are the length of the head as 4 bytes, the head as JSON, and each column in as few bytes
    an index as its words need, little-endian, beginning at a multiple of 4.
    """
    widths = {name: _width(max(column, default=0)) for name, column in columns.rows.items()}
    count = len(next(iter(columns.rows.values())))
    head = columns.head | {"columns": [*widths.items()], "count": count}
    text = msgspec.json.encode(head)
    parts, length = [len(text).to_bytes(4, "little"), text], 4 + len(text)
    for name, column in columns.rows.items():
        parts += [bytes(-length % 4), _little_endian(column, widths[name])]
        length = sum(map(len, parts))
    return base64.b64encode(gzip.compress(b"".join(parts), 9, mtime=0)).decode("ascii")


_KINDS = {1: "B", 2: "H", 4: "I"}


def _width(largest: int) -> int:
    return 1 if largest < 2**8 else 2 if largest < 2**16 else 4


def _little_endian(column: "array[int]", width: int) -> bytes:
    narrow = array(_KINDS[width], column)
    if sys.byteorder == "big":
        narrow.byteswap()
    return narrow.tobytes()
