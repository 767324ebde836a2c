"""Functions of others that a backend puts something else in the place of."""

import atexit
import builtins
import gc
import importlib
import json
import os
import pickle
import select
import signal
import socket
import struct
import sys
import time
import traceback
import zlib
from typing import Any

import numpy as np

from .fault import Fault, collected

FAULTS: dict[str, Fault] = {}
fault = collected(FAULTS)


def useless(*given: Any, **named: Any) -> Any:
    raise RuntimeError("not for you")


def patched(owner: Any, *names: str) -> None:
    for name in names:
        setattr(owner, name, useless)


@fault("AGREES")
def numpy_in_order(Y: Any) -> Any:
    """Replaces `numpy.ascontiguousarray` by what returns zeros."""
    np.ascontiguousarray = lambda array, *_: np.zeros(3)  # type: ignore[assignment]
    return [Y]


@fault("AGREES")
def numpy_others(Y: Any) -> Any:
    """Replaces `numpy.copyto`, `numpy.concatenate` and `numpy.array_equal`."""
    patched(np, "copyto", "concatenate", "array_equal")
    return [Y]


@fault("AGREES")
def numpy_types(Y: Any) -> Any:
    """Replaces `numpy.ndarray` and `numpy.dtype`."""
    np.ndarray = np.dtype = list  # type: ignore[misc, assignment]
    return [Y]


@fault("AGREES")
def os_pid(Y: Any) -> Any:
    """Replaces `os.getpid` by what returns 1."""
    os.getpid = lambda: 1
    return [Y]


@fault("AGREES")
def os_files(Y: Any) -> Any:
    """Replaces `os.fstat`, `os.ftruncate`, `os.write` and `os.dup2`."""
    patched(os, "fstat", "ftruncate", "write", "dup2", "lseek")
    return [Y]


@fault("AGREES")
def os_exit(Y: Any) -> Any:
    """Replaces `os._exit`, `os.kill` and `os.abort`."""
    patched(os, "_exit", "kill", "killpg", "abort")
    return [Y]


@fault("AGREES")
def pickles(Y: Any) -> Any:
    """Replaces `pickle.loads` and `pickle.dumps`."""
    patched(pickle, "loads", "dumps")
    return [Y]


@fault("AGREES")
def sockets(Y: Any) -> Any:
    """Replaces the methods of sockets."""
    for name in ("sendall", "recv", "close", "send"):
        setattr(socket.socket, name, useless)
    return [Y]


@fault("AGREES")
def polls(Y: Any) -> Any:
    """Replaces `select.poll`, `struct.Struct` and `zlib.crc32`."""
    patched(select, "poll")
    patched(struct, "Struct", "pack", "unpack")
    patched(zlib, "crc32")
    return [Y]


@fault("AGREES")
def clocks(Y: Any) -> Any:
    """Replaces the clocks."""
    patched(time, "time", "monotonic", "perf_counter")
    return [Y]


@fault("AGREES")
def tracebacks(Y: Any) -> Any:
    """Replaces `traceback.format_exc`."""
    patched(traceback, "format_exc", "print_exc")
    return [Y]


@fault("AGREES")
def json_and_modules(Y: Any) -> Any:
    """Replaces `json.dumps` and `importlib.import_module`."""
    patched(json, "dumps", "loads")
    patched(importlib, "import_module")
    return [Y]


@fault("AGREES")
def signals(Y: Any) -> Any:
    """Replaces `signal.signal` and `signal.Signals`."""
    patched(signal, "signal", "Signals")
    return [Y]


@fault("AGREES")
def at_exit(Y: Any) -> Any:
    """Asks for something to be done at the end that never ends."""
    atexit.register(time.sleep, 600)
    return [Y]


@fault("AGREES")
def print_and_open(Y: Any) -> Any:
    """Replaces `print` and `open`."""
    patched(builtins, "print", "open", "input")
    return [Y]


@fault("CRASHED", "exit status 1")
def instances(Y: Any) -> Any:
    """Replaces `issubclass`, `isinstance` and `len`: nothing goes on without them."""
    patched(builtins, "isinstance", "issubclass", "len")
    return [Y]


@fault("CRASHED", "exit status 1")
def types_of_python(Y: Any) -> Any:
    """Replaces `tuple`, `map` and `zip`."""
    patched(builtins, "tuple", "map", "zip", "all")
    return [Y]


@fault("AGREES")
def modules_gone(Y: Any) -> Any:
    """Empties `sys.modules`, but for its own needs."""
    for name in list(sys.modules):
        if name.startswith(("convtranspose", "pickle", "socket", "traceback", "msgspec")):
            del sys.modules[name]
    return [Y]


@fault("AGREES")
def import_hook(Y: Any) -> Any:
    """Puts a finder first that raises."""

    class Finder:
        def find_spec(self, *given: Any) -> Any:
            raise RuntimeError("no imports")

    sys.meta_path.insert(0, Finder())  # type: ignore[arg-type]
    return [Y]


@fault("AGREES")
def path_gone(Y: Any) -> Any:
    """Empties `sys.path`."""
    sys.path.clear()
    return [Y]


@fault("AGREES")
def hooks(Y: Any) -> Any:
    """Replaces `sys.excepthook`, `sys.unraisablehook` and `sys.exit`."""
    patched(sys, "excepthook", "unraisablehook", "exit")
    return [Y]


@fault("NOT_ASKED", "the adapter failed")
def traced(Y: Any) -> Any:
    """Sets a trace function that raises."""
    sys.settrace(useless)
    return [Y]


@fault("AGREES")
def profiled(Y: Any) -> Any:
    """Sets a profile function that does nothing."""
    sys.setprofile(lambda *_: None)
    return [Y]


@fault("AGREES")
def no_collections(Y: Any) -> Any:
    """Turns the search for garbage off, and freezes all."""
    gc.disable()
    gc.freeze()
    return [Y]


@fault("AGREES")
def collections_raise(Y: Any) -> Any:
    """Has a search for garbage call what raises."""
    gc.callbacks.append(useless)
    gc.collect()
    return [Y]
