"""Rules that no term shows, of images and of rounding, on top of those that were measured."""

from collections.abc import Callable, Iterator, Sequence
from math import prod

from ...rules.answers import Explanation
from ...rules.faults import UNDER
from ...verdict.reply import Reply
from ...worker.observation import Seen
from ..candidates import BEYOND, SINGLES, explains, fits, joined
from ..conditions.contrast import Contrast
from ..evidence import Evidence
from ..thresholds import FEW_TRIED, LEAST_BEYOND, LEAST_STOOD, MEASURED_ROUNDS, MOST_BEYOND
from .named import are_one, that_says_least

WithKnown = Callable[[Explanation, Reply], Iterator[Explanation]]


def with_others(
    evidence: Evidence, model: Explanation, left: Sequence[int], with_known: WithKnown
) -> Explanation:
    """The model with the rules that explain more of the wrong answers `left`, each under its
    condition."""
    wrong = [evidence.wrong[i] for i in left]
    for _ in range(MOST_BEYOND):
        rest = [r for r in wrong if not any(explains(e, r) for e in with_known(model, r))]
        tried = (_on_top(evidence, e, model, rest) for e in _tried(model, rest))
        found = next(filter(None, tried), "")
        if not found:
            break
        model = joined(model, Explanation(faults=(that_says_least(evidence, found),)))
    return model


def _on_top(
    evidence: Evidence, other: Explanation, model: Explanation, rest: Sequence[Reply]
) -> str | None:
    """The name of another rule with the condition under which it holds on top of the model."""
    both = joined(model, other)
    inside = [r.case for r in rest if explains(both, r)]
    outside = [r.case for r in evidence.known() if _speaks_falsely(both, model, r)]
    for _ in range(MEASURED_ROUNDS):
        where = next(Contrast(inside, outside).conditions(2), None) if outside else ""
        if where is None:
            return None
        fresh = evidence.fresh_told_apart(both, model, where, inside)
        false = [r.case for r in fresh if _speaks_falsely(both, model, r)]
        if not false:
            enough = len(fresh) >= LEAST_STOOD and len(inside) + len(fresh) >= LEAST_BEYOND
            return f"{other.name}{UNDER}{where}" * enough if where else other.name * enough
        outside += false
        inside += [r.case for r in fresh if r.wrong and explains(both, r)]
    return None


def _tried(model: Explanation, rest: Sequence[Reply]) -> list[Explanation]:
    """Rules beyond terms that explain one of a few of the smallest answers, on top of the model;
    those that explain most of them first."""
    few = sorted(rest, key=lambda r: prod(size or 0 for size in r.seen.shape or ()))
    few = few[:: max(len(few) // FEW_TRIED, 1)][:FEW_TRIED]
    others = (*(e for e in SINGLES if e.faults), *BEYOND)
    counts = {e: sum(explains(joined(model, e), r) for r in few) for e in others}
    return sorted(filter(counts.__getitem__, counts), key=lambda e: (-counts[e], others.index(e)))


def _speaks_falsely(both: Explanation, model: Explanation, reply: Reply) -> bool:
    """Is what was seen not what both make of it, where that is not what the model makes?"""
    if reply.seen.seen is not Seen.RETURNED or fits(both, reply):
        return False
    return not are_one(both, model, reply.asked)
