"""`convtranspose goldens`: the exact outputs against the digests that the repository keeps of
them."""

from typing import Annotated

import typer

from convtranspose_cases import suite_cases
from convtranspose_cases.digests import differences, digested_suites, write

from .screen.terminal import Form, print_json, say
from .taken.options import Format

CHANGED_STATUS = 1
MOST_SHOWN = 20  # differences of a suite, one a line, before the rest is counted

app = typer.Typer(add_completion=False, rich_markup_mode=None)
Suites = Annotated[
    list[str] | None,
    typer.Option(
        "--suite", metavar="NAME", help="This suite (repeatable). Default: all of fixed cases."
    ),
]


@app.command()
def check(suite: Suites = None, form: Format = Form.TEXT) -> None:
    """Work the goldens out and compare. Exit status: 0 as kept, 1 a digest is changed, missing or
    surplus, 2 unusable options or files."""
    errors = {name: list(differences(name)) for name in digested_suites(suite or ())}
    if form is Form.JSON:
        print_json([_row(name, differing) for name, differing in errors.items()])
        raise typer.Exit(CHANGED_STATUS if any(errors.values()) else 0)
    for name, differing in errors.items():
        for line in differing[:MOST_SHOWN]:
            say(f"error: {line}")
        if len(differing) > MOST_SHOWN:
            say(f"error: and {len(differing) - MOST_SHOWN} more of {name}")
        print(f"{name}: {len(suite_cases(name))} cases, {len(differing)} differences")
    raise typer.Exit(CHANGED_STATUS if any(errors.values()) else 0)


def _row(name: str, differing: list[str]) -> dict[str, object]:
    return {"suite": name, "cases": len(suite_cases(name)), "differences": differing}


@app.command("write")
def write_(suite: Suites = None) -> None:
    """Write the digests as the goldens are now: the only way to change one. The difference is for
    review."""
    for name in digested_suites(suite or ()):
        print(f"{name}: {len(suite_cases(name))} digests in {write(name)}")
