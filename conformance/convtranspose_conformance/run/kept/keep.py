"""A run's answers, from its journal into the file that outlives it."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from convtranspose_reports import Check, Header

from ...worker.observation import Observation
from ..journal import Answers, Journal
from ..session import Session
from .form import KEPT, AsText, Besides, CaseTable, LeftOut, Line, Opening, Other, write_lines
from .seen_lines import by_text, line_of, question


def keep(directory: Path, journal: Journal, session: Session, header: Header) -> Path:
    """Writes what the journal of a run holds to `directory`/answers.jsonl.xz."""
    path = directory / KEPT
    write_lines(path, _lines(journal, session, header))
    return path


def _lines(journal: Journal, session: Session, header: Header) -> Iterator[Line]:
    cases = session.plan.cases
    yield Opening(header=header)
    yield CaseTable(ids=[case.id for case in cases], questions=list(map(question, cases)))
    as_text: dict[tuple[str, str], list[int]] = defaultdict(list)
    kept: dict[str, set[int]] = defaultdict(set)
    for frame in journal.kept():
        if not isinstance(frame, Answers) or frame.number in kept[frame.backend]:
            continue
        kept[frame.backend].add(frame.number)
        for check, seen in frame.found.items():
            if other := _other(session, frame, Check(check), seen):
                yield other
            else:
                as_text[frame.backend, check].append(frame.number)
    for (backend, check), numbers in sorted(as_text.items()):
        yield AsText(backend=backend, check=check, cases=sorted(numbers))
    for (backend, check, call), seen in sorted(session.besides.items()):
        yield Besides(backend=backend, check=check, call=call, seen=line_of(seen, None))
    for backend, answered in sorted(session.answered.items()):
        if missing := sorted(answered - kept[backend]):
            yield LeftOut(backend=backend, cases=missing)


def _other(session: Session, frame: Answers, check: Check, seen: Observation) -> Other | None:
    """The answer written down; None where it is the text's."""
    text = by_text(session.asked[frame.number], check)
    if text is not None and seen == text:
        return None
    return Other(backend=frame.backend, check=check, case=frame.number, seen=line_of(seen, text))
