"""Kept answers, judged by the rules and declarations of today."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from convtranspose_cases import Case
from convtranspose_cases.notation import NotationError, find_call, is_call
from convtranspose_cases.suites import UnknownName, suite_cases
from convtranspose_reports import BackendLine, Check, Header, Run

from ...backends.entry import Entry
from ...backends.registry import registered
from ...rules.answers import Asked
from ...verdict.reply import Ask, AskOf, Reply, judged
from ...worker.observation import Observation
from ...worker.wire import Garbled
from ..planning.plan import Plan
from ..planning.selection import all_declared
from ..session import Session
from .form import AsText, Besides, CaseTable, KeptError, LeftOut, Opening, Other, read_lines
from .seen_lines import by_text, question, seen_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What a file says, sorted: the cases that are still the same, those that are not, and of each
    backend its answers by case."""

    header: Header
    cases: dict[int, Case]  # by their number in the file
    changed: list[str]
    others: dict[str, dict[int, list[Other]]] = field(default_factory=dict)
    as_text: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    besides: list[Besides] = field(default_factory=list)
    left_out: int = 0


def judge_kept(path: Path, deviations: Sequence[Path] = ()) -> Run:
    """The run that a file of answers comes to today; declarations of the project and of the files
    `deviations` count for it, within their ranges of versions.

    Cases that are asked otherwise by now, and answers that were too large to be kept, are left out,
    and the run says that it is partial. Nothing is asked: refusals whose credit hangs on another
    call go by what the run had asked, and what fails is diagnosed without fresh calls. Raises
    KeptError, OSError, DeviationError.
    """
    found = _read(path)
    session = Session(_plan(path, found, deviations))
    numbers = {number: i for i, number in enumerate(found.cases)}
    for line in session.plan.entries:
        told = next(b for b in found.header.backends if b.name == line.name)
        session.told(line.name, dict(told.versions), dict(told.kernels))
    for entry in session.plan.entries:
        for number, i in numbers.items():
            answers = dict(_answers(path, found, entry.name, number, session.asked[i]))
            if answers:
                session.answered[entry.name].add(i)
                session.judged(entry, i, answers)
    run = session.run(0.0, _besides(path, found, session.plan.seed))
    header = msgspec.structs.replace(
        run.header,
        environment=found.header.environment,
        backends=found.header.backends,
        computes=msgspec.UNSET,
    )
    return replace(run, header=header)


def _read(path: Path) -> _File:
    lines = read_lines(path)
    opening, table = next(lines, None), next(lines, None)
    if not isinstance(opening, Opening) or not isinstance(table, CaseTable):
        raise KeptError(path, "ends before its cases")
    cases, changed = _cases(path, opening.header, table)
    others: dict[str, dict[int, list[Other]]] = defaultdict(lambda: defaultdict(list))
    as_text: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    besides, left_out = list[Besides](), 0
    for line in lines:
        if isinstance(line, Other):
            others[line.backend][line.case].append(line)
        elif isinstance(line, AsText):
            for number in line.cases:
                as_text[line.backend][number].append(line.check)
        elif isinstance(line, Besides):
            besides.append(line)
        elif isinstance(line, LeftOut):
            left_out += len(line.cases)
    return _File(
        header=opening.header,
        cases=cases,
        changed=changed,
        others=others,
        as_text=as_text,
        besides=besides,
        left_out=left_out,
    )


def _cases(path: Path, header: Header, table: CaseTable) -> tuple[dict[int, Case], list[str]]:
    """The cases that are asked today as they were, by their number in the file, and the ids of
    those that are not."""
    if len(table.ids) != len(table.questions):
        raise KeptError(path, "as many ids of cases as questions are owed", 2)
    known = {
        case.id: case
        for suite in dict.fromkeys(name.partition("/")[0] for name in table.ids)
        for case in _suite(suite, header.seed)
    }
    same, changed = dict[int, Case](), list[str]()
    for number, (name, asked) in enumerate(zip(table.ids, table.questions, strict=True)):
        case = _call(name) if is_call(name) else known.get(name)
        if case is not None and question(case) == asked:
            same[number] = case
        else:
            changed.append(name)
    return same, changed


def _suite(name: str, seed: int) -> Iterable[Case]:
    try:
        return suite_cases(name, seed)
    except UnknownName:
        return ()


def _call(name: str) -> Case | None:
    try:
        return find_call(name)
    except NotationError:
        return None


def _plan(path: Path, found: _File, deviations: Sequence[Path]) -> Plan:
    lines = [line for line in found.header.backends if line.was_asked]
    entries = [_entry(line) for line in lines]
    partial = filter(
        None,
        (
            found.header.partial,
            f"{len(found.changed)} cases that are asked otherwise by now" * bool(found.changed),
            f"{found.left_out} answers that were too large to be kept" * bool(found.left_out),
        ),
    )
    suites = [line.name for line in found.header.suites]
    present = {case.suite for case in found.cases.values()}
    names = [*registered(), *(entry.name for entry in entries)]
    return Plan(
        entries=entries,
        listed=[],
        suites=[name for name in suites if name in present],
        cases=list(found.cases.values()),
        deviations=all_declared(names, deviations),
        seed=found.header.seed,
        partial=" ".join(partial),
        min_answered=found.header.min_answered or 0.0,
        sampled=False,
    )


def _entry(line: BackendLine) -> Entry:
    """The backend as it is registered, or as the file has it, of the version that answered."""
    known = registered().get(line.name) or Entry(
        name=line.name, title=line.title, route=line.route, target="", distributions=()
    )
    return replace(known, version=line.version, title=line.title, device=line.device, sample=1)


def _answers(
    path: Path, found: _File, backend: str, number: int, asked: Asked
) -> Iterator[tuple[str, Observation]]:
    for check in found.as_text.get(backend, {}).get(number, ()):
        text = by_text(asked, _check(path, check))
        if text is None:
            raise KeptError(path, f"{asked.case.id}: the text has no answer to {check}")
        yield check, text
    for line in found.others.get(backend, {}).get(number, ()):
        check = _check(path, line.check)
        try:
            yield check, seen_of(line.seen, by_text(asked, check))
        except Garbled:
            raise KeptError(path, f"{asked.case.id}: {check}: is no observation") from None


def _check(path: Path, name: str) -> Check:
    try:
        return Check(name)
    except ValueError:
        raise KeptError(path, f"a check {name!r}") from None


def _besides(path: Path, found: _File, seed: int) -> AskOf:
    """Answers the calls that the run had asked besides, and no other ones."""
    kept = {(line.backend, line.check, line.call): line.seen for line in found.besides}

    def ask_of(entry: Entry, check: Check) -> Ask:
        def ask(cases: Sequence[Case]) -> Iterator[Reply]:
            for case in cases:
                line = kept.get((entry.name, check.value, case.id))
                if line is not None:
                    try:
                        seen = seen_of(line, None)
                    except Garbled:
                        raise KeptError(path, f"{line.seen}: is no observation") from None
                    yield judged(entry, Asked(case, seed), check, seen)

        return ask

    return ask_of
