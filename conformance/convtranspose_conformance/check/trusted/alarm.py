"""An end to work in this process that takes too long."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TimeUp(BaseException):
    """The time is over: no Exception, since whatever works may catch those."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TimeUp in the block when the time is over, as soon as Python's own code runs; outside
    of the main thread, and where the system has no alarms, never."""
    if not _has_alarms():
        yield
        return

    def ring(*_: object) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _has_alarms() -> bool:
    return hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread()
