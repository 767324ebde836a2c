"""`convtranspose report`: runs that lie on disk are merged, and drawn anew."""

from pathlib import Path
from typing import Annotated

import typer

from convtranspose_reports import (
    CutShortWarning,
    exit_status,
    merge_runs,
    read_run,
    write_report,
    write_run,
)

from .options import OptionError, require_directory
from .screen.summary import summarize
from .screen.terminal import show_page, warnings_said


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
    """Writes the pages of one or more runs, and of several also what they merge into; ends as the
    run does."""
    if len(directories) > 1 and out is None:
        raise OptionError("several runs merge into a new one: say where with --out DIR")
    with warnings_said(CutShortWarning):
        runs = [read_run(directory) for directory in directories]
    merged = merge_runs(runs) if len(runs) > 1 else runs[0]
    where = out or directories[0]
    if out is None and where.is_file():
        where = where.parent
    require_directory(where)
    if len(runs) > 1 or out is not None:
        write_run(where, merged)
    page = write_report(where, merged)
    summarize(merged)
    show_page(page)
    raise typer.Exit(exit_status(merged.header, merged.records, merged.findings))
