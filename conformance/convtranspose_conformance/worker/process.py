"""A process for one backend: what it does there - crash, exit, hang, swallow memory, shout - costs
one case.

The worker answers one case at a time over a pipe, so the guilty case is the one not yet answered.
It dies with the thread that started it.
"""

import ctypes
import importlib
import multiprocessing
import os
import re
import resource
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO, Any

from convtranspose_reference.errors import UserError

from ..backends.api import Backend, Call, Refused, Unsupported, Unusable
from ..backends.processor import effective
from ..backends.registry import Entry
from .observation import Observation, Seen, derived, returned, stated, stopped
from .repeatability import repeated

GIB = 2**30
NOISE_BYTES = 64 * 2**20
TAIL_BYTES = 16_000
OUT_OF_MEMORY_STATUS = 86
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
_PR_SET_PDEATHSIG = 1
_FATAL = re.compile(r"Check failed|Assertion|terminate called")


class HarnessError(UserError):
    """The harness or an adapter is at fault, not the framework: the run stops with this reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds for one case and for start-up (imports), GiB of memory."""

    case_s: float = 60.0
    start_s: float = 180.0
    memory_gib: float = 6.0


class Worker:
    """A backend in a process of its own, started at the first question and again after each
    death."""

    def __init__(self, entry: Entry, limits: Limits) -> None:
        self.entry, self.limits = entry, limits
        self.versions: dict[str, str] = {}
        self.kernels: dict[str, str] = {}
        self._process: Any = None
        self._pipe: Any = None
        self._noise: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the worker

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        self._noise.close()

    def start(self) -> dict[str, str]:
        """Starts the process if none runs; library -> version. Raises Unusable as the backend does,
        HarnessError for an adapter's bug."""
        if self._process is not None:
            return self.versions
        os.ftruncate(self._noise.fileno(), 0)
        os.lseek(self._noise.fileno(), 0, os.SEEK_SET)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve,
            args=(theirs, self.entry, self.limits, os.getpid(), _keep(self._noise)),
            name=f"convtranspose {self.entry.name}",
            daemon=True,
        )
        self._process.start()
        theirs.close()
        self._first_words()
        return self.versions

    def _first_words(self) -> None:
        first: tuple[str, Any] = self._receive(self.limits.start_s) or ("dead", "")
        kind, content = first
        if kind == "ready":
            self.versions, self.kernels = content
            return
        self._process.join(1.0)
        how = f"{self._ending()}\n{self._tail()}".strip()
        self._kill()
        if kind == "unusable":
            raise Unusable(content)
        raise HarnessError(f"backend {self.entry.name} did not start: {content or how}")

    def ask(self, call: Call, checks: tuple[str, ...]) -> dict[str, Observation]:
        """Each check's observation. A death or a hang is the observation of the check that it met;
        the checks after it are asked anew."""
        found: dict[str, Observation] = {}
        while left := checks[len(found) :]:
            self.start()
            found |= self._ask(call, left)
        return found

    def _ask(self, call: Call, checks: tuple[str, ...]) -> dict[str, Observation]:
        """One message, an answer to each check, up to the check that the worker does not
        survive."""
        found: dict[str, Observation] = {}
        try:
            self._pipe.send((call, checks))
        except OSError:
            return {checks[0]: self._dead()}
        for check in checks:
            found[check] = self._next_answer()
            if self._process is None:
                break
        return found

    def _next_answer(self) -> Observation:
        answer = self._receive(self.limits.case_s)
        if answer is None:
            return self._dead()
        kind, content = answer
        if kind == "harness":
            raise HarnessError(f"the adapter of {self.entry.name} failed:\n{content}")
        if kind == "unusable":
            raise Unusable(content)
        return content  # type: ignore[no-any-return]  # what _answer sent

    def _receive(self, seconds: float) -> Any:
        try:
            if not self._pipe.poll(seconds):
                return None
            return self._pipe.recv()
        except (EOFError, OSError):
            return None

    def _dead(self) -> Observation:
        """What it means that no answer came: a process that still runs hangs."""
        self._process.join(1.0)
        code, how, tail = self._process.exitcode, self._ending(), self._tail()
        self._kill()
        if code is None:
            return replace(
                stopped(
                    Seen.TIMED_OUT, "call", "timeout", f"no answer within {self.limits.case_s:g} s"
                ),
                tail=tail,
            )
        said = last_words(tail)
        seen = Seen.OUT_OF_MEMORY if code == OUT_OF_MEMORY_STATUS else Seen.CRASHED
        return replace(stopped(seen, "call", how, f"{how}; {said}" if said else how), tail=tail)

    def _ending(self) -> str:
        code = self._process.exitcode
        return (
            "still running"
            if code is None
            else signal.Signals(-code).name
            if code < 0
            else f"exit status {code}"
        )

    def _tail(self) -> str:
        """The end of what the process wrote to stdout and stderr."""
        size = os.fstat(self._noise.fileno()).st_size
        return (
            os.pread(self._noise.fileno(), TAIL_BYTES, max(size - TAIL_BYTES, 0))
            .decode("utf-8", "replace")
            .strip()
        )

    def _kill(self) -> None:
        if self._process is None:
            return
        if self._process.pid is not None:
            for send in (os.killpg, os.kill):
                try:
                    send(self._process.pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    continue
        self._process.join(5.0)
        self._pipe.close()
        self._process = None


def last_words(tail: str) -> str:
    """The last line that says why a process is about to die, without the time and place before it;
    else the whole tail.

    What an abort prints besides, a stack with its addresses, differs from run to run.
    """
    fatal = [line for line in tail.splitlines() if _FATAL.search(line)]
    return fatal[-1].rpartition("] ")[2].strip() if fatal else tail


def _keep(noise: IO[bytes]) -> Any:
    """The noise file as something that survives spawn."""
    return multiprocessing.reduction.DupFd(noise.fileno())


def _serve(pipe: Any, entry: Entry, limits: Limits, parent: int, noise: Any) -> None:
    """The worker's life: limits first, then the framework, then one answer for each question."""
    _confine(entry, limits, parent, noise)
    _guard(pipe)
    try:
        backend = _load(entry)
        pipe.send(("ready", (backend.versions(), effective(backend.kernels()))))
    except Unusable as error:
        pipe.send(("unusable", str(error)))
        return
    except BaseException:
        pipe.send(("harness", traceback.format_exc(limit=-4)))
        return
    for call, checks in _questions(pipe):
        for check in checks:
            pipe.send(_answer(backend, call, check))
            _trim_noise()


def _questions(pipe: Any) -> Iterator[tuple[Call, tuple[str, ...]]]:
    while True:
        try:
            yield pipe.recv()
        except EOFError:
            return


def _load(entry: Entry) -> Backend:
    module, _, name = entry.target.partition(":")
    backend = getattr(importlib.import_module(module), name)(*entry.arguments)
    if not isinstance(backend, Backend):
        raise TypeError(
            f"{entry.target}: found {type(backend).__name__}, accepted is a backend.Backend"
        )
    return backend


def _answer(backend: Backend, call: Call, check: str) -> tuple[str, Any]:
    before = [a.copy() for a in call.arrays]
    try:
        found = _seen(backend, call, check)
    except Unsupported as error:
        return "seen", stopped(Seen.UNSUPPORTED, "adapter", "Unsupported", str(error))
    except Refused as error:
        return "seen", stopped(Seen.REFUSED, error.stage, error.kind, error.message)
    except MemoryError as error:
        return "seen", stopped(Seen.OUT_OF_MEMORY, "call", "MemoryError", str(error))
    except Unusable as error:
        return "unusable", str(error)
    except Exception:  # the adapter's own bug: reported as such, never as an outcome
        return "harness", traceback.format_exc(limit=-4)
    if all(a.tobytes() == b.tobytes() for a, b in zip(before, call.arrays, strict=True)):
        return "seen", found
    for a, b in zip(before, call.arrays, strict=True):
        b[...] = a  # the checks after this one are asked with the same numbers
    return "seen", stopped(
        Seen.INPUT_CHANGED, "call", "input changed", "the call changed its inputs"
    )


def _seen(backend: Backend, call: Call, check: str) -> Observation:
    if check == "output":
        return returned(backend.run(call))
    if check == "output_shape":
        return stated(backend.static_shape(call))
    if check == "rejection":  # what the backend offers of the two
        return (
            returned(backend.run(call)) if backend.computes else stated(backend.static_shape(call))
        )
    if check == "repeatability":
        return repeated(backend, call)
    if check == "gradient" and call.dY is not None:
        return derived(backend.gradients(call, call.dY))
    raise ValueError(f"no check {check!r} of this call")


def _confine(entry: Entry, limits: Limits, parent: int, noise: Any) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    os.setsid()
    file = noise.detach()
    for descriptor in (1, 2):
        os.dup2(file, descriptor)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (NOISE_BYTES, NOISE_BYTES))
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    if entry.device == "cpu":
        resource.setrlimit(resource.RLIMIT_AS, (int(limits.memory_gib * GIB),) * 2)
    else:
        threading.Thread(target=_watch_memory, args=(limits.memory_gib * GIB,), daemon=True).start()


def _guard(pipe: Any) -> None:
    """A process that ends the worker's whole group as soon as the worker is gone: what a backend
    started must not outlive a killed run."""
    worker = os.getpid()
    if sys.platform != "linux" or os.fork():
        return
    pipe.close()
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != worker:
        os.killpg(0, signal.SIGKILL)
    while True:
        signal.pause()


def _watch_memory(limit: float) -> None:
    """CUDA maps far more address space than it uses: watch resident memory instead."""
    page = resource.getpagesize()
    while True:
        with open("/proc/self/statm", encoding="ascii") as file:
            resident = int(file.read().split()[1]) * page
        if resident > limit:
            os._exit(OUT_OF_MEMORY_STATUS)
        time.sleep(0.1)


def _trim_noise() -> None:
    """Keeps the file of stdout and stderr small: past one MiB all but nothing of it is old."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if os.fstat(1).st_size > 2**20:
        os.ftruncate(1, 0)
        os.lseek(1, 0, os.SEEK_SET)
