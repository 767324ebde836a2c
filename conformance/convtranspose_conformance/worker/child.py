"""The operating system's side of a worker: a process that is started, killed with all that it
started, and what it wrote."""

import multiprocessing
import os
import re
import signal
import tempfile
from typing import IO, Any

from ..backends.entry import Entry
from .confinement import MARK
from .serving import serve
from .stable_words import stable_words
from .wire import Wire, wires

TAIL_BYTES = 16_000
_FATAL = re.compile(r"Check failed|Assertion|terminate called|what\(\):|panicked at")
# said by whoever finds the process dying, or by the C library
_FATAL_AT_LEAST = re.compile(
    r"LLVM ERROR|double free|free\(\): invalid|stack smashing|corrupted|Fatal Python error"
)


class Child:
    """A process that serves a backend, begun again after each death. `wire` leads to it while
    `exists`."""

    wire: Wire

    def __init__(self, entry: Entry, memory_gib: float) -> None:
        self._entry, self._memory_gib = entry, memory_gib
        self._process: Any = None
        self._noise: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the worker

    @property
    def exists(self) -> bool:
        """Was it begun, and not killed since? It may have died."""
        return self._process is not None

    def begin(self) -> None:
        """Starts it, without waiting for it."""
        os.ftruncate(self._noise.fileno(), 0)
        os.lseek(self._noise.fileno(), 0, os.SEEK_SET)
        self.wire, theirs = wires()
        self._process = multiprocessing.get_context("spawn").Process(
            target=serve,
            args=(theirs, self._entry, self._memory_gib, os.getpid(), _keep(self._noise)),
            name=f"convtranspose {self._entry.name}",
            daemon=True,
        )
        self._process.start()
        theirs.close()

    def ended(self) -> int | None:
        """Its exit status, negative for a signal; None where it runs on for a second."""
        self._process.join(1.0)
        status: int | None = self._process.exitcode
        return status

    def tail(self) -> str:
        """The end of what the process wrote to stdout and stderr, MARK before each call's."""
        size = os.fstat(self._noise.fileno()).st_size
        return os.pread(self._noise.fileno(), TAIL_BYTES, max(size - TAIL_BYTES, 0)).decode(
            "utf-8", "replace"
        )

    def kill(self) -> None:
        """Ends it and all that it started."""
        if self._process is None:
            return
        if self._process.pid is not None:
            for send in (os.killpg, os.kill):
                try:
                    send(self._process.pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    continue
        self._process.join(5.0)
        self.wire.close()
        self._process = None

    def close(self) -> None:
        self.kill()
        self._noise.close()


def how_it_ended(status: int | None) -> str:
    """An exit status in words."""
    if status is None:
        return "still running"
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"


def without_marks(tail: str) -> str:
    """What the process wrote, for people."""
    return tail.replace(MARK, "").strip()


def own_words(tail: str) -> str:
    """What the last call alone wrote: without the lines that calls before it wrote, too, be it in
    other numbers."""
    before, _, own = tail.rpartition(MARK)
    usual = {stable_words(line) for line in before.replace(MARK, "\n").splitlines()}
    return "\n".join(each for each in own.splitlines() if stable_words(each) not in usual).strip()


def last_words(tail: str) -> str:
    """The last line that says why a process is about to die, without the time and place before it;
    else the whole tail.

    What an abort prints besides, a stack with its addresses, differs from run to run.
    """
    return fatal_line(tail) or tail


def fatal_line(text: str) -> str:
    """Of what a process wrote, the last line that says why it dies, without the time and place
    before that; "" for none."""
    for told in (_FATAL, _FATAL_AT_LEAST):
        found = [(line, match) for line in text.splitlines() if (match := told.search(line))]
        if found:
            line, match = found[-1]
            return (line[: match.start()].rpartition("] ")[2] + line[match.start() :]).strip()
    return ""


def _keep(noise: IO[bytes]) -> Any:
    """The noise file as something that survives spawn."""
    return multiprocessing.reduction.DupFd(noise.fileno())
