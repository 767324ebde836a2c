"""What a worker's process is held to: one thread, a limit of memory, a death with its parent, which
its warden shares."""

import ctypes
import os
import resource
import signal
import sys
import threading
import time

from ..backends.entry import Entry

GIB = 2**30
OUT_OF_MEMORY_STATUS = 86
_PR_SET_PDEATHSIG = 1
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def confine(entry: Entry, memory_gib: float, parent: int) -> None:
    """Before the framework is imported: `memory_gib` of address space, or of resident memory on
    CUDA and outside Linux."""
    if sys.platform == "linux":
        os.setsid()
        die_with(parent, signal.SIGKILL)
    else:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    if entry.device == "cpu" and sys.platform == "linux":  # macOS refuses RLIMIT_AS
        resource.setrlimit(resource.RLIMIT_AS, (int(memory_gib * GIB),) * 2)
    else:
        threading.Thread(target=_watch_memory, args=(memory_gib * GIB,), daemon=True).start()


def die_with(parent: int, how: signal.Signals) -> None:
    """This process gets a signal when its parent dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)
    if os.getppid() != parent:
        os._exit(1)


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
