"""The marks of an accuracy class: what its bound alone cannot tell, since a bound allows every
smaller error as well (docs/numerics.md)."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.formats import FORMATS
from convtranspose_reports import Check

from ..rules.accuracy_classes import FLUSHES, IN_DTYPE, IN_FLOAT16, USELESS, within
from ..rules.answers import Explanation
from ..rules.comparison import Comparison
from ..rules.explanation import BY_TEXT
from ..verdict.compare import is_of_class
from ..verdict.reply import Reply
from ..worker.observation import Seen
from .candidates import under
from .thresholds import BEYOND, REACH, SEVERAL

SMALL = ("integers", "ones", "ascending")
# of IN_DTYPE it is the dtype's
PRECISION = {"float32 arithmetic": 24, "TF32 inputs": 11, "bfloat16 inputs": 8, IN_FLOAT16: 11}
# numbers that need no rounding there
LEFT_EXACT = {"TF32 inputs": ("narrow-8", "narrow-11"), "bfloat16 inputs": ("narrow-8",)}


def bears_marks(name: str, replies: Sequence[Reply], explanation: Explanation = BY_TEXT) -> bool:
    """Are the errors as large as one rounding that the class speaks of; in 16-bit sums, beyond one
    rounding of the finished sum?

    Without that a wider class than needed would be named, or some other way to round an output, up
    or down.
    """
    if name == FLUSHES:
        return bool(replies)
    comparisons = [each for reply in replies for each in _comparisons(reply, explanation)]
    if name in (IN_DTYPE, IN_FLOAT16):
        return _beyond_one_rounding(name, comparisons)
    return _large_enough(2.0 ** -PRECISION[name], comparisons)


def is_refuted(name: str, reply: Reply) -> bool:
    """Is a sum wrong that the class leaves exact, since its inputs are, or all its partial sums are
    small integers?"""
    if name == FLUSHES:
        return False
    if reply.case.data in SMALL and name not in (IN_DTYPE, IN_FLOAT16):
        return True
    return any(_wrong_where_exact(name, each) for each in _comparisons(reply, BY_TEXT))


def loses_others(reply: Reply) -> bool:
    """Is 0 returned where a number is owed that none below the smallest normal one, taken for 0,
    would have led to, nor the rounding of terms that cancel? Then more is lost than such
    numbers."""
    return any(_lost(each).any() for each in _comparisons(reply, BY_TEXT))


def _lost(comparison: Comparison) -> NDArray[np.bool_]:
    golden = comparison.golden
    flushed = 0.0 if golden.special is None else golden.special.flushed
    explained = np.maximum(comparison.bound + flushed, USELESS * golden.sums.S)
    return np.asarray((comparison.Y == 0) & (comparison.error > explained))


def allows(name: str, reply: Reply) -> bool:
    """Does the class allow what was seen of some conforming answer? Sums in 16 bits may round
    integers, too, where these are large."""
    conforming = under(BY_TEXT, reply.asked)
    if any(is_of_class(name, answer, reply.compared) for answer in conforming):
        return True
    if reply.check is not Check.OUTPUT or name not in (IN_DTYPE, IN_FLOAT16):
        return False
    if reply.asked.answer().rounds or is_refuted(name, reply):
        return False
    return any(within(name, each) for each in _comparisons(reply, BY_TEXT))


def _wrong_where_exact(name: str, comparison: Comparison) -> bool:
    golden = comparison.golden
    precision = PRECISION.get(name, FORMATS[golden.dtype].precision)
    small = golden.sums.S <= 2.0**precision * golden.sums.ulp
    return bool((~comparison.equal & comparison.exact & small).any())


def _comparisons(reply: Reply, explanation: Explanation) -> Iterator[Comparison]:
    """What was owed, of the conforming answers the nearest one, with what was returned: Y, or each
    gradient."""
    seen, compared = reply.seen, reply.compared
    answers = [answer for answer in under(explanation, reply.asked) if not answer.refused]
    if seen.seen is not Seen.RETURNED or not answers:
        return
    if seen.parts:
        gradients = answers[0].gradients
        yield from (compared.of(gradients[name], name) for name in seen.parts if name in gradients)
        return
    like_it = [a for a in answers if (a.shape, a.dtype) == (seen.shape, seen.dtype)]
    owed = [compared.of(answer.golden) for answer in like_it]
    if owed:
        yield min(owed, key=_largest_error) if len(owed) > 1 else owed[0]


def _largest_error(comparison: Comparison) -> float:
    return float(np.nan_to_num(comparison.error).max(initial=0.0))


def _errors(comparison: Comparison) -> NDArray[np.float64]:
    """Errors of finite results beyond what is right; 0 for the others."""
    error = comparison.error
    return np.where(np.isfinite(error) & (error > comparison.bound), error, 0.0)


def _large_enough(roundoff: float, comparisons: Sequence[Comparison]) -> bool:
    wrong = large = 0
    for each in comparisons:
        errors = _errors(each)
        reaching = errors >= REACH * roundoff * each.golden.sums.size
        wrong += int((errors > 0).sum())
        large += int(((errors > 0) & reaching).sum())
    return large > REACH * wrong


def _beyond_one_rounding(name: str, comparisons: Sequence[Comparison]) -> bool:
    several = beyond = 0
    for each in comparisons:
        sums = each.golden.sums
        target = FORMATS["float16" if name == IN_FLOAT16 else each.golden.dtype]
        smallest = 2.0 ** (target.min_exponent - target.precision + 1)
        ulp = 2 * target.unit_roundoff * sums.size + smallest
        several += int((sums.n >= SEVERAL).sum())
        beyond += int((_errors(each) > ulp).sum())
    return beyond > BEYOND * several
