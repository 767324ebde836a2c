"""A process for one backend: what it does there - crash, exit, hang, swallow memory, shout - costs
one case.

The worker answers one check after the other over a socket, each before it begins the next, so that
the guilty one is the first that is not answered, however many wait behind it. Where the process had
answered other cases before, that one is asked again alone before it is blamed. It dies with the
thread that started it.
"""

import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from convtranspose_reference.errors import UserError

from ..backends.api import Call, Unusable
from ..backends.entry import Entry
from .child import Child
from .confinement import OUT_OF_MEMORY_STATUS
from .last_words import how_it_ended, last_words, own_words, without_marks
from .messages import Failed, Ready, Said, Words, observation_of, read_words, written
from .observation import DOUBTFUL, Observation, Seen, stopped
from .plain_text import plain_text
from .questions import (
    MOST_WAITING,
    MOST_WAITING_BYTES,
    Believed,
    Waiting,
    never,
)
from .wire import Garbled

MOST_FAILURES = 2  # of an adapter, in a row: who fails on is not asked any more
_SECONDS_OF_DYING = 30.0  # from the end of what a process says to word of its end, if it is busy
_NO_MESSAGE = "the backend closed the suite's socket, or wrote into it"


class HarnessError(UserError):
    """The harness or an adapter is at fault, not the framework: the run stops with this reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds for one case and for start-up (imports), GiB of memory."""

    case_s: float = 60.0
    start_s: float = 180.0
    memory_gib: float = 6.0


class AnswersCalls(Protocol):
    """Whoever is asked one call at a time."""

    def ask(
        self, call: Call, checks: tuple[str, ...], believed: Believed = never
    ) -> dict[str, Observation]:
        """As `Worker.ask`."""
        ...


class Worker:
    """A backend in a process of its own, started at the first question and again after each
    death.

    Several questions may wait in it (`send`, `take`); `ask` is for one at a time.
    """

    def __init__(self, entry: Entry, limits: Limits) -> None:
        self.entry, self.limits = entry, limits
        self.versions: dict[str, str] = {}
        self.kernels: dict[str, str] = {}
        self._child = Child(entry, limits.memory_gib)
        self._ready, self._pid = False, 0
        self._has_tried_again = False  # to start after a death
        self._has_answered, self._failures = False, 0  # at any time; of the adapter, in a row
        self._others = 0  # questions that the process has answered before the first that waits
        self._number = 0  # of the question that was put last
        self._waiting: deque[Waiting] = deque()
        self._waiting_bytes = 0
        self._to_write: list[Waiting] = []  # the last of them, which the process was not sent yet
        self._since = 0.0  # when the answer that is due next, or the start, began

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def begin(self) -> None:
        """Starts the process if none runs, without waiting for it."""
        if not self._child.exists:
            self._child.begin()
            self._ready, self._others, self._since = False, 0, time.monotonic()

    def start(self) -> dict[str, str]:
        """Starts the process if none runs; library -> version. Raises Unusable as the backend does,
        HarnessError for an adapter's bug."""
        self.begin()
        while not self._ready:
            self._first_words()
        return self.versions

    def _first_words(self) -> None:
        words, silent = self._receive()
        if isinstance(words, Ready):
            self.versions, self.kernels = map(_in_plain_text, (words.versions, words.kernels))
            self._ready, self._since = True, time.monotonic()
            self._to_write = self._due()
            self.flush()
            return
        why = words.why if isinstance(words, Failed) else self._how_it_ended(silent)
        self._kill()
        if self.versions and not isinstance(words, Failed) and not self._has_tried_again:
            self._has_tried_again = True
            self.begin()
            return
        if isinstance(words, Failed) and not words.adapter:
            raise Unusable(plain_text(why))
        raise HarnessError(f"backend {self.entry.name} did not start: {plain_text(why)}")

    def _how_it_ended(self, silent: bool) -> str:
        code = self._child.ended(0.0 if silent else _SECONDS_OF_DYING)
        how = f"no word within {self.limits.start_s:g} s" if code is None else how_it_ended(code)
        return f"{how}\n{without_marks(self._child.tail())}".strip()

    def _due(self) -> list[Waiting]:
        """What a process is handed: all that waits; what is asked again, alone."""
        return list(self._waiting)[: 1 if self._is_alone else None]

    @property
    def _is_alone(self) -> bool:
        return bool(self._waiting) and self._waiting[0].first is not None

    def ask(
        self, call: Call, checks: tuple[str, ...], believed: Believed = never
    ) -> dict[str, Observation]:
        """Each check's observation. A death or a hang is the observation of the check that it met;
        the checks after it are asked anew."""
        observations: dict[str, Observation] = {}
        if checks:
            self.send(written(call), checks, believed)
        while self._waiting:
            answer = self.take()
            if answer and answer[1].seen is Seen.NOT_ASKED:
                self._waiting.clear()
                raise HarnessError(f"the adapter of {self.entry.name} failed:\n{answer[1].tail}")
            observations |= dict([answer] if answer else [])
        return observations

    def fileno(self) -> int:
        """What becomes readable when there is something to `take`."""
        return self._child.wire.fileno()

    @property
    def has_answer(self) -> bool:
        """Is there something to `take` that was read already, so that nothing becomes readable?"""
        try:
            return self._child.exists and self._child.wire.has_message
        except Garbled:
            return True

    @property
    def is_ready(self) -> bool:
        """Has the process told its versions?"""
        return self._ready

    @property
    def seconds_left(self) -> float:
        """Until what is due next is overdue."""
        limit = self.limits.case_s if self._ready else self.limits.start_s
        return max(self._since + limit - time.monotonic(), 0.0)

    @property
    def is_due(self) -> bool:
        """Is anything to come: an answer, or word that the process is ready?"""
        return bool(self._waiting) or (self._child.exists and not self._ready)

    @property
    def is_hungry(self) -> bool:
        """Do so few questions wait that more should be handed over, several in one go?"""
        return len(self._waiting) <= MOST_WAITING // 2

    def has_room(self, question: bytes) -> bool:
        """May one more question be handed over?"""
        return not self._waiting or (
            len(self._waiting) < MOST_WAITING
            and self._waiting_bytes + len(question) <= MOST_WAITING_BYTES
        )

    def send(self, question: bytes, checks: tuple[str, ...], believed: Believed = never) -> None:
        """Puts a question, as `messages.written` writes it, with one check or more, behind those
        that wait. It is handed over by `flush`, or where the next answer is taken.

        What is `believed`, since it was to be expected, is not asked again alone."""
        self.begin()
        if not self._waiting and self._ready:
            self._since = time.monotonic()
        self._number += 1
        self._waiting.append(Waiting(self._number, question, checks, believed))
        self._waiting_bytes += len(question)
        if self._ready and not self._is_alone:
            self._to_write.append(self._waiting[-1])

    def withdraw(self) -> bool:
        """Takes back the questions that no process was handed yet, where that is all that wait."""
        if self._ready or any(each.first for each in self._waiting):
            return False
        self._waiting = deque(each for each in self._waiting if each.is_begun)
        self._waiting_bytes = sum(len(each.question) for each in self._waiting)
        return True

    def flush(self) -> None:
        """Hands over what was put."""
        if self._to_write:
            self._hand_over(self._to_write)
            self._to_write = []

    def _hand_over(self, waiting: list[Waiting]) -> None:
        with suppress(OSError):  # the process is dead: the answer that does not come says how
            self._child.wire.send([each.message() for each in waiting])

    @property
    def unrepeated(self) -> tuple[str, Observation] | None:
        """The check that is asked again alone, and how it ended the first time; None for none."""
        if not self._waiting or self._waiting[0].first is None:
            return None
        return self._waiting[0].checks[0], self._waiting[0].first

    def take(self) -> tuple[str, Observation] | None:
        """The oldest check not answered yet and its observation, waited for as long as the limits
        say; None where the process has only got ready, or is to be asked again alone. Raises as
        `start` does.

        A process that dies or hangs is the observation of that one check. What waits behind it is
        asked of a new process; nothing that was answered is asked again.
        """
        self.begin()
        if not self._ready:
            self._first_words()
            return None
        self.flush()
        words, silent = self._receive()
        self._since = time.monotonic()
        if isinstance(words, Failed):
            seen = self._failed(words)
        else:
            seen, self._failures = self._observed(words, silent), 0
            self._has_answered = True
        first = self._waiting[0]
        if self._is_doubtful(first, seen):
            first.first = seen
            self._kill()
            self.begin()
            return None
        return self._taken(seen)

    def _receive(self) -> tuple[Words | None, bool]:
        """What the process says to the question that is the oldest; None for nothing, and whether
        it keeps silent though its time is over. What others say in its place is thrown away."""
        number = self._waiting[0].number if self._ready and self._waiting else 0
        while True:
            try:
                message = self._child.wire.receive(self.seconds_left)
                if message is None:
                    return None, True
                if not self._ready:
                    self._pid = message.pid
                if (message.number, message.pid) == (number, self._pid):
                    return read_words(message.content), False
            except (EOFError, OSError, Garbled):
                return None, False

    def _failed(self, words: Failed) -> Observation:
        """What it means that the adapter fails: the case is not asked. Raises what it says where
        the backend cannot be used, or the adapter has done nothing but fail."""
        why = plain_text(words.why)
        self._kill()
        if words.adapter and self._has_answered and self._failures < MOST_FAILURES:
            self._failures += 1
            said = f"the adapter failed: {why.strip().splitlines()[-1]}"
            return replace(stopped(Seen.NOT_ASKED, "adapter", "failed", said), tail=why)
        self._waiting.clear()
        self._waiting_bytes = 0
        if words.adapter:
            raise HarnessError(f"the adapter of {self.entry.name} failed:\n{why}")
        raise Unusable(why)

    def _observed(self, words: Words | None, silent: bool) -> Observation:
        if isinstance(words, Said) and words.check == self._waiting[0].checks[0]:
            with suppress(Garbled):
                seen = observation_of(words.plain)
                message = self._child.without_scratch(seen.message)
                return seen if message == seen.message else replace(seen, message=message)
        return self._dead(silent)

    def _is_doubtful(self, first: Waiting, seen: Observation) -> bool:
        """May others be to blame for how this ended: cases that the process answered before?"""
        return (
            (seen.seen in DOUBTFUL or seen.seen is Seen.NOT_ASKED)
            and self._others > 0
            and first.first is None
            and not first.believed(first.checks[0], seen)
        )

    def _taken(self, seen: Observation) -> tuple[str, Observation]:
        """The observation of the oldest check, which waits no more."""
        first, was_alone = self._waiting[0], self._is_alone
        if first.first is not None and seen.seen not in (*DOUBTFUL, Seen.NOT_ASKED):
            seen = replace(seen, once=first.first.message, tail=first.first.tail)
        check, first.checks, first.first = first.checks[0], first.checks[1:], None
        first.is_begun = True
        if not first.checks:
            self._waiting_bytes -= len(self._waiting.popleft().question)
            self._others += 1
        if self._waiting:
            self.begin()
        if was_alone and self._ready:
            self._to_write = list(self._waiting)[0 if not first.checks else 1 :]
            self.flush()  # whoever asks may have no question more to put behind these
        return check, seen

    def _dead(self, silent: bool) -> Observation:
        """What it means that no answer came: a process that keeps silent hangs."""
        code = self._child.ended(0.0 if silent else _SECONDS_OF_DYING)
        wrote = self._child.without_scratch(self._child.tail())
        tail = plain_text(without_marks(wrote))
        self._kill()
        if code is None:
            how = f"no answer within {self.limits.case_s:g} s" if silent else _NO_MESSAGE
            seen = Seen.TIMED_OUT if silent else Seen.CRASHED
            kind = "timeout" if silent else "no message"
            return replace(stopped(seen, "call", kind, how), tail=tail)
        said, how = last_words(own_words(wrote)), how_it_ended(code)
        seen = Seen.OUT_OF_MEMORY if code == OUT_OF_MEMORY_STATUS else Seen.CRASHED
        text = f"{how}; {said}" if said else how
        return replace(stopped(seen, "call", how, text), tail=tail)

    def _kill(self) -> None:
        self._child.kill()
        self._ready, self._to_write = False, []


def _in_plain_text(told: dict[str, str]) -> dict[str, str]:
    return {plain_text(name): plain_text(value) for name, value in told.items()}
