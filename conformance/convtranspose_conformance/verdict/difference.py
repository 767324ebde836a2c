"""How what was observed differs from an answer, in one sentence of numbers."""

from convtranspose_cases.goldens import Golden
from convtranspose_reference.attributes import PartialShape
from convtranspose_reports import Check, Outcome

from ..rules.accuracy_classes import FLUSHES, loosely, within
from ..rules.answers import Answer
from ..rules.comparison import Comparison
from ..worker.observation import Observation, Seen
from .compare import Comparisons, all_gradients_there, gradient_pairs, shapes_agree

REASON_LENGTH = 300
STOPPED = {
    Seen.REFUSED: Outcome.REJECTED,
    Seen.CRASHED: Outcome.CRASHED,
    Seen.TIMED_OUT: Outcome.TIMED_OUT,
    Seen.OUT_OF_MEMORY: Outcome.OUT_OF_MEMORY,
    Seen.LIMIT_REACHED: Outcome.LIMIT_REACHED,
    Seen.NOT_ASKED: Outcome.NOT_ASKED,
    Seen.NOT_REPEATABLE: Outcome.NOT_REPEATABLE,
    Seen.INPUT_CHANGED: Outcome.INPUT_CHANGED,
    Seen.UNSUPPORTED: Outcome.UNSUPPORTED,
    Seen.DECLINED: Outcome.CRASHED,  # of those that speak of a death; the others are no answer
}
Difference = tuple[Outcome, str]
NONE: Difference = Outcome.AGREES, ""


def difference(answer: Answer, compared: Comparisons) -> Difference:
    """How an observation differs from an answer, and one sentence of numbers."""
    check, seen = compared.check, compared.seen
    if seen.seen is not Seen.RETURNED:
        return STOPPED[seen.seen], how_it_stopped(seen)
    if answer.refused:
        what = ", ".join(seen.parts) or shape_text(seen.shape)
        why = f"returned {what} where the text refuses: {answer.refused}"
        return Outcome.SHAPE_DIFFERS, shortened(why)
    if check is Check.GRADIENT:
        return _of_gradients(answer, compared)
    if not shapes_agree(answer.shape, seen.shape):
        verb = "states" if check is Check.OUTPUT_SHAPE else "returned"
        return (
            Outcome.SHAPE_DIFFERS,
            f"{verb} shape {shape_text(seen.shape)}, expected {shape_text(answer.shape)}",
        )
    return NONE if check is Check.OUTPUT_SHAPE else _of_values(answer.golden, compared)


def _of_gradients(answer: Answer, compared: Comparisons) -> Difference:
    """The first of dX, dW and dB that is missing, too many or not what it should be."""
    seen = compared.seen
    if not all_gradients_there(answer, seen):
        returned = " and ".join(seen.parts) or "nothing"
        expected = " and ".join(answer.gradients) or "another shape of Y"
        return Outcome.VALUES_DIFFER, f"returned {returned}, expected {expected}"
    for name, golden, part in gradient_pairs(answer, seen):
        if part.shape != golden.shape:
            return (
                Outcome.SHAPE_DIFFERS,
                f"returned {name} of shape {shape_text(part.shape)}, expected "
                f"{shape_text(golden.shape)}",
            )
        outcome, reason = _of_values(golden, compared, name)
        if outcome is not Outcome.AGREES:
            return outcome, reason
    return NONE


def _of_values(golden: Golden, compared: Comparisons, name: str = "") -> Difference:
    dtype = compared.part(name).dtype
    if dtype != golden.dtype:
        what = f"{name} of {dtype}" if name else dtype
        return Outcome.DTYPE_DIFFERS, f"returned {what}, expected {golden.dtype}"
    comparison = compared.of(golden, name)
    if comparison.agrees or comparison.furthest is None:
        return NONE
    rounding = loosely(comparison) or within(FLUSHES, comparison)
    outcome = Outcome.INEXACT if rounding else Outcome.VALUES_DIFFER
    return outcome, _in_numbers(name or "Y", comparison, comparison.furthest)


def _in_numbers(name: str, comparison: Comparison, at: tuple[int, ...]) -> str:
    """How many values are wrong, and the one at an index."""
    wrong, index = comparison.wrong, ", ".join(map(str, at))
    return (
        f"{int(wrong.sum())} of {wrong.size} values differ: {name}[{index}] is "
        f"{float(comparison.Y[at]):.9g}, expected {float(comparison.expected[at]):.9g}"
    )


def how_it_stopped(seen: Observation) -> str:
    """Where and with what a call stopped, on one line."""
    return shortened(f"{seen.stage}: {seen.kind}: {seen.message}")


def shape_text(shape: PartialShape | None, absent: str = "unknown") -> str:
    """A shape for a sentence; "?" for a size that is left open, `absent` where there is none."""
    if shape is None:
        return absent
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"


def shortened(text: str) -> str:
    """Backend text on one line, cut."""
    if not text:
        return text
    line = " ".join(text.split())
    return line if len(line) <= REASON_LENGTH else line[: REASON_LENGTH - 4] + " ..."
