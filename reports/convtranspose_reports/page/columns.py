"""The records of a run as columns of numbers: what the page's case table is drawn from, in the
browser. What several say alike, apart from their case, is there once."""

import base64
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise
from struct import Struct

import msgspec

from convtranspose_reports.held.column import Column
from convtranspose_reports.held.index import Index
from convtranspose_reports.held.numbers import HeldNumbers, width_of
from convtranspose_reports.held.texts import Texts, as_bytes
from convtranspose_reports.page.matrix import OF_CLAUSE, about
from convtranspose_reports.page.spelled import spelled
from convtranspose_reports.runs.record import Check, Outcome, Record, Verdict
from convtranspose_reports.runs.store import Run

# the columns of what records say apart from their case
KINDS = ("backend", "check", "outcome", "verdict", "reason", "finding", "note", "follows")
_TOLD = Struct(f"{len(KINDS)}I")


class _Dictionary:
    """The distinct values of a column, in the order met, and the column as indices into them."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._index = {value: i for i, value in enumerate(values)}

    def __call__(self, value: str) -> int:
        return self._index.setdefault(value, len(self._index))

    @property
    def values(self) -> list[str]:
        return list(self._index)


class _Texts:
    """As a dictionary, of values that are many."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._index, self.values = Index(), Texts()
        for value in values:
            self(value)

    def __call__(self, value: str) -> int:
        number = self._index.add(as_bytes(value))
        if number == len(self.values):
            self.values.append(value)
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """`head` is plain data: the words of each column, the sets of features and of clauses that
    cases have, the anchors of the findings' cards, what findings and clauses are about, the
    backends' versions. `columns` are indices:
    of each record (`row case`, `row kind`), each case (`case suite`, `case features`, `case
    clauses`) and each kind, which is what records say (`kind backend`, ...). `texts` has those
    words that are many: names, summaries and reasons."""

    head: dict[str, object]
    columns: dict[str, HeldNumbers]
    texts: dict[str, Callable[[], Iterable[str]]]

    @property
    def count(self) -> int:
        """How many records there are."""
        return len(self.columns["row case"])


def columns(run: Run, anchors: Mapping[str, str]) -> Columns:
    """The cases and records as columns. `anchors` gives, for a finding's id, the id of its card on
    the page."""
    words = {
        "suite": _Dictionary(run.said_of_cases().suites),
        "feature": _Dictionary(run.header.features),
        "backend": _Dictionary(backend.name for backend in run.header.backends),
        "check": _Dictionary(Check),
        "outcome": _Dictionary(Outcome),
        "verdict": _Dictionary(Verdict),
        "finding": _Dictionary([""]),
        "note": _Dictionary([""]),
        "follows": _Dictionary([""]),
    }
    records, reasons, places = run.records, _Texts([""]), run.places()
    kinds, of_kind = _kinds(records.kinds, words | {"reason": reasons})
    of_cases, sets = _of_cases(run, words["feature"])
    few = {name: dictionary.values for name, dictionary in words.items()}
    versions = {backend.name: backend.version for backend in run.header.backends}
    return Columns(
        head={
            "words": few,
            "versions": versions,
            "sets": sets,
            "anchors": {**anchors},
            **_spoken_of(run, words["feature"]),
        },
        columns={
            "row case": _column(places, records.of_case),
            "row kind": _column(of_kind, records.of_kind),
            **of_cases,
            **kinds,
        },
        texts={
            "case": lambda: (case.name for case in run.cases),
            "reason": lambda: reasons.values,
            "summary": lambda: (case.summary for case in run.cases),
        },
    )


def _spoken_of(run: Run, feature: _Dictionary) -> dict[str, dict[str, list[int]]]:
    """The features that a finding is about, and those that a reading of a clause is about."""
    asked = frozenset(run.header.features)
    topics: dict[str, Mapping[str, Iterable[str]]] = {
        "about": about(run),
        "clauses_about": OF_CLAUSE,
    }
    return {
        name: {of: sorted(map(feature, asked & {*each})) for of, each in spoken.items()}
        for name, spoken in topics.items()
    }


def _kinds(
    kinds: Iterable[Record], words: Mapping[str, Callable[[str], int]]
) -> "tuple[dict[str, HeldNumbers], array[int]]":
    """What is told of kinds of records, as columns of the distinct ones, and by number of a kind
    the one that it is."""
    distinct, of, columns = Index(), array("I"), {name: Column() for name in KINDS}
    for kind in kinds:
        told = [words[name](_said(kind, name)) for name in KINDS]
        of.append(distinct.add(_TOLD.pack(*told)))
        if of[-1] == len(columns[KINDS[0]]):
            for name, number in zip(KINDS, told, strict=True):
                columns[name].append(number)
    return {f"kind {name}": each.numbers() for name, each in columns.items()}, of


def _of_cases(run: Run, feature: _Dictionary) -> tuple[dict[str, HeldNumbers], dict[str, object]]:
    """What is told of the cases, as columns of indices into suites and into sets of features and of
    clauses; and these sets."""
    groups = run.said_of_cases()
    of = {
        "case suite": HeldNumbers.of(groups.of_suite),
        "case features": HeldNumbers.of(groups.of_features),
        "case clauses": HeldNumbers.of(groups.of_clauses),
    }
    sets = {
        "features": [[*map(feature, each)] for each in groups.features],
        "clauses": [" ".join(each) for each in groups.clauses],
    }
    return of, sets


def _said(kind: Record, name: str) -> str:
    return _told(kind.follows) if name == "follows" else getattr(kind, name)


def _column(indices: Sequence[int], of: Column) -> HeldNumbers:
    """The indices, as the rows have them, in as few bytes each as they need."""
    width = width_of(max(indices, default=0))
    return HeldNumbers(lambda: map(indices.__getitem__, of), len(of), width)


def _told(follows: Mapping[str, list[str]]) -> str:
    return "; ".join(
        f"{label}: {' or '.join(readings) or 'no named reading'}"
        for label, readings in follows.items()
    )


def packed(columns: Columns) -> list[str]:
    """Base64 of gzip, in pieces: nothing in it can end a script element; the same data give the
    same text.

    Inside are the length of the head as 4 bytes, the head as JSON, and columns, little-endian, each
    beginning at a multiple of 4: those of `columns`, in as few bytes an index as they need, a row's
    case as the step from the row before; and of each of the texts whose pieces a word has, and the
    numbers between them.
    """
    pressed = zlib.compressobj(9, wbits=_GZIP)
    left, texts = b"", list[str]()
    for part in chain(map(pressed.compress, _parts(columns)), map(pressed.flush, [zlib.Z_FINISH])):
        left += part
        whole = len(left) // 3 * 3  # bytes that come to whole groups of four letters
        texts.append(base64.b64encode(left[:whole]).decode("ascii"))
        left = left[whole:]
    return [*texts, base64.b64encode(left).decode("ascii")]


def _parts(columns: Columns) -> Iterator[bytes]:
    apart = {name: spelled(words()) for name, words in columns.texts.items()}
    every = [(name, _steps(c) if name == "row case" else c) for name, c in columns.columns.items()]
    for name, text in apart.items():
        every += [(f"text {name}", text.of), *((f"numbers {name}", c) for c in text.numbers)]
    head = columns.head | {
        "columns": [(name, column.width, len(column)) for name, column in every],
        "count": columns.count,
        "pieces": {name: text.pieces for name, text in apart.items()},
    }
    length = sum(map(len, _json(head)))
    yield length.to_bytes(4, "little")
    yield from _json(head)
    length += 4
    for _, column in every:
        yield bytes(-length % 4)
        length += -length % 4 + column.width * len(column)
        yield from column.pieces()


def _steps(column: HeldNumbers) -> HeldNumbers:
    """From each entry to the next, around the end of what so many bytes hold."""
    return HeldNumbers(partial(_stepped, column), len(column), column.width)


def _stepped(column: HeldNumbers) -> Iterator[int]:
    last = (1 << 8 * column.width) - 1
    return (b - a & last for a, b in pairwise(chain((0,), column)))


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
