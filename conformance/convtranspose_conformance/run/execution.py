"""A run: every backend is asked every case in processes of its own; one thread judges, in the order
of arrival; the record is sorted."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from convtranspose_reports import (
    Record,
    Run,
    RunWriter,
    write_run,
)
from convtranspose_reports.runs.answered import answered
from convtranspose_reports.runs.store import UNFINISHED, remove_report

from ..backends.entry import Entry
from ..worker.observation import Observation, Seen
from .asking.alone import alone_in
from .asking.conversation import AnsweredCase
from .asking.on_demand import FollowUp
from .asking.parallel import Progress, conversations
from .findings.under_way import Explaining, untold
from .journal import Journal, Told
from .kept.form import KEPT
from .kept.keep import keep
from .planning.plan import Plan
from .session import Session

LOG = "workers.log"
# what gives the answers to a session's questions, and keeps what more can be asked until it ends
Asking = Callable[[Session, Progress], AbstractContextManager[Iterator[AnsweredCase]]]


def asking_here(
    session: Session, progress: Progress
) -> AbstractContextManager[Iterator[AnsweredCase]]:
    """Of processes of this machine."""
    return conversations(session, progress, keep=True)


def execute(
    plan: Plan,
    directory: Path,
    progress: Progress = lambda *_: None,
    explaining: Explaining = untold,
    *,
    resume: bool = False,
    keep_answers: bool = False,
    asking: Asking = asking_here,
) -> Run:
    """Runs the plan and leaves `results.jsonl` in `directory`; with `resume` it goes on with what a
    run of the same plan that was killed left there, and `keep_answers` keeps what was answered in
    `answers.jsonl.xz`. `asking` asks processes of this machine, where
    nothing else is named. `progress` hears of each answer, `explaining` of what comes after.

    The first KeyboardInterrupt ends the asking, or the explaining: what was measured is judged,
    stays in `results.jsonl.part` with what was explained by then, and is returned without a footer.
    Raises HarnessError where an adapter failed and Unusable where a backend cannot be used here,
    with what was measured before in that file, too; OccupiedError and ResumeError before anything
    is asked.
    """
    begun = time.monotonic()
    with (
        alone_in(directory),
        _rare_collections(),
        Journal(directory, plan, resume=resume) as journal,
    ):
        _clear(directory)
        session = Session(plan)
        with RunWriter(directory, finished=False) as writer:
            run = _asked(
                session, journal, writer, directory / LOG, progress, explaining, begun, asking
            )
        write_run(directory, run, finished=run.footer is not None)
        if run.footer is not None:
            if keep_answers:
                keep(directory, journal, session, run.header)
            (directory / UNFINISHED).unlink(missing_ok=True)
            journal.remove()
    return run


def _clear(directory: Path) -> None:
    """Of what an earlier run left there."""
    remove_report(directory)
    for name in (LOG, KEPT):
        (directory / name).unlink(missing_ok=True)


def ask_only(
    plan: Plan,
    directory: Path,
    progress: Progress = lambda *_: None,
    *,
    resume: bool = False,
    asking: Asking = asking_here,
) -> list[str]:
    """Asks the plan and leaves the answers alone in `directory`, as `answers.jsonl.xz`, to be
    judged elsewhere: nothing is diagnosed here. The backends that answered nothing.

    Goes on, raises and stops as `execute` does; what was asked before a KeyboardInterrupt stays in
    the journal, for `resume`."""
    with (
        alone_in(directory),
        _rare_collections(),
        Journal(directory, plan, resume=resume) as journal,
    ):
        session = Session(plan)
        for _ in _replayed(session, journal, progress):
            continue
        with asking(session, progress) as answers:
            for _ in _judged(session, journal, directory / LOG, answers):
                continue
            with FollowUp(plan.limits, session.kept, plan.seed, session.gone) as follow_up:
                session.settle(follow_up.ask_of)
        header = session.header()
        keep(directory, journal, session, header)
        journal.remove()
    shares = answered(header, session.records())
    return [name for name, share in shares.items() if not share.answers]


def _asked(
    session: Session,
    journal: Journal,
    writer: RunWriter,
    log: Path,
    progress: Progress,
    explaining: Explaining,
    begun: float,
    asking: Asking,
) -> Run:
    """Everything that is kept and asked, judged; what it adds up to, where it is interrupted,
    too."""
    try:
        if journal.goes_on:
            _open(session, writer)
        for record in _replayed(session, journal, progress):
            writer.write(record)
        with asking(session, progress) as answers:  # processes start, which takes seconds
            if not journal.goes_on:
                _open(session, writer)
            for record in _judged(session, journal, log, answers):
                writer.write(record)
            plan = session.plan
            with FollowUp(plan.limits, session.kept, plan.seed, session.gone) as follow_up:
                seconds = round(time.monotonic() - begun, 1)
                return session.run(seconds, follow_up.ask_of, tell=explaining)
    except KeyboardInterrupt:
        return _cut_short(session, round(time.monotonic() - begun, 1))


def _cut_short(session: Session, seconds: float) -> Run:
    """What was measured, explained without a further question; where it is that which was
    interrupted, or is now, with what is explained already."""
    if not session.began_explaining:
        with suppress(KeyboardInterrupt):
            return session.run(seconds, cut_short=True)
    return session.run(seconds, cut_short=True, plainly=True)


def _open(session: Session, writer: RunWriter) -> None:
    """What stands before the records: on what is run, and each case."""
    writer.write(session.header())
    for line in session.case_lines:
        writer.write(line)


def _judged(
    session: Session, journal: Journal, log: Path, answers: Iterator[AnsweredCase]
) -> Iterator[Record]:
    """The records of what is asked now; the answers go into the journal."""
    known_names = set(session.kernels)
    for entry, number, observations in answers:
        if entry.name in session.kernels and entry.name not in known_names:
            known_names.add(entry.name)
            journal.told(entry.name, session.versions[entry.name], session.kernels[entry.name])
        if not any(seen.seen is Seen.NOT_ASKED for seen in observations.values()):
            journal.answered(entry.name, number, observations)
        yield from session.judged(entry, number, observations)
        _log_tails(log, session, entry, number, observations)


def _replayed(session: Session, journal: Journal, progress: Progress) -> Iterator[Record]:
    """The records of what an earlier run left, judged anew."""
    entries = {entry.name: entry for entry in session.plan.entries}
    for kept in journal.kept():
        if isinstance(kept, Told):
            session.told(kept.backend, kept.versions, kept.kernels)
            continue
        answered = session.answered[kept.backend]
        if kept.number not in answered:
            answered.add(kept.number)
            yield from session.judged(entries[kept.backend], kept.number, kept.found)
            progress(kept.backend, len(answered), len(session.plan.cases))


@contextmanager
def _rare_collections() -> Iterator[None]:
    """A run keeps what it makes until it ends: Python's search for garbage in cycles, which would
    go through all of it again and again, took a third of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _log_tails(
    log: Path, session: Session, entry: Entry, number: int, found: dict[str, Observation]
) -> None:
    """What processes wrote before they died: beside the record, which is the same on every run."""
    for check, seen in found.items():
        if seen.tail:
            log.parent.mkdir(parents=True, exist_ok=True)  # it may be deleted at any time
            with log.open("a", encoding="utf-8") as file:
                file.write(
                    f"== {entry.name} {session.asked[number].case.id} {check}: "
                    f"{seen.once or seen.message}\n{seen.tail}\n"
                )
