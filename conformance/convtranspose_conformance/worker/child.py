"""The operating system's side of a worker: a process that is started, killed with all that it
started, and what it wrote."""

import json
import os
import pickle
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from ..backends.entry import Entry
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
        self._process: subprocess.Popen[bytes] | None = None
        self._noise: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the worker
        self._scratch = ""

    @property
    def exists(self) -> bool:
        """Was it begun, and not killed since? It may have died."""
        return self._process is not None

    def begin(self) -> None:
        """Starts it, without waiting for it. It inherits nothing of this process but one end of a
        socket and the file that it writes to."""
        noise = self._noise.fileno()
        os.ftruncate(noise, 0)
        self._scratch = tempfile.mkdtemp(prefix="convtranspose-")
        self.wire, theirs = wires()
        told = (os.getpid(), theirs.fileno(), noise, self._scratch)
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    *subprocess._args_from_interpreter_flags(),  # type: ignore[attr-defined]
                    "-c",
                    _CODE,
                    json.dumps([path for path in sys.path if isinstance(path, str)]),
                    *map(str, told),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=noise,
                pass_fds=(theirs.fileno(), noise),
                env=os.environ | _ENVIRONMENT | {"TMPDIR": self._scratch},
                start_new_session=True,
            )
        with suppress(OSError):  # it is dead already: what it is asked gets no answer
            self.wire.send([Message(0, pickle.dumps((self._entry, self._memory_gib)))])

    def ended(self, seconds: float) -> int | None:
        """Its exit status, negative for a signal; None where it runs on for so long."""
        process = self._process
        if process is None or process.stdout is None:
            return None
        readable = select.poll()
        readable.register(process.stdout, select.POLLIN)
        if not readable.poll(1000 * seconds):
            return None
        told = os.read(process.stdout.fileno(), 64).decode("ascii", "replace").strip()
        if told.removeprefix("-").isdecimal():
            return int(told)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(seconds)
        return None

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
        process, self._process = self._process, None
        self.wire.close()
        self._end(process)
        if process.stdout is not None:
            process.stdout.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        """By the warden, which ends whatever is left; where there is none, or it does not come to
        its end, by force."""
        if sys.platform == "linux":
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_OF_DYING)
                return
        for send in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                send(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_OF_DYING)

    def close(self) -> None:
        self.kill()
        self._noise.close()

    def without_scratch(self, text: str) -> str:
        """A text in which the folder of scratch files, another one for each process, has a name of
        its own."""
        if not text or not self._scratch:  # of nearly every answer
            return text
        name = Path(self._scratch).name
        return text.replace(self._scratch, "$TMPDIR").replace(name, "$TMPDIR")
