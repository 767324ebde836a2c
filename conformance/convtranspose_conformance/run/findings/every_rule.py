"""Of an explanation made of several rules, the calls on which each of them makes a difference: one
that shows a part of it is an example of another finding."""

from collections.abc import Iterator, Sequence
from itertools import islice

from ...diagnosis.candidates import fits
from ...diagnosis.result import Diagnosis
from ...rules.explanation import Explanation
from ...rules.faults import base_of
from ...verdict.reply import Reply

LOOKED_AT = 200  # wrong answers, the smallest first


def shows_every_rule(diagnosis: Diagnosis, reply: Reply) -> bool:
    """Does one of the explanations predict the answer, and not without any rule of it?"""
    return reply.looks is None and any(
        fits(each, reply) and not any(fits(less, reply) for less in _less(each))
        for each in diagnosis.explanations
    )


def smallest_of_every_rule(diagnosis: Diagnosis, smallest_first: Sequence[Reply]) -> Reply | None:
    """The first reply that shows every rule; None where none does, or there is one rule alone."""
    if not any(len(_rules(each)) > 1 for each in diagnosis.explanations):
        return None
    looked_at = islice(smallest_first, LOOKED_AT)
    return next((reply for reply in looked_at if shows_every_rule(diagnosis, reply)), None)


def _rules(explanation: Explanation) -> tuple[str, ...]:
    """Readings and faults; one that holds under several conditions, once."""
    return tuple(dict.fromkeys(base_of(name)[0] for name in explanation.names))


def _less(explanation: Explanation) -> Iterator[Explanation]:
    """The explanation without each of its rules."""
    for rule in _rules(explanation):
        yield Explanation(
            readings=tuple(name for name in explanation.readings if name != rule),
            faults=tuple(name for name in explanation.faults if base_of(name)[0] != rule),
        )
