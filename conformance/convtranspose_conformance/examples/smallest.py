"""The example of a finding: its smallest case, made smaller still while the same thing goes wrong,
and what others answer to it."""

from collections.abc import Callable, Iterable

import msgspec

from convtranspose_cases import Case
from convtranspose_cases.notation import askable
from convtranspose_reports import Example, Outcome

from ..backends.entry import Entry
from ..verdict.difference import difference
from ..verdict.reply import Ask, AskOf, Reply
from ..worker.observation import Seen
from .example import example_of
from .shrink import shrink

QUESTIONS_OF_AN_EXAMPLE = 80  # asked of a backend to make one case smaller: a run has many findings
# anything else costs a process each time
_HARMLESS = (
    Seen.RETURNED,
    Seen.REFUSED,
    Seen.NOT_REPEATABLE,
    Seen.INPUT_CHANGED,
    Seen.DECLINED,  # a skip that speaks of a death
)


def smallest_example(
    first: Reply,
    holds: Callable[[Reply], bool],
    ask_of: AskOf,
    entries: Iterable[Entry],
    *,
    deaths: int = 0,
) -> tuple[Example, Reply]:
    """The example of the smallest case for which `holds`, from the case of `first` on, with what
    the other `entries` answer; and the reply that it shows. `deaths`: how many processes the
    backend may lose for that."""
    entry, check = first.entry, first.check
    last = first
    if first.seen.seen in _HARMLESS or (deaths and first.seen.seen is Seen.CRASHED):
        last = _smallest(first, holds, ask_of(entry, check), deaths)
    if last is first:
        if first.looks is not None:  # its numbers are not kept
            last = next(iter(ask_of(entry, check)([first.case])), first)
        return example_of(last, first.judgement.reason), first
    differing = difference(last.asked.answer(), last.compared)[1]
    by_name = sorted(entries, key=lambda each: each.name)  # not in the order of arrival
    others = [each for each in by_name if each.name != entry.name and check.value in each.checks]
    answers = {other.name: _answer(ask_of(other, check), last.case) for other in others}
    given = {name: answer for name, answer in answers.items() if answer}
    return msgspec.structs.replace(example_of(last, differing), others=given), last


def _smallest(first: Reply, holds: Callable[[Reply], bool], ask: Ask, deaths: int) -> Reply:
    """The reply to the smallest case found, or the first."""
    replies: dict[str, Reply] = {}

    def held(case: Case) -> bool:
        if sum(each.seen.seen is Seen.CRASHED for each in replies.values()) > deaths:
            return False
        replies.update((reply.case.id, reply) for reply in ask([case]))
        reply = replies.get(case.id)
        return (
            reply is not None
            and reply.outcome is first.outcome
            and _shows_numbers(reply, first)
            and holds(reply)
        )

    if not askable(first.case):
        return first
    shrunk = shrink(first.case, held, QUESTIONS_OF_AN_EXAMPLE)
    return replies.get(shrunk.case.id, first)


def _shows_numbers(reply: Reply, first: Reply) -> bool:
    """A call without elements shows nothing, and may be refused: it is an example of itself
    alone."""
    return not _is_empty(reply) or _is_empty(first)


def _is_empty(reply: Reply) -> bool:
    return 0 in (*reply.case.x_shape, *reply.case.w_shape, *reply.asked.answer().shape)


def _answer(ask: Ask, case: Case) -> str:
    """What another backend answers, in a few words; "" where it is not asked or cannot say the
    call."""
    reply = next(iter(ask([case])), None)
    if reply is None:
        return ""
    outcome, how = difference(reply.asked.answer(), reply.compared)
    if outcome is Outcome.AGREES:
        return "as expected"
    return how if reply.wrong else f"{how} (a reading of an open clause allows it)"
