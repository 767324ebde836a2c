"""One worker's part of a run: what it is still to be asked, what it has not answered in full, and
what is left where it cannot be asked any more."""

import sys
import time
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from ...backends.api import Unusable
from ...backends.entry import Entry
from ...worker.messages import written
from ...worker.observation import Observation, Seen, stopped
from ...worker.process import HarnessError, Worker
from ..asked_cases import is_small
from ..session import Session

AnsweredCase = tuple[Entry, int, dict[str, Observation]]
Asks = tuple[int, tuple[str, ...]]  # a case by its number, and the checks of it
AHEAD_BYTES = 2**24  # of questions that are written while there is nothing else to do
AHEAD_CASES = 64  # past the next one: what is worked out of them is still there when they answer
AHEAD_AT_ONCE = 16  # of them, where they are of few numbers
KEPT_BYTES = 2**22  # of questions that are kept for further backends
MOST_HANGS = 3  # cases in a row without an answer: of what is left a sample is asked
SAMPLE = 5
PATIENCE_S = 20.0  # with a start: who takes longer holds nobody else up


class WrittenQuestions:
    """The plan's cases as they are sent. Each is kept until every backend was asked, as far as
    there is room; what is not is written again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[int, bytes] = {}
        self._bytes = 0  # of those that are kept
        numbers = range(len(session.plan.cases))
        self._to_come = array("I", map(session.open_questions, numbers))  # by case, backends

    @property
    def are_enough(self) -> bool:
        """Do so many wait that more should not be written before they are asked for?"""
        return self._bytes >= AHEAD_BYTES

    def of(self, number: int) -> bytes:
        """The question, to be asked now; one that was taken back is asked again."""
        question = self._taken(number)
        self._to_come[number] = max(self._to_come[number] - 1, 0)
        if self._to_come[number] and self._bytes < KEPT_BYTES:
            self._keep(number, question)
        return question

    def foresee(self, asked: Sequence[Asks]) -> None:
        """Writes questions that will be asked, then works out what their answers should be: one
        kind of work after the other, so that the processor's cache holds the code of each."""
        fresh = [number for number, _ in asked if number not in self._kept]
        calls = [self._session.call(number) for number in fresh]
        for number, call in zip(fresh, calls, strict=True):
            self._keep(number, written(call))
        self._session.foresee(asked)

    def _taken(self, number: int) -> bytes:
        question = self._kept.pop(number, b"")
        self._bytes -= len(question)
        return question or written(self._session.call(number))

    def _keep(self, number: int, question: bytes) -> None:
        self._kept[number] = question
        self._bytes += len(question)


class Conversation:
    """A worker, and the numbers of the cases that it is asked.

    A worker that does not start costs its own cases, and one that hangs again and again the time of
    a sample: what it was not asked is in `left`.
    """

    def __init__(
        self,
        session: Session,
        entry: Entry,
        numbers: Sequence[int],
        questions: WrittenQuestions,
        worker: Worker | None = None,
    ) -> None:
        """`worker`: one that nothing waits in; else a new one."""
        self.entry, self.worker = entry, worker or Worker(entry, session.plan.limits)
        self.error: Unusable | HarnessError | None = None  # that ended it
        self._session, self._questions = session, questions
        self._to_ask = deque(numbers)
        self._aside: list[int] = []  # not to be asked while no case of a sample is answered
        self._hangs = 0  # in a row
        self._foreseen = 0  # the first case that may not be foreseen yet
        self._next: bytes | None = None  # the first of them, written
        self._asked: deque[tuple[int, tuple[str, ...], dict[str, Observation]]] = deque()
        self._until = sys.maxsize  # cases from this number on are for a later turn
        self._begun = self._heard = time.monotonic()
        self._spent = 0.0  # seconds, in turns before

    @property
    def is_over(self) -> bool:
        return self.error is not None or not (self._to_ask or self._asked or self.worker.is_due)

    @property
    def next_number(self) -> int:
        """Of the case that is to be asked next. Only where one is."""
        return self._to_ask[0]

    def begin_turn(self, until: int) -> None:
        """From here on cases below the number `until` are asked."""
        self._spent, self._until = self.seconds, until
        self._begun = self._heard = time.monotonic()

    @property
    def rests(self) -> bool:
        """Is its turn over, and every answer of it there?"""
        return bool(self._to_ask) and not (self._asked or self.worker.is_due or self._may_ask)

    @property
    def _may_ask(self) -> bool:
        """Is there a case to be asked in this turn? A sample of what is put aside is, at once."""
        return bool(self._to_ask) and (self._to_ask[0] < self._until or bool(self._aside))

    @property
    def seconds(self) -> float:
        """How long its turns took, from the start of the worker to its last answer."""
        return self._spent + self._heard - self._begun

    @property
    def patience(self) -> float:
        """Seconds for which its start may hold others up."""
        started = self.worker.is_ready or bool(self.worker.versions)
        return 0.0 if started else max(self._begun + PATIENCE_S - time.monotonic(), 0.0)

    @property
    def is_slow_to_start(self) -> bool:
        return not self.worker.versions and not self.patience

    @property
    def has_word(self) -> bool:
        """Is there anything to be heard without waiting: an answer that was read already, or a case
        that is asked nothing?"""
        return self.worker.has_answer or self._is_done

    @property
    def _is_done(self) -> bool:
        """Is the oldest case that was asked answered in full?"""
        return bool(self._asked) and len(self._asked[0][2]) == len(self._asked[0][1])

    def ask(self) -> None:
        """Hands over as many questions as the worker has room for."""
        if self._may_ask:
            self.worker.begin()  # where the last one died
        if not self.worker.is_hungry:
            return
        while self._may_ask and self.worker.is_ready:
            number = self._to_ask[0]
            checks = self._session.plan.checks(self.entry, number)
            if checks:
                self._next = self._next or self._questions.of(number)
                if not self.worker.has_room(self._next):
                    break
                predicted = partial(self._session.predicts, self.entry, number)
                self.worker.send(self._next, checks, predicted)
            self._asked.append((number, checks, {}))
            self._next = None
            self._to_ask.popleft()
        self.worker.flush()

    def foresee(self) -> bool:
        """Makes some of the next questions ready, one of many numbers alone; False where there are
        none to make."""
        next_ones = list(islice(self._to_foresee(), AHEAD_AT_ONCE))
        self._questions.foresee(next_ones)
        return bool(next_ones)

    def _to_foresee(self) -> Iterator[Asks]:
        """Those that may be made ready by now, up to the first of many numbers."""
        first, cases = int(self._next is not None), self._session.plan.cases
        while self._to_ask and not self._aside and not self._questions.are_enough:
            number = max(self._foreseen, self._to_ask[0] + first)
            if number > min(self._to_ask[-1], self._to_ask[0] + AHEAD_CASES):
                return
            self._foreseen = number + 1
            checks = self._session.plan.checks(self.entry, number)
            if checks and number not in self._session.answered[self.entry.name]:
                yield number, checks
                if not is_small(cases[number]):
                    return

    def answered(self) -> Iterator[AnsweredCase]:
        """The cases that are answered in full by now; where there are none, the next answer is
        waited for. All that was read is heard first, so that the worker has its next questions
        before anything is judged."""
        error = None
        try:
            if not self._is_done:
                self._hear()
            while self.worker.has_answer and self.worker.is_due:
                self._hear()
        except (Unusable, HarnessError) as raised:
            error = raised
        done = list(self._done())
        if error is None:
            self.ask()
        else:
            self._end(error)
        yield from done

    def _hear(self) -> None:
        answer = self.worker.take() if self.worker.is_due else None
        if answer is not None:
            self._heard = time.monotonic()
            next(found for _, checks, found in self._asked if len(found) < len(checks)).update(
                [answer]
            )
        elif self.worker.is_ready:
            self._session.told(self.entry.name, self.worker.versions, self.worker.kernels)

    def _done(self) -> Iterator[AnsweredCase]:
        while self._is_done:
            number, _, found = self._asked.popleft()
            self._count_hangs(found)
            yield self.entry, number, found

    def _count_hangs(self, found: dict[str, Observation]) -> None:
        """Past some hangs in a row all but a sample is put aside, until one of it is answered."""
        if not any(seen.seen is Seen.TIMED_OUT for seen in found.values()):
            self._hangs = 0
            if found and self._aside:
                self._to_ask = deque(sorted([*self._to_ask, *self._aside]))
                self._aside = []
            return
        self._hangs += 1
        if self._hangs >= MOST_HANGS and not self._aside:
            self._take_back()
            left = list(self._to_ask)
            step = max(len(left) // SAMPLE, 1)
            self._to_ask = deque(left[step // 2 :: step][:SAMPLE])
            self._aside = [number for number in left if number not in self._to_ask]

    def _take_back(self) -> None:
        """Questions that wait behind the one that hung are to be asked yet, and not begun."""
        if self.worker.withdraw():
            while self._asked and not self._asked[-1][2]:
                self._to_ask.appendleft(self._asked.pop()[0])
            self._next = None

    def _end(self, error: Unusable | HarnessError) -> None:
        if isinstance(error, Unusable):
            self.error = Unusable(f"backend {self.entry.name} cannot be used here: {error}")
            self.error.__cause__ = error
        else:
            self.error = error
        if (first := self.worker.unrepeated) is not None and self._asked:
            self._asked[0][2].setdefault(*first)

    @property
    def has_left(self) -> bool:
        """Is anything in `left`?"""
        return self.error is not None or bool(self._aside)

    def did_not_start(self, entry: Entry) -> bool:
        """Did this backend's worker never tell that it is ready?"""
        return self.error is not None and entry == self.entry and not self.worker.versions

    def left(self) -> Iterator[AnsweredCase]:
        """When it is over, the cases that were not asked, or not in full."""
        why = str(self.error) if self.error else self._why_aside()
        for number, checks, found in self._asked:
            yield self.entry, number, found | not_asked(checks, found, why)
        for number in sorted([*self._to_ask, *self._aside]):
            checks = self._session.plan.checks(self.entry, number)
            yield self.entry, number, not_asked(checks, {}, why)

    def _why_aside(self) -> str:
        limit = f"{self._session.plan.limits.case_s:g} s"
        return (
            f"{MOST_HANGS} cases in a row gave no answer within {limit}, and none of a sample of "
            f"{SAMPLE} of the others"
        )


def not_asked(
    checks: tuple[str, ...], found: dict[str, Observation], why: str
) -> dict[str, Observation]:
    """What is seen of checks that are not asked any more, with the reason."""
    seen = stopped(Seen.NOT_ASKED, "start", "not asked", why)
    return {check: seen for check in checks if check not in found}
