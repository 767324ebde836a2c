"""A run: every backend is asked every case in processes of its own; one thread judges, in the order
of arrival; the record is sorted."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from convtranspose_reports import (
    Run,
    RunWriter,
    write_run,
)

from ..backends.entry import Entry
from ..worker.observation import Observation
from .on_demand import FollowUp
from .parallel import Progress, conversations
from .plan import Plan
from .session import Session

LOG = "workers.log"


def execute(plan: Plan, directory: Path, progress: Progress = lambda *_: None) -> Run:
    """Runs the plan and leaves `results.jsonl` in `directory`. Raises HarnessError where an adapter
    failed and Unusable where a backend cannot be used here; what was measured before lies in
    `results.jsonl.part`."""
    begun = time.monotonic()
    (directory / LOG).unlink(missing_ok=True)
    with _rare_collections(), RunWriter(directory) as writer:
        session = Session(plan)
        writer.write(session.header())
        for line in session.case_lines:
            writer.write(line)
        with conversations(session, progress, keep=True) as answers:
            for answered in answers:
                for record in session.judged(*answered):
                    writer.write(record)
                _log_tails(directory / LOG, session, *answered)
            with FollowUp(plan.limits, session.kept, plan.seed) as follow_up:
                run = session.run(round(time.monotonic() - begun, 1), follow_up.ask_of)
        for finding in run.findings:
            writer.write(finding)
        if run.footer is not None:
            writer.write(run.footer)
    write_run(directory, run)
    return run


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
            with log.open("a", encoding="utf-8") as file:
                file.write(
                    f"== {entry.name} {session.asked[number].case.id} {check}: "
                    f"{seen.message}\n{seen.tail}\n"
                )
