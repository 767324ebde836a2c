"""A process for one backend: what it does there - crash, exit, hang, swallow memory, shout - costs
one case.

The worker answers one check after the other over a pipe, each before it begins the next, so that
the guilty one is the first that is not answered, however many wait behind it. It dies with the
thread that started it.
"""

import pickle
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from convtranspose_reference.errors import UserError

from ..backends.api import Call, Unusable
from ..backends.entry import Entry
from .child import Child, how_it_ended, last_words, own_words, without_marks
from .confinement import OUT_OF_MEMORY_STATUS
from .messages import read_observation, written
from .observation import Observation, Seen, stopped

# Questions that wait in a worker, so that it never waits for its next one. Together they fit into a
# pipe: to hand one over never blocks a coordinator whose worker waits for it to read.
MOST_WAITING, MOST_WAITING_BYTES = 32, 2**16


class HarnessError(UserError):
    """The harness or an adapter is at fault, not the framework: the run stops with this reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds for one case and for start-up (imports), GiB of memory."""

    case_s: float = 60.0
    start_s: float = 180.0
    memory_gib: float = 6.0


@dataclass(slots=True)
class _Waiting:
    """A question that was handed over, and its checks that are not answered yet."""

    question: bytes
    checks: tuple[str, ...]


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
        self._ready = False
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._to_write: list[_Waiting] = []  # the last of them, which the process was not sent yet
        self._since = 0.0  # when the answer that is due next, or the start, began

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def begin(self) -> None:
        """Starts the process if none runs, without waiting for it."""
        if not self._child.exists:
            self._child.begin()
            self._ready, self._since = False, time.monotonic()

    def start(self) -> dict[str, str]:
        """Starts the process if none runs; library -> version. Raises Unusable as the backend does,
        HarnessError for an adapter's bug."""
        self.begin()
        if not self._ready:
            self._first_words()
        return self.versions

    def _first_words(self) -> None:
        first: tuple[str, Any] = self._receive() or ("dead", "")
        kind, content = first
        if kind == "ready":
            self.versions, self.kernels = content
            self._ready, self._since = True, time.monotonic()
            self._to_write = list(self._waiting)
            self.flush()
            return
        how = f"{how_it_ended(self._child.ended())}\n{without_marks(self._child.tail())}".strip()
        self._kill()
        if kind == "unusable":
            raise Unusable(content)
        raise HarnessError(f"backend {self.entry.name} did not start: {content or how}")

    def ask(self, call: Call, checks: tuple[str, ...]) -> dict[str, Observation]:
        """Each check's observation. A death or a hang is the observation of the check that it met;
        the checks after it are asked anew."""
        found: dict[str, Observation] = {}
        if checks:
            self.send(written(call), checks)
        while self._waiting:
            answer = self.take()
            found |= dict([answer] if answer else [])
        return found

    def fileno(self) -> int:
        """What becomes readable when there is something to `take`."""
        return self._child.wire.fileno()

    @property
    def has_answer(self) -> bool:
        """Is there something to `take` that was read already, so that nothing becomes readable?"""
        return self._child.exists and self._child.wire.has_message

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

    def send(self, question: bytes, checks: tuple[str, ...]) -> None:
        """Puts a question, as `messages.written` writes it, with one check or more, behind those
        that wait. It is handed over by `flush`, or where the next answer is taken."""
        self.begin()
        if not self._waiting and self._ready:
            self._since = time.monotonic()
        self._waiting.append(_Waiting(question, checks))
        self._waiting_bytes += len(question)
        if self._ready:
            self._to_write.append(self._waiting[-1])

    def flush(self) -> None:
        """Hands over what was put."""
        if self._to_write:
            self._hand_over(self._to_write)
            self._to_write = []

    def _hand_over(self, waiting: list[_Waiting]) -> None:
        with suppress(OSError):  # the process is dead: the answer that does not come says how
            self._child.wire.send(pickle.dumps((each.checks, each.question)) for each in waiting)

    def take(self) -> tuple[str, Observation] | None:
        """The oldest check not answered yet and its observation, waited for as long as the limits
        say; None where the process has only got ready. Raises as `start` does.

        A process that dies or hangs is the observation of that one check. What waits behind it is
        asked of a new process; nothing that was answered is asked again.
        """
        self.begin()
        if not self._ready:
            self._first_words()
            return None
        self.flush()
        answer = self._receive()
        self._since = time.monotonic()
        kind, content = answer or ("seen", None)
        if kind in ("harness", "unusable"):
            self._kill()
            self._waiting.clear()
            self._waiting_bytes = 0
            if kind == "unusable":
                raise Unusable(content)
            raise HarnessError(f"the adapter of {self.entry.name} failed:\n{content}")
        first = self._waiting[0]
        check, first.checks = first.checks[0], first.checks[1:]
        if not first.checks:
            self._waiting_bytes -= len(self._waiting.popleft().question)
        if content is not None:
            return check, read_observation(content)
        seen = self._dead()
        if self._waiting:
            self.begin()
        return check, seen

    def _receive(self) -> Any:
        try:
            message = self._child.wire.receive(self.seconds_left)
        except (EOFError, OSError):
            return None
        return None if message is None else pickle.loads(message)

    def _dead(self) -> Observation:
        """What it means that no answer came: a process that still runs hangs."""
        code, written = self._child.ended(), self._child.tail()
        tail = without_marks(written)
        self._kill()
        if code is None:
            return replace(
                stopped(
                    Seen.TIMED_OUT, "call", "timeout", f"no answer within {self.limits.case_s:g} s"
                ),
                tail=tail,
            )
        said, how = last_words(own_words(written)), how_it_ended(code)
        seen = Seen.OUT_OF_MEMORY if code == OUT_OF_MEMORY_STATUS else Seen.CRASHED
        return replace(stopped(seen, "call", how, f"{how}; {said}" if said else how), tail=tail)

    def _kill(self) -> None:
        self._child.kill()
        self._ready, self._to_write = False, []
