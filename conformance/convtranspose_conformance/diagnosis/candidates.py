"""What a backend could be doing instead: every reading and every fault, and two of them at once,
each held against what was seen."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache
from itertools import permutations

from convtranspose_reference.readings import READINGS
from convtranspose_reports import Check

from ..rules.accuracy_classes import ACCURACY
from ..rules.answers import Answer, Asked, Explanation
from ..rules.explanation import BY_TEXT
from ..rules.faults import FAULTS
from ..rules.faults.measured import OF_IMAGES
from ..verdict.compare import is_of_class, matches
from ..verdict.reply import Reply
from ..worker.observation import Observation, Seen

SINGLES: tuple[Explanation, ...] = (
    *(Explanation(readings=(name,)) for name in READINGS),
    *(Explanation(faults=(name,)) for name in FAULTS),
)

_ROUNDINGS = (" rounded to nearest even", " rounded to nearest away", " rounded towards zero")
BEYOND: tuple[Explanation, ...] = tuple(
    Explanation(faults=(name,))
    for name in (
        *OF_IMAGES,
        *(
            f"{', '.join(f'{word} = {bits}' for word in words)}{rounding}"
            for words in (("x_bits", "w_bits"), ("x_bits",), ("w_bits",))
            for bits in range(2, 24)
            for rounding in _ROUNDINGS
        ),
    )
)
"""Measured rules that are read off no terms: tried on a few answers that nothing else explains."""


def joined(one: Explanation, other: Explanation) -> Explanation:
    """Both at once: readings first, faults in this order."""
    return Explanation(
        readings=(*one.readings, *other.readings), faults=(*one.faults, *other.faults)
    )


def once(one: Explanation, other: Explanation) -> Explanation:
    """Both at once; what they share, once."""
    both = joined(one, other)
    return Explanation(
        readings=tuple(dict.fromkeys(both.readings)), faults=tuple(dict.fromkeys(both.faults))
    )


def pairs(singles: Sequence[Explanation]) -> Iterator[Explanation]:
    """Every two at once: faults that change the same thing in both orders, all others in one;
    readings of different clauses."""
    for one, other in permutations(singles, 2):
        clauses = [name.partition(":")[0] for name in (*one.readings, *other.readings)]
        if len(clauses) == len(set(clauses)) and (
            _meet(one, other) or SINGLES.index(one) < SINGLES.index(other)
        ):
            yield joined(one, other)


@cache
def _meet(one: Explanation, other: Explanation) -> bool:
    """Do both change the call, or both its numbers, or another thing of which the order then
    matters?"""
    changes = [
        {
            field.name
            for name in e.faults
            for field in fields(FAULTS[name])
            if callable(getattr(FAULTS[name], field.name))
        }
        for e in (one, other)
    ]
    return bool(changes[0] & changes[1])


def fits(explanation: Explanation, reply: Reply) -> bool:
    """Is what was seen what the explanation predicts, under some reading of the clauses that it
    leaves open?"""
    if reply.seen.seen not in (Seen.RETURNED, Seen.REFUSED):
        return False
    return any(
        _may_match(answer, reply.check, reply.seen) and matches(answer, reply.compared)
        for answer in under(explanation, reply.asked)
    )


def explains(explanation: Explanation, reply: Reply) -> bool:
    """Does it predict what was seen, and something that no conforming answer is?"""
    asked = reply.asked
    if asked.answer(explanation).key == asked.answer().key:
        return False  # quick to see: nothing is worked out
    return fits(explanation, reply) and differs(explanation, reply.check, asked)


def under(explanation: Explanation, asked: Asked) -> Iterator[Answer]:
    """The explanation's answers: the literal one, and where the case leaves clauses open those of
    their readings.

    A fault that leads to a refusal says nothing: any refusal would look like it.
    """
    answers = [asked.answer(explanation)]
    if len(asked.conforming()) > 1:
        answers = [answer for _, answer in asked.with_open_clauses(explanation)]
    yield from (answer for answer in answers if not (explanation.faults and answer.refused))


def _may_match(answer: Answer, check: Check, seen: Observation) -> bool:
    """What is quick to see: without it `matches` would work out exact numbers."""
    if check is Check.GRADIENT or answer.refused or seen.seen is not Seen.RETURNED:
        return True
    if len(answer.shape) != len(seen.shape or ()):
        return False
    return (
        check is not Check.OUTPUT
        or answer.shape != seen.shape
        or not answer.is_far_from(seen.array())
    )


def differs(explanation: Explanation, check: Check, asked: Asked) -> bool:
    """Does the explanation predict, for this case, something that no conforming answer is?"""
    mine = asked.answer(explanation)
    if not mine.refused and mine.key == asked.answer().key:
        return False  # quick to see, before readings are worked out
    allowed = [answer for _, answer in asked.conforming()]
    if mine.refused and asked.leaves_open(explanation) and not asked.credited:
        return False  # what a reading does not excuse it does not explain
    if mine.refused:
        by_reading = not explanation.faults or bool(
            asked.answer(Explanation(readings=explanation.readings)).refused
        )
        return by_reading and not any(answer.refused for answer in allowed)
    if any(mine.key == answer.key for answer in allowed):
        return False
    alike = [answer for answer in allowed if not answer.refused and answer.shape == mine.shape]
    if not alike or check is Check.OUTPUT_SHAPE:
        return not alike
    return not any(mine.same_numbers(answer, gradients=check is Check.GRADIENT) for answer in alike)


def accuracy_class(reply: Reply, explanation: Explanation = BY_TEXT) -> str:
    """The narrowest accuracy class that allows what was seen of an explanation's answer; "" for
    none."""
    answers = list(under(explanation, reply.asked))
    return next(
        (
            name
            for name in ACCURACY
            for answer in answers
            if is_of_class(name, answer, reply.compared)
        ),
        "",
    )
