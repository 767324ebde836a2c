"""The marks of an accuracy class: what its bound alone cannot tell, since a bound allows every
smaller error as well (docs/numerics.md)."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases.goldens import Golden
from convtranspose_reference.formats import FORMATS
from convtranspose_reports import Check

from ..rules.accuracy_classes import FLUSHES, IN_DTYPE, IN_FLOAT16, within
from ..rules.answers import Explanation
from ..verdict.compare import is_of_class
from ..verdict.reply import Reply
from ..worker.observation import Seen
from .candidates import TEXT, under

SMALL = ("integers", "ones", "ascending")
PRECISION = {
    "float32 arithmetic": 24,
    "TF32 inputs": 11,
    "bfloat16 inputs": 8,
    IN_FLOAT16: 11,
}  # IN_DTYPE: the dtype's
BEYOND = 0.05  # of the sums of several products: a few pass one rounding by cancellation alone
SEVERAL = 3
REACH = (
    1 / 4
)  # of one rounding of the result: what this share of the wrong results are off by at least
LEFT_EXACT = {
    "TF32 inputs": ("narrow-8", "narrow-11"),
    "bfloat16 inputs": ("narrow-8",),
}  # numbers that need no rounding there


def bears_marks(name: str, answers: Sequence[Reply], explanation: Explanation = TEXT) -> bool:
    """Are the errors as large as one rounding that the class speaks of; in 16-bit sums, beyond one
    rounding of the finished sum?

    Without that a wider class than needed would be named, or some other way to round an output, up
    or down.
    """
    if name == FLUSHES:
        return bool(answers)
    pairs = [pair for each in answers for pair in _pairs(each, explanation)]
    if name in (IN_DTYPE, IN_FLOAT16):
        return _beyond_one_rounding(name, pairs)
    return _large_enough(2.0 ** -PRECISION[name], pairs)


def is_refuted(name: str, answered: Reply) -> bool:
    """Is a sum wrong that the class leaves exact, since its inputs are, or all its partial sums are
    small integers?"""
    if name == FLUSHES:
        return False
    if answered.case.data in SMALL and name not in (IN_DTYPE, IN_FLOAT16):
        return True
    return any(_wrong_where_exact(name, golden, Y) for golden, Y in _pairs(answered, TEXT))


def allows(name: str, answered: Reply, check: Check) -> bool:
    """Does the class allow what was seen of some conforming answer? Sums in 16 bits may round
    integers, too, where these are large."""
    if any(
        is_of_class(name, answer, check, answered.seen) for answer in under(TEXT, answered.asked)
    ):
        return True
    rounds = answered.asked.answer().rounds
    if (
        check is not Check.OUTPUT
        or name not in (IN_DTYPE, IN_FLOAT16)
        or rounds
        or is_refuted(name, answered)
    ):
        return False
    return any(within(name, golden, Y) for golden, Y in _pairs(answered, TEXT))


def _wrong_where_exact(name: str, golden: Golden, Y: NDArray[Any]) -> bool:
    precision = PRECISION.get(name, FORMATS[golden.dtype].precision)
    return bool(
        (
            ~golden.equal(Y) & golden.exact() & (golden.sums.S <= 2.0**precision * golden.sums.ulp)
        ).any()
    )


def _pairs(answered: Reply, explanation: Explanation) -> Iterator[tuple[Golden, NDArray[Any]]]:
    """What was owed, of the conforming answers the nearest one, and what was returned: Y, or each
    gradient."""
    seen = answered.seen
    answers = [answer for answer in under(explanation, answered.asked) if not answer.refused]
    if seen.seen is not Seen.RETURNED or not answers:
        return
    if seen.parts:
        gradients = answers[0].gradients
        yield from (
            (gradients[name], part.array())
            for name, part in seen.parts.items()
            if name in gradients
        )
        return
    Y = seen.array()
    owed = [
        answer.golden
        for answer in answers
        if (answer.shape, answer.dtype) == (seen.shape, seen.dtype)
    ]
    if owed:
        yield (
            (
                min(owed, key=lambda golden: float(np.nan_to_num(golden.error(Y)).max(initial=0.0)))
                if len(owed) > 1
                else owed[0]
            ),
            Y,
        )


def _errors(golden: Golden, Y: NDArray[Any]) -> NDArray[np.float64]:
    """Errors of finite results beyond what is right; 0 for the others."""
    error = golden.error(Y)
    return np.where(np.isfinite(error) & (error > golden.bound()), error, 0.0)


def _large_enough(roundoff: float, pairs: Sequence[tuple[Golden, NDArray[Any]]]) -> bool:
    wrong = large = 0
    for golden, Y in pairs:
        errors = _errors(golden, Y)
        wrong, large = (
            wrong + int((errors > 0).sum()),
            large + int(((errors > 0) & (errors >= REACH * roundoff * golden.sums.size)).sum()),
        )
    return large > REACH * wrong


def _beyond_one_rounding(name: str, pairs: Sequence[tuple[Golden, NDArray[Any]]]) -> bool:
    several = beyond = 0
    for golden, Y in pairs:
        errors, target = (
            _errors(golden, Y),
            FORMATS["float16" if name == IN_FLOAT16 else golden.dtype],
        )
        ulp = 2 * target.unit_roundoff * golden.sums.size + 2.0 ** (
            target.min_exponent - target.precision + 1
        )
        several, beyond = (
            several + int((golden.sums.n >= SEVERAL).sum()),
            beyond + int((errors > ulp).sum()),
        )
    return beyond > BEYOND * several
