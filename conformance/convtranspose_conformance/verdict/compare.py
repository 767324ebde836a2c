"""How what was observed compares with an answer: the same, or how it differs, in one sentence of
numbers."""

from dataclasses import replace
from typing import Any

import numpy as np

from convtranspose_cases.goldens import Golden
from convtranspose_reference.attributes import PartialShape
from convtranspose_reports import Check, Outcome

from ..backends.forms import SAME_CALL
from ..rules.accuracy_classes import FLUSHES, loosely, within
from ..rules.answers import Answer
from ..worker.observation import Observation, Seen

REASON_LENGTH = 300
STOPPED = {
    Seen.REFUSED: Outcome.REJECTED,
    Seen.CRASHED: Outcome.CRASHED,
    Seen.TIMED_OUT: Outcome.TIMED_OUT,
    Seen.OUT_OF_MEMORY: Outcome.OUT_OF_MEMORY,
    Seen.NOT_REPEATABLE: Outcome.NOT_REPEATABLE,
    Seen.INPUT_CHANGED: Outcome.INPUT_CHANGED,
    Seen.UNSUPPORTED: Outcome.UNSUPPORTED,
}


def matches(answer: Answer, check: Check, seen: Observation) -> bool:
    """Is what was seen this answer?"""
    if answer.refused or seen.seen is not Seen.RETURNED:
        return bool(answer.refused) and seen.seen is Seen.REFUSED
    if check is Check.REPEATABILITY:
        return True
    if check is Check.GRADIENT:
        return _compare_gradients(answer, seen)[0] is Outcome.AGREES
    if not shapes_agree(answer.shape, seen.shape):
        return False
    if check is Check.OUTPUT_SHAPE:
        return True
    if 0 in answer.shape:
        return seen.dtype == answer.dtype
    return _compare(answer.golden, seen)[0] is Outcome.AGREES


def shapes_agree(expected: PartialShape, found: PartialShape | None) -> bool:
    """Do two shapes agree, an unknown size (None) with any?"""
    return (
        found is not None
        and len(found) == len(expected)
        and all(f in (None, e) for e, f in zip(expected, found, strict=True))
    )


def difference(answer: Answer, check: Check, seen: Observation) -> tuple[Outcome, str]:
    """How an observation differs from an answer, and one sentence of numbers."""
    if seen.seen is not Seen.RETURNED:
        return STOPPED[seen.seen], shortened(f"{seen.stage}: {seen.kind}: {seen.message}")
    if answer.refused:
        what = ", ".join(seen.parts) or shape_text(seen.shape)
        return Outcome.SHAPE_DIFFERS, shortened(
            f"returned {what} where the text refuses: {answer.refused}"
        )
    if check is Check.GRADIENT:
        return _compare_gradients(answer, seen)
    if not shapes_agree(answer.shape, seen.shape):
        verb = "states" if check is Check.OUTPUT_SHAPE else "returned"
        return (
            Outcome.SHAPE_DIFFERS,
            f"{verb} shape {shape_text(seen.shape)}, expected {shape_text(answer.shape)}",
        )
    return (Outcome.AGREES, "") if check is Check.OUTPUT_SHAPE else _compare(answer.golden, seen)


def shape_text(shape: PartialShape | None) -> str:
    """A shape for a sentence; `?` for a size that is left open."""
    return (
        "unknown"
        if shape is None
        else "[" + ", ".join("?" if d is None else str(d) for d in shape) + "]"
    )


def settled(answer: Answer, seen: Observation) -> Observation:
    """The repeatability of a call, decided: its first output, or that some answer was another one,
    and which.

    The same call has to give the same bits. Another form has to give the same numbers where the
    sums are exact; elsewhere it may round otherwise, within the proved bound. A call that is
    refused alike twice has nothing to compare: whether it may be is for `output`.
    """
    if not seen.parts:
        if seen.seen is Seen.REFUSED:
            return replace(
                seen,
                seen=Seen.UNSUPPORTED,
                message=f"refused, so that nothing can be compared: {seen.kind}: {seen.message}",
            )
        left_out = f"left out: {seen.message}" if seen.message else ""
        return replace(seen, message=left_out) if seen.seen is Seen.RETURNED else seen
    wrong = {
        name: why
        for name, part in seen.parts.items()
        if (why := _contradicts(answer, name, seen, part))
    }
    if wrong:
        message = "; ".join(f"{name}: {why}" for name, why in wrong.items())
        return replace(
            seen, seen=Seen.NOT_REPEATABLE, stage="repeated", kind="another answer", message=message
        )
    return replace(seen, message=f"rounds otherwise, within the bound: {', '.join(seen.parts)}")


def _contradicts(answer: Answer, name: str, first: Observation, second: Observation) -> str:
    """How one more answer contradicts the first; "" where it only rounds otherwise."""
    if second.seen is not Seen.RETURNED or first.seen is not Seen.RETURNED:
        return f"{second.seen}, {second.kind}: {second.message}"
    if (first.dtype, first.shape) != (second.dtype, second.shape):
        return (
            f"{second.dtype} {shape_text(second.shape)} after {first.dtype} "
            f"{shape_text(first.shape)}"
        )
    before, after = first.array(), second.array()
    differs = np.asarray(before != after)
    if (
        name not in SAME_CALL
        and _right(answer, first)
        and _right(answer, second)
        and not (differs & answer.golden.exact()).any()
    ):
        return ""
    if not differs.any():
        return "the sign of zeros differs"
    at = tuple(np.argwhere(differs)[0])
    index = ", ".join(map(str, at))
    return (
        f"{int(differs.sum())} of {differs.size} values differ: Y[{index}] is "
        f"{float(after[at]):.9g} after {float(before[at]):.9g}"
    )


def _right(answer: Answer, seen: Observation) -> bool:
    return (
        not answer.refused
        and answer.shape == seen.shape
        and _compare(answer.golden, seen)[0] is Outcome.AGREES
    )


def _compare_gradients(answer: Answer, seen: Observation) -> tuple[Outcome, str]:
    """The first of dX, dW and dB that is missing, too many or not what it should be."""
    expected = answer.gradients
    if set(expected) != set(seen.parts):
        told = " and ".join(seen.parts) or "nothing"
        return (
            Outcome.VALUES_DIFFER,
            f"returned {told}, expected {' and '.join(expected) or 'another shape of Y'}",
        )
    for name, golden in expected.items():
        found = seen.parts[name]
        if found.shape != golden.shape:
            return (
                Outcome.SHAPE_DIFFERS,
                f"returned {name} of shape {shape_text(found.shape)}, expected "
                f"{shape_text(golden.shape)}",
            )
        outcome, reason = _compare(golden, found, name)
        if outcome is not Outcome.AGREES:
            return outcome, reason
    return Outcome.AGREES, ""


def _compare(golden: Golden, seen: Observation, name: str = "Y") -> tuple[Outcome, str]:
    if seen.dtype != golden.dtype:
        return (
            Outcome.DTYPE_DIFFERS,
            f"returned {'' if name == 'Y' else name + ' of '}{seen.dtype}, expected {golden.dtype}",
        )
    found, expected = seen.array(), golden.expected()
    equal = golden.equal(found)
    if bool(equal.all()):
        return Outcome.AGREES, ""
    error = golden.error(found)
    wrong = _wrong(golden, found, equal, error)
    if not wrong.any():
        return Outcome.AGREES, ""
    rounding = loosely(golden, error) or within(FLUSHES, golden, found)
    return (Outcome.INEXACT if rounding else Outcome.VALUES_DIFFER), _worst(
        name, wrong, error, found, expected
    )


def wrong_values(golden: Golden, found: Any) -> Any:
    """Where an output of the golden's shape and dtype is wrong: another number where sums are
    exact, else off by more than the bound."""
    return _wrong(golden, found, golden.equal(found), golden.error(found))


def worst_value(golden: Golden, found: Any) -> tuple[int, ...] | None:
    """The index of the wrong element that is furthest off, which `difference` names; None where
    none is wrong."""
    wrong = wrong_values(golden, found)
    return _furthest(wrong, golden.error(found)) if wrong.any() else None


def _wrong(golden: Golden, found: Any, equal: Any, error: Any) -> Any:
    return np.where(
        golden.exact(), ~equal, ~(error <= golden.bound()) & ~golden.may_overflow(found)
    )


def _furthest(wrong: Any, error: Any) -> tuple[int, ...]:
    size = np.where(np.isnan(error), np.inf, error)
    return tuple(
        int(i) for i in np.unravel_index(int(np.argmax(np.where(wrong, size, -1))), wrong.shape)
    )


def _worst(name: str, wrong: Any, error: Any, found: Any, expected: Any) -> str:
    at = _furthest(wrong, error)
    index = ", ".join(map(str, at))
    return (
        f"{int(wrong.sum())} of {wrong.size} values differ: {name}[{index}] is "
        f"{float(found[at]):.9g}, expected {float(expected[at]):.9g}"
    )


def is_of_class(name: str, answer: Answer, check: Check, seen: Observation) -> bool:
    """Is what was seen off by no more than an accuracy class allows?"""
    if check is Check.GRADIENT and seen.seen is Seen.RETURNED and not answer.refused:
        return _gradients_are_of_class(name, answer.gradients, seen)
    if (
        check is not Check.OUTPUT
        or seen.seen is not Seen.RETURNED
        or answer.refused
        or not shapes_agree(answer.shape, seen.shape)
    ):
        return False
    return (
        seen.dtype == answer.golden.dtype
        and answer.rounds
        and within(name, answer.golden, seen.array())
    )


def _gradients_are_of_class(name: str, expected: dict[str, Golden], seen: Observation) -> bool:
    """Is each gradient right, or off by what the class allows?"""
    if set(expected) != set(seen.parts) or any(
        seen.parts[each].shape != golden.shape for each, golden in expected.items()
    ):
        return False
    pairs = [(golden, seen.parts[each]) for each, golden in expected.items()]
    return all(
        found.dtype == golden.dtype
        and (_compare(golden, found)[0] is Outcome.AGREES or within(name, golden, found.array()))
        for golden, found in pairs
    )


def shortened(text: str) -> str:
    """Backend text on one line, cut."""
    line = " ".join(text.split())
    return line if len(line) <= REASON_LENGTH else line[: REASON_LENGTH - 4] + " ..."
