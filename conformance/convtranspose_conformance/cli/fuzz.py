"""`convtranspose fuzz`: hypothesis draws calls until the time is over; what differs undeclared is
shrunk, printed and written down."""

import secrets
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from convtranspose_cases import Case
from convtranspose_reports import Check, Run, Verdict, write_report, write_run

from ..backends.api import Unusable
from ..backends.registry import registered
from ..rules.predicate import PredicateError
from ..run.exit_status import RED_STATUS, UNUSABLE_STATUS
from ..run.one_case import interview_with
from ..run.plan import Plan
from ..run.selection import SelectionError, all_declared, entries
from ..run.session import Session
from ..verdict.deviations import DeviationError
from ..verdict.reply import Reply
from ..worker.process import HarnessError, Limits, Worker
from .terminal import INTERRUPTED_STATUS, stderr, stdout, stop

if TYPE_CHECKING:
    from ..run.fuzz import Found, Tally  # hypothesis is asked for by this one command

MINUTES = 5.0
_CANNOT = (SelectionError, DeviationError, PredicateError, Unusable)


def fuzz(
    backend: Annotated[
        list[str],
        typer.Option(metavar="NAME|module:attr[@DEVICE]", help="Ask this backend (repeatable)."),
    ],
    minutes: Annotated[
        float | None,
        typer.Option(
            metavar="M",
            min=0.0,
            help=f"How long. Default: {MINUTES:g}, where --examples is not given.",
        ),
    ] = None,
    examples: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Stop as soon as so many cases were drawn."),
    ] = None,
    check: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="This check (repeatable). Default: output, output_shape and rejection.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="The same cases again. Default: fresh ones."),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the report of what was found goes.")
    ] = Path("fuzz-report"),
    deviations: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Declarations of your own backend (repeatable)."),
    ] = None,
    backend_version: Annotated[
        str, typer.Option(metavar="V", help="Version of the one backend named.")
    ] = "",
    timeout: Annotated[
        float, typer.Option(metavar="S", min=0.1, help="Seconds for one case.")
    ] = 10.0,
    memory: Annotated[
        float, typer.Option(metavar="GIB", min=0.1, help="Memory of a worker.")
    ] = 6.0,
) -> None:
    """Look for undeclared differences in fresh calls. Exit status: 0 none found, 1 found, 2
    unusable options or files."""
    _check_options(check or [], out, backend_version, backend)
    limits = Limits(case_s=timeout, memory_gib=memory)
    try:
        asked, listed = entries(backend, backend_version)
        declared = all_declared([*registered(), *(entry.name for entry in asked)], deviations or ())
    except _CANNOT as error:
        stop(str(error))
    seconds = 60 * (MINUTES if minutes is None and examples is None else minutes or 0)
    chosen = secrets.randbelow(2**32) if seed is None else seed
    hunt = _Hunt(
        Plan(entries=asked, listed=listed, suites=[], cases=[], deviations=declared, limits=limits),
        chosen,
        out,
    )
    stderr.print(
        f"asking {', '.join(entry.name for entry in asked)} with --seed {chosen}", markup=False
    )
    hunt.go(
        tuple(check or ()), seconds if examples is None or minutes is not None else None, examples
    )


def _check_options(checks: list[str], out: Path, version: str, backends: list[str]) -> None:
    for name in checks:
        if name not in tuple(Check):
            stop(f"--check {name}: accepted are {', '.join(Check)}")
    if out.exists() and not out.is_dir():
        stop(f"--out {out}: is a file; accepted is a directory, which is made where it is missing")
    if version and len(backends) != 1:
        stop("--backend-version says the version of one backend: name it with one --backend")


class _Hunt:
    """A search under way: what is found is printed and written down at once, so that nothing is
    lost."""

    def __init__(self, plan: Plan, seed: int, out: Path) -> None:
        self._plan, self._seed, self._out = plan, seed, out
        self._begun = time.monotonic()
        self._found: list[Reply] = []
        self._workers: list[Worker] = []

    def go(self, checks: tuple[str, ...], seconds: float | None, examples: int | None) -> None:
        """Looks, says what was done, and ends the command."""
        try:
            from ..run.fuzz import USUAL_CHECKS_DRAWN, Broken, Fuzz, Limit
        except ModuleNotFoundError as error:
            if error.name != "hypothesis":
                raise
            stop(
                "fuzz draws its cases with hypothesis, which is not installed: pip install "
                "hypothesis"
            )
        why, status = "", 0
        with ExitStack() as stack:
            workers = [
                stack.enter_context(Worker(entry, self._plan.limits))
                for entry in self._plan.entries
            ]
            interviews = [interview_with(worker, self._plan.deviations) for worker in workers]
            self._workers = workers
            search = Fuzz(
                interviews,
                checks or USUAL_CHECKS_DRAWN,
                self._seed,
                Limit(seconds=seconds, examples=examples),
                self._tell,
            )
            try:
                search.run()
            except KeyboardInterrupt:
                why, status = "interrupted", INTERRUPTED_STATUS
            except Broken as error:
                why, status = _reason(error.case, error.__cause__), UNUSABLE_STATUS
        self._end(search.tally, why, status)

    def _tell(self, found: "Found") -> None:
        """Prints a finding and writes the run so far."""
        reply, cause = found.reply, found.cause
        self._found.append(reply)
        named = f" [this case fits {cause.name}]" if cause.kind in ("explained", "composed") else ""
        stdout.print(reply.case.id, markup=False)
        stdout.print(
            f"  {reply.entry.name} {reply.check} {reply.outcome}: {cause.sentence}{named}",
            markup=False,
        )
        write_run(self._out, self._run())

    def _run(self) -> Run:
        """What was reported, as `convtranspose run` would record it."""
        asked = {reply.case.id: reply.asked for reply in reversed(self._found)}
        suites = list(dict.fromkeys(each.case.suite for each in asked.values()))
        partial = f"what `convtranspose fuzz --seed {self._seed}` reported"
        plan = replace(
            self._plan, cases=[each.case for each in asked.values()], suites=suites, partial=partial
        )
        session, number = (
            Session(plan, list(asked.values())),
            {case_id: i for i, case_id in enumerate(asked)},
        )
        for worker in self._workers:
            session.told(worker.entry.name, worker.versions, worker.kernels)
        for reply in self._found:
            session.judged(reply.entry, number[reply.case.id], {reply.check.value: reply.seen})
        return session.run(round(time.monotonic() - self._begun, 1))

    def _end(self, tally: "Tally", why: str, status: int) -> None:
        seconds = time.monotonic() - self._begun
        stdout.print(
            f"drawn: {tally.drawn} cases, {tally.questions} questions asked in {seconds:.0f} s "
            f"(--seed {self._seed}); verdicts:"
        )
        for name, verdicts in tally.verdicts.items():
            counts = (f"{verdicts[v]} {v.value}" for v in Verdict if v is not Verdict.STALE)
            stdout.print(f"{name}: {', '.join(counts)}", markup=False)
        stdout.print(f"distinct findings: {len(tally.found)}")
        for found in tally.found:
            stdout.print(f"  {found.reply.case.id}: met {found.met} times", markup=False)
        if tally.found:
            stdout.print(f"report: {write_report(self._out, self._run()).resolve()}", markup=False)
        if why:
            stop(why, status)
        raise typer.Exit(RED_STATUS if tally.found else 0)


def _reason(case: Case, error: BaseException | None) -> str:
    """What brought the search to an end: the backend, its adapter, or the suite."""
    who = (
        str(error)
        if isinstance(error, Unusable | HarnessError)
        else f"the suite itself fails: {type(error).__name__}: {error}"
    )
    return f"{case.id}: {who.rstrip()}"
