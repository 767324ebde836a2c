"""What a backend writes: descriptors 1 and 2 of a worker, and Python's streams upon them, which
lead to a file that is emptied now and then. Whatever a backend does to them costs its own case."""

import fcntl
import io
import os
import sys
from contextlib import suppress
from os import SEEK_END, dup2, ftruncate, lseek, write
from select import POLLNVAL, poll

MARK = "\x1e"  # in what a worker writes, before what each call does
HIGH = 200  # descriptors of ours begin here: who closes all that he knows of meets no others
KEPT = 2**20  # bytes past which all but nothing in the file is old
_MARK, _NAMES = MARK.encode(), ("stdout", "stderr")
_STANDARD = (0, 1, 2)


class Streams:
    """The file at the descriptor `noise`, and what leads to it."""

    def __init__(self, noise: int) -> None:
        self._noise = fcntl.fcntl(noise, fcntl.F_DUPFD_CLOEXEC, HIGH)
        fcntl.fcntl(self._noise, fcntl.F_SETFL, os.O_APPEND)
        self._nothing = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, HIGH)
        for descriptor in (1, 2):
            dup2(self._noise, descriptor)
        self._streams = [_upon(1), _upon(2)]
        sys.stdout, sys.stderr = self._streams
        standard = poll()
        for descriptor in _STANDARD:
            standard.register(descriptor, 0)  # of which is told what is closed, whatever is asked
        self._told = standard.poll

    def mark(self) -> None:
        """What is written from here on is the next call's."""
        write(self._noise, _MARK)

    def settle(self) -> None:
        """After a call: all that it wrote is in the file, and the next one finds streams that can
        be written to."""
        for name in _NAMES:
            with suppress(Exception):  # what was put there may be anything
                getattr(sys, name).flush()
        closed = {descriptor for descriptor, what in self._told(0) if what & POLLNVAL}
        if closed or any(map(self._has_changed, (1, 2))):
            self._restore(closed)
        if lseek(self._noise, 0, SEEK_END) > KEPT:
            ftruncate(self._noise, 0)

    def _has_changed(self, descriptor: int) -> bool:
        ours = self._streams[descriptor - 1]
        return getattr(sys, _NAMES[descriptor - 1], None) is not ours or ours.closed

    def _restore(self, closed: set[int]) -> None:
        if 0 in closed:
            dup2(self._nothing, 0)
        for descriptor, name in enumerate(_NAMES, 1):
            if descriptor in closed:
                dup2(self._noise, descriptor)
            if self._streams[descriptor - 1].closed:
                self._streams[descriptor - 1] = _upon(descriptor)
            setattr(sys, name, self._streams[descriptor - 1])


def _upon(descriptor: int) -> io.TextIOWrapper:
    """A stream like Python's own."""
    return io.TextIOWrapper(
        io.FileIO(descriptor, "w", closefd=False),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )
