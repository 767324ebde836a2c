"""`convtranspose shrink`: the smallest case that shows what a case shows."""

import textwrap
from dataclasses import fields, replace
from typing import Annotated

import typer

from convtranspose_cases import Case, find_case
from convtranspose_cases.case import CALL
from convtranspose_reference.errors import UserError
from convtranspose_reports import Check

from ..backends.entry import Entry
from ..backends.registry import registered
from ..examples.example import example_of
from ..examples.shrink import MOST_QUESTIONS, Shrunk
from ..explain import Subject
from ..explain.inputs.read import kind_of
from ..explain.inputs.subject import LeftOutWarning
from ..run.asking.one_case import Cause, Interview, cause_of, interview_with, smallest
from ..run.planning.selection import all_declared, entries
from ..verdict.reply import Reply
from ..worker.process import Limits, Worker
from .screen.terminal import INTERRUPTED_STATUS, stop, warnings_said
from .taken.calls import Typed, takes_calls
from .taken.options import (
    TARGET,
    Deviations,
    Memory,
    OptionError,
    StatedVersion,
    Timeout,
    require_check,
)


class NothingToShrink(UserError):
    """A case on which the backend does not differ; the message says what its checks gave."""


@takes_calls
def shrink(
    typed: Typed,
    backend: Annotated[
        str,
        typer.Option(metavar=TARGET, help="The backend that differs on it."),
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
    ] = MOST_QUESTIONS,
    deviations: Deviations = None,
    backend_version: StatedVersion = "",
    timeout: Timeout = 60.0,
    memory: Memory = 6.0,
) -> None:
    """Prints the smallest case found with the same cause, and a script that shows it."""
    if check:
        require_check(check, tuple(Check))
    with warnings_said(LeftOutWarning):
        chosen = _composed(typed) or _case(typed.what, typed.chosen())
    (entry,), _ = entries([backend], backend_version)
    declared = all_declared([*registered(), entry.name], deviations or ())
    try:
        with Worker(entry, Limits(case_s=timeout, memory_gib=memory)) as worker:
            report = _shrunk(chosen, interview_with(worker, declared), check, questions)
    except KeyboardInterrupt:
        stop("interrupted", INTERRUPTED_STATUS)
    print(report)


def _composed(typed: Typed) -> Case | None:
    """A case id, and nothing beside it, of a Resize or DepthToSpace, of which `explain` has nothing
    to say. Raises as `find_case` does."""
    beside = any(getattr(typed, f.name) for f in fields(typed) if f.name != "what")
    if beside or "/" not in typed.what or kind_of(typed.what) != "a case id":
        return None
    case = find_case(typed.what)
    return case if case.is_composed else None


def _case(what: str, found: list[Subject]) -> Case:
    """A case of a suite, or the one call of what `explain` takes. Raises UserError for several."""
    if len(found) > 1:
        raise OptionError(
            f"{len(found)} calls in {what[:60]}; accepted is one, such as model.onnx#NODE, or "
            "--only N"
        )
    if what and kind_of(what) == "a case id":
        return found[0].case
    return replace(found[0].case, suite=CALL, data="plain")


def _shrunk(chosen: Case, asking: Interview, check: str, questions: int) -> str:
    """Asks the case, makes it smaller, and asks the smallest one again. Raises as `Worker.ask`
    does, and NothingToShrink."""
    replies = asking.ask(chosen, (check,) if check else ())
    first, cause = _differing(replies, asking.entry, chosen.id)
    shrunk = smallest(first, asking.ask, questions)
    last = next(reply for reply in asking.ask(shrunk.case, (first.check.value,)))
    return _told(first, cause, shrunk, last)


def _differing(replies: list[Reply], entry: Entry, case: str) -> tuple[Reply, Cause]:
    """The first reply that there is something to say against, and what; undeclared ones first."""
    causes = [(reply, cause) for reply in replies if (cause := cause_of(reply)) is not None]
    for pair in sorted(causes, key=lambda pair: pair[1].kind == "declared"):
        return pair
    verdicts = "; ".join(f"{reply.check} {reply.judgement.verdict}" for reply in replies)
    why = verdicts or "none of its checks is offered"
    raise NothingToShrink(f"{case}: nothing to shrink with {entry.name}: {why}")


def _told(first: Reply, cause: Cause, shrunk: Shrunk, last: Reply) -> str:
    """Plain text: the smallest case, why it is one, expected and actual, and the script."""
    example, of_last = example_of(last, last.judgement.reason), cause_of(last) or cause
    steps = "; ".join(shrunk.steps) or "nothing simpler shows it"
    parts = [
        f"{shrunk.case.id}\n{shrunk.case.summary()}",
        f"{last.entry.name}, {last.check}, {last.judgement.verdict}: {of_last.sentence}\n"
        f"{cause.kind}: {cause.name}",
        f"from {first.case.id} in {len(shrunk.steps)} steps, {shrunk.questions} questions: {steps}",
        f"expected {example.expected_shape}\n{textwrap.indent(example.expected, '  ')}",
        f"actual {example.actual_shape}\n{textwrap.indent(example.actual, '  ')}",
        f"differing: {example.differing}",
        example.reproducer,
    ]
    return "\n\n".join(parts)
