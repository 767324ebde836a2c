"""A search of `convtranspose fuzz` under way, printed and written down as it goes."""

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import typer

from convtranspose_cases import Case
from convtranspose_reports import Run, Verdict, write_run

from ..backends.api import Unusable
from ..run.asking.one_case import interview_with
from ..run.exit_status import RED_STATUS, UNUSABLE_STATUS
from ..run.fuzz import Broken, Fuzz, FuzzFinding, Limit, Tally
from ..run.planning.plan import Plan
from ..run.session import Session
from ..verdict.reply import Reply
from ..worker.process import HarnessError, Worker
from .screen.pages import drawn
from .screen.terminal import INTERRUPTED_STATUS, show_page, stop


class Hunt:
    """A search under way: what is found is printed and written down at once, so that nothing is
    lost."""

    def __init__(self, plan: Plan, seed: int, out: Path) -> None:
        self._plan, self._seed, self._out = plan, seed, out
        self._begun = time.monotonic()
        self._found: list[Reply] = []
        self._workers: list[Worker] = []

    def go(self, checks: tuple[str, ...], limit: Limit) -> NoReturn:
        """Looks, says what was done, and ends the command."""
        why, status = "", 0
        with ExitStack() as stack:
            workers = [
                stack.enter_context(Worker(entry, self._plan.limits))
                for entry in self._plan.entries
            ]
            interviews = [interview_with(worker, self._plan.deviations) for worker in workers]
            self._workers = workers
            search = Fuzz(interviews, checks, self._seed, limit, self._tell)
            try:
                search.run()
            except KeyboardInterrupt:
                why, status = "interrupted", INTERRUPTED_STATUS
            except Broken as error:
                why, status = reason(error.case, error.__cause__), UNUSABLE_STATUS
        self._end(search.tally, why, status)

    def _tell(self, found: FuzzFinding) -> None:
        """Prints a finding and writes the run so far."""
        reply, cause = found.reply, found.cause
        self._found.append(reply)
        named = f" [this case fits {cause.name}]" if cause.kind in ("explained", "composed") else ""
        print(reply.case.id)
        print(f"  {reply.entry.name} {reply.check} {reply.outcome}: {cause.sentence}{named}")
        write_run(self._out, self._run())

    def _run(self) -> Run:
        """What was reported, as `convtranspose run` would record it."""
        asked = {reply.case.id: reply.asked for reply in reversed(self._found)}
        suites = list(dict.fromkeys(each.case.suite for each in asked.values()))
        partial = f"what `convtranspose fuzz --seed {self._seed}` reported"
        plan = replace(
            self._plan, cases=[each.case for each in asked.values()], suites=suites, partial=partial
        )
        session = Session(plan, list(asked.values()))
        number = {case_id: i for i, case_id in enumerate(asked)}
        for worker in self._workers:
            session.told(worker.entry.name, worker.versions, worker.kernels)
        for reply in self._found:
            session.judged(reply.entry, number[reply.case.id], {reply.check.value: reply.seen})
        return session.run(round(time.monotonic() - self._begun, 1))

    def _end(self, tally: Tally, why: str, status: int) -> NoReturn:
        seconds = time.monotonic() - self._begun
        print(
            f"drawn: {tally.drawn} cases, {tally.questions} questions asked in {seconds:.0f} s "
            f"(--seed {self._seed}); verdicts:"
        )
        for name, verdicts in tally.verdicts.items():
            counts = (f"{verdicts[v]} {v.value}" for v in Verdict if v is not Verdict.STALE)
            print(f"{name}: {', '.join(counts)}")
        print(f"distinct findings: {len(tally.found)}")
        for found in tally.found:
            print(f"  {found.reply.case.id}: met {found.met} times")
        if tally.found:
            show_page(drawn(self._out, self._run())[0])
        if why:
            stop(why, status)
        raise typer.Exit(RED_STATUS if tally.found else 0)


def reason(case: Case, error: BaseException | None) -> str:
    """What brought the search to an end: the backend, its adapter, or the suite."""
    who = (
        str(error)
        if isinstance(error, Unusable | HarnessError)
        else f"the suite itself fails: {type(error).__name__}: {error}"
    )
    return f"{case.id}: {who.rstrip()}"
