"""`convtranspose`: the command line. Frameworks are imported in workers only; `--help` imports
none."""

import os
import sys
import warnings
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from convtranspose_cases import SUITES, UnknownName, suite_cases
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.coverage import coverage as coverage_of
from convtranspose_cases.suites import DEFAULT_SUITES
from convtranspose_reference.readings import READINGS
from convtranspose_reports import (
    CutShortWarning,
    Run,
    RunFileError,
    RunMergeError,
    Verdict,
    merge_runs,
    read_run,
    summary,
    write_report,
    write_run,
)
from convtranspose_reports.store import RESULTS, UNFINISHED

from ..backends.api import Unusable
from ..backends.registry import registered
from ..rules.faults import FAULTS
from ..rules.predicate import PredicateError
from ..run.execution import execute
from ..run.exit_status import NOTHING_RAN_STATUS
from ..run.plan import Plan
from ..run.propose import propose
from ..run.selection import SelectionError, plan
from ..verdict.deviations import DeviationError, declared
from ..worker.process import HarnessError, Limits
from .explain import explain_
from .fuzz import fuzz
from .goldens import app as goldens_app
from .shrink import shrink
from .terminal import INTERRUPTED_STATUS, stderr, stdout, stop

app = typer.Typer(
    name="convtranspose",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Holds implementations of ONNX ConvTranspose against an exact reference.",
)
app.add_typer(goldens_app, name="goldens")
app.command("fuzz")(fuzz)
app.command("shrink")(shrink)
app.command("explain")(explain_)
_CANNOT = (
    SelectionError,
    UnknownName,
    DeviationError,
    PredicateError,
    Unusable,
    RunFileError,
    RunMergeError,
)


def _version(asked: bool) -> None:
    if asked:
        print(f"convtranspose-conformance {distribution_version('convtranspose-conformance')}")
        raise typer.Exit


@app.callback()
def _of_all(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Holds implementations of ONNX ConvTranspose against an exact reference."""


@app.command()
def run(
    backend: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|module:attr[@DEVICE]",
            help="Ask this backend (repeatable). Default: all that are usable here.",
        ),
    ] = None,
    suite: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Ask this suite (repeatable). Default: seeds, core, accuracy."
        ),
    ] = None,
    case: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Ask only cases whose id matches (repeatable)."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the report goes.")] = Path(
        "conformance-report"
    ),
    jobs: Annotated[
        int, typer.Option(metavar="N", min=1, help="Worker processes at a time.")
    ] = os.cpu_count() or 1,
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Ask every N-th case, from the I-th on.")
    ] = "",
    deviations: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Declarations of your own backend (repeatable)."),
    ] = None,
    propose_deviations: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draft declarations for what fails; a person reviews them."
        ),
    ] = None,
    backend_version: Annotated[
        str,
        typer.Option(
            metavar="V",
            help="Version of the one backend named, where its distribution does not tell.",
        ),
    ] = "",
    timeout: Annotated[
        float, typer.Option(metavar="S", min=0.1, help="Seconds for one case.")
    ] = 60.0,
    memory: Annotated[
        float, typer.Option(metavar="GIB", min=0.1, help="Memory of a worker.")
    ] = 6.0,
    seed: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="Other numbers in every case, other cases in suite `random`."
        ),
    ] = 0,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="Write results.jsonl alone.")
    ] = False,
) -> None:
    """Ask backends, judge their answers, write the report. Exit status: 0 green, 1 red, 2 unusable
    options or files, 3 nothing ran."""
    if backend_version and len(backend or ()) != 1:
        stop("--backend-version says the version of one backend: name it with one --backend")
    try:
        chosen = plan(
            backends=backend or (),
            suites=suite or (),
            patterns=case or (),
            shard=shard,
            seed=seed,
            files=deviations or (),
            stated_version=backend_version,
            jobs=jobs,
            limits=Limits(case_s=timeout, memory_gib=memory),
        )
        if not chosen.cases:
            stop(f"nothing to run: --shard {shard} leaves no case", NOTHING_RAN_STATUS)
        if not chosen.entries:
            stop(
                "nothing to run: no backend is usable here (`convtranspose list backends` says "
                "why)",
                NOTHING_RAN_STATUS,
            )
        _writable(out, propose_deviations)
        found = _measured(chosen, out)
        if propose_deviations is not None:
            propose_deviations.write_text(propose(found), encoding="utf-8")
            stderr.print(f"drafted declarations, for review: {propose_deviations}", markup=False)
        page = out / RESULTS if no_report else write_report(out, found)
    except _CANNOT as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or out}: {error.strerror}")
    _summarize(found)
    stdout.print(f"report: {page.resolve()}", markup=False)
    raise typer.Exit(found.footer.exit_status if found.footer else NOTHING_RAN_STATUS)


def _writable(out: Path, draft: Path | None) -> None:
    """Says so before the run, not after it, where its results could not be written."""
    if out.exists() and not out.is_dir():
        stop(f"--out {out}: is a file; accepted is a directory, which is made where it is missing")
    if draft is not None and (draft.is_dir() or not draft.parent.is_dir()):
        stop(f"--propose-deviations {draft}: accepted is a file in a directory that exists")


def _measured(chosen: Plan, out: Path) -> Run:
    """The run; where it stops early, what it measured stays and is named."""
    ours = not out.exists()
    try:
        return _with_progress(chosen, out)
    except (Unusable, HarnessError) as error:
        stop(f"{str(error).rstrip()}{_left_behind(out, ours)}")
    except KeyboardInterrupt:
        stop(f"interrupted{_left_behind(out, ours)}", INTERRUPTED_STATUS)


def _left_behind(out: Path, ours: bool) -> str:
    """Where the records of a run that stopped early lie. Without any its file goes, and its
    directory if that is `ours`."""
    part = out / UNFINISHED
    if part.is_file() and b'"type":"record"' in part.read_bytes():
        return f"\nwhat was measured before lies in {part}; `convtranspose report {part}` reads it"
    part.unlink(missing_ok=True)
    if ours and out.is_dir() and not any(out.iterdir()):
        out.rmdir()
    return ""


def _with_progress(chosen: Plan, out: Path) -> Run:
    columns = (
        TextColumn("{task.description:<30}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    if not stderr.is_terminal:
        stderr.print(
            f"asking {', '.join(e.name for e in chosen.entries)}: {len(chosen.cases)} cases each",
            markup=False,
        )
        return execute(chosen, out, _say_when_done)
    with Progress(*columns, console=stderr) as bars:
        tasks = {
            entry.name: bars.add_task(entry.name, total=len(chosen.cases))
            for entry in chosen.entries
        }
        return execute(
            chosen, out, lambda name, done, total: bars.update(tasks[name], completed=done)
        )


def _say_when_done(name: str, done: int, total: int) -> None:
    if done == total:
        stderr.print(f"{name}: {total} cases done", markup=False)


def _summarize(found: Run) -> None:
    table = Table(box=None, header_style="bold")
    for title in ("backend", "version", *(v.value for v in Verdict)):
        table.add_column(
            title,
            no_wrap=True,
            overflow="ignore",
            justify="left" if title in ("backend", "version") else "right",
        )
    backends: Any = summary(found)["backends"]
    for name, about in backends.items():
        table.add_row(name, about["version"], *(str(about["verdicts"][v.value]) for v in Verdict))
    stdout.print(table)
    for finding in found.findings:
        if finding.verdict in (Verdict.FAILS, Verdict.STALE):
            where = f", for example {finding.example.case}" if finding.example else ""
            stdout.print(
                f"{finding.verdict.value}: {finding.backend} {finding.check.value}: "
                f"{finding.sentence} ({finding.cases} cases{where})",
                markup=False,
            )


@app.command("list")
def list_(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="backends, suites, cases, clauses, readings or deviations."
        ),
    ],
    suite: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Cases of this suite (repeatable).")
    ] = None,
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage",
            help="Of cases: instead of each, the share of pairs and triples of attribute values.",
        ),
    ] = False,
) -> None:
    """List what there is, one a line, tab-separated."""
    lists = {
        "backends": _backends,
        "suites": _suites,
        "cases": _cases,
        "clauses": _clauses,
        "readings": _readings,
        "deviations": _deviations,
    }
    if what not in lists:
        stop(f"unknown list {what!r}; known: {', '.join(lists)}")
    if suite and what != "cases":
        stop(f"--suite chooses among cases: `convtranspose list cases --suite {suite[0]}`")
    if coverage and what != "cases":
        stop(f"--coverage is of cases, not of {what}")
    try:
        for line in (_coverage if coverage else lists[what])(
            list(dict.fromkeys(suite or DEFAULT_SUITES))
        ):
            print(line)
    except _CANNOT as error:
        stop(str(error))


def _backends(_: list[str]) -> list[str]:
    return [
        f"{e.name}\t{e.installed_version() or '-'}\t{e.why_unusable() or 'usable'}\t{e.title}: "
        f"{e.route}"
        for e in registered().values()
    ]


def _suites(_: list[str]) -> list[str]:
    return [f"{name}\t{len(suite_cases(name))}\t{suite.TITLE}" for name, suite in SUITES.items()]


def _cases(suites: list[str]) -> list[str]:
    return [f"{case.id}\t{case.summary()}" for name in suites for case in suite_cases(name)]


def _coverage(suites: list[str]) -> list[str]:
    cases = [case for name in suites for case in suite_cases(name)]
    found = {"pairs": coverage_of(cases, 2), "triples": coverage_of(cases, 3)}
    return [
        f"{what} of attribute values\t{c.present} of {c.possible}\t{c.percent:g} %"
        for what, c in found.items()
    ]


def _clauses(_: list[str]) -> list[str]:
    return [
        f"{c.label}\t{'open' if c.open else 'explicit'}\t{c.title}\t{c.says}"
        for c in CLAUSES.values()
    ]


def _readings(_: list[str]) -> list[str]:
    return [f"{r.id}\treading\t{r.sentence}" for r in READINGS.values()] + [
        f"{f.name}\tfault\t{f.sentence}" for f in FAULTS.values()
    ]


def _deviations(_: list[str]) -> list[str]:
    return [f"{d.id}\t{d.versions}\t{d.when.text}\t{d.sentence()}" for d in declared(registered())]


@app.command()
def report(
    directories: Annotated[
        list[Path],
        typer.Argument(metavar="DIR", help="Run directories; shards and frameworks merge."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where pages and merged run go. Default: the one run's directory."
        ),
    ] = None,
) -> None:
    """Write the pages of one or more runs."""
    if len(directories) > 1 and out is None:
        stop("several runs merge into a new one: say where with --out DIR")
    where = out or directories[0]
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", CutShortWarning)
            runs = [read_run(d) for d in directories]
        for warning in told:
            stderr.print(f"warning: {warning.message}", markup=False)
        found = merge_runs(runs) if len(runs) > 1 else runs[0]
        where = where.parent if out is None and where.is_file() else where
        _writable(where, None)
        if len(runs) > 1 or out is not None:
            write_run(where, found)
        page = write_report(where, found)
    except _CANNOT as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or where}: {error.strerror}")
    _summarize(found)
    stdout.print(f"report: {page.resolve()}", markup=False)


def main() -> None:
    """The entry point of the `convtranspose` command."""
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
