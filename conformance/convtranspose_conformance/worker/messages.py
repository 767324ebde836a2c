"""What goes through the socket between coordinator and worker. Questions are the coordinator's, and
are taken as they come; what a worker says is plain data of a known form, or is not taken at all."""

import pickle
from functools import cache
from math import prod
from typing import Any

import msgspec
import numpy as np

from convtranspose_reference.attributes import Attributes
from convtranspose_reference.formats import FORMATS

from ..backends.api import Array, Call
from .observation import Observation, Seen, name_of
from .plain_text import plain_text
from .wire import Garbled

_KINDS = {seen.value: seen for seen in Seen}
_loads, _bytes_as, _dtype = pickle.loads, np.frombuffer, np.dtype


def written(call: Call) -> bytes:
    """A call as a question."""
    return pickle.dumps(
        (
            call.op,
            call.attributes.given(),
            call.opset,
            call.initializer,
            [_flat(array) for array in (call.X, call.W, call.B, call.dY)],
            (call.resize, call.depth_to_space) if call.is_composed else (None, None),
        )
    )


def read_call(question: bytes) -> Call:
    """The call of a question, with arrays of its own."""
    op, given, opset, initializer, arrays, (resize, shuffle) = _loads(question)
    X, W, B, dY = (_array(flat) for flat in arrays)
    return Call(
        op=op,
        attributes=Attributes(**given),
        opset=opset,
        initializer=initializer,
        X=X,
        W=W,
        B=B,
        dY=dY,
        resize=resize,
        depth_to_space=shuffle,
    )


def _flat(array: Array | None) -> tuple[str, tuple[int, ...], bytes] | None:
    return None if array is None else (name_of(array.dtype), array.shape, array.tobytes())


def _array(flat: tuple[str, tuple[int, ...], bytes] | None) -> Any:
    if flat is None:
        return None
    name, shape, data = flat
    return _bytes_as(data, _dtype(name)).reshape(shape).copy()


class PlainSeen(msgspec.Struct, array_like=True, frozen=True):
    """An observation as plain values."""

    seen: str
    dtype: str
    shape: tuple[int | None, ...] | None
    data: bytes
    stage: str
    kind: str
    message: str
    parts: dict[str, "PlainSeen"]


class Said(msgspec.Struct, array_like=True, frozen=True, tag="answer"):
    """What was seen of one check."""

    check: str
    plain: PlainSeen


class Ready(msgspec.Struct, array_like=True, frozen=True, tag="ready"):
    """The first words: the backend is loaded."""

    versions: dict[str, str]
    kernels: dict[str, str]


class Failed(msgspec.Struct, array_like=True, frozen=True, tag="failed"):
    """The backend cannot be used here, or, where that is the `adapter`'s fault, was asked
    wrongly."""

    why: str
    adapter: bool


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Said | Ready | Failed).decode
Words = Said | Ready | Failed


def written_words(words: Words) -> bytes:
    """What a worker says."""
    return _ENCODE(words)


def read_words(content: bytes) -> Words:
    """What a worker said. Raises Garbled."""
    try:
        words: Words = _DECODE(content)
    except msgspec.MsgspecError as error:
        raise Garbled from error
    return words


def answer_of(check: str, seen: Observation) -> Said:
    """What was seen, to be said."""
    return Said(check, _plain(seen))


def _plain(seen: Observation) -> PlainSeen:
    parts = {name: _plain(part) for name, part in seen.parts.items()} if seen.parts else {}
    return PlainSeen(
        seen.seen.value,
        seen.dtype,
        seen.shape,
        seen.data,
        seen.stage,
        seen.kind,
        seen.message,
        parts,
    )


def observation_of(plain: PlainSeen) -> Observation:
    """The observation, checked: what says that it is an array is one. Raises Garbled."""
    if plain.dtype and not _is_array(plain):
        raise Garbled
    if plain.seen not in _KINDS:
        raise Garbled
    return Observation(
        seen=_KINDS[plain.seen],
        dtype=plain.dtype,
        shape=plain.shape,
        data=plain.data,
        stage=plain_text(plain.stage),
        kind=plain_text(plain.kind),
        message=plain_text(plain.message),
        parts={name: observation_of(part) for name, part in plain.parts.items()},
    )


def _is_array(plain: PlainSeen) -> bool:
    try:
        size = _size_of(plain.dtype)
    except TypeError:
        return False
    shape = plain.shape or ()
    sizes = [each for each in shape if each is not None and each >= 0]
    return len(sizes) == len(shape) and size * prod(sizes) == len(plain.data)


@cache
def _size_of(dtype: str) -> int:
    """Bytes of an element. Raises TypeError for a dtype that no array of numbers has."""
    found = _dtype(dtype)
    if found.hasobject or (found.kind in "SUVMm" and found.name not in FORMATS):
        raise TypeError(dtype)
    return found.itemsize
