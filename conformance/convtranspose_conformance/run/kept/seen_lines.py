"""Observations as lines of a file of answers, and back, to the bit."""

from collections.abc import Hashable
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.digests import recorded
from convtranspose_cases.notation import spelled
from convtranspose_reports import Check

from ...rules.answers import Answer, Asked
from ...worker.messages import PlainSeen, observation_of
from ...worker.observation import Observation, Seen
from ...worker.wire import Garbled
from .form import SeenLine

_QUESTION = 10  # hexadecimal digits
_MOST_OFF = 2**30  # further away than that, bytes are shorter


def question(case: Case) -> str:
    """A digest of what a case asks: the call, and where it is kept the digest of its numbers and of
    its golden."""
    kept = _kept(case.suite).get(case.name, "")
    return sha256(f"{spelled(case)} {kept}".encode()).hexdigest()[:_QUESTION]


_kept = cache(recorded)


def by_text(asked: Asked, check: Check) -> Observation | None:
    """What would be seen of an answer that is the text's, rounded once; None where the text has
    none."""
    if check is Check.REJECTION or (answer := asked.answer()).refused:
        return None
    if check is Check.OUTPUT_SHAPE:
        return Observation(seen=Seen.RETURNED, shape=answer.shape)
    if check is Check.GRADIENT:
        parts = {name: _returned(golden.expected()) for name, golden in answer.gradients.items()}
        return Observation(seen=Seen.RETURNED, parts=parts)
    return _returned(_expected(answer))


def _expected(answer: Answer) -> NDArray[Any]:
    if 0 in answer.shape:
        return np.empty([size or 0 for size in answer.shape], answer.dtype)
    return answer.golden.expected()


def _returned(Y: NDArray[Any]) -> Observation:
    return Observation(
        seen=Seen.RETURNED, dtype=Y.dtype.name, shape=tuple(Y.shape), data=Y.tobytes()
    )


def line_of(seen: Observation, text: Observation | None) -> SeenLine:
    """An observation as it is kept beside the text's answer."""
    text_parts = {} if text is None else text.parts
    off = None if text is None else _off(seen, text)
    return SeenLine(
        seen=seen.seen.value,
        dtype=seen.dtype,
        shape=None if seen.shape is None else list(seen.shape),
        data=seen.data if off is None else b"",
        off=off,
        stage=seen.stage,
        kind=seen.kind,
        message=seen.message,
        once=seen.once,
        parts={
            name: line_of(part, text_parts.get(name, text)) for name, part in seen.parts.items()
        },
    )


def seen_of(line: SeenLine, text: Observation | None) -> Observation:
    """The observation that was kept. Raises Garbled where the line says none."""
    text_parts = {} if text is None else text.parts
    data = line.data
    if line.off is not None:
        if text is None or _alike(text) != (line.dtype, tuple(line.shape or ())):
            raise Garbled
        data = _moved(text, line.off)
    shape = None if line.shape is None else tuple(line.shape)
    plain = PlainSeen(line.seen, line.dtype, shape, data, line.stage, line.kind, line.message, {})
    parts = {name: seen_of(part, text_parts.get(name, text)) for name, part in line.parts.items()}
    return replace(observation_of(plain), once=line.once, parts=parts)


def _alike(seen: Observation) -> Hashable:
    return seen.dtype, seen.shape


def _off(seen: Observation, text: Observation) -> list[int] | None:
    """How many floating-point numbers each element is above the text's; None where that cannot be
    said, or in fewer bytes otherwise."""
    if not seen.data or not seen.dtype or _alike(seen) != _alike(text):
        return None
    off = ranks(seen.data, seen.dtype) - ranks(text.data, text.dtype)
    return None if np.abs(off).max(initial=0) > _MOST_OFF else off.tolist()


def _moved(text: Observation, off: list[int]) -> bytes:
    places = ranks(text.data, text.dtype)
    if len(off) != len(places) or any(abs(each) > _MOST_OFF for each in off):
        raise Garbled
    moved = _flipped(places + np.array(off, np.int64), text.dtype)
    return moved.astype(f"i{np.dtype(text.dtype).itemsize}").tobytes()


def ranks(data: bytes, dtype: str) -> NDArray[np.int64]:
    """The place of each element among all numbers of its format: neighbours differ by 1."""
    return _flipped(np.frombuffer(data, f"i{np.dtype(dtype).itemsize}").astype(np.int64), dtype)


def _flipped(bits: NDArray[np.int64], dtype: str) -> NDArray[np.int64]:
    """Sign and size as a rank, and a rank as sign and size."""
    lowest = np.int64(-(2 ** (8 * np.dtype(dtype).itemsize - 1)))
    return np.where(bits < 0, ~bits + lowest, bits)
