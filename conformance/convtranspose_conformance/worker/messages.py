"""What goes through the pipe between coordinator and worker: tuples of plain values, which are
cheaper to write and to read than the objects they stand for."""

import pickle
from typing import Any

import numpy as np

from convtranspose_reference.attributes import Attributes

from ..backends.api import Array, Call
from .observation import Observation, Seen, name_of


def written(call: Call) -> bytes:
    """A call as a question."""
    return pickle.dumps(
        (
            call.op,
            call.attributes.given(),
            call.opset,
            call.initializer,
            [_flat(array) for array in (call.X, call.W, call.B, call.dY)],
        )
    )


def read_call(question: bytes) -> Call:
    """The call of a question, with arrays of its own."""
    op, given, opset, initializer, arrays = pickle.loads(question)
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
    )


def _flat(array: Array | None) -> tuple[str, tuple[int, ...], bytes] | None:
    return None if array is None else (name_of(array.dtype), array.shape, array.tobytes())


def _array(flat: tuple[str, tuple[int, ...], bytes] | None) -> Any:
    if flat is None:
        return None
    name, shape, data = flat
    return np.frombuffer(data, np.dtype(name)).reshape(shape).copy()


def written_observation(seen: Observation) -> tuple[Any, ...]:
    """An observation as plain values."""
    parts = {name: written_observation(part) for name, part in seen.parts.items()}
    return (
        seen.seen.value,
        seen.dtype,
        seen.shape,
        seen.data,
        seen.stage,
        seen.kind,
        seen.message,
        seen.tail,
        parts,
    )


def read_observation(plain: tuple[Any, ...]) -> Observation:
    """The observation that `written_observation` wrote."""
    seen, dtype, shape, data, stage, kind, message, tail, parts = plain
    return Observation(
        seen=Seen(seen),
        dtype=dtype,
        shape=shape,
        data=data,
        stage=stage,
        kind=kind,
        message=message,
        tail=tail,
        parts={name: read_observation(part) for name, part in parts.items()},
    )
