"""`convtranspose run`: backends are asked, judged, and a report is written."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from convtranspose_cases.limits import plain
from convtranspose_reports import Header, Run, guarded
from convtranspose_reports.runs.store import RESULTS, UNFINISHED

from ..backends.api import Unusable
from ..run.asking.alone import alone_in
from ..run.asking.parallel import Progress
from ..run.drafts.propose import propose
from ..run.execution import Asking, ask_only, asking_here, execute
from ..run.exit_status import NOTHING_RAN_STATUS, UNUSABLE_STATUS
from ..run.findings.under_way import Explaining
from ..run.journal import ANSWERS, holds_answers
from ..run.kept.form import KEPT
from ..run.planning.plan import Plan
from ..run.planning.selection import plan
from ..worker.process import HarnessError, Limits
from .screen.progress import executed
from .screen.summary import summarize
from .screen.terminal import INTERRUPTED_STATUS, Form, say, show_page, stop
from .taken import completion
from .taken.options import (
    MOST_JOBS,
    TARGET,
    Claims,
    Deviations,
    Format,
    Globs,
    Memory,
    OptionError,
    StatedVersion,
    Timeout,
    require_directory,
    require_one_backend,
    require_writable,
    suites_option,
    within,
)

if TYPE_CHECKING:
    from ..run.cluster.client import Cluster


def run(
    context: typer.Context,
    backend: Annotated[
        list[str] | None,
        typer.Option(
            metavar=TARGET,
            help="Ask this backend (repeatable). Default: all that are usable here but those on "
            "request.",
            autocompletion=completion.backends,
        ),
    ] = None,
    all_backends: Annotated[
        bool,
        typer.Option("--all-backends", help="Ask those on request, too (`list backends`)."),
    ] = False,
    suite: Annotated[
        list[str] | None,
        suites_option("Ask this suite (repeatable). Default: seeds, core, accuracy."),
    ] = None,
    case: Globs = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the report goes.")] = Path(
        "conformance-report"
    ),
    jobs: Annotated[
        int,
        typer.Option(metavar="N", min=1, max=MOST_JOBS, help="Worker processes at a time."),
    ] = os.cpu_count() or 1,
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Ask every N-th case, from the I-th on.")
    ] = "",
    deviations: Deviations = None,
    claims: Claims = None,
    propose_deviations: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draft declarations for what fails; a person reviews them."
        ),
    ] = None,
    backend_version: StatedVersion = "",
    like: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Take what is declared for this backend, on which those asked build, for theirs.",
        ),
    ] = "",
    min_answered: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            callback=within(0.0, 1.0),
            help="Red where a backend answers less than this share of its questions, such as 0.8.",
        ),
    ] = 0.0,
    timeout: Timeout = 60.0,
    memory: Memory = 6.0,
    seed: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="Other numbers in every case, other cases in suite `random`."
        ),
    ] = 0,
    dask: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Ask on the machines of this dask.distributed cluster, which declare what they "
            "hold as resources.",
        ),
    ] = "",
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the run in --out that was killed, if any."),
    ] = False,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="Write results.jsonl alone.")
    ] = False,
    keep_answers: Annotated[
        bool,
        typer.Option(
            "--keep-answers",
            help="Leave what was answered in answers.jsonl.xz, too, for `convtranspose judge`.",
        ),
    ] = False,
    answers_only: Annotated[
        bool,
        typer.Option(
            "--answers-only",
            help="Leave answers.jsonl.xz alone, for `convtranspose judge`, here or elsewhere.",
        ),
    ] = False,
    form: Format = Form.TEXT,
) -> None:
    """Asks, judges, writes the report; ends with the run's exit status."""
    require_one_backend(backend_version, backend or ())
    _require_no_name_beside_all(backend or (), all_backends)
    if answers_only:
        _require_alone(no_report, keep_answers, propose_deviations is not None, form)
    cluster = context.with_resource(_connected(dask)) if dask else None
    chosen = plan(
        backends=backend or (),
        suites=suite or (),
        patterns=case or (),
        shard=shard,
        seed=seed,
        files=deviations or (),
        stated_version=backend_version,
        jobs=jobs,
        min_answered=min_answered,
        like=like,
        limits=Limits(case_s=timeout, memory_gib=memory),
        every=all_backends,
        claims=claims or (),
        elsewhere=None if cluster is None else cluster.held(backend or ()),
    )
    _stop_where_nothing_is_asked(chosen, shard)
    _require_room(out, chosen.partial, propose_deviations)
    _say_what_is_left_out(chosen, deviations or ())
    asking = asking_here if cluster is None else cluster.asking
    if answers_only:
        _leave_answers(chosen, out, resume, asking)
        return
    measured = _measured(chosen, out, resume, keep_answers, no_report, asking)
    page, status = (out / RESULTS, 0) if no_report else _drawn(out, measured)
    failed = {} if propose_deviations is None else _drafted(propose_deviations, measured, chosen)
    summarize(measured, form)
    show_page(page, aside=form is Form.JSON)
    for part, why in failed.items():
        stop(f"{part}: {why}", UNUSABLE_STATUS)
    ended = measured.footer.exit_status if measured.footer else NOTHING_RAN_STATUS
    raise typer.Exit(status or ended)


def _require_no_name_beside_all(named: Sequence[str], all_backends: bool) -> None:
    if named and all_backends:
        raise OptionError(
            f"--all-backends asks {named[0]}, too: accepted is one of the two options"
        )


def _connected(address: str) -> "AbstractContextManager[Cluster]":
    """The cluster, until the command ends. Raises OptionError where dask.distributed is not
    installed, ClusterError where the cluster cannot be asked."""
    try:
        from ..run.cluster.client import connected
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("distributed", "dask"):
            raise
        raise OptionError(
            f"--dask {address} works with dask.distributed, which is not installed: pip install "
            "distributed"
        ) from None
    return connected(address)


def _drawn(out: Path, run: Run) -> tuple[Path, int]:
    """As `pages.drawn`, which is loaded when everything was asked: processes start sooner."""
    from .screen.pages import drawn

    return drawn(out, run)


def _stop_where_nothing_is_asked(chosen: Plan, shard: str) -> None:
    if not chosen.cases:
        stop(f"nothing to run: --shard {shard} leaves no case", NOTHING_RAN_STATUS)
    if not chosen.entries:
        stop(
            "nothing to run: no backend is usable here (`convtranspose list backends` says why)",
            NOTHING_RAN_STATUS,
        )


def _require_room(out: Path, partial: str, drafts: Path | None) -> None:
    """Raises OptionError where what the run leaves cannot be written."""
    require_directory(out)
    _require_no_whole_run(out, partial)
    if drafts is not None:
        require_writable("--propose-deviations", drafts)


def _require_no_whole_run(out: Path, partial: str) -> None:
    """Raises OptionError where a partial run would take the place of a whole one."""
    results = out / RESULTS
    if not partial or not results.is_file():
        return
    with results.open("rb") as lines:
        opening = lines.readline()
    try:
        header = msgspec.json.decode(opening, type=Header)
    except msgspec.DecodeError:
        return  # no run of this format
    if not header.partial:
        raise OptionError(
            f"--out {out}: holds a whole run, which one of {partial} would overwrite; accepted is "
            f"another directory, such as --out {out}-partial"
        )


def _say_what_is_left_out(chosen: Plan, files: Sequence[Path]) -> None:
    """Declarations and claims of the user's own that speak of what is not asked."""
    asked = {entry.name for entry in chosen.entries}
    where = {f"{plain(str(file))}:" for file in files}
    for name in dict.fromkeys(
        d.backend for d in chosen.deviations if d.where.rpartition(":")[0] + ":" in where
    ):
        if name not in asked:
            say(f"warning: --deviations speaks of {name}, which is not asked")
    for name in dict.fromkeys(claim.backend for claim in chosen.claims):
        if name not in asked:
            say(f"warning: --claims speaks of {name}, which is not asked")
    for claim in chosen.silent_claims():
        say(f"warning: {claim.where}: no question of this run concerns {claim.name}")


def _require_alone(no_report: bool, keep_answers: bool, proposes: bool, form: Form) -> None:
    """Raises OptionError for what --answers-only has no use for: it judges nothing."""
    beside = {
        "--no-report": no_report,
        "--keep-answers": keep_answers,
        "--propose-deviations": proposes,
        "--format json": form is Form.JSON,
    }
    for option in (name for name, is_given in beside.items() if is_given):
        raise OptionError(
            f"--answers-only {option}: nothing is judged here; accepted is one of the two options"
        )


def _leave_answers(chosen: Plan, out: Path, resume: bool, asking: Asking) -> None:
    """Asks, says where the answers lie, and stops where a backend gave none."""
    if (out / RESULTS).exists():
        raise OptionError(
            f"--out {out}: holds a run, which --answers-only would leave beside answers that are "
            f"not its own; accepted is another directory, such as --out {out}-answers"
        )

    def told(plan: Plan, directory: Path, progress: Progress, _: Explaining) -> list[str]:
        return ask_only(plan, directory, progress, resume=resume, asking=asking)

    with _named_where_it_stops(out, resume):
        silent = executed(chosen, out, told, explains=False)
    print(f"answers: {(out / KEPT).resolve()}")
    if silent:
        stop(f"no answer at all: {', '.join(silent)}", NOTHING_RAN_STATUS)


def _measured(
    chosen: Plan, out: Path, resume: bool, keep_answers: bool, no_report: bool, asking: Asking
) -> Run:
    """The run; where it was interrupted, what it measured is drawn, too."""
    with _named_where_it_stops(out, resume):
        told = partial(execute, resume=resume, keep_answers=keep_answers, asking=asking)
        measured = executed(chosen, out, told)
        if measured.footer is None:
            if measured.records and not no_report:
                say(f"page: {_drawn(out, measured)[0]}")
            raise KeyboardInterrupt
        return measured


def _drafted(drafts: Path, measured: Run, chosen: Plan) -> dict[str, str]:
    """Writes declarations for what fails; the option -> why there are none, where that failed."""
    failed: dict[str, str] = {}
    with guarded("--propose-deviations", failed, passing=(OSError,)):
        drafts.write_text(propose(measured, chosen.cases), encoding="utf-8")
        say(f"drafted declarations, for review: {drafts}")
    return failed


@contextmanager
def _named_where_it_stops(out: Path, resume: bool) -> Iterator[None]:
    """Around the asking: where it stops early, by SIGTERM as by Ctrl-C, what it measured stays and
    is named."""
    ours = not out.exists()
    if (out / ANSWERS).exists() and not resume:
        with alone_in(out):  # no other run is writing them
            say(f"{out}: what an unfinished run left here is asked anew; --resume goes on with it")
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except (Unusable, HarnessError) as error:
        raise type(error)(f"{str(error).rstrip()}{_left_behind(out, ours)}") from error
    except KeyboardInterrupt:
        stop(f"interrupted{_left_behind(out, ours)}", INTERRUPTED_STATUS)
    finally:
        signal.signal(signal.SIGTERM, before)


def _left_behind(out: Path, ours: bool) -> str:
    """Where the records of a run that stopped early lie, or its answers. Without any its files go,
    and its directory if that is `ours`."""
    part, journal = out / UNFINISHED, out / ANSWERS
    if part.is_file() and b'"type":"record"' in part.read_bytes():
        return (
            f"\nwhat was measured before lies in {part}; `convtranspose report {part}` reads it, "
            "--resume goes on with it"
        )
    part.unlink(missing_ok=True)
    if holds_answers(journal):
        return f"\nwhat was answered before lies in {journal}; --resume goes on with it"
    journal.unlink(missing_ok=True)
    if ours and out.is_dir() and not any(out.iterdir()):
        out.rmdir()
    return ""
