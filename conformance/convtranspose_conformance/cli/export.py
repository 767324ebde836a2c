"""`convtranspose export`: cases as files that a runner in any language reads."""

from pathlib import Path
from typing import Annotated

import typer

from ..export.write import MANIFEST, export
from ..run.planning.selection import cases_of, suites_for
from ..run.suite_version import suite_version
from .screen.terminal import say
from .taken.options import Globs, require_directory, suites_option

SUITES = ("seeds", "core", "accuracy", "special", "invalid")


def export_(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Empty, or not there yet.")],
    suite: Annotated[
        list[str] | None,
        suites_option(f"Of this suite (repeatable). Default: {', '.join(SUITES)}."),
    ] = None,
    case: Globs = None,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="Of the numbers in X, W and B.")
    ] = 0,
) -> None:
    """Writes a folder a case: model.onnx, inputs, the exact output; and MANIFEST.json."""
    require_directory(directory, "DIR")
    suites = suites_for(suite or (() if case else SUITES), case or ())
    cases, partial = cases_of(suites, case or (), "", seed)
    say(f"writing {len(cases)} tests into {directory}")
    manifest = export(directory, cases, suite_version=suite_version(), seed=seed, partial=partial)
    answered = sum(test.expects == "output" for test in manifest.tests)
    refused = len(manifest.tests) - answered
    print(f"{answered} tests of outputs, {refused} of refusals: {directory / MANIFEST}")
