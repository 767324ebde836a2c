"""From names and patterns to backends and cases, for `convtranspose run` and the pytest plugin.
Every error names what is accepted."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fnmatch import translate
from pathlib import Path

from convtranspose_cases import Case, NotationError, suite_cases
from convtranspose_cases.limits import is_int64, plain, shown
from convtranspose_cases.notation import find_call, is_call
from convtranspose_cases.suites import DEFAULT_SUITES
from convtranspose_reference.errors import UserError

from ...backends.entry import Entry
from ...backends.registry import UnknownBackend, named, registered
from ...verdict.claims.claim import Claim
from ...verdict.claims.files import load_claims
from ...verdict.deviation_files import declared, load, with_declarations
from ...verdict.deviations import Deviation
from ...worker.process import Limits
from .plan import Plan
from .shards import shard as part_of

LONGEST_PATTERN = 1000  # characters: to read one takes the square of that


class SelectionError(UserError, ValueError):
    """Options that select nothing usable; the message says which, and what would do."""


def entries(
    names: Sequence[str],
    stated_version: str = "",
    elsewhere: Mapping[str, str] | None = None,
    *,
    every: bool = False,
) -> tuple[list[Entry], list[tuple[Entry, str]]]:
    """Backends to ask, and those only listed with the reason why not. No names: those of a plain
    run that are usable here, or, with `every`, all that are. `elsewhere`: the versions of those
    that other machines hold, if these are to be asked.

    Raises SelectionError for an unknown name, and for one asked for that cannot be used here.
    """
    if elsewhere is not None:
        return _held_elsewhere(names, elsewhere), []
    known = {name: e for name, e in registered().items() if every or e.by_default}
    unusable = [(entry, reason) for entry in known.values() if (reason := entry.why_unusable())]
    if not names:
        refused = {entry.name for entry, _ in unusable}
        return [entry for entry in known.values() if entry.name not in refused], unusable
    asked = [_named(name, stated_version) for name in dict.fromkeys(names)]
    for entry in asked:
        if reason := entry.why_unusable():
            raise SelectionError(f"backend {entry.name} cannot be used here: {reason}")
    return asked, [pair for pair in unusable if pair[0].name not in names]


def _held_elsewhere(names: Sequence[str], elsewhere: Mapping[str, str]) -> list[Entry]:
    if missing := [name for name in names if name not in elsewhere]:
        raise SelectionError(
            f"backend {missing[0]}: no machine that is asked holds it; held are "
            f"{', '.join(elsewhere)}"
        )
    return [_named(name, elsewhere[name]) for name in dict.fromkeys(names or elsewhere)]


def _named(name: str, stated_version: str) -> Entry:
    try:
        return named(name, stated_version)
    except UnknownBackend as error:
        raise SelectionError(str(error)) from error


def shard_of(text: str) -> tuple[int, int]:
    """ "I/N" as (I, N), 1 <= I <= N. Raises SelectionError."""
    first, _, last = text.partition("/")
    if all(each.isdecimal() and is_int64(each) for each in (first, last)):
        i, n = int(first), int(last)
        if 1 <= i <= n:
            return i, n
    raise SelectionError(f"--shard {shown(text)}: accepted is I/N with 1 <= I <= N, such as 2/4")


def cases_of(
    suites: Sequence[str], patterns: Sequence[str], shard: str, seed: int
) -> tuple[list[Case], str]:
    """The cases asked for, and why they are not the suites whole ("" if they are). Raises
    SelectionError or UnknownName."""
    calls = _calls(patterns)
    globs = [_bounded(pattern) for pattern in patterns if not is_call(pattern)]
    named = [suite for suite in suites if suite not in {case.suite for case in calls}]
    cases = [case for suite in named for case in suite_cases(suite, seed)]
    partial = []
    if patterns:
        matching = {pattern: _matching(pattern, cases) for pattern in globs}
        if none := [pattern for pattern, numbers in matching.items() if not numbers]:
            raise SelectionError(
                f"no case of {', '.join(named)} matches {none[0]}; `convtranspose list cases` "
                "names them"
            )
        chosen = set[int]().union(*matching.values())
        cases = [case for number, case in enumerate(cases) if number in chosen] + calls
        partial.append(" ".join(f"--case {p}" for p in patterns))
    if shard:
        i, n = shard_of(shard)
        cases = part_of(cases, i, n)
        partial.append(f"--shard {shard}")
    return cases, " ".join(partial)


def _bounded(pattern: str) -> str:
    """A pattern that matches, or does not, in no time. Raises SelectionError."""
    if len(pattern) > LONGEST_PATTERN:
        raise SelectionError(
            f"--case {shown(pattern)}: of {len(pattern)} characters; accepted are {LONGEST_PATTERN}"
        )
    return pattern


def _calls(patterns: Sequence[str]) -> list[Case]:
    """The cases that ids say, each once."""
    try:
        return list({case.id: case for case in map(find_call, filter(is_call, patterns))}.values())
    except NotationError as error:
        raise SelectionError(str(error)) from error


def _matching(pattern: str, cases: Sequence[Case]) -> list[int]:
    """The numbers of the cases whose id, or name alone, matches."""
    matches = re.compile(translate(pattern)).match
    return [n for n, case in enumerate(cases) if matches(case.id) or matches(case.name)]


def suites_for(suites: Sequence[str], patterns: Sequence[str]) -> list[str]:
    """The suites named, else those that the case patterns name; the default ones for a pattern that
    names none.

    Named suites are for globs to match in: an id that carries its case stands in none of them, and
    comes under its own.
    """
    chosen: list[str] = []
    for pattern in patterns or ["*"]:
        suite, slash, _ = pattern.partition("/")
        if is_call(pattern):
            chosen += [suite]
        elif suites:
            chosen += suites
        else:
            chosen += [suite] if slash and not set(suite) & set("*?[") else DEFAULT_SUITES
    return list(dict.fromkeys(chosen))


def plan(
    *,
    backends: Sequence[str],
    suites: Sequence[str] = (),
    patterns: Sequence[str] = (),
    shard: str = "",
    seed: int = 0,
    files: Sequence[Path] = (),
    stated_version: str = "",
    jobs: int = 2,
    min_answered: float = 0.0,
    like: str = "",
    limits: Limits | None = None,
    elsewhere: Mapping[str, str] | None = None,
    every: bool = False,
    claims: Sequence[Path] = (),
) -> Plan:
    """What the options ask for; `elsewhere` and `every` as of `entries`. Raises SelectionError,
    UnknownName, DeviationError or ClaimError, each saying what is accepted."""
    _require_text(*backends, *suites, *patterns, stated_version)
    asked, listed = entries(backends, stated_version, elsewhere, every=every)
    chosen = suites_for(suites, patterns)
    cases, partial = cases_of(chosen, patterns, shard, seed)
    if not backends:
        asked = _concerned(asked, cases)
    of = {*filter(None, [like]), *(entry.name for entry in asked)}
    names = {*registered(), *of}
    known = [*declared(of), *_loaded(names, files)]
    return Plan(
        entries=asked,
        listed=listed,
        suites=chosen,
        cases=cases,
        partial=partial,
        seed=seed,
        jobs=jobs,
        min_answered=min_answered,
        sampled=not patterns,
        deviations=[*known, *_inherited(like, known, asked)],
        limits=limits or Limits(),
        claims=all_claims(names, claims),
    )


def _concerned(asked: Sequence[Entry], cases: Sequence[Case]) -> list[Entry]:
    """The backends that any of the cases has a question for."""
    return [e for e in asked if any(set(e.checks) & set(case.checks) for case in cases)]


def _inherited(like: str, known: list[Deviation], asked: list[Entry]) -> list[Deviation]:
    """The declarations of a backend on which those asked build, as theirs. Raises SelectionError
    where it has none."""
    theirs = [each for each in known if each.backend == like]
    if like and not theirs:
        backends = sorted({*with_declarations(), *(each.backend for each in known)})
        raise SelectionError(f"--like {like}: declared are deviations of {', '.join(backends)}")
    return [
        replace(each, backend=entry.name, inherited=like)
        for entry in asked
        for each in theirs
        if entry.name != like
    ]


def _require_text(*words: str) -> None:
    """Raises SelectionError for words that no record could hold."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise SelectionError(f"{plain(word)}: is no UTF-8 text") from None


def all_declared(names: Collection[str], files: Sequence[Path]) -> list[Deviation]:
    """The project's declarations and those of the user's `files`, for backends of these `names`.
    Raises DeviationError."""
    return [*declared(names), *_loaded(names, files)]


def _loaded(names: Collection[str], files: Sequence[Path]) -> list[Deviation]:
    return [deviation for file in files for deviation in load(file, names)]


def all_claims(names: Collection[str], files: Sequence[Path]) -> list[Claim]:
    """The claims of the user's `files`, for backends of these `names`. Raises ClaimError."""
    return [claim for file in files for claim in load_claims(file, names)]
