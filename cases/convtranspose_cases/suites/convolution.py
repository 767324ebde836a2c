"""`convolution`: Conv, whose transpose ConvTranspose is, by the same attributes: the size rule in
its forms, SAME, texts, groups, dtypes, and all pairs of attribute values."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from ..case import Case, make
from .families import each_once
from .grids import conv as conv_grid

SUITE = "convolution"
TITLE = "Conv: every attribute, and the sizes that its transpose has to tell apart"

_WORDS = ("VALID", "SAME_UPPER", "SAME_LOWER")


def _case(x: Iterable[int], k: Iterable[int], **given: Any) -> Case:
    return make(SUITE, tuple(x), tuple(k), op="Conv", **given)


def lecture() -> Iterator[Case]:
    """The lecture's three: 4 x 4 with filter 3, 5 x 5 padded, 6 x 6 padded with stride 2."""
    yield _case((4, 4), (3, 3))
    yield _case((5, 5), (3, 3), pads=(1, 1, 1, 1))
    yield _case((6, 6), (3, 3), pads=(1, 1, 1, 1), strides=(2, 2))


def sizes() -> Iterator[Case]:
    """input - filter + 1, down to one output and to none; with pads; with a dilated filter."""
    for x, k in product((3, 4, 5, 8), (1, 2, 3)):
        yield _case((x,), (k,))
    yield _case((2,), (3,))
    yield _case((2, 3), (3, 2), m=2, bias=True)
    for k, pads in product((2, 3, 4), ((1, 1), (0, 1), (1, 0), (2, 1), (4, 4))):
        yield _case((5,), (k,), pads=pads)
    for x, d in product((7, 8), (2, 3)):
        yield _case((x,), (3,), dilations=(d,))


def one_output_size() -> Iterator[Case]:
    """With a stride several sizes lead to one, which output_padding tells apart on the way back:
    `stride` neighbours each, the filter below, at and above the stride."""
    for s, k in ((2, 1), (2, 2), (2, 3), (3, 2), (3, 3), (3, 6)):
        for x in range(k + s, k + 3 * s):
            yield _case((x,), (k,), strides=(s,))
    for x in (5, 6, 7, 8):
        yield _case((x,), (3,), strides=(2,), pads=(1, 1))
        yield _case((x,), (3,), strides=(2,), dilations=(2,), pads=(2, 1))
    for both in product((5, 6), (5, 6)):
        yield _case(both, (3, 3), strides=(2, 2), pads=(1, 1, 1, 1), c=2, m=2)


def same() -> Iterator[Case]:
    """SAME: totals that are odd, even, zero and, with a filter below the stride, clamped at
    zero."""
    for word, x, k, s in product(_WORDS[1:], (5, 6), (1, 2, 3, 4), (1, 2, 3)):
        yield _case((x,), (k,), strides=(s,), auto_pad=word)
    for word in _WORDS[1:]:
        yield _case((5, 4), (3, 2), strides=(2, 3), auto_pad=word, c=2, m=3, bias=True)
        yield _case((6, 5), (2, 3), dilations=(2, 1), auto_pad=word, c=2, m=2)
        yield _case((4, 5, 3), (3, 2, 2), strides=(2, 1, 2), auto_pad=word)


def opsets() -> Iterator[Case]:
    """The texts of opset 1, 11 and 22 on the same calls; opset 1 gives SAME the input's size."""
    for opset in (1, 22):
        for word, s in product(_WORDS, (1, 2, 3)):
            yield _case((5,), (3,), strides=(s,), auto_pad=word, opset=opset)
        for word in _WORDS:
            yield _case((5, 4), (2, 3), strides=(2, 1), auto_pad=word, c=2, m=2, opset=opset)
        yield _case((5, 4), (3, 2), pads=(1, 0, 0, 1), strides=(1, 2), opset=opset)
        yield _case((6, 5), (3, 2), dilations=(2, 3), c=4, m=2, group=2, bias=True, opset=opset)
        yield _case((4, 3, 4), (2, 2, 3), opset=opset)
        for dtype in ("float16", "float64"):
            yield _case((5,), (3,), dtype=dtype, opset=opset)


def groups() -> Iterator[Case]:
    """C/group and M/group apart and unequal, depthwise with a multiplier, channels off the vector
    width."""
    for group, c, m in (
        (2, 2, 4), (2, 4, 2), (2, 6, 4), (3, 3, 9), (3, 6, 3),
        (4, 4, 4), (4, 8, 4), (5, 5, 5), (7, 7, 14), (17, 17, 17),
    ):  # fmt: skip
        yield _case((5, 4), (2, 3), c=c, m=m, group=group, bias=True, strides=(2, 1))
        yield _case((6,), (3,), c=c, m=m, group=group, n=2)
    for c, m in ((5, 7), (7, 5), (17, 3), (3, 17), (33, 2), (2, 33)):
        yield _case((4, 4), (3, 2), c=c, m=m, bias=True)
    yield _case((3, 4, 3), (2, 2, 3), c=4, m=6, group=2, bias=True, n=2)


def numbers() -> Iterator[Case]:
    """Every dtype and kind of numbers, a filter of one tap and none in C, W as a graph input."""
    kinds = {
        "float32": ("integers", "dense", "sparse", "wide-x", "wide-w"),
        "float64": ("integers", "dense", "sparse"),
        "float16": ("integers", "dense", "sparse", "wide"),
        "bfloat16": ("integers", "dense", "sparse", "wide"),
    }
    for dtype, names in kinds.items():
        for data in names:
            yield _case((7,), (4,), dtype=dtype, data=data)
            yield _case((6, 5), (3, 2), c=4, m=2, dtype=dtype, data=data, strides=(2, 1))
            yield _case((4, 5, 4), (2, 2, 3), c=2, m=2, dtype=dtype, data=data, bias=True)
    yield _case((5, 6), (1, 1), c=3, m=4, strides=(2, 2))
    yield _case((5, 6), (3, 3), c=2, m=2, initializer=False, n=3)
    yield _case((5,), (3,), n=0, c=2, m=2)


def together() -> Iterator[Case]:
    """Strides, dilations and pads of two and three axes, each with each."""
    both = product(((1, 2), (2, 2), (3, 2)), ((1, 1), (2, 1), (2, 3)), (None, (1, 1), (0, 2)))
    for number, (s, d, pads) in enumerate(both):
        given: dict[str, Any] = {} if pads is None else {"pads": (*pads, *pads[::-1])}
        for c, m, group in ((2, 3, 1), (4, 4, 2)):
            yield _case(
                (7, 8),
                (3, 3),
                strides=s,
                dilations=d,
                c=c,
                m=m,
                group=group,
                n=1 + number % 2,
                **given,
            )
    for strides, dilations in product(((1, 2, 2), (2, 1, 3)), ((1, 1, 1), (1, 2, 1))):
        steps = {"strides": strides, "dilations": dilations}
        for six in ((0,) * 6, (1,) * 6, (0, 1, 2, 1, 0, 1)):
            yield _case((4, 5, 4), (2, 3, 2), pads=six, c=2, m=2, **steps)


def grid() -> Iterator[Case]:
    """All pairs of factor values, as `covering.py` wrote them down."""
    for row in conv_grid.rows():
        yield conv_grid.case_of(SUITE, row)


FAMILIES = (lecture, sizes, one_output_size, same, opsets, groups, numbers, together, grid)


def cases() -> list[Case]:
    """Every family's cases, each call once."""
    return each_once(FAMILIES)
