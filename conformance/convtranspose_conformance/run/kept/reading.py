"""A file of answers, read and checked: who answered what, and that nothing that was asked is
missing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from convtranspose_cases import Case
from convtranspose_cases.suites import case_named
from convtranspose_reports import BackendLine, Check, Header

from ...backends.entry import Entry
from ...backends.registry import registered
from ...rules.answers import Asked
from ...worker.observation import Observation, Seen
from ...worker.wire import Garbled
from ..planning.plan import is_sampled
from .elsewhere import seen_elsewhere
from .form import Asks, AsText, Besides, CaseTable, KeptError, LeftOut, Opening, Other, read_lines
from .seen_lines import by_text, question, seen_of

NOTHING_ASKED = Asks(checks=[])
_OF_AN_ARRAY = (Check.OUTPUT, Check.REPEATABILITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a file of answers says. `cases`: those that are asked today as they were then, by their
    number in the file; `changed`: how many are not; `left_out`: of each backend the numbers of the
    cases whose answers were not kept."""

    path: Path
    header: Header
    asks: Mapping[str, Asks]
    cases: Mapping[int, Case]
    changed: int
    lines: Mapping[tuple[str, int], list[AsText | Other]]
    besides: Sequence[Besides]
    left_out: Mapping[str, frozenset[int]]

    def entries(self) -> list[Entry]:
        """The backends that were asked: as they are registered, or as the file has them, of the
        versions that answered."""
        asked = [line for line in self.header.backends if line.was_asked]
        return [_entry(line, self.asks.get(line.name, NOTHING_ASKED).sample) for line in asked]

    def answers(self, backend: str, number: int, asked: Asked) -> dict[str, Observation]:
        """What the backend answered to a case, by check; nothing where that was left out. Raises
        KeptError for what is none, and where an answer that is owed is missing."""
        if number in self.left_out.get(backend, ()):
            return {}
        observations: dict[str, Observation] = {}
        for line in self.lines.get((backend, number), ()):
            if line.check in observations:
                raise self.wrong(f"{backend} answers {asked.case.id}, {line.check}, twice")
            observations[line.check] = self._seen(line, asked)
        owed = self._owed(backend, asked.case)
        if differing := owed ^ set(observations):
            what = "is owed, and missing" if differing & owed else "was never asked"
            raise self.wrong(f"{backend}: {asked.case.id}, {min(differing)}: {what}")
        return observations

    def beside(self, line: Besides) -> Observation:
        """What a line of a call of no suite says. Raises KeptError."""
        try:
            return seen_of(line.seen, None)
        except Garbled:
            raise self.wrong(f"{line.call}: {line.check}: is no observation") from None

    def wrong(self, found: str) -> KeptError:
        """The error for what the file says."""
        return KeptError(self.path, found)

    def _owed(self, backend: str, case: Case) -> set[str]:
        asks = self.asks.get(backend, NOTHING_ASKED)
        return set(asks.checks) & set(case.checks) if is_sampled(case, asks.sample) else set()

    def _seen(self, line: AsText | Other, asked: Asked) -> Observation:
        try:
            check = Check(line.check)
        except ValueError:
            raise self.wrong(f"a check {line.check!r}") from None
        text = by_text(asked, check)
        if isinstance(line, AsText):
            if text is None:
                raise self.wrong(f"{asked.case.id}: the text has no answer to {check}")
            return text
        try:
            kept, is_elsewhere = line.seen, line.seen.begins is not None
            seen = seen_elsewhere(kept, asked) if is_elsewhere else seen_of(kept, text)
        except Garbled:
            raise self.wrong(f"{asked.case.id}: {check}: is no observation") from None
        if seen.seen is Seen.RETURNED and check in _OF_AN_ARRAY and not seen.dtype:
            raise self.wrong(f"{asked.case.id}: {check}: returns no array")
        return seen


def read_kept(path: Path) -> Kept:
    """Reads a file of answers, compressed or not. Raises KeptError for one that is none, that says
    something twice, or of what it does not name; OSError."""
    lines = read_lines(path)
    opening, table = next(lines, None), next(lines, None)
    if not isinstance(opening, Opening) or not isinstance(table, CaseTable):
        raise KeptError(path, "ends before its cases")
    if len(table.ids) != len(table.questions) or len(set(table.ids)) != len(table.ids):
        raise KeptError(path, "each id of a case is owed once, with its question", 2)
    named = _Named(path, opening.header, len(table.ids))
    answers: dict[tuple[str, int], list[AsText | Other]] = defaultdict(list)
    besides, left_out = list[Besides](), dict[str, set[int]]()
    for line in lines:
        if isinstance(line, AsText | LeftOut):
            for number in named.of(line.backend, line.cases):
                if isinstance(line, AsText):
                    answers[line.backend, number].append(line)
                else:
                    left_out.setdefault(line.backend, set()).add(number)
        elif isinstance(line, Other):
            (number,) = named.of(line.backend, [line.case])
            answers[line.backend, number].append(line)
        elif isinstance(line, Besides):
            named.of(line.backend, [])
            besides.append(line)
    same = dict(_same(opening.header, table))
    return Kept(
        path=path,
        header=opening.header,
        asks=opening.asks,
        cases=same,
        changed=len(table.ids) - len(same),
        lines=answers,
        besides=besides,
        left_out={name: frozenset(numbers) for name, numbers in left_out.items()},
    )


class _Named:
    """What a file names first, and what its other lines may speak of: the backends that were asked,
    and numbers of cases."""

    def __init__(self, path: Path, header: Header, cases: int) -> None:
        asked = [line.name for line in header.backends if line.was_asked]
        if len(set(asked)) != len(asked):
            raise KeptError(path, "a backend that is asked twice", 1)
        self._path, self._asked, self._cases = path, frozenset(asked), cases

    def of(self, backend: str, numbers: Sequence[int]) -> Sequence[int]:
        """The numbers of cases of a line. Raises KeptError."""
        if backend not in self._asked:
            raise KeptError(self._path, f"an answer of {backend!r}, which was not asked")
        for number in numbers:
            if not 0 <= number < self._cases:
                raise KeptError(self._path, f"case number {number} of {self._cases}")
        return numbers


def _same(header: Header, table: CaseTable) -> Iterator[tuple[int, Case]]:
    """The cases that are asked today as they were, and their numbers in the file."""
    for number, (name, asked) in enumerate(zip(table.ids, table.questions, strict=True)):
        case = case_named(name, header.seed)
        if case is not None and question(case) == asked:
            yield number, case


def _entry(line: BackendLine, sample: int) -> Entry:
    known = registered().get(line.name) or Entry(
        name=line.name, title=line.title, route=line.route, target="", distributions=()
    )
    return replace(known, version=line.version, title=line.title, device=line.device, sample=sample)
