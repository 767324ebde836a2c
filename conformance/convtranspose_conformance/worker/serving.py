"""The worker's side: a backend is loaded, then every check that comes through the socket is
answered before the next one begins.

What is called here after that is bound before it: a backend may put something else in the place of
`os.getpid` or `pickle.loads`. What it leaves open, closed or printed costs its own case.
"""

import fcntl
import importlib
import os
import pickle
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from os import _exit, getpid
from typing import Any

import numpy as np

from ..backends.api import Backend, Call, Declined, Refused, Unsupported, Unusable, text_of
from ..backends.entry import Entry
from ..backends.processor import effective
from .confinement import confine
from .messages import Failed, Ready, Words, answer_of, read_call, written_words
from .observation import Observation, Seen, derived, returned, stated, stopped
from .repeatability import repeated
from .streams import HIGH, Streams
from .wire import Message, Wire

_loads, _bytes_as = pickle.loads, np.frombuffer


def live(end: int, noise: int, parent: int) -> None:
    """Serves the backend of which the first message through the socket `end` tells; `noise` is the
    file that stdout and stderr go to. Ends the process, without what a backend wants done then."""
    streams = Streams(noise)
    os.close(noise)
    ours = socket.socket(fileno=_moved(end))
    status = 1
    try:
        first = Wire(ours).receive()
        assert first is not None
        entry, memory_gib = pickle.loads(first.content)
        confine(entry, memory_gib, parent)
        serve(ours, entry, streams)
        status = 0
    except SystemExit as error:
        status = error.code if type(error.code) is int else int(error.code is not None)
    except OSError as error:  # of the suite's own descriptors: a backend's are its adapter's matter
        print(f"the suite's own descriptors: {error.strerror}", file=sys.stderr, flush=True)
    except BaseException:  # whatever ends it, the file says what it was
        traceback.print_exc()
    finally:
        with suppress(OSError):
            streams.settle()
        _exit(status & 0xFF)


def _moved(descriptor: int) -> int:
    """The same out of reach of who closes all that he knows of, and of processes that it starts."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, HIGH)
    os.close(descriptor)
    return moved


def serve(end: socket.socket, entry: Entry, streams: Streams) -> None:
    """The framework first, then one answer for each question. A half of the worker that a backend
    forked off ends where it comes back."""
    wire, mine = Wire(end), getpid()
    backend, words = _first_words(entry)
    if getpid() != mine:
        _exit(0)
    streams.settle()
    wire.send([Message(0, written_words(words))])
    if backend is None:
        return
    for number, checks, question in _questions(wire):
        call = read_call(question)
        for check in checks:
            streams.mark()
            words = _said(check, *answer(backend, call, check))
            if getpid() != mine:
                _exit(0)
            streams.settle()
            wire.send([Message(number, written_words(words))])


def _said(check: str, kind: str, content: Any) -> Words:
    if kind == "seen":
        return answer_of(check, content)
    return Failed(content, adapter=kind == "harness")


def _first_words(entry: Entry) -> tuple[Backend | None, Words]:
    try:
        backend = load(entry)
        return backend, Ready(_texts(backend.versions()), _texts(effective(backend.kernels())))
    except Unusable as error:
        return None, Failed(text_of(error), adapter=False)
    except BaseException:
        return None, Failed(traceback.format_exc(limit=-4), adapter=True)


def _texts(told: dict[str, str]) -> dict[str, str]:
    return {str(name): str(value) for name, value in told.items()}


def _questions(wire: Wire) -> Iterator[tuple[int, tuple[str, ...], bytes]]:
    while True:
        try:
            message = wire.receive()
        except EOFError:
            return
        if message is not None:
            yield message.number, *_loads(message.content)


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
        observation = _observed(backend, call, check)
    except Unusable as error:
        return "unusable", text_of(error)
    except Exception:  # the adapter's own bug: reported as such, never as an outcome
        return "harness", traceback.format_exc(limit=-4)
    if all(a == b.tobytes() for a, b in zip(before, call.arrays, strict=True)):
        return "seen", observation
    for a, b in zip(before, call.arrays, strict=True):
        b[...] = _bytes_as(a, b.dtype).reshape(b.shape)  # for the checks after this one
    if observation.seen is not Seen.RETURNED:
        return "seen", observation
    return "seen", stopped(
        Seen.INPUT_CHANGED, "call", "input changed", "the call changed its inputs"
    )


def _observed(backend: Backend, call: Call, check: str) -> Observation:
    try:
        return _seen(backend, call, check)
    except Unsupported as error:
        return stopped(Seen.UNSUPPORTED, "adapter", "Unsupported", text_of(error))
    except Declined as error:
        return stopped(Seen.DECLINED, "skip", "Declined", text_of(error))
    except Refused as error:
        return stopped(Seen.REFUSED, error.stage, error.kind, error.message)
    except MemoryError as error:
        return stopped(Seen.OUT_OF_MEMORY, "call", "MemoryError", text_of(error))


def _seen(backend: Backend, call: Call, check: str) -> Observation:
    if call.is_composed and not backend.composes:
        raise Unsupported("it is one convolution: what comes before or after it is another call")
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
