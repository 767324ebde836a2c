"""Refusals and deaths: which are consequences of a rule, and where the others happen."""

from collections.abc import Iterable, Sequence

from convtranspose_reports import Outcome

from ..verdict.reply import Reply
from ..worker.observation import Seen
from .evidence import Evidence
from .patterns import pattern_of
from .result import Diagnosis
from .scope import parts_of
from .thresholds import ELSEWHERE

ALONE = (Outcome.INPUT_CHANGED, Outcome.NOT_REPEATABLE)  # no calls are told apart by these


def stops_elsewhere(wrong: Sequence[Reply], refused: Sequence[int], mine: set[int]) -> bool:
    """Do the errors that an explanation takes for its refusals, those of `mine`, stop many of the
    other calls `refused`?"""
    names = {i: pattern_of(wrong[i]).name for i in refused}
    of_mine = {name for i, name in names.items() if i in mine}
    others = [i for i, name in names.items() if name in of_mine and i not in mine]
    return len(others) > ELSEWHERE * len(mine & names.keys())


def consequences(
    wrong: Sequence[Reply], refused: Sequence[int], diagnoses: Iterable[Diagnosis]
) -> dict[int, Diagnosis]:
    """Refusals where a rule that is at work leaves no output to return."""
    at_work = [each for each in diagnoses if each.explanations and not each.where]
    causes = {
        i: next(
            (each for each in at_work if wrong[i].asked.answer(each.explanations[0]).refused), None
        )
        for i in refused
    }
    return {i: cause for i, cause in causes.items() if cause is not None}


def diagnosed_errors(evidence: Evidence, left: Sequence[int]) -> dict[int, Diagnosis]:
    """Refusals and deaths that are alike, where a condition tells their cases from those that are
    answered."""
    alike: dict[str, list[int]] = {}
    for i in left:
        if _stopped(evidence.wrong[i]):
            alike.setdefault(pattern_of(evidence.wrong[i]).name, []).append(i)
    diagnoses: dict[int, Diagnosis] = {}
    for numbers in alike.values():
        first = evidence.wrong[numbers[0]]
        if first.outcome in ALONE:
            alone = Diagnosis(kind="error", pattern=pattern_of(first))
            diagnoses |= dict.fromkeys(numbers, alone)
        else:
            diagnoses |= _under_conditions(evidence, numbers)
    return diagnoses


def _under_conditions(evidence: Evidence, numbers: Sequence[int]) -> dict[int, Diagnosis]:
    """Conditions that tell these errors from all answers, unless fresh cases contradict them."""
    pattern = pattern_of(evidence.wrong[numbers[0]])
    answered = [each.case for each in evidence.wrong if not _stopped(each)]
    parts = parts_of(
        lambda: [evidence.wrong[i].case for i in numbers],
        lambda: [*evidence.right_cases(), *answered],
        lambda where: evidence.bears_out(where, _stopped),
    )
    diagnoses: dict[int, Diagnosis] = {}
    for part, where, borne_out in parts:
        if borne_out is not False:
            error = Diagnosis(kind="error", where=where, seen_where=where, pattern=pattern)
            diagnoses |= dict.fromkeys((numbers[i] for i in part), error)
    return diagnoses


def _stopped(reply: Reply) -> bool:
    return reply.seen.seen is not Seen.RETURNED
