"""`convtranspose fuzz`: hypothesis draws calls until the time is over; what differs undeclared is
shrunk, printed and written down."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from convtranspose_reports import Check

from ..backends.registry import registered
from ..run.fuzz import USUAL_CHECKS_DRAWN, Limit
from ..run.planning.plan import Plan
from ..run.planning.selection import all_declared, entries
from ..worker.process import Limits
from .hunt import Hunt
from .screen.terminal import say
from .taken.options import (
    MOST_MINUTES,
    TARGET,
    Deviations,
    Memory,
    StatedVersion,
    Timeout,
    require_check,
    require_directory,
    require_one_backend,
    within,
)

MINUTES = 5.0


def fuzz(
    backend: Annotated[
        list[str],
        typer.Option(metavar=TARGET, help="Ask this backend (repeatable)."),
    ],
    minutes: Annotated[
        float | None,
        typer.Option(
            metavar="M",
            callback=within(0.0, MOST_MINUTES),
            help=f"How long. Default: {MINUTES:g}, where --examples is not given.",
        ),
    ] = None,
    examples: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Stop as soon as so many cases were drawn."),
    ] = None,
    check: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="This check (repeatable). Default: output, output_shape and rejection.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="The same cases again. Default: fresh ones."),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where the report of what was found goes.")
    ] = Path("fuzz-report"),
    deviations: Deviations = None,
    backend_version: StatedVersion = "",
    timeout: Timeout = 10.0,
    memory: Memory = 6.0,
) -> None:
    """Looks for undeclared differences in fresh calls; ends with whether it found any."""
    for name in check or ():
        require_check(name, tuple(Check))
    require_directory(out)
    require_one_backend(backend_version, backend)
    limits = Limits(case_s=timeout, memory_gib=memory)
    plan = _without_cases(backend, backend_version, deviations or (), limits)
    if minutes is None and examples is None:
        minutes = MINUTES
    limit = Limit(seconds=None if minutes is None else 60 * minutes, examples=examples)
    chosen = secrets.randbelow(2**32) if seed is None else seed
    say(f"asking {', '.join(entry.name for entry in plan.entries)} with --seed {chosen}")
    Hunt(plan, chosen, out).go(tuple(check or USUAL_CHECKS_DRAWN), limit)


def _without_cases(
    backends: Sequence[str], stated_version: str, files: Sequence[Path], limits: Limits
) -> Plan:
    """A plan for backends whose cases are yet to be drawn."""
    asked, listed = entries(backends, stated_version)
    names = [*registered(), *(entry.name for entry in asked)]
    return Plan(
        entries=asked,
        listed=listed,
        suites=[],
        cases=[],
        deviations=all_declared(names, files),
        limits=limits,
    )
