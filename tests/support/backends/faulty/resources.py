"""Memory, disk, descriptors and other things that end."""

import os
import resource
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np

from .fault import Fault, collected

FAULTS: dict[str, Fault] = {}
fault = collected(FAULTS)
KEPT: list[Any] = []


@fault("OUT_OF_MEMORY")
def allocates(Y: Any) -> Any:
    """Takes memory without end."""
    kept = []
    while True:
        kept.append(np.empty(2**24))


@fault("OUT_OF_MEMORY")
def fills_memory(Y: Any) -> Any:
    """Takes memory without end, and writes to it."""
    kept = []
    while True:
        kept.append(np.ones(2**24))


@fault("AGREES")
def keeps_memory(Y: Any) -> Any:
    """Takes all memory, keeps it, and answers: the next case finds none."""
    try:
        while True:
            KEPT.append(bytearray(2**24))
    except MemoryError:
        del KEPT[-1:]
    return [Y]


@fault("OUT_OF_MEMORY", "allocate memory")
def error_of_memory(Y: Any) -> Any:
    """Raises an error of its own that speaks of memory."""
    raise RuntimeError("[Errno 12] Cannot allocate memory")


@fault("LIMIT_REACHED", "Too many open files")
def opens_files(Y: Any) -> Any:
    """Opens files without end."""
    kept = []
    while True:
        kept.append(open(os.devnull))  # noqa: SIM115  they are to pile up


@fault("AGREES")
def keeps_files_open(Y: Any) -> Any:
    """Opens all files that it may, and leaves them open."""
    try:
        while True:
            KEPT.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return [Y]


@fault("AGREES")
def writes_scratch(Y: Any) -> Any:
    """Writes 70 MB of scratch."""
    with tempfile.NamedTemporaryFile(delete=False) as file:
        for _ in range(70):
            file.write(b"x" * 1_000_000)
    return [Y]


@fault("LIMIT_REACHED", "No space left")
def disk_is_full(Y: Any) -> Any:
    """Writes where no room is left."""
    with Path("/dev/full").open("w") as file:
        file.write("x" * 10_000)
    return [Y]


@fault("LIMIT_REACHED", "File too large")
def file_is_too_large(Y: Any) -> Any:
    """Writes a file larger than it may be."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"x" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return [Y]


@fault("AGREES")
def leaves_scratch(Y: Any) -> Any:
    """Leaves a file in the folder for such files."""
    tempfile.mkstemp(prefix="generated_")
    return [Y]


@fault("OUT_OF_MEMORY", "can't start new thread")
def starts_threads(Y: Any) -> Any:
    """Starts threads without end."""
    stop = threading.Event()
    try:
        while True:
            threading.Thread(target=stop.wait, daemon=True).start()
    finally:
        stop.set()


@fault("AGREES")
def large_stack(Y: Any) -> Any:
    """Asks for stacks of 256 MiB for threads to come."""
    threading.stack_size(2**28)
    return [Y]


@fault("AGREES")
def makes_garbage(Y: Any) -> Any:
    """Leaves a million objects that hold each other."""
    for _ in range(100_000):
        ring: list[Any] = []
        ring.append(ring)
    return [Y]


@fault("CRASHED", "SIGSEGV")
def deep_c_stack(Y: Any) -> Any:
    """Runs out of stack in C."""
    nested: Any = []
    for _ in range(200_000):
        nested = [nested]
    sys.setrecursionlimit(2**31 - 1)
    repr(nested)
