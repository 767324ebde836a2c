"""`convtranspose list`: what there is, for people and for `cut`."""

from importlib import import_module
from typing import Annotated

import typer

from convtranspose_cases import UnknownName
from convtranspose_cases.suites import DEFAULT_SUITES

from .lists import LISTS
from .screen.terminal import Form, print_json
from .taken import completion
from .taken.options import (
    Format,
    OptionError,
    suites_option,
)


def list_(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="backends, suites, cases, clauses, readings or deviations.",
            autocompletion=completion.lists,
        ),
    ],
    suite: Annotated[
        list[str] | None,
        suites_option("Cases of this suite (repeatable)."),
    ] = None,
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage",
            help="Of cases: instead of each, the share of pairs and triples of attribute values.",
        ),
    ] = False,
    form: Format = Form.TEXT,
) -> None:
    """Prints one of the lists, a line each, tab-separated, or as JSON."""
    if what not in LISTS:
        raise UnknownName("list", what, ", ".join(LISTS))
    if suite and what != "cases":
        raise OptionError(
            f"--suite chooses among cases: `convtranspose list cases --suite {suite[0]}`"
        )
    if coverage and what != "cases":
        raise OptionError(f"--coverage is of cases, not of {what}")
    listed = import_module(f".lists.{'coverage' if coverage else what}", __package__)
    rows = listed.rows(list(dict.fromkeys(suite or DEFAULT_SUITES)))
    if form is Form.JSON:
        print_json([dict(zip(listed.COLUMNS, row, strict=True)) for row in rows])
    else:
        for row in rows:
            print(*row, sep="\t")
