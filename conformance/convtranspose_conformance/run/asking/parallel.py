"""Every backend is asked in processes of its own, several questions ahead, so that it computes
while its answers are judged; the answers arrive in one place."""

import select
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ...backends.entry import Entry
from ...worker.observation import Observation, Seen
from ...worker.process import Worker
from ..session import Session
from .conversation import AnsweredCase, Conversation, Questions

Progress = Callable[[str, int, int], None]  # backend, cases done, cases in all


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


def _parts(session: Session) -> list[tuple[Entry, Sequence[int]]]:
    """The work of each worker: a backend's cases that it has not answered, cut up where there are
    more jobs than backends."""
    plan = session.plan
    pieces = max(plan.jobs // max(len(plan.entries), 1), 1)
    total = len(plan.cases)
    cuts = [range(total * i // pieces, total * (i + 1) // pieces) for i in range(pieces)]
    parts = [
        (entry, array("I", (n for n in cut if n not in session.answered[entry.name])))
        for entry in plan.entries
        for cut in cuts
    ]
    return [(entry, part) for entry, part in parts if part]


class _Table:
    """Where conversations are held: as many at a time as there are jobs, and beside those that are
    slow to start."""

    def __init__(self, session: Session, keep: bool) -> None:
        self._session, self._keep = session, keep
        self._parts = deque(_parts(session))
        self._questions = Questions(session)
        self._held: list[Conversation] = []
        self._over: list[Conversation] = []  # that left something unasked
        self._open: list[Worker] = []  # all that have to be ended
        self._is_answered = any(session.answered.values())

    def answers(self) -> Iterator[AnsweredCase]:
        """What comes in until every conversation is over, then what was not asked. Raises what
        ended the first of them where nothing was answered at all."""
        while self._parts or self._held:
            self.begin()
            for conversation in self._speaking() if self._held else ():
                for answered in conversation.answered():
                    self._is_answered |= any(map(_is_answer, answered[2].values()))
                    yield answered
                if conversation.is_over:
                    self._end(conversation)
        errors = [each.error for each in self._over if each.error is not None]
        if errors and not self._is_answered:
            raise errors[0]
        for conversation in self._over:
            yield from conversation.left()

    def begin(self) -> None:
        """As many conversations as there is room for."""
        while self._parts and self._has_room():
            self._begin(*self._parts.popleft())

    def _has_room(self) -> bool:
        starting = sum(each.is_slow_to_start for each in self._held)
        return len(self._held) - starting < self._session.plan.jobs

    def _begin(self, entry: Entry, numbers: Sequence[int]) -> None:
        """A conversation; where the backend did not start before, it is over at once."""
        conversation = Conversation(self._session, entry, numbers, self._questions)
        self._open.append(conversation.worker)
        conversation.error = next(
            (each.error for each in self._over if each.did_not_start(entry)), None
        )
        if conversation.error is not None:
            self._over.append(conversation)
            return
        conversation.worker.begin()
        self._held.append(conversation)

    def _speaking(self) -> list[Conversation]:
        """Those whose answers were read already; else those that have something to say by now, or
        whose time is over: waits for the first."""
        heard = [each for each in self._held if each.worker.has_answer]
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
            if self._parts and self._has_room():
                break
            patience = min(map(self._patience, self._held))
            if not patience or not any(each.foresee() for each in self._held):
                return poll.poll(1000 * patience + 1)
        return ready

    def _patience(self, conversation: Conversation) -> float:
        """Seconds until something is to be done, though nothing is said."""
        starting = conversation.patience if self._parts else 0.0
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
