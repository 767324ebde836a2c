"""A run read back from its `results.jsonl`, whole, and held against itself."""

import stat
import warnings
from collections import Counter
from collections.abc import Container
from functools import partial
from operator import is_
from pathlib import Path
from typing import BinaryIO

import msgspec

from convtranspose_reports.held.cases import Cases
from convtranspose_reports.held.kinds import BACKEND, OPENING
from convtranspose_reports.runs.answered import exit_status
from convtranspose_reports.runs.record import (
    FORMAT,
    CaseLine,
    Check,
    Finding,
    Footer,
    Header,
    Line,
    Outcome,
    Record,
    Verdict,
)
from convtranspose_reports.runs.records import Records
from convtranspose_reports.runs.store import (
    IN_ORDER,
    ORDER,
    RESULTS,
    STAGES,
    UNFINISHED,
    CutShortWarning,
    Run,
    RunFileError,
)

LONGEST_LINE = 2**26  # bytes
UNEDITED = "a file that nobody has edited or cut"
_CONFORMING = frozenset({Outcome.AGREES, Outcome.REJECTED, Outcome.UNSUPPORTED})
# a verdict that only one outcome has
_OF_ONE_OUTCOME = {Verdict.UNSUPPORTED: Outcome.UNSUPPORTED, Verdict.DECLINED: Outcome.DECLINED}
_OF_RECORDS = (Verdict.FAILS, Verdict.DEVIATES)  # findings whose cases name them


def read_run(path: str | Path) -> Run:
    """Read a run from its directory or from its `results.jsonl`.

    A torn last line is dropped with a `CutShortWarning`; a missing footer and an unfinished later
    run are told so, too.

    Raises RunFileError where the file is missing, no run, of another format, or holds a line that
    is none of a run's.
    """
    file = _results_file(Path(path))
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise RunFileError(file, None, "is no file", f"a run directory or its {RESULTS}")
        with file.open("rb") as stream:
            return _Reader(file).read(stream)
    except OSError as error:
        found = f"cannot be read: {error.strerror}"
        raise RunFileError(file, None, found, f"a run directory or its {RESULTS}") from None


def _results_file(path: Path) -> Path:
    if not path.is_dir():
        return path
    finished, unfinished = path / RESULTS, path / UNFINISHED
    if finished.exists():
        if unfinished.exists():
            _warn(
                f"{unfinished}: a later run that did not finish lies here and was not read; name "
                "the file to read it"
            )
        return finished
    return unfinished if unfinished.exists() else finished


def _warn(message: str) -> None:
    warnings.warn(message, CutShortWarning, stacklevel=4)


class _Opening(msgspec.Struct):
    type: str = ""
    format: object = None


class _Reader:
    """Collects the lines of one file into a `Run`, checking what the types alone cannot."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
        self._number = 0
        self._stage = 0
        self._records = Records()
        self._cases = Cases(self._records.cases)
        self._answered: dict[tuple[str, Check], bytearray] = {}  # by number of the case
        self._findings: dict[str, Finding] = {}
        self._footer: Footer | None = None

    def read(self, stream: BinaryIO) -> Run:
        self._number = 1
        header = self._header(self._line(stream))
        self._backends = {backend.name for backend in header.backends}
        self._features = header.features
        while line := self._next(stream):
            if self._says_the_same(line):
                continue
            decoded = self._decode(line)
            if decoded is not None:
                self._take(decoded)
        self._records.kinds.settle()
        if self._footer is None:
            _warn(
                f"{self._file}: no footer: the run was cut short, or is under way, after "
                f"{len(self._records)} records"
            )
        return Run(
            header=header,
            cases=self._cases,
            records=self._records,
            findings=list(self._findings.values()),
            footer=self._footer,
            source=str(self._file),
        )

    def _line(self, stream: BinaryIO) -> bytes:
        line = stream.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise self._error(
                f"a line of more than {LONGEST_LINE} bytes: {_shown(line)}", "the lines of a run"
            )
        return line

    def _next(self, stream: BinaryIO) -> bytes:
        self._number += 1
        return self._line(stream)

    def _header(self, line: bytes) -> Header:
        accepted = (
            f'a first line {{"type":"header","format":{FORMAT},...}}, as `convtranspose run` writes'
        )
        try:
            opening = msgspec.json.decode(line, type=_Opening)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise self._error("not a run: " + _shown(line), accepted) from None
        if opening.type != "header":
            raise self._error("not a run: " + _shown(line), accepted)
        if opening.format != FORMAT:
            raise self._error(f"a run of format {opening.format!r}", f"format {FORMAT}")
        header = self._decode(line)
        if not isinstance(header, Header):
            raise self._error("a header that was cut short", accepted)
        return header

    def _decode(self, line: bytes) -> Line | None:
        try:
            return self._decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            torn = not line.endswith(b"\n") and not isinstance(error, msgspec.ValidationError)
            if not torn:
                raise self._error(
                    f"{error}: {_shown(line)}", f"the lines of a run of format {FORMAT}"
                ) from None
        _warn(f"{self._file}, line {self._number}: torn, dropped: {_shown(line)}")
        return None

    def _take(self, line: Line) -> None:
        stage = ORDER.index(type(line))
        if stage < self._stage or stage == 0 or self._footer is not None:
            raise self._error(f"a {type(line).__name__} too late", IN_ORDER)
        self._stage = stage
        match line:
            case Record():
                self._named("backend", line.backend, self._backends)
                if self._records.number_of(line.case) is None:
                    self._named("case", line.case, ())
                self._fits(line)
                kind = msgspec.structs.replace(line, case="")
                self._put(line.case, self._records.kinds.number(kind))
            case CaseLine():
                for feature in line.features:
                    self._named("feature", feature, self._features)
                if self._records.number_of(line.name) is not None:
                    raise self._error(f"case {line.name!r} a second time", "each case once")
                self._records.foresee(line.name)
                self._cases.append(line)
            case Finding():
                self._named("backend", line.backend, self._backends)
                if line.id in self._findings:
                    raise self._error(f"finding {line.id!r} a second time", "each finding once")
                self._findings[line.id] = line
            case Footer():
                self._count(line)
                self._footer = line

    def _says_the_same(self, line: bytes) -> bool:
        """Takes in a record that says of another case what an earlier one said, as most do, without
        reading what it says."""
        if self._stage != STAGES[Record] or self._footer:
            return False
        case, said = _parted(line)
        kind = self._records.kinds.known(said)
        name = case.decode(errors="replace")
        if kind is None or self._records.number_of(name) is None:
            return False
        self._put(name, kind)
        return True

    def _put(self, case: str, kind: int) -> None:
        """Takes in an answer, the only one to its question."""
        number, of = self._records.number_of(case), self._records.kinds.frame(kind)
        assert number is not None
        asked = of.backend, of.check
        if asked not in self._answered:
            self._answered[asked] = bytearray(len(self._cases))
        if self._answered[asked][number]:
            raise self._error(
                f"the {of.check} of {of.backend} to {case} a second time", "each answer once"
            )
        self._answered[asked][number] = True
        self._records.put_at(number, kind)

    def _fits(self, record: Record) -> None:
        """Raises RunFileError where a verdict is on an outcome that has another one."""
        if (
            (record.outcome is Outcome.AGREES) > (record.verdict is Verdict.CONFORMS)
            or (record.verdict is Verdict.CONFORMS and record.outcome not in _CONFORMING)
            or _OF_ONE_OUTCOME.get(record.verdict, record.outcome) is not record.outcome
        ):
            raise self._error(
                f"verdict {record.verdict.value!r} on an answer that is {record.outcome}", UNEDITED
            )

    def _named(self, what: str, name: str, known: Container[str]) -> None:
        if name not in known:
            raise self._error(
                f"{what} {name!r}, which no earlier line names",
                f"a {what} of the header or a case line",
            )

    def _count(self, footer: Footer) -> None:
        if footer.records != len(self._records):
            found = (
                f"the footer counts {footer.records} records, the file holds {len(self._records)}"
            )
            raise self._error(found, UNEDITED)
        self._agree_with_findings()

    def _agree_with_findings(self) -> None:
        """Raises RunFileError where a finding is of another verdict than a record of it, or of
        another number of records."""
        shown: Counter[str] = Counter()
        for kind, count in self._records.counted_frames():
            shown[kind.finding] += count
        for each in self._findings.values():
            if each.verdict in _OF_RECORDS and each.cases != shown[each.id]:
                message = (
                    f"finding {each.id!r} is of {each.cases} cases, {shown[each.id]} "
                    "records are of it"
                )
                raise self._error(message, UNEDITED)
        for kind in self._records.kinds.frames:
            finding = self._findings.get(kind.finding)
            if finding is None and kind.verdict in _OF_RECORDS:
                record = next(self._records.where(partial(is_, kind)))
                raise self._error(
                    f"verdict {record.verdict.value!r} of {record.backend} on {record.case}, of "
                    f"finding {record.finding!r}, which no line is",
                    UNEDITED,
                )
            if finding is not None and finding.verdict is not kind.verdict:
                record = next(self._records.where(partial(is_, kind)))
                message = (
                    f"verdict {record.verdict.value!r} of {record.backend} on {record.case}, where "
                    f"its finding {finding.id!r} says {finding.verdict.value!r}"
                )
                raise self._error(message, UNEDITED)

    def _error(self, found: str, accepted: str) -> RunFileError:
        return RunFileError(self._file, self._number, found, accepted)


def status_again(run: Run) -> None:
    """Raises RunFileError where a footer says another status than what its records come to."""
    if run.footer is None:
        return
    status = exit_status(run.header, run.records, run.findings, run.footer.failed)
    if status != run.footer.exit_status:
        found = (
            f"the footer says exit status {run.footer.exit_status}, the records come to {status}"
        )
        raise RunFileError(Path(run.source), None, found, UNEDITED)


def _parted(line: bytes) -> tuple[bytes, bytes]:
    """The case of a record's line and all that follows it, where it is written as `RunWriter` does
    and nothing of the name is escaped; else nothing."""
    if not line.startswith(OPENING):
        return b"", b""
    case, _, said = line[len(OPENING) :].removesuffix(b"\n").partition(BACKEND)
    return (b"", b"") if b"\\" in case else (case, said)


def _shown(line: bytes, limit: int = 60) -> str:
    text = line.rstrip(b"\r\n").decode(errors="backslashreplace")
    return repr(text[:limit]) + ("..." if len(text) > limit else "") if text else "an empty line"
