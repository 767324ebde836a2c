"""`convtranspose compare`: what changed from one run to another."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from convtranspose_reports import FORMATS, CutShortWarning, add_entry, compare, read_run

from ...run.exit_status import RED_STATUS
from ..screen.terminal import say, warnings_said

Format = StrEnum("Format", {name: name for name in FORMATS})  # type: ignore[misc]


def compare_(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The run before.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The run after.")],
    backend: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this backend (repeatable)."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.text,  # type: ignore[attr-defined]
    feed: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Put an entry on top of this Atom feed, too."),
    ] = None,
) -> None:
    """Prints what was fixed, what broke, what has another explanation, backend by backend; ends
    with 1 where something is worse than before."""
    with warnings_said(CutShortWarning):
        before, after = read_run(old), read_run(new)
    comparison = compare(before, after, backend or ())
    print(FORMATS[form.value](comparison), end="")
    if feed is not None:
        added = add_entry(feed, comparison)
        say(f"{feed}: {'an entry was added' if added else 'nothing to tell'}")
    raise typer.Exit(RED_STATUS if comparison.regressed else 0)
