"""`convtranspose shrink`: the smallest case that shows what a case shows."""

import textwrap
from pathlib import Path
from typing import Annotated

import typer

from convtranspose_cases import Case, UnknownName, find_case
from convtranspose_reports import Check

from ..backends.api import Unusable
from ..backends.registry import Entry, registered
from ..examples.example import example_of
from ..examples.shrink import QUESTIONS, Shrunk
from ..rules.predicate import PredicateError
from ..run.one_case import Answered, Interview, interview_with, smallest
from ..run.selection import SelectionError, all_declared, entries
from ..verdict.deviations import DeviationError
from ..worker.process import HarnessError, Limits, Worker
from .terminal import INTERRUPTED_STATUS, stop


def shrink(
    case: Annotated[
        str,
        typer.Argument(metavar="CASE", help="A case id: of a suite, or one that carries its case."),
    ],
    backend: Annotated[
        str,
        typer.Option(metavar="NAME|module:attr[@DEVICE]", help="The backend that differs on it."),
    ],
    check: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The check that differs. Default: the first one of the case that does.",
        ),
    ] = "",
    questions: Annotated[
        int, typer.Option(metavar="N", min=1, help="How often the backend is asked at most.")
    ] = QUESTIONS,
    deviations: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Declarations of your own backend (repeatable)."),
    ] = None,
    backend_version: Annotated[str, typer.Option(metavar="V", help="Version of the backend.")] = "",
    timeout: Annotated[
        float, typer.Option(metavar="S", min=0.1, help="Seconds for one case.")
    ] = 60.0,
    memory: Annotated[
        float, typer.Option(metavar="GIB", min=0.1, help="Memory of a worker.")
    ] = 6.0,
) -> None:
    """Print the smallest case found with the same cause, and a script that shows it. Exit status:
    0, or 2 where nothing differs."""
    if check not in ("", *Check):
        stop(f"--check {check}: accepted are {', '.join(Check)}")
    try:
        chosen = find_case(case)
        (entry,), _ = entries([backend], backend_version)
        declared = all_declared([*registered(), entry.name], deviations or ())
        with Worker(entry, Limits(case_s=timeout, memory_gib=memory)) as worker:
            report = _shrunk(chosen, interview_with(worker, declared), check, questions)
    except (
        UnknownName,
        SelectionError,
        DeviationError,
        PredicateError,
        Unusable,
        HarnessError,
        ValueError,
    ) as error:
        stop(str(error).rstrip())
    except KeyboardInterrupt:
        stop("interrupted", INTERRUPTED_STATUS)
    print(report)


def _shrunk(chosen: Case, asking: Interview, check: str, questions: int) -> str:
    """Asks the case, makes it smaller, and asks the smallest one again. Raises as `Worker.ask`
    does; stops where nothing differs."""
    first = _differing(asking.ask(chosen, (check,) if check else ()), asking.entry, chosen.id)
    found = smallest(first, asking.ask, questions)
    last = next(answered for answered in asking.ask(found.case, (first.check.value,)))
    return told(first, found, last)


def _differing(answers: list[Answered], entry: Entry, case: str) -> Answered:
    """The first answer that there is something to say against, undeclared ones first."""
    wrong = [answered for answered in answers if answered.cause is not None]
    for answered in sorted(
        wrong, key=lambda answered: answered.cause is not None and answered.cause.kind == "declared"
    ):
        return answered
    said = (
        "; ".join(f"{a.check} {a.judgement.verdict}" for a in answers)
        or "none of its checks is offered"
    )
    return stop(f"{case}: nothing to shrink with {entry.name}: {said}")


def told(first: Answered, found: Shrunk, last: Answered) -> str:
    """Plain text: the smallest case, why it is one, expected and actual, and the script."""
    example = example_of(last.entry, last.asked, last.check, last.seen, last.judgement.reason)
    cause = f"{first.cause.kind}: {first.cause.name}" if first.cause else ""
    steps = "; ".join(found.steps) or "nothing simpler shows it"
    parts = [
        f"{found.case.id}\n{found.case.summary()}",
        f"{last.entry.name}, {last.check}, {last.judgement.verdict}: {last.sentence}\n{cause}",
        f"from {first.case.id} in {len(found.steps)} steps, {found.questions} questions: {steps}",
        f"expected {example.expected_shape}\n{textwrap.indent(example.expected, '  ')}",
        f"actual {example.actual_shape}\n{textwrap.indent(example.actual, '  ')}",
        f"differing: {example.differing}",
        example.reproducer,
    ]
    return "\n\n".join(parts)
