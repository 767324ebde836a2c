"""The worker's side: a backend is loaded, then every check that comes through the pipe is answered
before the next one begins."""

import importlib
import pickle
import traceback
from collections.abc import Iterator
from socket import socket
from typing import Any

import numpy as np

from ..backends.api import Backend, Call, Declined, Refused, Unsupported, Unusable
from ..backends.entry import Entry
from ..backends.processor import effective
from .confinement import confine, guard, mark_noise, trim_noise
from .messages import read_call, written_observation
from .observation import Observation, Seen, derived, returned, stated, stopped
from .repeatability import repeated
from .wire import Wire


def serve(end: socket, entry: Entry, memory_gib: float, parent: int, noise: Any) -> None:
    """The worker's life: limits first, then the framework, then one answer for each question."""
    confine(entry, memory_gib, parent, noise)
    guard(end)
    wire = Wire(end)
    try:
        backend = load(entry)
        _tell(wire, "ready", (backend.versions(), effective(backend.kernels())))
    except Unusable as error:
        _tell(wire, "unusable", str(error))
        return
    except BaseException:
        _tell(wire, "harness", traceback.format_exc(limit=-4))
        return
    for checks, question in _questions(wire):
        call = read_call(question)
        for check in checks:
            mark_noise()
            kind, content = answer(backend, call, check)
            _tell(
                wire,
                kind,
                written_observation(content) if isinstance(content, Observation) else content,
            )
            trim_noise()


def _tell(wire: Wire, kind: str, content: Any) -> None:
    wire.send([pickle.dumps((kind, content))])


def _questions(wire: Wire) -> Iterator[tuple[tuple[str, ...], bytes]]:
    while True:
        try:
            yield pickle.loads(wire.receive() or b"")
        except EOFError:
            return


def load(entry: Entry) -> Backend:
    """The adapter that an entry names. Raises what it raises while its framework is imported."""
    module, _, name = entry.target.partition(":")
    backend = getattr(importlib.import_module(module), name)(*entry.arguments)
    if not isinstance(backend, Backend):
        raise TypeError(
            f"{entry.target}: found {type(backend).__name__}, accepted is a backend.Backend"
        )
    return backend


def answer(backend: Backend, call: Call, check: str) -> tuple[str, Any]:
    """("seen", an Observation), or "unusable" or "harness" with what is wrong: the adapter's own
    bug is never an outcome."""
    before = [a.tobytes() for a in call.arrays]
    try:
        found = _seen(backend, call, check)
    except Unsupported as error:
        return "seen", stopped(Seen.UNSUPPORTED, "adapter", "Unsupported", str(error))
    except Declined as error:
        return "seen", stopped(Seen.DECLINED, "skip", "Declined", str(error))
    except Refused as error:
        return "seen", stopped(Seen.REFUSED, error.stage, error.kind, error.message)
    except MemoryError as error:
        return "seen", stopped(Seen.OUT_OF_MEMORY, "call", "MemoryError", str(error))
    except Unusable as error:
        return "unusable", str(error)
    except Exception:  # the adapter's own bug: reported as such, never as an outcome
        return "harness", traceback.format_exc(limit=-4)
    if all(a == b.tobytes() for a, b in zip(before, call.arrays, strict=True)):
        return "seen", found
    for a, b in zip(before, call.arrays, strict=True):
        b[...] = np.frombuffer(a, b.dtype).reshape(b.shape)  # for the checks after this one
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
