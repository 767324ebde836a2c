"""Is what a backend was seen to do what was predicted of it?"""

from convtranspose_reports import Check

from ..verdict.compare import Comparisons, is_of_class, matches
from ..verdict.difference import STOPPED
from ..worker.observation import Observation, Seen
from .prediction import Does, Prediction


def borne_out(prediction: Prediction, seen: Observation) -> bool:
    """Did it come as predicted: the same array, bit for bit or rounded in the class that is
    predicted; the same refusal, death or silence?"""
    does = prediction.does
    if does is Does.UNSUPPORTED:
        return seen.seen is Seen.UNSUPPORTED
    if does is Does.DECLINES:
        return seen.seen is Seen.DECLINED or _states_nothing(prediction.check, seen)
    if does in (Does.RAISES, Does.DIES):
        return _stopped_so(prediction, seen)
    if does is Does.REFUSES:
        return seen.refuses
    if does in (Does.ACCEPTS, Does.UNDEFINED):
        return seen.seen is Seen.RETURNED
    return does is not Does.UNKNOWN and _same_answer(prediction, seen)


def _states_nothing(check: Check, seen: Observation) -> bool:
    return check is Check.OUTPUT_SHAPE and seen.seen is Seen.RETURNED and seen.shape is None


def _stopped_so(prediction: Prediction, seen: Observation) -> bool:
    """By the type and message that a declaration says; by any refusal where a reading says it."""
    errors = [d.error for d in prediction.because if d.error is not None]
    if (not errors or prediction.reason) and seen.refuses:
        return True  # whichever of two reasons it meets first
    kind = seen.kind if seen.seen is Seen.REFUSED else str(STOPPED.get(seen.seen, ""))
    return any(error.type == kind and error.is_in(seen.message) for error in errors)


def _same_answer(prediction: Prediction, seen: Observation) -> bool:
    answer, compared = prediction.answer, Comparisons(prediction.check, seen)
    if answer is None:
        return False
    return matches(answer, compared) or (
        bool(prediction.accuracy) and is_of_class(prediction.accuracy, answer, compared)
    )
