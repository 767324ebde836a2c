"""`convtranspose explain`: one call, or every ConvTranspose of a model, explained and written in
each framework."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from convtranspose_cases import Case
from convtranspose_cases.case import CALL
from convtranspose_cases.notation import require_askable
from convtranspose_reports import CutShortWarning

from .. import explain as explain_room
from .. import prediction as prediction_room
from ..explain import Subject, explain
from ..explain.geometry.other_readings import too_large
from ..explain.inputs.recorded import of_run, run_in
from ..explain.inputs.subject import LeftOutWarning
from ..explain.pages.overview import FRAMEWORKS, overview_text
from ..explain.pages.predicted_text import asked_text
from ..explain.pages.recorded_text import recorded_text
from ..run.exit_status import RED_STATUS
from .screen.terminal import warnings_said
from .taken.calls import OpenError, Typed, takes_calls
from .taken.options import OptionError, require_other, require_writable, write_page

if TYPE_CHECKING:
    from ..prediction import Asking

RULE = "\n" + "=" * 100 + "\n"
IN_FULL = 3  # more than these are a table, and one of them is asked for by its number


@takes_calls
def explain_(
    typed: Typed,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The run to look in. Default: conformance-report, where it exists."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it as a page, too.")
    ] = None,
    ask: Annotated[
        bool,
        typer.Option("--ask", help="Ask the backends that are installed, too; 1 where one parts."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="All of it as JSON, by the schema in the docs.")
    ] = False,
    framework: Annotated[
        str,
        typer.Option("--framework", metavar="NAME", help="Code of torch, tensorflow or onnx only."),
    ] = "",
) -> None:
    """Prints the geometry step by step, and the same call in PyTorch, TensorFlow and ONNX."""
    if framework not in ("", *FRAMEWORKS):
        raise OptionError(f"--framework {framework}: accepted are {', '.join(FRAMEWORKS)}")
    if html is not None:
        require_writable("--html", html)
        require_other("--html", html, [typed.what])
    with warnings_said(CutShortWarning, LeftOutWarning):
        try:
            every = typed.chosen()
        except OpenError as error:
            if html is not None or ask or typed.only:
                raise
            if not _in_names(error, as_json):
                raise
            return
        measured = run_in(run)
    in_full = as_json or len(every) <= IN_FULL
    chosen = every if in_full else []
    answers = [_asked(subject) if ask else [] for subject in chosen]
    explained = [
        (subject, None if measured is None else of_run(subject.case, measured))
        for subject in (chosen if html is None else every)
    ]
    if as_json:
        print(explain_room.json_text(chosen, answers))
    else:
        parts = [
            explain(subject, recorded_text(records), asked_text(live) if ask else "", framework)
            for (subject, records), live in zip(explained, answers, strict=False)
        ]
        print(RULE.join([*_overview(typed.what, every, in_full), *parts]))
    if html is not None:
        write_page(html, explain_room.page(explained))  # loads what draws it
    refused = chosen and all(_is_refused(subject.case) for subject in chosen)
    if refused or any(each.parts for live in answers for each in live):
        raise typer.Exit(RED_STATUS)


def _in_names(error: OpenError, as_json: bool) -> bool:
    """Prints what calls come to in the names that their text leaves open; is there anything?"""
    open_ = explain_room.open_calls(error.what, error.given)
    if open_:
        in_names = explain_room.json_text([], open_=open_) if as_json else ""
        print(in_names or explain_room.open_text(error.what, open_, error.typed))
    return bool(open_)


def _overview(what: str, every: Sequence[Subject], in_full: bool) -> list[str]:
    """A table of several calls, or of a model's."""
    is_model = bool(every[0].origin.node) and "#" not in what
    return [overview_text(what, every, in_full=in_full)] * (is_model or len(every) > 1)


def _asked(subject: Subject) -> "list[Asking]":
    """What the installed backends do with the call. Raises NotationError for one that is too large
    to be asked."""
    require_askable(_with_plain_numbers(subject.case))
    expected = prediction_room.predictions(subject.case)
    return list(prediction_room.asked_live(subject.case, expected))  # loads what starts processes


def _is_refused(case: Case) -> bool:
    refusal = case.refusal()
    return refusal is not None and not too_large(refusal)


def _with_plain_numbers(case: Case) -> Case:
    """Of a call that the text forbids no golden is asked."""
    return case if case.refusal() is None else replace(case, suite=CALL, data="plain")
