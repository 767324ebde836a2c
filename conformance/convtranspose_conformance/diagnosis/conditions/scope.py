"""Where an explanation holds that does not hold everywhere: conditions over the facts of a case,
borne out by fresh cases."""

from collections.abc import Callable, Iterable, Sequence

from convtranspose_cases import Case

from ...rules.answers import Explanation
from ..evidence import Covered, Evidence
from ..thresholds import (
    LEAST_ANSWERS,
    LEAST_BORNE_OUT,
    MOST_ATOMS,
    MOST_OF_A_RULE,
    MOST_STATEMENTS,
    ROUNDS,
)
from .contrast import Contrast, meets

Part = tuple[list[int], str, bool | None]  # numbers, condition, whether fresh cases bear it out


def condition_of(evidence: Evidence, explanation: Explanation, covered: Covered) -> str | None:
    """The shortest condition under which nothing speaks against the explanation, borne out by fresh
    cases; None for none."""
    for _ in range(ROUNDS):
        inside = evidence.at_work(explanation, sorted(covered))
        outside = [each.case for each in evidence.against(explanation, covered)]
        where = next(Contrast(inside, outside).conditions(most=MOST_OF_A_RULE), None)
        if not outside or where is None:
            return None if outside else ""
        if evidence.borne_out(explanation, where, inside) is not False:
            enough = len(inside) >= LEAST_ANSWERS * statements(where)
            supported = enough or _is_supported(evidence, explanation, covered, where)
            return where if supported else None
    return None


def conditions_of_parts(
    evidence: Evidence, explanation: Explanation, covered: Covered, numbers: Sequence[int]
) -> list[tuple[list[int], str]]:
    """Parts of these wrong answers, by number, with a condition each, under which nothing speaks
    against the explanation."""
    parts = parts_of(
        lambda: evidence.at_work(explanation, numbers),
        lambda: [each.case for each in evidence.against(explanation, covered)],
        lambda where: evidence.borne_out(
            explanation,
            where,
            [c for c in evidence.at_work(explanation, numbers) if meets(where, c)],
        ),
        MOST_STATEMENTS,
    )
    known = [
        ([numbers[i] for i in part if i < len(numbers)], where, borne_out)
        for part, where, borne_out in parts
    ]
    return [
        (part, where)
        for part, where, borne_out in known
        if part and borne_out is not False and _is_supported(evidence, explanation, covered, where)
    ]


def parts_of(
    inside: Callable[[], Sequence[Case]],
    outside: Callable[[], Sequence[Case]],
    bears_out: Callable[[str], bool | None],
    most: int = MOST_ATOMS,
) -> list[Part]:
    """Parts of the cases inside, by number, with a condition each, which no case outside meets, and
    whether fresh cases bear it out.

    Those that do not are held against the next try.
    """
    parts: list[Part] = []
    for _ in range(ROUNDS):
        parts = [
            (part, where, bears_out(where))
            for part, where in Contrast(inside(), outside()).parts(most)
        ]
        if all(borne_out is not False for _, _, borne_out in parts):
            break
    return parts


def statements(where: str) -> int:
    """Of how many a condition consists."""
    return 1 + where.count(" and ")


def _is_supported(
    evidence: Evidence, explanation: Explanation, covered: Covered, where: str
) -> bool:
    """Do as many answers stand behind each statement of a condition when those to fresh cases are
    counted, too?"""
    count = sum(meets(where, case) for case in evidence.at_work(explanation, covered))
    return count >= LEAST_BORNE_OUT * statements(where)


def narrowest(evidence: Evidence, explanation: Explanation, numbers: Iterable[int]) -> str:
    """Where the explanation was seen at work."""
    return seen_where(evidence, evidence.at_work(explanation, sorted(numbers)))


def seen_where(evidence: Evidence, cases: Sequence[Case]) -> str:
    """Over the attributes: these cases, and of those answered right as few as two statements can do
    with."""
    return Contrast(cases, evidence.right_cases()).narrowest()
