"""The operating system's side of a worker: a process that is started, killed with all that it
started, and what it wrote."""

import json
import os
import pickle
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from typing import IO

from ..backends.entry import Entry
from .warden import END, OVER
from .wire import Message, Wire, wires

TAIL_BYTES = 16_000
# where the interpreter finds this project is where the coordinator finds it
_CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from convtranspose_conformance.worker.warden import main; main()"
)
# the same words, order and times whoever asks, and wherever
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"}
_SECONDS_OF_DYING = 5.0


class Child:
    """A process that serves a backend, begun again after each death. `wire` leads to it while
    `exists`."""

    wire: Wire

    def __init__(self, entry: Entry, memory_gib: float) -> None:
        self._entry, self._memory_gib = entry, memory_gib
        self._process: subprocess.Popen[bytes] | None = None  # the warden, or itself
        self._control: socket.socket | None = None  # to the warden
        self._said = b""  # by it, of this life
        self._lives = False
        self._noise: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the worker
        self._scratch = ""

    @property
    def exists(self) -> bool:
        """Was it begun, and not killed since? It may have died."""
        return self._lives

    def begin(self) -> None:
        """Starts it, without waiting for it. It inherits nothing of this process but one end of a
        socket and the file that it writes to."""
        os.ftruncate(self._noise.fileno(), 0)
        self._scratch = tempfile.mkdtemp(prefix="convtranspose-")
        self.wire, theirs = wires()
        self._said, self._lives = b"", True
        with theirs:
            if sys.platform != "linux":
                self._process = self._started(theirs.fileno())
            elif not self._asked_to_begin(theirs):
                self._end_warden()
                self._control, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                with its:
                    self._process = self._started(its.fileno())
                self._asked_to_begin(theirs)
        with suppress(OSError):  # it is dead already: what it is asked gets no answer
            self.wire.send([Message(0, pickle.dumps((self._entry, self._memory_gib)))])

    def _started(self, end: int) -> "subprocess.Popen[bytes]":
        noise = self._noise.fileno()
        return subprocess.Popen(
            [
                sys.executable,
                *subprocess._args_from_interpreter_flags(),  # type: ignore[attr-defined]
                "-c",
                _CODE,
                json.dumps([path for path in sys.path if isinstance(path, str)]),
                *map(str, (os.getpid(), end, noise)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=noise,
            pass_fds=(end, noise),
            env=os.environ | _ENVIRONMENT | {"TMPDIR": self._scratch},
            start_new_session=True,
        )

    def _asked_to_begin(self, theirs: socket.socket) -> bool:
        """Did the warden take it? There may be none, or no more."""
        if self._control is None:
            return False
        try:
            socket.send_fds(self._control, [os.fsencode(self._scratch)], [theirs.fileno()])
        except OSError:
            return False
        return True

    def ended(self, seconds: float) -> int | None:
        """Its exit status, negative for a signal; None where it runs on for so long."""
        process = self._process
        if process is None or not self._has_said(b"\n", seconds):
            return None
        told = self._said.partition(b"\n")[0].decode("ascii", "replace")
        if told.removeprefix("-").isdecimal():
            return int(told)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(seconds)
        return None

    def _has_said(self, what: bytes, seconds: float) -> bool:
        """Did the warden say that of this life, or will it say nothing more?"""
        assert self._process is not None
        assert self._process.stdout is not None
        until = time.monotonic() + seconds
        readable = select.poll()
        readable.register(self._process.stdout, select.POLLIN)
        while what not in self._said:
            if not readable.poll(1000 * max(until - time.monotonic(), 0.0)):
                return False
            more = os.read(self._process.stdout.fileno(), 64)
            if not more:
                return True
            self._said += more
        return True

    def tail(self) -> str:
        """The end of what the process wrote to stdout and stderr, MARK before each call's."""
        size = os.fstat(self._noise.fileno()).st_size
        return os.pread(self._noise.fileno(), TAIL_BYTES, max(size - TAIL_BYTES, 0)).decode(
            "utf-8", "replace"
        )

    def kill(self) -> None:
        """Ends it and all that it started."""
        if not self._lives:
            return
        self._lives = False
        self.wire.close()
        if sys.platform != "linux" or not self._is_over():
            self._end_warden()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _is_over(self) -> bool:
        """Has the warden, which ends whatever is left of it, come to that end?"""
        if self._control is None:
            return False
        with suppress(OSError):
            self._control.send(END)
        return self._has_said(OVER, _SECONDS_OF_DYING) and OVER in self._said

    def _end_warden(self) -> None:
        """By word; where there is no warden, or it does not come to its end, by force."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._control is not None:
            self._control.close()
            self._control = None
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_OF_DYING)
        if process.poll() is None:
            for send in (os.killpg, os.kill):
                with suppress(ProcessLookupError, PermissionError):
                    send(process.pid, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_OF_DYING)
        if process.stdout is not None:
            process.stdout.close()

    def close(self) -> None:
        if self._lives:
            self._lives = False
            self.wire.close()
            self._end_warden()
            shutil.rmtree(self._scratch, ignore_errors=True)
        self._end_warden()
        self._noise.close()

    def without_scratch(self, text: str) -> str:
        """A text in which the folder of scratch files, another one for each process, has a name of
        its own."""
        if not text or not self._scratch:  # of nearly every answer
            return text
        name = self._scratch.rpartition(os.sep)[2]
        return text.replace(self._scratch, "$TMPDIR").replace(name, "$TMPDIR")
