"""Every backend is asked in processes of its own, a thread each; the answers arrive in one
place."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..backends.api import Unusable
from ..backends.registry import Entry
from ..worker.observation import Observation
from ..worker.process import Worker
from .plan import Plan
from .session import Session

Progress = Callable[[str, int, int], None]  # backend, cases done, cases in all


@dataclass(frozen=True, slots=True)
class _Started:
    """A worker is ready: its libraries, and which kernels compute."""

    entry: Entry
    versions: dict[str, str]
    kernels: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Ended:
    """A conversation is over, by itself or with an error."""

    entry: Entry
    error: BaseException | None


_Answered = tuple[Entry, int, dict[str, Observation]]
_Inbox = queue.Queue[_Answered | _Started | _Ended]


def ask_all(session: Session, progress: Progress) -> Iterator[_Answered]:
    """Every backend's answers in the order of arrival. Raises what stopped a conversation, after
    the others were told to halt."""
    with conversations(session, progress) as answers:
        yield from answers


@contextmanager
def conversations(
    session: Session, progress: Progress, *, keep: bool = False
) -> Iterator[Iterator[_Answered]]:
    """The answers as `ask_all` gives them. With `keep` one worker a backend lives on, in
    `session.kept`, until the block ends."""
    inbox: _Inbox = queue.Queue(maxsize=256)
    table = _Table(session, inbox, threading.Semaphore(session.plan.jobs), keep)
    threads = [
        threading.Thread(target=table.converse, args=part, daemon=True)
        for part in _parts(session.plan)
    ]
    for thread in threads:
        thread.start()
    try:
        yield _answers(session, inbox, len(threads), progress)
    finally:
        table.halt.set()
        _drain(inbox, threads)


def _answers(
    session: Session, inbox: _Inbox, running: int, progress: Progress
) -> Iterator[_Answered]:
    """What comes in until every one of the `running` conversations has ended."""
    done = dict.fromkeys((e.name for e in session.plan.entries), 0)
    while running:
        item = inbox.get()
        if isinstance(item, _Started):
            session.told(item.entry.name, item.versions, item.kernels)
            continue
        if isinstance(item, _Ended):
            running -= 1
            if item.error is not None:
                raise item.error
            continue
        yield item
        done[item[0].name] += 1
        progress(item[0].name, done[item[0].name], len(session.plan.cases))


def _drain(inbox: _Inbox, threads: list[threading.Thread]) -> None:
    """Lets every conversation end, so that no worker outlives the run."""
    while any(thread.is_alive() for thread in threads):
        try:
            inbox.get(timeout=0.05)
        except queue.Empty:
            continue


def _parts(plan: Plan) -> list[tuple[Entry, range]]:
    """The work of each thread: a backend's cases, cut up where there are more jobs than
    backends."""
    pieces = max(plan.jobs // max(len(plan.entries), 1), 1)
    total = len(plan.cases)
    cuts = [range(total * i // pieces, total * (i + 1) // pieces) for i in range(pieces)]
    return [(entry, cut) for entry in plan.entries for cut in cuts if cut]


class _Table:
    """Where conversations are held: `turn` lets as many at a time speak as there are jobs, `halt`
    ends all."""

    def __init__(
        self, session: Session, inbox: _Inbox, turn: threading.Semaphore, keep: bool
    ) -> None:
        self._session, self._inbox, self._turn, self._keep = session, inbox, turn, keep
        self.halt = threading.Event()

    def converse(self, entry: Entry, numbers: range) -> None:
        """One worker's conversation, from the thread that lives as long as it."""
        error: BaseException | None = None
        try:
            with Worker(entry, self._session.plan.limits) as worker:
                with self._turn:
                    self._ask(entry, numbers, worker)
                if self._keep and self._session.kept.setdefault(entry.name, worker) is worker:
                    self._inbox.put(_Ended(entry, None))
                    self.halt.wait()
                    return
        except Unusable as why:
            error = Unusable(f"backend {entry.name} cannot be used here: {why}")
        except BaseException as why:  # raised again in the main thread
            error = why
        self._inbox.put(_Ended(entry, error))

    def _ask(self, entry: Entry, numbers: range, worker: Worker) -> None:
        """Starts the worker, passes on what it says first, and asks the cases."""
        if not self.halt.is_set():
            worker.start()
            self._inbox.put(_Started(entry, worker.versions, worker.kernels))
        for number in numbers:
            if self.halt.is_set():
                break
            found = worker.ask(self._session.call(number), self._session.plan.checks(entry, number))
            self._inbox.put((entry, number, found))
