"""`convtranspose check`: every Conv, ConvTranspose, Resize and DepthToSpace of a model, with its
real weights, each backend held against the exact reference node by node and along the chain."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from convtranspose_reports import Check

from ..backends.entry import Entry
from ..backends.registry import registered
from ..check.checking import checked
from ..check.feeds import feeds_of, files_option
from ..check.model.graph import Model, model_of
from ..check.result import Checked, NothingReached
from ..check.shown import data, page
from ..check.shown.text import text
from ..explain.inputs.options import sizes_option
from ..run.exit_status import NOTHING_RAN_STATUS, RED_STATUS
from ..run.planning.selection import all_declared, entries
from ..verdict.deviations import Deviation
from ..worker.process import Limits
from .screen.terminal import INTERRUPTED_STATUS, print_json, say, stop
from .taken import completion
from .taken.calls import Dim
from .taken.options import (
    TARGET,
    Deviations,
    Memory,
    OptionError,
    StatedVersion,
    Timeout,
    require_one_backend,
    require_other,
    require_writable,
    write_page,
)


def check(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="model.onnx, or model.onnx#NODE for one node of it."),
    ],
    backend: Annotated[
        list[str] | None,
        typer.Option(
            metavar=TARGET,
            help="A backend to hold against the reference (repeatable). Default: all that are "
            "asked by a plain run and are usable here.",
            autocompletion=completion.backends,
        ),
    ] = None,
    dim: Dim = None,
    input_: Annotated[
        list[str] | None,
        typer.Option(
            "--input", metavar="NAME=FILE.npy", help="A .npy file for an input (repeatable)."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="Of the inputs that are drawn.")
    ] = 0,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it as a page, too.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as JSON.")] = False,
    deviations: Deviations = None,
    backend_version: StatedVersion = "",
    timeout: Timeout = 60.0,
    memory: Memory = 6.0,
) -> None:
    """Prints how each backend's output of each node stands to the exact reference, where two part
    first, and how far each backend's own chain drifts. 1 where an answer is wrong, 3 where a node
    was not run."""
    require_one_backend(backend_version, backend or [])
    if html is not None:
        require_writable("--html", html)
        arrays = (each.rpartition("=")[2] for each in input_ or ())
        require_other("--html", html, (model, *arrays, *map(str, deviations or ())))
    asked = _computing(backend or [], backend_version)
    declared = all_declared([*registered(), *(e.name for e in asked)], deviations or ())
    read = model_of(model, sizes_option(dim or ()))
    files = files_option(input_ or ())
    limits = Limits(case_s=timeout, memory_gib=memory)
    report = _checked(read, files, asked, declared, limits, seed)
    if as_json:
        print_json(data.told(report))
    else:
        print(text(report))
    if html is not None:
        write_page(html, page.page(report))
    if report.fails:
        raise typer.Exit(RED_STATUS)
    if not report.is_complete:
        raise typer.Exit(NOTHING_RAN_STATUS)


def _checked(
    model: Model,
    files: Mapping[str, Path],
    asked: Sequence[Entry],
    declared: Sequence[Deviation],
    limits: Limits,
    seed: int,
) -> Checked:
    """Every node and chain; stops where nothing is reached, or where it is interrupted."""
    feeds = feeds_of(model, files, seed)
    drawn = frozenset(feeds) - frozenset(files)
    try:
        return checked(model, feeds, asked, declared, limits, seed=seed, drawn=drawn, progress=say)
    except KeyboardInterrupt:
        stop("interrupted", INTERRUPTED_STATUS)
    except NothingReached as error:
        stop(str(error), NOTHING_RAN_STATUS)


def _computing(names: list[str], version: str) -> list[Entry]:
    """The backends that are asked: those that compute values. Raises OptionError for one that is
    named and computes none."""
    chosen, _ = entries(names, version)
    computing = [entry for entry in chosen if Check.OUTPUT in entry.checks]
    if names and len(computing) < len(chosen):
        silent = next(entry for entry in chosen if entry not in computing)
        raise OptionError(f"backend {silent.name} computes no values: there is nothing to check")
    if not computing:
        raise OptionError("no backend that computes values can be used here")
    return computing
