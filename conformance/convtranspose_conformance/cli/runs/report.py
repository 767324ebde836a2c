"""`convtranspose report`: runs that lie on disk are merged, and drawn anew."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from convtranspose_reports import (
    FORMATS,
    CutShortWarning,
    Run,
    RunChanges,
    compare,
    counts,
    exit_status,
    issue_text,
    merge_runs,
    read_run,
    status_again,
    with_changes,
    write_run,
)

from ...run.exit_status import RED_STATUS
from ...run.judged_again import judged_again
from ...run.page import PAGE
from ..screen.pages import drawn
from ..screen.summary import summarize
from ..screen.terminal import Form, say, show_page, warnings_said
from ..taken.options import (
    Format,
    OptionError,
    require_directory,
    require_writable,
)


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
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The run before: the page tells what changed, red where worse."
        ),
    ] = None,
    issue: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write what is new as the text of an issue, its title first; empty without news.",
        ),
    ] = None,
    form: Format = Form.TEXT,
) -> None:
    """Writes the pages of one or more runs, and of several also what they merge into; ends as the
    run does, and with 1 where something is worse than in the run before."""
    if len(directories) > 1 and out is None:
        raise OptionError("several runs merge into a new one: say where with --out DIR")
    if issue is not None:
        require_writable("--issue", issue)
    with warnings_said(CutShortWarning):
        runs = [read_run(directory) for directory in directories]
        before = None if baseline is None else read_run(baseline)
    _judge_again(runs)
    merged = merge_runs(runs) if len(runs) > 1 else runs[0]
    changes = None if before is None else compare(before, merged)
    where = out or directories[0]
    if out is None and where.is_file():
        where = where.parent
    require_directory(where)
    if len(runs) > 1 or out is not None:
        write_run(where, merged)
    if issue is not None:
        issue.write_text(issue_text(merged), encoding="utf-8")
    page, failed = drawn(where, merged, PAGE if changes is None else with_changes(changes, PAGE))
    summarize(merged, form)
    if changes is not None:
        _tell(where, changes, say if form is Form.JSON else print)
    show_page(page, aside=form is Form.JSON)
    status = failed or exit_status(merged.header, merged.records, merged.findings)
    worse = changes is not None and changes.regressed
    raise typer.Exit(RED_STATUS if worse else status)


def _judge_again(runs: Sequence[Run]) -> None:
    """By today's declarations and exit statuses; tells of what is another verdict now."""
    for run in runs:
        status_again(run)
        if said := judged_again(run):
            say(said)


def _tell(where: Path, changes: RunChanges, put: Callable[[str], None]) -> None:
    """What changed, beside the page, and in a line a backend on the terminal."""
    for name, form in (("changes.md", "markdown"), ("changes.json", "json")):
        (where / name).write_text(FORMATS[form](changes), encoding="utf-8")
    for backend in changes.backends:
        put(f"{backend.name}, since the run before: {counts(backend)}")
