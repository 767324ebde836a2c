"""Which cases runs hold of a suite: whole ones the same, parts none besides; what is missing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from convtranspose_reports.errors import RunMergeError
from convtranspose_reports.runs.record import Check, Header
from convtranspose_reports.runs.store import Run

SHARD = re.compile(r"(?:--)?shard[ =](\d+)/(\d+)")
SHOWN = 3  # cases named of those that one run alone holds

_Cases = frozenset[str]


def same_case_sets(runs: Sequence[Run]) -> None:
    """Raises RunMergeError where a suite is of other cases in one whole run than in another, or a
    part of it holds one that the whole does not. All shards of a backend together are a whole."""
    held = [(_named(run), _of_suites(run)) for run in runs]
    wholes = [each for run, each in zip(runs, held, strict=True) if _is_whole(run)]
    wholes += _of_shards(runs, held)
    known: dict[str, tuple[str, _Cases]] = {}
    for source, suites in wholes:
        for suite, cases in suites.items():
            first = known.setdefault(suite, (source, cases))
            if first[1] != cases:
                raise _differing(suite, first, (source, cases))
    for source, suites in held:
        for suite, cases in suites.items():
            if suite in known and not cases <= known[suite][1]:
                raise _differing(suite, known[suite], (source, cases))


def _named(run: Run) -> str:
    return run.source or f"the run of {', '.join(b.name for b in run.header.backends)}"


def _is_whole(run: Run) -> bool:
    """Does it hold every case of its suites? One that was cut short may have lost some."""
    return not run.header.partial and run.footer is not None


def _of_suites(run: Run) -> dict[str, _Cases]:
    """Suite -> its cases; of those, too, of which a run holds none."""
    cases: dict[str, list[str]] = {suite.name: [] for suite in run.header.suites}
    for case in run.cases:
        cases.setdefault(case.suite, []).append(case.name)
    return {suite: frozenset(names) for suite, names in cases.items()}


def _of_shards(
    runs: Sequence[Run], held: Sequence[tuple[str, Mapping[str, _Cases]]]
) -> Iterator[tuple[str, dict[str, _Cases]]]:
    """What the shards of one backend hold together, where none of them is missing."""
    parts: defaultdict[tuple[str, int, _Cases], dict[int, int]] = defaultdict(dict)
    for number, run in enumerate(runs):
        shard = SHARD.fullmatch(run.header.partial)
        suites = frozenset(suite.name for suite in run.header.suites)
        for backend in run.header.backends if shard and run.footer else ():
            if backend.was_asked and shard:
                parts[backend.name, int(shard[2]), suites].setdefault(int(shard[1]), number)
    for (backend_name, of, suites), numbers in parts.items():
        if len(numbers) == of:
            united = {
                suite: frozenset().union(*(held[number][1][suite] for number in numbers.values()))
                for suite in suites
            }
            yield f"the {of} shards of {backend_name}, {held[numbers[1]][0]} the first", united


def _differing(suite: str, one: tuple[str, _Cases], other: tuple[str, _Cases]) -> RunMergeError:
    lines = [
        f"suite {suite!r} is of other cases there, so these runs cannot be merged",
        *(f"  {source}: {len(cases)} cases" for source, cases in (one, other)),
        *(
            f"  only in the {word}: {_some(mine - theirs)}"
            for word, mine, theirs in (("first", one[1], other[1]), ("second", other[1], one[1]))
            if mine - theirs
        ),
        "  accepted: runs whose suites are of the same cases, or parts of them",
    ]
    return RunMergeError("\n".join(lines))


def _some(cases: Iterable[str]) -> str:
    names = sorted(cases)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(name[:120] for name in names[:SHOWN]) + more


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
        suites = {case.name: case.suite for case in run.cases}
        for suite, kind, _ in run.records.counted_by(suites):
            offered[kind.backend].add(kind.check)
            of_suite[suite].add(kind.check)
    return offered, of_suite
