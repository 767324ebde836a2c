"""What a worker's process is held to: one thread, a limit of memory, a death with its parent, its
noise in a file."""

import ctypes
import os
import resource
import signal
import sys
import threading
import time
from socket import socket
from typing import Any

from ..backends.entry import Entry

GIB = 2**30
MARK = "\x1e"  # in what a worker writes, before what each call does
NOISE_BYTES = 64 * 2**20
OUT_OF_MEMORY_STATUS = 86
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
_PR_SET_PDEATHSIG = 1


def confine(entry: Entry, memory_gib: float, parent: int, noise: Any) -> None:
    """Before the framework is imported: `memory_gib` of address space, or of resident memory on
    CUDA and outside Linux. `noise` is the file that stdout and stderr go to."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    os.setsid()
    if sys.platform != "linux":
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    file = noise.detach()
    for descriptor in (1, 2):
        os.dup2(file, descriptor)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (NOISE_BYTES, NOISE_BYTES))
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    if entry.device == "cpu" and sys.platform == "linux":  # macOS refuses RLIMIT_AS
        resource.setrlimit(resource.RLIMIT_AS, (int(memory_gib * GIB),) * 2)
    else:
        threading.Thread(target=_watch_memory, args=(memory_gib * GIB,), daemon=True).start()


def guard(end: socket) -> None:
    """A process that ends the worker's whole group as soon as the worker is gone: what a backend
    started must not outlive a killed run."""
    worker = os.getpid()
    if sys.platform != "linux" or os.fork():
        return
    end.close()
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != worker:
        os.killpg(0, signal.SIGKILL)
    while True:
        signal.pause()


def _follow(parent: int) -> None:
    """Ends the worker's group when the run is gone, where no signal tells of that."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os.killpg(0, signal.SIGKILL)


def _watch_memory(limit: float) -> None:
    """CUDA maps far more address space than it uses, and macOS limits none: watch resident memory
    instead."""
    while _resident() <= limit:
        time.sleep(0.1)
    os._exit(OUT_OF_MEMORY_STATUS)


def _resident() -> int:
    """Bytes of memory in use; on macOS, without /proc, the most that ever were."""
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def mark_noise() -> None:
    """What is written from here on is the next call's."""
    os.write(1, MARK.encode())


def trim_noise() -> None:
    """Keeps the file of stdout and stderr small: past one MiB all but nothing of it is old."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if os.fstat(1).st_size > 2**20:
        os.ftruncate(1, 0)
        os.lseek(1, 0, os.SEEK_SET)
