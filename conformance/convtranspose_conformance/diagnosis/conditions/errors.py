"""Refusals and deaths: which are consequences of a rule, and where the others happen."""

from collections.abc import Iterable, Sequence

from convtranspose_cases import Case
from convtranspose_cases.simpler import weight
from convtranspose_reports import Check, Outcome

from ...verdict.reply import Reply
from ...worker.observation import Seen
from ..evidence import Evidence
from ..patterns import pattern_of
from ..result import Diagnosis
from ..thresholds import (
    ELSEWHERE,
    FRESH,
    FRESH_DEATHS,
    LEAST_BORNE_OUT,
    LEAST_ON_A_SIDE,
    NEAR,
    ROUNDS,
)
from .contrast import Contrast, meets
from .neighbours import neighbours
from .scope import statements

ALONE = (Outcome.INPUT_CHANGED, Outcome.NOT_REPEATABLE)  # no calls are told apart by these


def stops_elsewhere(wrong: Sequence[Reply], refused: Sequence[int], mine: set[int]) -> bool:
    """Do the errors that an explanation takes for its refusals, those of `mine`, stop many of the
    other calls `refused`?"""
    names = {i: pattern_of(wrong[i]).name for i in refused}
    of_mine = {name for i, name in names.items() if i in mine}
    others = [i for i, name in names.items() if name in of_mine and i not in mine]
    return len(others) > ELSEWHERE * len(mine & names.keys())


def consequences(
    evidence: Evidence, refused: Sequence[int], diagnoses: Iterable[Diagnosis]
) -> dict[int, Diagnosis]:
    """Refusals where a rule that is at work leaves no output to return; of gradients, where it
    makes an output of another shape than dY's, and none of that kind is right."""
    wrong, right = evidence.wrong, list[Reply]()
    if refused and evidence.check is Check.GRADIENT:
        right = evidence.right_replies()
    at_work = [
        each
        for each in diagnoses
        if each.explanations and not any(_leaves_nothing(each, reply) for reply in right)
    ]
    causes = {
        i: next((each for each in at_work if _leaves_nothing(each, wrong[i])), None)
        for i in refused
    }
    return {i: cause for i, cause in causes.items() if cause is not None}


def _leaves_nothing(rule: Diagnosis, reply: Reply) -> bool:
    answer = reply.asked.answer(rule.explanations[0])
    if reply.check is Check.GRADIENT and answer.shape != reply.asked.answer().shape:
        return meets(rule.where, reply.case)
    return bool(answer.refused) and not rule.where


def diagnosed_errors(evidence: Evidence, left: Sequence[int]) -> dict[int, Diagnosis]:
    """Refusals and deaths that are alike are one: with a condition that tells their cases from
    those that are answered, where fresh calls on both sides bear one out."""
    alike: dict[str, list[int]] = {}
    for i in left:
        if _stopped(evidence.wrong[i]):
            alike.setdefault(pattern_of(evidence.wrong[i]).name, []).append(i)
    diagnoses: dict[int, Diagnosis] = {}
    for numbers in alike.values():
        pattern, first = pattern_of(evidence.wrong[numbers[0]]), evidence.wrong[numbers[0]]
        where = "" if first.outcome in ALONE else _Stops(evidence, numbers).condition()
        if where is not None:
            error = Diagnosis(kind="error", where=where, seen_where=where, pattern=pattern)
            diagnoses |= dict.fromkeys(numbers, error)
    return diagnoses


class _Stops:
    """Calls that stop alike, those asked besides included, and those that are answered."""

    def __init__(self, evidence: Evidence, numbers: Sequence[int]) -> None:
        self._evidence, self._recorded = evidence, [evidence.wrong[i] for i in numbers]
        self._name = pattern_of(self._recorded[0]).name
        self._seen = self._recorded[0].seen.seen
        self._most = FRESH if self._seen is Seen.REFUSED else FRESH_DEATHS

    def _inside(self) -> list[Case]:
        return [
            each.case for each in (*self._recorded, *self._evidence.fresh_replies) if self._is(each)
        ]

    def _is(self, reply: Reply) -> bool:
        return _stopped(reply) and pattern_of(reply).name == self._name

    def condition(self) -> str | None:
        """Where they stop: the shortest conditions of at most PARTS parts that fresh calls on both
        sides bear out, "" for everywhere; None where none is."""
        if self._seen in (Seen.TIMED_OUT, Seen.OUT_OF_MEMORY):
            return None  # a backend that hangs is asked no more
        smallest = sorted(self._recorded, key=lambda each: (weight(each.case), each.case.id))
        near = neighbours([each.case for each in smallest[:NEAR]])
        self._evidence.sided(near, "", 2 * self._most, inside=True)
        for _ in range(ROUNDS):
            inside, outside = self._inside(), self._evidence.answered_cases()
            if not outside:
                return "" if len(inside) >= len(self._recorded) + LEAST_ON_A_SIDE else None
            parts = Contrast(inside, outside, wide=True).parts()
            if sum(len(part) for part, _ in parts) < len(inside):
                return None
            where = " or ".join(dict.fromkeys(_in_brackets([where for _, where in parts])))
            if self._is_contradicted(near, where):
                continue
            return where if self._is_supported(where, [where for _, where in parts]) else None
        return None

    def _is_contradicted(self, near: Sequence[Case], where: str) -> bool:
        """Does a fresh call within the condition get an answer, or one beyond it stop alike?"""
        within = self._evidence.sided(near, where, self._most, inside=True)
        beyond = self._evidence.sided(near, where, self._most, inside=False)
        return not all(map(_stopped, within)) or any(map(self._is, beyond))

    def _is_supported(self, where: str, parts: Sequence[str]) -> bool:
        """Did enough fresh calls speak on both sides, and do enough cases stand behind each
        part?"""
        fresh = self._evidence.fresh_replies
        within = sum(self._is(each) and meets(where, each.case) for each in fresh)
        beyond = sum(not _stopped(each) and not meets(where, each.case) for each in fresh)
        if min(within, beyond) < LEAST_ON_A_SIDE:
            return False
        inside = self._inside()
        return all(
            sum(meets(part, case) for case in inside) >= LEAST_BORNE_OUT * statements(part)
            for part in parts
        )


def _in_brackets(parts: Sequence[str]) -> Sequence[str]:
    return parts if len(parts) == 1 else [f"({part})" for part in parts]


def _stopped(reply: Reply) -> bool:
    return reply.seen.seen is not Seen.RETURNED
