"""`repeatability`: the same call again, after other calls, and in other forms of the same numbers.
Calls of every region of `core`."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..case import Case, make
from .families import each_once

SUITE = "repeatability"
TITLE = "The same answer again, and in every form of the call"


def _case(x: Iterable[int], k: Iterable[int], **given: Any) -> Case:
    return make(SUITE, tuple(x), tuple(k), **given)


def attributes() -> Iterator[Case]:
    """Each attribute, in 1-D, 2-D and 3-D."""
    for rank, x in ((1, (5,)), (2, (4, 5)), (3, (2, 3, 4))):
        k = (3, 2, 3)[:rank]
        yield _case(x, k)
        yield _case(x, k, c=3, m=2, bias=True, n=2)
        yield _case(x, (1,) * rank, strides=(2,) * rank)
        yield _case(x, k, strides=(2, 3, 1)[:rank], c=2, m=2)
        yield _case(x, k, dilations=(2, 3, 1)[:rank], initializer=False)
        yield _case(x, k, pads=((0, 1, 2)[:rank] + (1, 0, 1)[:rank]))
        yield _case(
            x,
            k,
            pads=(1, 0, 1)[:rank] * 2,
            strides=(3, 2, 2)[:rank],
            output_padding=(2, 1, 1)[:rank],
            bias=True,
        )
        yield _case(x, k, c=4, m=6, group=2, bias=True)
        yield _case(x, k, op="Conv", c=2, m=3, bias=True, pads=(1, 0, 1)[:rank] * 2)


def sizes() -> Iterator[Case]:
    """SAME, VALID, output_shape; kernel below the stride; one channel; a single image of one
    pixel."""
    for auto in ("VALID", "SAME_UPPER", "SAME_LOWER"):
        yield _case((4, 3), (3, 4), strides=(2, 3), auto_pad=auto, c=2, m=3)
    yield _case((4,), (3,), strides=(2,), output_shape=(8,), initializer=False)
    yield _case((4, 3), (3, 3), strides=(2, 2), output_shape=(8, 7), c=2, m=2)
    yield _case((4, 4), (2, 2), strides=(3, 3), c=2, m=2)
    yield _case((1, 1), (4, 4), strides=(2, 2), pads=(1, 1, 1, 1), c=4, m=2)
    yield _case((7, 7), (3, 3), op="Conv", auto_pad="SAME_UPPER", c=3, m=4)


def channels() -> Iterator[Case]:
    """One channel, channel counts off the vector width, many channels, depthwise."""
    for c, m in ((1, 8), (8, 1), (5, 7), (17, 3), (3, 17), (64, 32)):
        yield _case((6, 5), (3, 3), c=c, m=m, bias=True)
    yield _case((5, 5), (3, 3), c=16, m=16, group=16, strides=(2, 2))
    yield _case((5, 5), (3, 3), c=7, m=14, group=7, bias=True, initializer=False)
    yield _case((8,), (4,), c=33, m=9)


def wide() -> Iterator[Case]:
    """Outputs so large that work is split, where a sum may be cut another way."""
    yield _case((2100,), (3,), strides=(2,))
    yield _case((48, 48), (4, 4), strides=(2, 2), pads=(1, 1, 1, 1), c=16, m=8)
    yield _case((64, 3), (5, 2), c=3, m=3, n=4)
    yield _case((9, 8, 9), (3, 3, 3), strides=(2, 2, 2), c=4, m=4)
    yield _case((32, 32), (3, 3), op="Conv", c=16, m=16)


def dtypes() -> Iterator[Case]:
    """Exact integers in every dtype; dense numbers, where another layout may round otherwise, and
    the same call may not."""
    for dtype in ("float64", "float16", "bfloat16"):
        yield _case((4, 5), (3, 2), dtype=dtype, strides=(2, 1), pads=(1, 1, 1, 1))
        yield _case((6,), (3,), dtype=dtype, c=2, m=2)
    for dtype in ("float32", "float64"):
        yield _case((9, 9), (3, 3), dtype=dtype, data="dense", c=16, m=8, strides=(2, 2))
        yield _case((12,), (5,), dtype=dtype, data="dense", c=8, m=4, bias=True)
        yield _case((4, 4, 4), (2, 3, 2), dtype=dtype, data="dense", c=4, m=4)
    yield _case((9, 9), (3, 3), op="Conv", data="dense", c=16, m=8)


def empties() -> Iterator[Case]:
    """An empty batch and no channels; Conv without channels, whose padding is all that there is to
    read."""
    yield _case((4, 3), (3, 2), n=0, c=2, m=3)
    yield _case((4, 3), (3, 2), c=0, m=3, bias=True)
    yield _case((4,), (3,), op="Conv", c=0, m=2, pads=(1, 1))


FAMILIES = (attributes, sizes, channels, wide, empties, dtypes)


def cases() -> list[Case]:
    """Every family's cases, each call once."""
    return each_once(FAMILIES)
