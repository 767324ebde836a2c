"""Every backend is asked in processes of its own, several questions ahead, so that it computes
while its answers are judged; the answers arrive in one place."""

import select
import sys
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from ...backends.entry import Entry
from ...worker.observation import Observation, Seen
from ...worker.process import Worker
from ..asked_cases import RECENT, are_few
from ..session import Session
from .conversation import AnsweredCase, Conversation, WrittenQuestions

Progress = Callable[[str, int, int], None]  # backend, cases done, cases in all
LEAST_OF_A_TURN = 32  # cases


def ask_all(session: Session, progress: Progress) -> Iterator[AnsweredCase]:
    """Every backend's answers in the order of arrival, then what was not asked. Raises what ended
    a conversation where nothing was answered."""
    with conversations(session, progress) as answers:
        yield from answers


@contextmanager
def conversations(
    session: Session, progress: Progress, *, keep: bool = False
) -> Iterator[Iterator[AnsweredCase]]:
    """The answers as `ask_all` gives them. The first workers start at once. With `keep` one worker
    a backend lives on, in `session.kept`, until the block ends."""
    table = _Table(session, keep)
    try:
        table.begin()
        yield _told(session, table, progress)
    finally:
        table.close()


def _told(session: Session, table: "_Table", progress: Progress) -> Iterator[AnsweredCase]:
    done = {e.name: len(session.answered[e.name]) for e in session.plan.entries}
    for entry, number, found in table.answers():
        yield entry, number, found
        done[entry.name] += 1
        progress(entry.name, done[entry.name], len(session.plan.cases))


class _Part(NamedTuple):
    """The work of one worker: cases of the plan, by number, from the number `first` on."""

    entry: Entry
    first: int
    numbers: Sequence[int]


def _pieces(session: Session) -> int:
    """Workers for each backend."""
    return max(session.plan.jobs // max(len(session.plan.entries), 1), 1)


def _parts(session: Session) -> list[_Part]:
    """A backend's cases that it has not answered, cut up where there are more jobs than
    backends."""
    plan, pieces = session.plan, _pieces(session)
    total = len(plan.cases)
    cuts = [range(total * i // pieces, total * (i + 1) // pieces) for i in range(pieces)]
    parts = [
        _Part(
            entry,
            cut.start,
            array("I", (n for n in cut if n not in session.answered[entry.name])),
        )
        for entry in plan.entries
        for cut in cuts
    ]
    return [part for part in parts if part.numbers]


def _cases_of_a_turn(session: Session) -> int:
    """How many cases a worker is asked before it is the next one's turn. Where what was worked out
    of them is kept, all; else so few that it is still there when the last one answers them."""
    if are_few(session.plan.cases):
        return sys.maxsize
    return max(RECENT // (2 * _pieces(session)), LEAST_OF_A_TURN)


class _Table:
    """Where conversations are held: as many at a time as there are jobs, and beside those that are
    slow to start. Of many cases each worker is asked some, in turn."""

    def __init__(self, session: Session, keep: bool) -> None:
        self._session, self._keep = session, keep
        self._parts = deque(_parts(session))
        self._of_a_turn = _cases_of_a_turn(session)
        self._questions = WrittenQuestions(session)
        self._held: list[Conversation] = []
        self._resting: list[Conversation] = []  # until it is their turn
        self._first: dict[Conversation, int] = {}  # number of its part
        self._over: list[Conversation] = []  # that left something unasked
        self._open: list[Worker] = []  # all that have to be ended
        self._is_answered = any(session.answered.values())

    def answers(self) -> Iterator[AnsweredCase]:
        """What comes in until every conversation is over, then what was not asked. Raises what
        ended the first of them where nothing was answered at all."""
        while self._parts or self._resting or self._held:
            self.begin()
            for conversation in self._speaking() if self._held else ():
                for answered in conversation.answered():
                    self._is_answered |= any(map(_is_answer, answered[2].values()))
                    yield answered
                if conversation.is_over:
                    self._end(conversation)
                elif conversation.rests:
                    self._held.remove(conversation)
                    self._resting.append(conversation)
        errors = [each.error for each in self._over if each.error is not None]
        if errors and not self._is_answered:
            raise errors[0]
        for conversation in self._over:
            yield from conversation.left()

    def begin(self) -> None:
        """As many conversations as there is room for: first those that have not begun."""
        while self._parts and self._has_room():
            self._begin(*self._parts.popleft())
        while self._resting and self._has_room():
            self._go_on(min(self._resting, key=self._come_to))

    def _begin(self, entry: Entry, first: int, numbers: Sequence[int]) -> None:
        """A conversation; where the backend did not start before, it is over at once."""
        conversation = Conversation(self._session, entry, numbers, self._questions)
        self._open.append(conversation.worker)
        conversation.error = next(
            (each.error for each in self._over if each.did_not_start(entry)), None
        )
        if conversation.error is not None:
            self._over.append(conversation)
            return
        self._first[conversation] = first
        self._resting.append(conversation)
        self._go_on(conversation)

    def _go_on(self, conversation: Conversation) -> None:
        """It is its turn, up to where all stop; alone, it stops nowhere."""
        self._resting.remove(conversation)
        others = self._parts or self._resting or self._held
        turns = self._come_to(conversation) // self._of_a_turn + 1
        until = self._first[conversation] + turns * self._of_a_turn
        conversation.begin_turn(until if others else sys.maxsize)
        conversation.ask()
        self._held.append(conversation)

    def _come_to(self, conversation: Conversation) -> int:
        """How far it has come in its part."""
        return conversation.next_number - self._first[conversation]

    def _has_room(self) -> bool:
        starting = sum(each.is_slow_to_start for each in self._held)
        return len(self._held) - starting < self._session.plan.jobs

    def _speaking(self) -> list[Conversation]:
        """Those whose answers were read already; else those that have something to say by now, or
        whose time is over: waits for the first."""
        heard = [each for each in self._held if each.has_word]
        if heard:
            return heard
        poll = select.poll()
        for each in self._held:
            poll.register(each.worker.fileno(), select.POLLIN)
        ready = {descriptor for descriptor, _ in self._waited(poll)}
        return [
            each
            for each in self._held
            if each.worker.fileno() in ready or not each.worker.seconds_left
        ]

    def _waited(self, poll: select.poll) -> list[tuple[int, int]]:
        """What can be read; until there is something, the next questions are made ready."""
        while not (ready := poll.poll(0)):
            if (self._parts or self._resting) and self._has_room():
                break
            patience = min(map(self._patience, self._held))
            if not patience or not any(each.foresee() for each in self._held):
                return poll.poll(1000 * patience + 1)
        return ready

    def _patience(self, conversation: Conversation) -> float:
        """Seconds until something is to be done, though nothing is said."""
        starting = conversation.patience if self._parts or self._resting else 0.0
        due = conversation.worker.seconds_left
        return min(due, starting) if starting else due

    def _end(self, conversation: Conversation) -> None:
        self._held.remove(conversation)
        self._session.took(conversation.entry.name, conversation.seconds)
        kept = self._session.kept
        if conversation.has_left:
            self._over.append(conversation)
            self._session.gone.add(conversation.entry.name)
            return
        if not self._keep or kept.setdefault(conversation.entry.name, conversation.worker) is not (
            conversation.worker
        ):
            self._open.remove(conversation.worker)
            conversation.worker.__exit__()

    def close(self) -> None:
        """No worker outlives the run."""
        for worker in self._open:
            worker.__exit__()


def _is_answer(seen: Observation) -> bool:
    return seen.seen is not Seen.NOT_ASKED
