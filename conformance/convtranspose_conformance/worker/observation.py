"""What was observed of one case: plain data, made inside the worker, before it is sent.

A backend's objects may lie or raise whatever they are asked. An array is looked at through NumPy's
own methods, which are bound here before a backend is loaded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any

import ml_dtypes  # noqa: F401  registers bfloat16 with np.dtype
import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.attributes import PartialShape
from convtranspose_reference.formats import FORMATS

from ..backends.api import kind_of, text_of
from .plain_text import plain_text

MESSAGE_LENGTH = 600
_READ = 2**14  # characters of a message that are looked at
GRADIENTS = ("dX", "dW", "dB")
RETURN_VALUE = "return value"  # the stage at which what came back turns out to be no array
_MEMORY = re.compile(
    r"can(?:'t|not) allocate memory|bad_alloc|OOM when allocating|Failed to allocate memory|"
    r"out of memory|can't start new thread",
    re.IGNORECASE,
)
# what a machine, or whoever started the run, has no more of: no answer to the call
_LIMITS = re.compile(
    r"File too large|No space left on device|Too many open files|Disk quota exceeded|"
    r"Resource temporarily unavailable",
    re.IGNORECASE,
)
_ndarray, _in_order, _bytes_as = np.ndarray, np.ascontiguousarray, np.frombuffer


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
    LIMIT_REACHED = "limit reached"
    NOT_ASKED = "not asked"


# how asking ends where the process, or what earlier calls left in it, may be to blame
DOUBTFUL = (Seen.CRASHED, Seen.TIMED_OUT, Seen.OUT_OF_MEMORY, Seen.LIMIT_REACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One check of one case. Output: `dtype`, `shape`, `data` (its bytes). Static shape: `shape`
    alone, None where none is stated. Gradient: `parts` holds one of each of dX, dW, dB that was
    returned. Repeatability: the first output, in `parts` the outputs that are not the same bits, by
    form, and in `message` the forms that do not exist here.

    Otherwise `stage`, `kind` (the exception's type) and `message` of what stopped it, the message
    cut to MESSAGE_LENGTH characters; `tail` is the end of what a process that died had written, for
    the log: never part of a record. `once`: how it ended the first time, where that did not repeat
    when it was asked again alone. `digest`: the SHA-256 of `data` that were let go of.
    """

    seen: Seen
    dtype: str = ""
    shape: PartialShape | None = None
    data: bytes = b""
    stage: str = ""
    kind: str = ""
    message: str = ""
    tail: str = ""
    once: str = ""
    digest: str = ""
    parts: Mapping[str, "Observation"] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        """Did the framework raise an error? To return what is no array is none."""
        return self.seen is Seen.REFUSED and self.stage != RETURN_VALUE

    @property
    def size(self) -> int:
        """Bytes of its numbers, and of its parts'."""
        return len(self.data) + sum(part.size for part in self.parts.values())

    def without_data(self) -> "Observation":
        """What is kept of large numbers: their digest."""
        parts = {name: part.without_data() for name, part in self.parts.items()}
        return replace(self, data=b"", digest=sha256(self.data).hexdigest(), parts=parts)

    def array(self) -> NDArray[Any]:
        """The output as an array."""
        return _bytes_as(self.data, np.dtype(self.dtype)).reshape(
            [d or 0 for d in self.shape or ()]
        )


@cache
def name_of(dtype: np.dtype[Any]) -> str:
    """A dtype's name, which NumPy makes anew each time."""
    return dtype.name


def returned(Y: object) -> Observation:
    """A backend's return value as plain data. Anything that is no array of a dtype NumPy can name
    is what the backend got wrong."""
    kind = type(Y)
    if not issubclass(kind, _ndarray):
        name = _name_of_class(kind)
        return stopped(Seen.REFUSED, RETURN_VALUE, name, f"returned {name}, not an array")
    # a class of its own may say anything of itself: the array below it does not
    array: Any = Y
    return _taken_down(array if kind is _ndarray else _ndarray.view(array, _ndarray))


def _taken_down(Y: NDArray[Any]) -> Observation:
    dtype = Y.dtype
    if dtype.hasobject:
        return stopped(Seen.REFUSED, RETURN_VALUE, "ndarray", "returned an array of Python objects")
    if dtype.kind in "SUVMm" and dtype.name not in FORMATS:
        return stopped(Seen.REFUSED, RETURN_VALUE, "ndarray", f"returned an array of {dtype.name}")
    native = _in_order(Y).astype(dtype.newbyteorder("="), copy=False)
    return Observation(
        seen=Seen.RETURNED,
        dtype=name_of(native.dtype),
        shape=tuple(map(int, Y.shape)),
        data=native.tobytes(),
    )


def _name_of_class(kind: type) -> str:
    """As Python keeps it, whatever a metaclass says."""
    name: str = vars(type)["__name__"].__get__(kind)
    return name


def stated(shape: Any) -> Observation:
    """A static output shape as plain data. Sizes that are none are what the backend got wrong."""
    try:
        plain = None if shape is None else tuple(map(_size, shape))
    except Exception as error:  # of objects that are the backend's
        said = f"states no sizes: {text_of(error)}"
        return stopped(Seen.REFUSED, RETURN_VALUE, kind_of(error), said)
    return Observation(seen=Seen.RETURNED, shape=plain)


def _size(size: Any) -> int | None:
    return None if size is None else int(size)


def derived(gradients: Any) -> Observation:
    """A backend's dX, dW and dB (None for none) as plain data."""
    try:
        dX, dW, dB = gradients
    except Exception as error:  # of objects that are the backend's
        said = f"returned no three gradients: {text_of(error)}"
        return stopped(Seen.REFUSED, RETURN_VALUE, kind_of(error), said)
    given = zip(GRADIENTS, (dX, dW, dB), strict=True)
    parts = {name: returned(each) for name, each in given if each is not None}
    wrong = next((part for part in parts.values() if part.seen is not Seen.RETURNED), None)
    return wrong or Observation(seen=Seen.RETURNED, parts=parts)


def stopped(seen: Seen, stage: str, kind: str, message: str) -> Observation:
    """Anything that gave no answer. A refusal for want of memory, or of anything else that a
    process is given by the machine, is no refusal."""
    message = str.__getitem__(message, slice(_READ))
    if seen is Seen.REFUSED and (kind == "MemoryError" or _MEMORY.search(message)):
        seen = Seen.OUT_OF_MEMORY
    elif seen is Seen.REFUSED and _LIMITS.search(message):
        seen = Seen.LIMIT_REACHED
    return Observation(seen=seen, stage=_cut(stage), kind=_cut(kind), message=_cut(message))


def _cut(text: str) -> str:
    kept = plain_text(str.__getitem__(text, slice(4 * MESSAGE_LENGTH)))
    clean = kept.encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= MESSAGE_LENGTH else clean[: MESSAGE_LENGTH - 4] + " ..."
