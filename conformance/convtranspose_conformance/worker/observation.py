"""What was observed of one case: plain data, made inside the worker, before any pickling."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import ml_dtypes  # noqa: F401  registers bfloat16 with np.dtype
import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.attributes import PartialShape
from convtranspose_reference.formats import FORMATS

MESSAGE_LENGTH = 600
GRADIENTS = ("dX", "dW", "dB")
RETURN_VALUE = "return value"  # the stage at which what came back turns out to be no array
_MEMORY = re.compile(
    r"can't allocate memory|bad_alloc|OOM when allocating|Failed to allocate memory|out of memory",
    re.IGNORECASE,
)


class Seen(StrEnum):
    """How asking ended."""

    RETURNED = "returned"
    UNSUPPORTED = "unsupported"
    DECLINED = "declined"
    REFUSED = "refused"
    NOT_REPEATABLE = "not repeatable"
    INPUT_CHANGED = "input changed"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One check of one case. Output: `dtype`, `shape`, `data` (its bytes). Static shape: `shape`
    alone, None where none is stated. Gradient: `parts` holds one of each of dX, dW, dB that was
    returned. Repeatability: the first output, in `parts` the outputs that are not the same bits, by
    form, and in `message` the forms that do not exist here.

    Otherwise `stage`, `kind` (the exception's type) and `message` of what stopped it, the message
    cut to MESSAGE_LENGTH characters; `tail` is the end of what a process that died had written, for
    the log: never part of a record.
    """

    seen: Seen
    dtype: str = ""
    shape: PartialShape | None = None
    data: bytes = b""
    stage: str = ""
    kind: str = ""
    message: str = ""
    tail: str = ""
    parts: Mapping[str, "Observation"] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        """Did the framework raise an error? To return what is no array is none."""
        return self.seen is Seen.REFUSED and self.stage != RETURN_VALUE

    def array(self) -> NDArray[Any]:
        """The output as an array."""
        return np.frombuffer(self.data, np.dtype(self.dtype)).reshape(
            [d or 0 for d in self.shape or ()]
        )


@cache
def name_of(dtype: np.dtype[Any]) -> str:
    """A dtype's name, which NumPy makes anew each time."""
    return dtype.name


def returned(Y: object) -> Observation:
    """A backend's return value as plain data. Anything that is no array of a dtype NumPy can name
    is what the backend got wrong."""
    if not isinstance(Y, np.ndarray):
        return stopped(
            Seen.REFUSED,
            RETURN_VALUE,
            type(Y).__name__,
            f"returned {type(Y).__name__}, not an array",
        )
    if Y.dtype.hasobject:
        return stopped(Seen.REFUSED, RETURN_VALUE, "ndarray", "returned an array of Python objects")
    if Y.dtype.kind in "SUVMm" and Y.dtype.name not in FORMATS:
        return stopped(
            Seen.REFUSED, RETURN_VALUE, "ndarray", f"returned an array of {Y.dtype.name}"
        )
    native = np.ascontiguousarray(Y).astype(Y.dtype.newbyteorder("="), copy=False)
    return Observation(
        seen=Seen.RETURNED,
        dtype=name_of(native.dtype),
        shape=tuple(map(int, Y.shape)),
        data=native.tobytes(),
    )


def stated(shape: PartialShape | None) -> Observation:
    """A static output shape as plain data."""
    plain = None if shape is None else tuple(None if d is None else int(d) for d in shape)
    return Observation(seen=Seen.RETURNED, shape=plain)


def derived(gradients: tuple[object, object, object]) -> Observation:
    """A backend's dX, dW and dB (None for none) as plain data."""
    parts = {
        name: returned(each)
        for name, each in zip(GRADIENTS, gradients, strict=True)
        if each is not None
    }
    wrong = next((part for part in parts.values() if part.seen is not Seen.RETURNED), None)
    return wrong or Observation(seen=Seen.RETURNED, parts=parts)


def stopped(seen: Seen, stage: str, kind: str, message: str) -> Observation:
    """Anything that gave no answer. A refusal for want of memory is no refusal."""
    if seen is Seen.REFUSED and (kind == "MemoryError" or _MEMORY.search(message)):
        seen = Seen.OUT_OF_MEMORY
    clean = message.encode("utf-8", "replace").decode("utf-8")
    cut = clean if len(clean) <= MESSAGE_LENGTH else clean[: MESSAGE_LENGTH - 4] + " ..."
    return Observation(seen=seen, stage=stage, kind=kind, message=cut)
