"""`convtranspose goldens`: the exact outputs against the digests that the repository keeps of
them."""

from typing import Annotated

import typer

from convtranspose_cases import UnknownName, suite_cases
from convtranspose_cases.digests import DigestFileError, differences, digested_suites, write

from ..run.exit_status import UNUSABLE_STATUS

CHANGED_STATUS = 1
SHOWN = 20  # differences of a suite, one a line, before the rest is counted

app = typer.Typer(
    no_args_is_help=True,
    help="Holds inputs and goldens against the digests kept in the repository.",
)
Suites = Annotated[
    list[str] | None,
    typer.Option(
        "--suite", metavar="NAME", help="This suite (repeatable). Default: all of fixed cases."
    ),
]


def _chosen(names: list[str] | None) -> list[str]:
    try:
        return digested_suites(names or ())
    except UnknownName as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(UNUSABLE_STATUS) from None


@app.command()
def check(suite: Suites = None) -> None:
    """Work the goldens out and compare. Exit status: 0 as kept, 1 a digest is changed, missing or
    surplus, 2 unusable options or files."""
    changed = False
    for name in _chosen(suite):
        try:
            found = list(differences(name))
        except DigestFileError as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(UNUSABLE_STATUS) from None
        for line in found[:SHOWN]:
            typer.echo(f"error: {line}", err=True)
        if len(found) > SHOWN:
            typer.echo(f"error: and {len(found) - SHOWN} more of {name}", err=True)
        typer.echo(f"{name}: {len(suite_cases(name))} cases, {len(found)} differences")
        changed = changed or bool(found)
    raise typer.Exit(CHANGED_STATUS if changed else 0)


@app.command("write")
def write_(suite: Suites = None) -> None:
    """Write the digests as the goldens are now: the only way to change one. The difference is for
    review."""
    for name in _chosen(suite):
        try:
            typer.echo(f"{name}: {len(suite_cases(name))} digests in {write(name)}")
        except OSError as error:
            typer.echo(f"error: {error.filename}: {error.strerror}", err=True)
            raise typer.Exit(UNUSABLE_STATUS) from None
