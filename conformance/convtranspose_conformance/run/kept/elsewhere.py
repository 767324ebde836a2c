"""An output that begins elsewhere than the text's, or was rounded in another type: kept as what it
is off from the text's own sums there, which takes less room than its bytes.

The sums are the reference's, exact, of the call's own X, W and B: nothing here hangs on the library
of readings and faults, and what is kept stays the same when that changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import prod

import msgspec
import numpy as np
from numpy.typing import NDArray

from convtranspose_cases.goldens import golden_of
from convtranspose_reference.attributes import Shape
from convtranspose_reference.formats import FORMATS
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.window import Index

from ...rules.answers import Asked
from ...worker.observation import Observation, Seen, returned
from ...worker.wire import Garbled
from .form import SeenLine
from .seen_lines import line_of, ranks, seen_of

_NEAR = 2**6  # numbers off: no other place is looked for
_MOST_WORK = 2**23  # elements that are compared
_MARGIN = 16  # zeros around the sums, along each axis


def nearest_line(asked: Asked, seen: Observation, text: Observation) -> SeenLine:
    """An output as it is kept: beside the text's answer, its bytes, or beside the text's sums
    elsewhere, whichever is shortest."""
    usual = line_of(seen, text)
    if usual.off is not None and max(map(abs, usual.off), default=0) <= _NEAR:
        return usual
    return min([usual, *_elsewhere(asked, seen)], key=_room)


def _room(line: SeenLine) -> int:
    """About how many bytes its numbers take once they are compressed: zeros take none."""
    if line.off is None:
        return len(line.data)
    return sum(len(str(abs(off))) for off in line.off if off) + 4 * (line.begins is not None)


def seen_elsewhere(line: SeenLine, asked: Asked) -> Observation:
    """The output that was kept beside the text's sums elsewhere. Raises Garbled where the line says
    none."""
    sizes = [size or 0 for size in line.shape or ()]
    off, begins, place = line.off or (), line.begins or (), _placement(asked)
    known = {line.dtype, line.rounded} <= FORMATS.keys()
    if place is None or not known or len(off) != prod(sizes) or len(sizes) != len(place.y_shape):
        raise Garbled
    if len(begins) != len(place.axes) or max(map(abs, begins)) > 2**30:
        raise Garbled
    sums = _sums(asked, place, tuple(begins), tuple(sizes[2:]), line.rounded)
    plain = msgspec.structs.replace(line, dtype=line.rounded, begins=None, rounded="")
    near = seen_of(plain, sums)
    return returned(near.array().astype(FORMATS[line.dtype].dtype))


def _placement(asked: Asked) -> Geometry | None:
    """Where the text lands; None for what has no such place."""
    return None if asked.case.is_composed or asked.answer().refused else asked.answer().geometry


def _sums(asked: Asked, place: Geometry, begins: Shape, sizes: Shape, dtype: str) -> Observation:
    """The text's sums from `begins` on, in coordinates of its uncropped output, rounded once."""
    ends = (a.natural - b - s for a, b, s in zip(place.axes, begins, sizes, strict=True))
    crop = replace(place, begins=begins, ends=tuple(ends))
    golden = golden_of(asked.case, asked.tensors, crop)
    return returned(replace(golden, dtype=dtype).expected())


def _elsewhere(asked: Asked, seen: Observation) -> Iterator[SeenLine]:
    place = _placement(asked)
    if place is None or seen.seen is not Seen.RETURNED or seen.dtype not in FORMATS:
        return
    Y = seen.array()
    if Y.size == 0 or Y.ndim != len(place.y_shape) or Y.shape[:2] != place.y_shape[:2]:
        return
    for dtype in dict.fromkeys((seen.dtype, asked.case.dtype, "float32")):
        rounded = Y.astype(FORMATS[dtype].dtype)
        if rounded.astype(Y.dtype).tobytes() == Y.tobytes():
            begins = _nearest(asked, place, rounded)
            sums = _sums(asked, place, begins, Y.shape[2:], dtype)
            line = line_of(returned(rounded), sums)
            if line.off is not None:
                yield msgspec.structs.replace(
                    line, dtype=seen.dtype, begins=list(begins), rounded=dtype
                )


@dataclass(frozen=True, slots=True)
class _Place:
    far: float
    begins: Shape


def _nearest(asked: Asked, place: Geometry, Y: NDArray[np.generic]) -> Shape:
    """Where the text's sums are nearest to Y; the text's own begins where there are too many places
    to look."""
    sizes = Y.shape[2:]
    spans = [s + _MARGIN + max(r, 1) for s, r in zip(sizes, place.reach, strict=True)]
    if Y.size * prod(span - s for span, s in zip(spans, sizes, strict=True)) > _MOST_WORK:
        return place.begins
    first = (-_MARGIN,) * len(sizes)
    wide = _sums(asked, place, first, tuple(spans), Y.dtype.name)
    canvas = ranks(wide.data, wide.dtype).reshape(wide.array().shape)
    mine = ranks(Y.tobytes(), Y.dtype.name).reshape(Y.shape)
    nearest = _Place(np.inf, place.begins)
    for at in product(*(range(span - size) for span, size in zip(spans, sizes, strict=True))):
        there: Index = (..., *(slice(a, a + size) for a, size in zip(at, sizes, strict=True)))
        far = float(np.log1p(np.abs(mine - canvas[there]).astype(np.float64)).sum())
        if far < nearest.far:
            nearest = _Place(far, tuple(a - _MARGIN for a in at))
    return nearest.begins
