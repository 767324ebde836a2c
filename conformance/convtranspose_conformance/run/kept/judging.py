"""Kept answers, judged by the rules and declarations of today."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from convtranspose_cases import Case
from convtranspose_reports import Check, Run

from ...backends.entry import Entry
from ...backends.registry import registered
from ...rules.answers import Asked
from ...verdict.reply import Ask, AskOf, Reply, judged
from ...worker.observation import Observation
from ..findings.under_way import Explaining, untold
from ..planning.plan import Plan
from ..planning.selection import all_claims, all_declared
from ..session import Session
from .reading import Kept, read_kept


def judge_kept(
    path: Path,
    deviations: Sequence[Path] = (),
    claims: Sequence[Path] = (),
    tell: Explaining = untold,
) -> Run:
    """The run that a file of answers comes to today; declarations of the project and of the files
    `deviations` count for it, within their ranges of versions, and what the files `claims` say is
    held against it.

    Cases that are asked otherwise by now, and those whose answers were not kept (too large, or not
    asked in the end), are left out, and the run says that it is partial. Nothing is asked: refusals
    whose credit hangs on another call go by what the run had asked, and what fails is diagnosed
    without fresh calls, of which `tell` hears how far it has come. Raises KeptError, OSError,
    DeviationError, ClaimError.
    """
    kept = read_kept(path)
    session = Session(_plan(kept, deviations, claims))
    for line in kept.header.backends:
        if line.was_asked:
            session.told(line.name, dict(line.versions), dict(line.kernels))
    for entry in session.plan.entries:
        for i, number in enumerate(kept.cases):
            answers = kept.answers(entry.name, number, session.asked[i])
            if answers:
                session.answered[entry.name].add(i)
                session.judged(entry, i, answers)
    run = session.run(0.0, _besides(kept), tell=tell)
    header = msgspec.structs.replace(
        run.header,
        environment=kept.header.environment,
        backends=kept.header.backends,
        computes=msgspec.UNSET,
    )
    return replace(run, header=header)


def _plan(kept: Kept, deviations: Sequence[Path], claims: Sequence[Path]) -> Plan:
    entries, left_out = kept.entries(), sum(map(len, kept.left_out.values()))
    partial = (
        kept.header.partial,
        f"{kept.changed} cases that are asked otherwise by now" * bool(kept.changed),
        f"{left_out} cases whose answers were not kept" * bool(left_out),
    )
    present = {case.suite for case in kept.cases.values()}
    names = [*registered(), *(entry.name for entry in entries)]
    return Plan(
        entries=entries,
        listed=[],
        suites=[line.name for line in kept.header.suites if line.name in present],
        cases=list(kept.cases.values()),
        deviations=all_declared(names, deviations),
        seed=kept.header.seed,
        partial=" ".join(filter(None, partial)),
        min_answered=kept.header.min_answered or 0.0,
        sampled=False,
        claims=all_claims(names, claims),
    )


def _besides(kept: Kept) -> AskOf:
    """Answers the calls that the run had asked, of its suites and besides, and no other ones: the
    backend is not one that says nothing any more."""
    lines = {(line.backend, line.check, line.call): line for line in kept.besides}
    numbers = {case.id: number for number, case in kept.cases.items()}

    def seen(entry: Entry, check: Check, asked: Asked) -> Observation | None:
        id = asked.case.id
        if line := lines.get((entry.name, check.value, id)):
            return kept.beside(line)
        if id not in numbers or asked.case != kept.cases[numbers[id]]:
            return None
        return kept.answers(entry.name, numbers[id], asked).get(check.value)

    def ask_of(entry: Entry, check: Check) -> Ask:
        def ask(cases: Sequence[Case]) -> Iterator[Reply]:
            for asked in (Asked(case, kept.header.seed) for case in cases):
                if (found := seen(entry, check, asked)) is not None:
                    yield judged(entry, asked, check, found)

        return ask

    return ask_of
