"""Which single reading, fault or accuracy class reproduces a difference, exactly."""

from collections.abc import Iterable, Sequence

from convtranspose_reference.readings import READINGS
from convtranspose_reports import Check, Outcome

from .accuracy import ACCURACY
from .compare import is_of_class, matches
from .faults import FAULTS
from .outcome import Observation, Seen
from .predict import Asked, Explanation

CANDIDATES: tuple[Explanation, ...] = (
    *(Explanation(readings=(name,)) for name in READINGS),
    *(Explanation(faults=(name,)) for name in FAULTS),
)


def explanations(asked: Asked, check: Check, seen: Observation, candidates: Iterable[Explanation] = CANDIDATES) -> list[Explanation]:
    """Every candidate whose answer is what was seen and not what the text says; [] for deaths, repetitions and forbidden calls."""
    if check in (Check.REPEATABILITY, Check.REJECTION) or seen.seen not in (Seen.RETURNED, Seen.REFUSED):
        return []
    return [e for e in candidates if _tells(asked, e) and matches(asked.answer(e), check, seen)]


def _tells(asked: Asked, candidate: Explanation) -> bool:
    """Does the candidate say something else than the text? A fault that leads to a refusal says nothing: any refusal would look like it."""
    answer = asked.answer(candidate)
    return answer.key != asked.answer().key and not (candidate.faults and answer.refused)


def accuracy_class(asked: Asked, check: Check, outcome: Outcome, seen: Observation) -> str:
    """The narrowest accuracy class that allows an INEXACT output; "" for none."""
    if outcome is not Outcome.INEXACT:
        return ""
    return next((name for name in ACCURACY if is_of_class(name, asked.answer(), check, seen)), "")


def cover(cases: Sequence[set[str]]) -> list[str]:
    """For each case, given as the set of explanations that fit it, the one that fits the most cases; "" where none fits.

    Greedy: the explanation of the most cases first, so that few explanations cover all of them.
    """
    chosen = [""] * len(cases)
    left = {i for i, fitting in enumerate(cases) if fitting}
    while left:
        counts: dict[str, int] = {}
        for i in left:
            for name in cases[i]:
                counts[name] = counts.get(name, 0) + 1
        best = min(counts, key=lambda name: (-counts[name], name))
        for i in [i for i in left if best in cases[i]]:
            chosen[i] = best
            left.remove(i)
    return chosen
