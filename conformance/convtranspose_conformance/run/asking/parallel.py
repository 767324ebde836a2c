"""Every backend is asked in processes of its own, several questions ahead, so that it computes
while its answers are judged; the answers arrive in one place."""

import select
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...backends.api import Unusable
from ...backends.entry import Entry
from ...worker.messages import written
from ...worker.observation import Observation
from ...worker.process import Worker
from ..session import Session

Progress = Callable[[str, int, int], None]  # backend, cases done, cases in all
AHEAD_BYTES = 2**24  # of questions that are written while there is nothing else to do
_Answered = tuple[Entry, int, dict[str, Observation]]


def ask_all(session: Session, progress: Progress) -> Iterator[_Answered]:
    """Every backend's answers in the order of arrival. Raises what stopped a conversation, after
    the others were ended."""
    with conversations(session, progress) as answers:
        yield from answers


@contextmanager
def conversations(
    session: Session, progress: Progress, *, keep: bool = False
) -> Iterator[Iterator[_Answered]]:
    """The answers as `ask_all` gives them. With `keep` one worker a backend lives on, in
    `session.kept`, until the block ends."""
    table = _Table(session, keep)
    try:
        yield _told(session, table, progress)
    finally:
        table.close()


def _told(session: Session, table: "_Table", progress: Progress) -> Iterator[_Answered]:
    done = {e.name: len(session.answered[e.name]) for e in session.plan.entries}
    for entry, number, found in table.answers():
        yield entry, number, found
        done[entry.name] += 1
        progress(entry.name, done[entry.name], len(session.plan.cases))


def _parts(session: Session) -> list[tuple[Entry, list[int]]]:
    """The work of each worker: a backend's cases that it has not answered, cut up where there are
    more jobs than backends."""
    plan = session.plan
    pieces = max(plan.jobs // max(len(plan.entries), 1), 1)
    total = len(plan.cases)
    cuts = [range(total * i // pieces, total * (i + 1) // pieces) for i in range(pieces)]
    parts = [
        (entry, [n for n in cut if n not in session.answered[entry.name]])
        for entry in plan.entries
        for cut in cuts
    ]
    return [(entry, part) for entry, part in parts if part]


class _Questions:
    """The plan's cases as they are sent, each written once and kept until every backend was
    asked."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[int, tuple[bytes, int]] = {}
        self._bytes = 0  # of those that are kept

    @property
    def are_enough(self) -> bool:
        """Do so many wait that more should not be written before they are asked for?"""
        return self._bytes >= AHEAD_BYTES

    def of(self, number: int) -> bytes:
        """The question, to be asked now."""
        question, to_come = self._taken(number)
        self._keep(number, question, to_come - 1)
        return question

    def foresee(self, number: int, checks: tuple[str, ...]) -> None:
        """Writes a question that will be asked, and works out what its answer should be."""
        self._keep(number, *self._taken(number))
        self._session.foresee(number, checks)

    def _taken(self, number: int) -> tuple[bytes, int]:
        question, to_come = self._kept.pop(number, (b"", self._session.open_questions(number)))
        self._bytes -= len(question)
        return question or written(self._session.call(number)), to_come

    def _keep(self, number: int, question: bytes, to_come: int) -> None:
        if to_come:
            self._kept[number] = (question, to_come)
            self._bytes += len(question)


class _Conversation:
    """One worker's part: what it is still to be asked, and what it has not answered in full."""

    def __init__(
        self, session: Session, entry: Entry, numbers: list[int], questions: _Questions
    ) -> None:
        self.entry, self.worker = entry, Worker(entry, session.plan.limits)
        self._session, self._questions = session, questions
        self._to_ask = deque(numbers)
        self._foreseen = 0  # the first case that may not be foreseen yet
        self._next: bytes | None = None  # the first of them, written
        self._asked: deque[tuple[int, int, dict[str, Observation]]] = deque()
        self.worker.begin()

    @property
    def is_over(self) -> bool:
        return not (self._to_ask or self._asked or self.worker.is_due)

    def ask(self) -> None:
        """Hands over as many questions as the worker has room for."""
        if self._to_ask:
            self.worker.begin()  # where the last one died
        if not self.worker.is_hungry:
            return
        while self._to_ask and self.worker.is_ready:
            number = self._to_ask[0]
            checks = self._session.plan.checks(self.entry, number)
            if checks:
                self._next = self._next or self._questions.of(number)
                if not self.worker.has_room(self._next):
                    break
                self.worker.send(self._next, checks)
            self._asked.append((number, len(checks), {}))
            self._next = None
            self._to_ask.popleft()
        self.worker.flush()

    def foresee(self) -> bool:
        """Makes one of the next questions ready; False where there is none to make."""
        first = int(self._next is not None)
        while self._to_ask and not self._questions.are_enough:
            number = max(self._foreseen, self._to_ask[0] + first)
            if number > self._to_ask[-1]:
                return False
            self._foreseen = number + 1
            if number in self._session.answered[self.entry.name]:
                continue
            if checks := self._session.plan.checks(self.entry, number):
                self._questions.foresee(number, checks)
                return True
        return False

    def answered(self) -> Iterator[_Answered]:
        """The cases that are answered in full by now. Raises what stops the conversation."""
        try:
            answer = self.worker.take() if self.worker.is_due else None
        except Unusable as why:
            raise Unusable(f"backend {self.entry.name} cannot be used here: {why}") from why
        if answer is not None:
            next(found for _, count, found in self._asked if len(found) < count).update([answer])
        elif self.worker.is_ready:
            self._session.told(self.entry.name, self.worker.versions, self.worker.kernels)
        self.ask()
        while self._asked and len(self._asked[0][2]) == self._asked[0][1]:
            number, _, found = self._asked.popleft()
            yield self.entry, number, found


class _Table:
    """Where conversations are held: as many at a time as there are jobs."""

    def __init__(self, session: Session, keep: bool) -> None:
        self._session, self._keep = session, keep
        self._held: list[_Conversation] = []
        self._open: list[Worker] = []  # all that have to be ended

    def answers(self) -> Iterator[_Answered]:
        """What comes in until every conversation is over."""
        parts, questions = deque(_parts(self._session)), _Questions(self._session)
        while parts or self._held:
            while parts and len(self._held) < self._session.plan.jobs:
                self._held.append(_Conversation(self._session, *parts.popleft(), questions))
                self._open.append(self._held[-1].worker)
            for conversation in self._speaking():
                yield from conversation.answered()
                if conversation.is_over:
                    self._end(conversation)

    def _speaking(self) -> list[_Conversation]:
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
            patience = min(each.worker.seconds_left for each in self._held)
            if not patience or not any(each.foresee() for each in self._held):
                return poll.poll(1000 * patience + 1)
        return ready

    def _end(self, conversation: _Conversation) -> None:
        self._held.remove(conversation)
        kept = self._session.kept
        if not self._keep or kept.setdefault(conversation.entry.name, conversation.worker) is not (
            conversation.worker
        ):
            self._open.remove(conversation.worker)
            conversation.worker.__exit__()

    def close(self) -> None:
        """No worker outlives the run."""
        for worker in self._open:
            worker.__exit__()
