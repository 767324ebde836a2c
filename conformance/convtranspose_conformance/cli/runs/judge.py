"""`convtranspose judge`: kept answers, judged by the rules of today."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from convtranspose_reports import (
    CutShortWarning,
    Record,
    Run,
    exit_status,
    merge_runs,
    read_run,
    write_run,
)
from convtranspose_reports.runs.store import RESULTS

from ...run.exit_status import UNUSABLE_STATUS
from ...run.kept.form import KEPT
from ...run.kept.judging import judge_kept
from ..screen.pages import drawn
from ..screen.progress import explained
from ..screen.summary import summarize
from ..screen.terminal import Form, show_page, stop, warnings_said
from ..taken.options import Claims, Deviations, Format, OptionError, require_directory

_MOST_DIFFERING = 8


def judge(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="Files of answers, or directories that hold one; they merge."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where run and pages go.")],
    deviations: Deviations = None,
    claims: Claims = None,
    claimed: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="A run that says what the answers come to: refused, with 2, where a record of it "
            "does not judge the same.",
        ),
    ] = None,
    form: Format = Form.TEXT,
) -> None:
    """Judges, writes the report; ends with the run's exit status, or with 2 where what is claimed
    is not what the answers come to."""
    require_directory(out)
    _require_another(out, files, claimed)
    paths = [file / KEPT if file.is_dir() else file for file in files]
    with explained() as tell:
        runs = [judge_kept(path, deviations or (), claims or (), tell) for path in paths]
    run = merge_runs(runs) if len(runs) > 1 else runs[0]
    if claimed is not None:
        with warnings_said(CutShortWarning):
            _require_the_same(claimed, read_run(claimed), run)
    write_run(out, run)
    page, failed = drawn(out, run)
    summarize(run, form)
    show_page(page, aside=form is Form.JSON)
    raise typer.Exit(failed or exit_status(run.header, run.records, run.findings))


def _require_another(out: Path, files: Sequence[Path], claimed: Path | None) -> None:
    """Raises OptionError where the run would take the place of what it is judged from, or of what
    it is held against."""
    for read in (*files, *([] if claimed is None else [claimed])):
        if out.resolve() == (read if read.is_dir() else read.parent).resolve():
            raise OptionError(
                f"--out {out}: holds {read}, which is only read here; accepted is another directory"
            )


def _require_the_same(path: Path, claimed: Run, run: Run) -> None:
    """Stops where a record that is claimed is not what the answers come to, or one of them has no
    answer."""
    ours, theirs = (
        {(r.backend, r.case, r.check): r for r in each.records} for each in (run, claimed)
    )
    differing = [
        f"{backend} {case} {check}: {_said(theirs.get(key))} there, {_said(ours.get(key))} here"
        for key in dict.fromkeys([*theirs, *ours])
        for backend, case, check in (key,)
        if _said(theirs.get(key)) != _said(ours.get(key))
    ]
    if differing:
        more = len(differing) - _MOST_DIFFERING
        shown = differing[:_MOST_DIFFERING] + [f"and {more} more"] * (more > 0)
        stop(
            f"{path / RESULTS if path.is_dir() else path}: is not what the answers come to in "
            f"{len(differing)} of {len(ours)} records\n  " + "\n  ".join(shown),
            UNUSABLE_STATUS,
        )


def _said(record: Record | None) -> str:
    return "no record" if record is None else f"{record.outcome}, {record.verdict}"
