"""Which cases runs hold of a suite: whole ones the same, parts none besides; what is missing."""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from heapq import nsmallest
from operator import or_

from convtranspose_reports.errors import RunMergeError
from convtranspose_reports.runs.record import Check, Header
from convtranspose_reports.runs.records import Records
from convtranspose_reports.runs.store import Run

SHARD = re.compile(r"(?:--)?shard[ =](\d+)/(\d+)")
CASES_NAMED = 3  # cases named of those that one run alone holds

_Cases = int  # a bit for each case, by its number


def same_case_sets(runs: Sequence[Run], united: Records) -> None:
    """Raises RunMergeError where a suite is of other cases in one whole run than in another, or a
    part of it holds one that the whole does not. All shards of a backend together are a whole.
    `united` knows the cases of all runs."""
    held = [(_named(run), _of_suites(run, united)) for run in runs]
    wholes = [each for run, each in zip(runs, held, strict=True) if _is_whole(run)]
    wholes += _of_shards(runs, held)
    known: dict[str, tuple[str, _Cases]] = {}
    for source, suites in wholes:
        for suite, cases in suites.items():
            first = known.setdefault(suite, (source, cases))
            if first[1] != cases:
                raise _differing(suite, first, (source, cases), united.cases)
    for source, suites in held:
        for suite, cases in suites.items():
            if suite in known and cases & ~known[suite][1]:
                raise _differing(suite, known[suite], (source, cases), united.cases)


def _named(run: Run) -> str:
    return run.source or f"the run of {', '.join(b.name for b in run.header.backends)}"


def _is_whole(run: Run) -> bool:
    """Does it hold every case of its suites? One that was cut short may have lost some."""
    return not run.header.partial and run.footer is not None


def _of_suites(run: Run, united: Records) -> dict[str, _Cases]:
    """Suite -> its cases; of those, too, of which a run holds none."""
    nothing = bytes(len(united.cases) // 8 + 1)
    bits = {suite.name: bytearray(nothing) for suite in run.header.suites}
    for case in run.cases:
        number = united.number_of(case.name)
        assert number is not None
        bits.setdefault(case.suite, bytearray(nothing))[number // 8] |= 1 << number % 8
    return {suite: int.from_bytes(each, "little") for suite, each in bits.items()}


def _of_shards(
    runs: Sequence[Run], held: Sequence[tuple[str, Mapping[str, _Cases]]]
) -> Iterator[tuple[str, dict[str, _Cases]]]:
    """What the shards of one backend hold together, where none of them is missing."""
    parts: defaultdict[tuple[str, int, frozenset[str]], dict[int, int]] = defaultdict(dict)
    for number, run in enumerate(runs):
        shard = SHARD.fullmatch(run.header.partial)
        suites = frozenset(suite.name for suite in run.header.suites)
        for backend in run.header.backends if shard and run.footer else ():
            if backend.was_asked and shard:
                parts[backend.name, int(shard[2]), suites].setdefault(int(shard[1]), number)
    for (backend_name, of, suites), numbers in parts.items():
        if len(numbers) == of:
            united = {
                suite: reduce(or_, (held[number][1][suite] for number in numbers.values()))
                for suite in suites
            }
            yield f"the {of} shards of {backend_name}, {held[numbers[1]][0]} the first", united


def _differing(
    suite: str, one: tuple[str, _Cases], other: tuple[str, _Cases], names: Sequence[str]
) -> RunMergeError:
    lines = [
        f"suite {suite!r} is of other cases there, so these runs cannot be merged",
        *(f"  {source}: {cases.bit_count()} cases" for source, cases in (one, other)),
        *(
            f"  only in the {word}: {_some(mine & ~theirs, names)}"
            for word, mine, theirs in (("first", one[1], other[1]), ("second", other[1], one[1]))
            if mine & ~theirs
        ),
        "  accepted: runs whose suites are of the same cases, or parts of them",
    ]
    return RunMergeError("\n".join(lines))


def _some(cases: _Cases, names: Sequence[str]) -> str:
    first = nsmallest(
        CASES_NAMED, (name for number, name in enumerate(names) if cases >> number & 1)
    )
    more = cases.bit_count() - CASES_NAMED
    return ", ".join(name[:120] for name in first) + (f" and {more} more" if more > 0 else "")


def missing_suites(runs: Sequence[Run]) -> list[str]:
    """The suites that a run asked of others, and none of a backend that offers one of their
    checks."""
    headers = [run.header for run in runs]
    every = dict.fromkeys(suite.name for header in headers for suite in header.suites)
    offered, of_suite = _checks(runs)
    return [
        f"without suite {suite} of {backend}"
        for backend, asked in _asked(headers).items()
        for suite in every
        if suite not in asked and offered[backend] & of_suite[suite]
    ]


def _asked(headers: Sequence[Header]) -> dict[str, set[str]]:
    """Backend that was asked -> the suites of its runs."""
    suites: defaultdict[str, set[str]] = defaultdict(set)
    for header in headers:
        for backend in header.backends:
            if backend.was_asked:
                suites[backend.name].update(suite.name for suite in header.suites)
    return suites


def _checks(
    runs: Sequence[Run],
) -> tuple[defaultdict[str, set[Check]], defaultdict[str, set[Check]]]:
    """By backend and by suite, the checks that records are of."""
    offered: defaultdict[str, set[Check]] = defaultdict(set)
    of_suite: defaultdict[str, set[Check]] = defaultdict(set)
    for run in runs:
        said = run.said_of_cases()
        of_case = array("I", map(said.of_suite.__getitem__, run.places()))
        for suite, kind, _ in run.records.counted_by(of_case):
            offered[kind.backend].add(kind.check)
            of_suite[said.suites[suite]].add(kind.check)
    return offered, of_suite
