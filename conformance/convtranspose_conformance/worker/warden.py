"""The process between coordinator and worker, which imports nothing of a framework's: it starts the
worker, says how that ended, and ends whatever it left behind, in its session or out of it.

It is told by its arguments: the coordinator's process, the descriptors of the socket and of the
file for what the worker writes, and the folder for the worker's scratch files, which goes with it.
The exit status, negative for a signal, is one line on stdout.
"""

import ctypes
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

NOISE_BYTES = 64 * 2**20  # that the file of a worker's output holds at most
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_LOOKS_S = 0.25  # how often the size of the file is looked at
_HEARD = {signal.SIGCHLD, signal.SIGTERM}


def main() -> None:
    """The process, from its start to its end."""
    parent, end, noise = map(int, sys.argv[2:5])
    if sys.platform != "linux":  # no process is handed over to another one there
        _work(end, noise, parent)
        return
    die_with(parent, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    mine = os.getpid()
    worker = os.fork()
    if worker:
        os.close(end)
        status = _watched(worker, noise)
        with suppress(OSError):  # where nobody is left to read it
            os.write(1, f"{status}\n".encode())
        os.close(1)
        _end_all()
        shutil.rmtree(sys.argv[5], ignore_errors=True)
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
    _work(end, noise, mine)


def die_with(parent: int, how: signal.Signals) -> None:
    """This process gets a signal when its parent dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)
    if os.getppid() != parent:
        os._exit(1)


def _work(end: int, noise: int, parent: int) -> None:
    """The worker's life. Only here is anything imported that takes time or memory."""
    from .serving import live

    live(end, noise, parent)


def _watched(worker: int, noise: int) -> int:
    """How the worker ended. What it writes is thrown away where it is too much; told to end, it
    ends it."""
    while True:
        told = signal.sigtimedwait(_HEARD, _LOOKS_S)
        if told is not None and told.si_signo == signal.SIGTERM:
            os.kill(worker, signal.SIGKILL)
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            if found[0] == worker:
                return os.waitstatus_to_exitcode(found[1])
        if os.fstat(noise).st_size > NOISE_BYTES:
            os.ftruncate(noise, 0)


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
