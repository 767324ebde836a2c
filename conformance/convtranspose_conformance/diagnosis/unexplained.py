"""What no rule explains: by its pattern, where the same call shows it again."""

from collections.abc import Iterable

from convtranspose_reports import Check, Outcome

from ..verdict.reply import Reply
from ..worker.observation import Seen
from .patterns import Pattern, pattern_of
from .result import Diagnosis

OF_STATE = Pattern(
    f"{Outcome.VALUES_DIFFER}: other values again",
    "returns other values when the same call is put again: they depend on the calls before it",
)


def unexplained(reply: Reply) -> Diagnosis:
    """A wrong answer by its pattern."""
    kind = "accepted" if reply.outcome is Outcome.ACCEPTED else "unexplained"
    return Diagnosis(kind=kind, pattern=pattern_of(reply))


def of_state() -> Diagnosis:
    """A wrong answer that does not repeat: what it looks like is no pattern of the call."""
    return Diagnosis(kind="unexplained", pattern=OF_STATE)


def shows_values(reply: Reply) -> bool:
    """Is it an output whose numbers are kept, and wrong?"""
    return (
        reply.outcome is Outcome.VALUES_DIFFER
        and reply.check is Check.OUTPUT
        and reply.looks is None
    )


def repeats(reply: Reply, again: Iterable[Reply]) -> bool:
    """Did the same call return the same values each time that it returned some?"""
    returned = (each.seen.array() for each in again if each.seen.seen is Seen.RETURNED)
    return all(array.tobytes() == reply.seen.array().tobytes() for array in returned)
