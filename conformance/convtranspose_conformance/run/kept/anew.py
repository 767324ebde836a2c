"""A file of answers written anew: in today's form, which says the same to the bit, and in one
order, so that files of several releases compress together."""

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import msgspec

from convtranspose_cases import Case
from convtranspose_cases.suites import case_named
from convtranspose_reports import Check

from ...rules.answers import Asked
from ...worker.wire import Garbled
from .elsewhere import nearest_line, seen_elsewhere
from .form import (
    FORMAT,
    Besides,
    CaseTable,
    KeptError,
    Line,
    Opening,
    Other,
    SeenLine,
    read_lines,
)
from .seen_lines import by_text, question, seen_of


def anew(path: Path) -> Iterator[Line]:
    """The lines of a file of answers, as they would be written today. Raises KeptError, OSError."""
    opening, table, *lines = read_lines(path)
    if not isinstance(opening, Opening) or not isinstance(table, CaseTable):
        raise KeptError(path, "ends before its cases")
    yield msgspec.structs.replace(opening, format=FORMAT)
    yield table
    known = partial(_same_case, table, opening.header.seed)
    yield from sorted((_nearest(path, line, known(line)) for line in lines), key=_place)


def _same_case(table: CaseTable, seed: int, line: Line) -> Case | None:
    """The case of an output, where that is asked today as it was."""
    if not isinstance(line, Other) or line.check != Check.OUTPUT or not line.seen.dtype:
        return None
    case = case_named(table.ids[line.case], seed)
    return case if case is not None and question(case) == table.questions[line.case] else None


def _nearest(path: Path, line: Line, case: Case | None) -> Line:
    if not isinstance(line, Other) or case is None or line.seen.begins is not None:
        return line
    try:
        return msgspec.structs.replace(line, seen=_written(case, msgspec.json.encode(line.seen)))
    except Garbled:
        raise KeptError(path, f"{case.id}: is no observation, or another one anew") from None


@cache  # releases answer alike
def _written(case: Case, seen: bytes) -> SeenLine:
    """An output as it is kept today. Raises Garbled where that would be another one."""
    line, asked = msgspec.json.decode(seen, type=SeenLine), Asked(case)
    text = by_text(asked, Check.OUTPUT)
    if text is None:
        return line
    told = seen_of(line, text)
    found = nearest_line(asked, told, text)
    if found.begins is not None and seen_elsewhere(found, asked) != told:
        raise Garbled
    return found


def _place(line: Line) -> tuple[str, str, str, int, str]:
    check = getattr(line, "check", "")
    call = line.call if isinstance(line, Besides) else ""
    number = line.case if isinstance(line, Other) else 0
    return type(line).__name__, getattr(line, "backend", ""), check, number, call
