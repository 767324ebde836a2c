"""The process between coordinator and worker, which imports nothing of a framework's: it starts the
worker, says how that ended, ends whatever it left behind, in its session or out of it, and starts
the next one when it is asked to, from what it has imported already.

It is told by its arguments: the coordinator's process, and the descriptors of its end of a socket,
`control`, and of the file for what workers write. A message with a descriptor, the worker's socket,
begins a life; it is the folder for that life's scratch files, which goes with it. One without ends
the life. On stdout it says the exit status, negative for a signal, in a line, and OVER when nothing
is left. Outside Linux, where no process is handed over to another one, the process is the worker
itself, and the descriptor its socket.
"""

import ctypes
import os
import shutil
import signal
import socket
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from select import POLLIN, poll

from .confinement import die_with

NOISE_BYTES = 64 * 2**20  # that the file of a worker's output holds at most
OVER, END = b"over\n", b"end"
MOST_BYTES = 4096  # of a message
_PR_SET_CHILD_SUBREAPER = 36
_LOOKS_MS = 250  # how often the size of the file is looked at
_HEARD = (signal.SIGCHLD, signal.SIGTERM)


def main() -> None:
    """The process, from its start to its end."""
    parent, end, noise = map(int, sys.argv[2:5])
    if sys.platform != "linux":
        _work(end, noise, parent)
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)  # until somebody looks after them
    die_with(parent, signal.SIGTERM)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    from . import serving  # noqa: F401  what every worker needs: the next one has it

    _Warden(socket.socket(fileno=end), noise).serve()


def _work(end: int, noise: int, parent: int) -> None:
    """The worker's life. Only here is anything of a framework's imported."""
    from .serving import live

    live(end, noise, parent)


class _Warden:
    """One life after the other, until the coordinator closes `control`, or dies."""

    def __init__(self, control: socket.socket, noise: int) -> None:
        self._control, self._noise, self._is_told_to_end = control, noise, False
        self._signals, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wakes = wakes
        for each in _HEARD:
            signal.signal(each, _heard)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
        self._ready = poll()
        for descriptor in (control.fileno(), self._signals):
            self._ready.register(descriptor, POLLIN)

    def serve(self) -> None:
        while not self._is_told_to_end:
            scratch, descriptors = self._message(None)
            for end in descriptors:  # of a message that begins a life, one
                self._live(end, scratch)
        self._clear()
        os._exit(0)

    def _clear(self) -> None:
        """Nothing is left of lives that were to begin when there was no time for them."""
        self._control.setblocking(False)
        with suppress(OSError):
            while scratch := socket.recv_fds(self._control, MOST_BYTES, 1)[0]:
                if scratch != END:
                    shutil.rmtree(os.fsdecode(scratch), ignore_errors=True)

    def _live(self, end: int, scratch: str) -> None:
        mine = os.getpid()
        with warnings.catch_warnings():  # of NumPy's threads, which begin anew in the worker
            warnings.simplefilter("ignore", DeprecationWarning)
            worker = os.fork()
        if not worker:
            self._leave()
            os.environ["TMPDIR"] = scratch
            _work(end, self._noise, mine)
            os._exit(0)
        os.close(end)
        status = self._watched(worker)
        _say(f"{status}\n".encode())
        _end_all()
        shutil.rmtree(scratch, ignore_errors=True)
        _say(OVER)

    def _leave(self) -> None:
        """In a worker: nothing of the warden's is left."""
        signal.set_wakeup_fd(-1)
        for each in _HEARD:
            signal.signal(each, signal.SIG_DFL)
        self._control.close()
        for descriptor in (self._signals, self._wakes):
            os.close(descriptor)

    def _watched(self, worker: int) -> int:
        """How the worker ended. What it writes is thrown away where it is too much; told to end, it
        ends it."""
        while True:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if found[0] == worker:
                    return os.waitstatus_to_exitcode(found[1])
            if os.fstat(self._noise).st_size > NOISE_BYTES:
                os.ftruncate(self._noise, 0)
            if self._message(_LOOKS_MS) == ("", []) or self._is_told_to_end:
                os.kill(worker, signal.SIGKILL)

    def _message(self, milliseconds: int | None) -> tuple[str, list[int]]:
        """The next message; its text is `-` where none came in time, or a signal did."""
        for descriptor, _ in self._ready.poll(milliseconds):
            if descriptor == self._signals:
                heard = os.read(self._signals, 64)
                self._is_told_to_end |= signal.SIGTERM in heard
                continue
            said, descriptors, *_ = socket.recv_fds(self._control, MOST_BYTES, 1)
            self._is_told_to_end |= not said  # nobody is at the other end
            return os.fsdecode(said) if descriptors else "", descriptors
        return "-", []


def _heard(*_: object) -> None:
    """A signal: what wakes up looks after it."""


def _say(line: bytes) -> None:
    with suppress(OSError):  # where nobody is left to read it
        os.write(1, line)


def _end_all() -> None:
    """Ends what the worker started: who loses a parent is this process' child."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        for process in _below(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        time.sleep(0.002)


def _below(process: int) -> Iterator[int]:
    """All that a process started, and all that these started."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError):
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(path.name))
    left = children.get(process, [])
    while left:
        each = left.pop()
        yield each
        left += children.get(each, [])
