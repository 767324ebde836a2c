"""A run in memory, and on disk as `results.jsonl`, written line by line as it happens."""

import os
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from convtranspose_reports.errors import RunError
from convtranspose_reports.runs.record import (
    CaseLine,
    Finding,
    Footer,
    Header,
    Line,
    Record,
)
from convtranspose_reports.runs.records import Records

RESULTS = "results.jsonl"
UNFINISHED = "results.jsonl.part"
REPORT = ("index.html", "summary.json", "junit.xml", "badge.svg", "COMPATIBILITY.md")
BADGES = "badges"  # a folder, of one for each backend
BADGE_LABEL = "ConvTranspose"  # what the title of every badge begins with

ORDER: tuple[type[Line], ...] = (Header, CaseLine, Record, Finding, Footer)
STAGES: dict[type[Line], int] = {kind: stage for stage, kind in enumerate(ORDER)}
IN_ORDER = "one header, cases, records, findings, one footer, in this order"
_ONCE = (STAGES[Header], STAGES[Footer])
_BUFFER = 8192  # bytes that a killed process can lose
_Sets = dict[tuple[str, ...], int]


class RunFileError(RunError):
    """A file that cannot be read as a run: names the file, the line, what was found and what is
    accepted."""

    def __init__(self, path: Path, line: int | None, found: str, accepted: str) -> None:
        place = str(path) if line is None else f"{path}, line {line}"
        super().__init__(f"{place}: {found}\n  accepted: {accepted}")


class CutShortWarning(UserWarning):
    """A run was read that ended before its footer; what was lost is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A whole run in memory. `footer` is None where the run was cut short; `source` is where it was
    read from."""

    header: Header
    cases: Sequence[CaseLine] = field(default_factory=list)
    records: Records = field(default_factory=Records)
    findings: list[Finding] = field(default_factory=list)
    footer: Footer | None = None
    source: str = field(default="", compare=False)
    # what was found out of all cases once
    _known: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """A list of records, too, is held as `Records`."""
        object.__setattr__(self, "records", Records.of(self.records))

    def said_of_cases(self) -> "SaidOfCases":
        """What is said of the cases, found out once."""
        if "cases" not in self._known:
            self._known["cases"] = SaidOfCases(self.cases)
        said = self._known["cases"]
        assert isinstance(said, SaidOfCases)
        return said

    def suite_of(self, record: Record) -> str:
        """The suite of the case of one of the records."""
        number, said = self.records.number_of(record.case), self.said_of_cases()
        assert number is not None  # it is one of them
        return said.suites[said.of_suite[self.places()[number]]]

    def places(self) -> Sequence[int]:
        """By number of a case among the records', its place among the cases. Raises KeyError for
        one that is not there."""
        named = self.records.cases
        if getattr(self.cases, "names", None) is named:
            return range(len(named))
        if "places" not in self._known:
            place_of = {case.name: place for place, case in enumerate(self.cases)}
            self._known["places"] = [place_of[name] for name in named]
        places = self._known["places"]
        assert isinstance(places, list)
        return places


class SaidOfCases:
    """Of each case by its place the number of its suite, of its set of features and of its set of
    clauses, which are few."""

    __slots__ = ("clauses", "features", "of_clauses", "of_features", "of_suite", "suites")

    def __init__(self, cases: Iterable[CaseLine]) -> None:
        self.of_suite, self.of_features, self.of_clauses = array("I"), array("I"), array("I")
        suites, features, clauses = dict[str, int](), _Sets(), _Sets()
        for case in cases:
            self.of_suite.append(suites.setdefault(case.suite, len(suites)))
            self.of_features.append(features.setdefault(tuple(case.features), len(features)))
            self.of_clauses.append(clauses.setdefault(tuple(case.clauses), len(clauses)))
        self.suites, self.features, self.clauses = [*suites], [*features], [*clauses]


class RunWriter:
    """Streams the lines of a run to `directory/results.jsonl`, creating the directory.

    Lines go to `results.jsonl.part`, which takes the final name when the `with` block ends without
    an exception; otherwise it stays, and `read_run` reads it. A table keeps its order, but for
    those of a `Record`, which are sorted.

    Raises ValueError for a line out of order (header, cases, records, findings, footer) and for a
    footer that miscounts.
    """

    def __init__(self, directory: str | Path, *, finished: bool = True) -> None:
        """`finished`: does the file take its final name?"""
        self._directory, self._finished = Path(directory), finished
        self._file: BinaryIO | None = None
        self._kept = msgspec.json.Encoder()
        self._sorted = msgspec.json.Encoder(order="deterministic")
        self._stage = -1
        self._records = 0

    def __enter__(self) -> Self:
        self._directory.mkdir(parents=True, exist_ok=True)
        self._file = open(self._directory / UNFINISHED, "wb", buffering=_BUFFER)
        return self

    def write(self, line: Line) -> None:
        """Append one line."""
        if self._file is None:
            raise ValueError("a RunWriter writes inside its `with` block only")
        self._advance(line)
        encoder = self._sorted if isinstance(line, Record) else self._kept
        self._file.write(encoder.encode(line))
        self._file.write(b"\n")

    def _advance(self, line: Line) -> None:
        stage = STAGES[type(line)]
        if stage == self._stage and stage not in _ONCE:
            self._records += stage == STAGES[Record]
            return
        if stage <= self._stage or (self._stage < 0 and stage > 0):
            before = "nothing" if self._stage < 0 else f"a {ORDER[self._stage].__name__}"
            raise ValueError(f"a {type(line).__name__} after {before}; accepted: {IN_ORDER}")
        self._stage = stage
        self._records += stage == STAGES[Record]
        if isinstance(line, Footer) and line.records != self._records:
            raise ValueError(
                f"a footer that counts {line.records} records after {self._records} were written"
            )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._file is not None
        self._file.close()
        self._file = None
        if kind is None and self._finished:
            os.replace(self._directory / UNFINISHED, self._directory / RESULTS)


def write_run(directory: str | Path, run: Run, *, finished: bool = True) -> Path:
    """Write a run that is in memory (a merged one, say) to `directory/results.jsonl`, or one that
    is not `finished` to `results.jsonl.part`, and return that path."""
    with RunWriter(directory, finished=finished) as writer:
        writer.write(run.header)
        for lines in (run.cases, run.records, run.findings):
            for line in lines:
                writer.write(line)
        if run.footer is not None:
            writer.write(run.footer)
    return Path(directory) / (RESULTS if finished else UNFINISHED)


def remove_report(directory: str | Path) -> None:
    """Removes the pages and badges of an earlier run, and nothing else, before another one begins
    there."""
    for name in REPORT:
        (Path(directory) / name).unlink(missing_ok=True)
    badges = Path(directory) / BADGES
    if not badges.is_dir():
        return
    for badge in badges.glob("*.svg"):
        if f"<title>{BADGE_LABEL}" in badge.read_text(encoding="utf-8", errors="replace"):
            badge.unlink()
    if not any(badges.iterdir()):
        badges.rmdir()
