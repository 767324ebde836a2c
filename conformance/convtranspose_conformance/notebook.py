"""One case at a time, as a notebook or a script of one's own asks: nothing is written to disk."""

from typing import Any

from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_reports import Check

from .backends.registry import named, registered
from .explain.inputs.read import subjects
from .explain.pages.text import explain
from .rules.answers import Asked
from .run.asking.one_case import interview_with
from .run.planning.selection import all_declared
from .verdict.compare import Comparisons
from .verdict.judge import Judgement, judge
from .verdict.reply import Reply
from .worker.observation import returned
from .worker.process import Limits, Worker


def ask(backend: str, case: Case, limits: Limits | None = None) -> list[Reply]:
    """What a backend, asked in a process of its own, answers to each check of a case that it
    offers, judged with the project's declarations.

    `backend` is a registered name or `module:attribute[@DEVICE]`. Raises UnknownBackend for another
    name, Unusable where it cannot be used here, HarnessError where its adapter fails.
    """
    entry = named(backend)
    with Worker(entry, limits or Limits()) as worker:
        return interview_with(worker, all_declared([*registered(), entry.name], ())).ask(case)


def judge_output(case: Case, Y: NDArray[Any]) -> Judgement:
    """The verdict on an output of one's own for the case's numbers, `tensors(case)` of
    `convtranspose_cases.inputs`: dtype, shape (N x M x spatial) and every value."""
    return judge(Asked(case), Comparisons(Check.OUTPUT, returned(Y)), (), "")


def explanation(what: str) -> str:
    """What `convtranspose explain` prints of a case id, the path of a model, or a layer or call as
    text. Raises Unreadable for anything else, UnknownName for a case that is none."""
    return "\n".join(explain(subject) for subject in subjects(what))
