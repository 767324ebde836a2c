"""A run's answers, from its journal into the file that outlives it."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from convtranspose_reports import Check, Header

from ...backends.entry import Entry
from ...worker.observation import Observation
from ..journal import Answers, Journal
from ..planning.plan import Plan
from ..session import Session
from .elsewhere import nearest_line
from .form import KEPT, Asks, AsText, Besides, CaseTable, LeftOut, Line, Opening, Other, write_lines
from .seen_lines import by_text, line_of, question


def keep(directory: Path, journal: Journal, session: Session, header: Header) -> Path:
    """Writes what the journal of a run holds to `directory`/answers.jsonl.xz."""
    path = directory / KEPT
    write_lines(path, _lines(journal, session, header))
    return path


def _lines(journal: Journal, session: Session, header: Header) -> Iterator[Line]:
    cases = session.plan.cases
    plan = session.plan
    yield Opening(header=header, asks={entry.name: _asks(plan, entry) for entry in plan.entries})
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
    for entry in plan.entries:
        asked = (number for number in range(len(cases)) if plan.checks(entry, number))
        if missing := [number for number in asked if number not in kept[entry.name]]:
            yield LeftOut(backend=entry.name, cases=missing)


def _asks(plan: Plan, entry: Entry) -> Asks:
    return Asks(checks=list(entry.checks), sample=entry.sample if plan.sampled else 1)


def _other(session: Session, frame: Answers, check: Check, seen: Observation) -> Other | None:
    """The answer written down; None where it is the text's."""
    asked = session.asked[frame.number]
    text = by_text(asked, check)
    if text is not None and seen == text:
        return None
    is_array = text is not None and check is Check.OUTPUT and seen.data
    kept = nearest_line(asked, seen, text) if is_array and text else line_of(seen, text)
    return Other(backend=frame.backend, check=check, case=frame.number, seen=kept)
