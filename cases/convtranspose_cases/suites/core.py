"""`core`: every attribute alone, every region where implementations have gone wrong, and all
triples of attribute values."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from ..case import Case, make
from .families import each_once
from .grids.conv_transpose import case_of, rows

SUITE = "core"
TITLE = "Every attribute, alone and combined"

_PADDINGS = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")


def _case(x: Iterable[int], k: Iterable[int], **given: Any) -> Case:
    return make(SUITE, tuple(x), tuple(k), **given)


def attributes_alone() -> Iterator[Case]:
    """Each attribute by itself, in 1-D, 2-D and 3-D; values differ between axes."""
    for rank, x in ((1, (5,)), (2, (4, 5)), (3, (2, 3, 4))):
        k = (3, 2, 3)[:rank]
        yield _case(x, k)
        yield _case(x, k, kernel_shape=k)
        yield _case(x, k, n=2)
        yield _case(x, k, c=3, m=2)
        yield _case(x, k, c=3, m=2, bias=True)
        yield _case(x, k, initializer=False)
        yield from (_case(x, (1,) * rank, strides=(s,) * rank) for s in (1, 2, 3))
        yield from (_case(x, k, strides=s) for s in ((2, 3, 1)[:rank], (4, 1, 2)[:rank]))
        yield from (_case(x, k, dilations=d) for d in ((2, 3, 1)[:rank], (3, 1, 2)[:rank]))
        yield from (_case(x, k, auto_pad=pad) for pad in _PADDINGS)
        yield _case(x, k, pads=(1, 0, 1)[:rank] * 2)
        yield _case(x, k, pads=((0, 1, 2)[:rank] + (1, 0, 1)[:rank]))
        yield _case(x, k, pads=((2, 1, 0)[:rank] + (0, 0, 1)[:rank]))
        yield _case(x, k, strides=(3, 2, 2)[:rank], output_padding=(2, 1, 1)[:rank])
        yield from (
            _case(x, k, c=c, m=m, group=g)
            for g, c, m in ((2, 2, 2), (2, 4, 6), (3, 3, 3), (3, 3, 6), (2, 6, 2))
        )


def sizes() -> Iterator[Case]:
    """1-D sizes: kernel below, at and above the stride; stride times dilation; input 1."""
    for x, k, s, d in product((1, 2, 5), (1, 2, 3, 4), (1, 2, 3), (1, 2)):
        yield _case((x,), (k,), strides=(s,), dilations=(d,))


def same() -> Iterator[Case]:
    """SAME_UPPER and SAME_LOWER: odd, even, zero and negative totals; output_padding;
    output_shape."""
    for pad, k, s in product(_PADDINGS[2:], (1, 2, 3, 4, 5), (1, 2, 3)):
        yield _case((4,), (k,), strides=(s,), auto_pad=pad)
        if s > 1:
            yield _case((4,), (k,), strides=(s,), auto_pad=pad, output_padding=(s - 1,))
    for pad, extra in product(_PADDINGS[2:], (-3, -2, -1, 0, 1, 2)):
        yield _case(
            (4, 3),
            (3, 4),
            strides=(2, 3),
            auto_pad=pad,
            output_shape=(9 + extra, 10 - extra),
            c=2,
            m=3,
        )
    for pad in _PADDINGS[2:]:
        yield _case(
            (3, 4), (3, 2), strides=(2, 3), dilations=(2, 1), auto_pad=pad, c=2, m=2, bias=True
        )
        yield _case(
            (3, 4), (2, 3), strides=(3, 2), output_padding=(1, 1), auto_pad=pad, c=4, m=6, group=2
        )
        yield _case((3, 2), (1, 2), strides=(3, 4), auto_pad=pad, c=2, m=2)
        yield _case((2, 3, 2), (3, 2, 4), strides=(2, 3, 1), auto_pad=pad)


def output_shapes() -> Iterator[Case]:
    """output_shape that crops by 0 to 3, that exceeds the natural size, below the input, beside
    pads and output_padding."""
    for pad, less in product(_PADDINGS, (3, 2, 1, 0, -1, -2, -3)):
        yield _case((4,), (3,), strides=(2,), auto_pad=pad, output_shape=(9 - less,))
    for pad, less in product(_PADDINGS[:2], (2, 1, 0, -1)):
        yield _case(
            (3, 4),
            (3, 2),
            strides=(3, 2),
            auto_pad=pad,
            output_shape=(9 - less, 8 + less),
            c=2,
            m=2,
        )
    for less in (3, 1, 0, -1):
        yield _case((4,), (3,), strides=(2,), output_shape=(9 - less,), pads=(1, 1))
        yield _case((4, 3), (3, 3), strides=(2, 2), output_shape=(9 - less, 7), pads=(2, 0, 0, 1))
        yield _case((4,), (3,), strides=(2,), output_shape=(9 - less,), output_padding=(1,))
    yield _case((5,), (3,), output_shape=(3,))
    yield _case((6, 5), (2, 3), output_shape=(4, 4), c=2, m=2)
    yield _case((2, 3, 2), (2, 2, 3), strides=(2, 1, 2), output_shape=(3, 4, 5))


def paddings() -> Iterator[Case]:
    """pads per axis and side, so large that taps hit nothing, with output_padding, stride and
    dilation."""
    for begin, end in product((0, 1, 2, 4), repeat=2):
        yield _case((4,), (3,), strides=(2,), pads=(begin, end))
    for both in ((1, 0, 0, 2), (0, 2, 1, 0), (2, 2, 2, 2), (3, 1, 2, 4)):
        yield _case((4, 5), (3, 4), strides=(2, 1), dilations=(1, 2), pads=both, c=2, m=3)
    for pads, extra in product(((1, 1), (0, 2), (2, 0)), (1, 2)):
        yield _case((4,), (3,), strides=(3,), pads=pads, output_padding=(extra,))
    yield _case(
        (3, 4),
        (3, 2),
        strides=(2, 3),
        pads=(1, 0, 1, 1),
        output_padding=(1, 2),
        c=4,
        m=6,
        group=2,
        bias=True,
    )
    yield _case((5,), (3,), dilations=(2,), output_padding=(1,))
    yield _case((5,), (3,), dilations=(3,), strides=(2,), output_padding=(2,))
    yield _case(
        (5, 4), (2, 2), dilations=(1, 3), strides=(3, 1), output_padding=(2, 2), pads=(1, 1, 1, 1)
    )
    yield _case((5, 4), (2, 3), dilations=(3, 2), strides=(2, 2), output_padding=(1, 1), c=2, m=2)


def groups() -> Iterator[Case]:
    """C/group and M/group apart and unequal, a different bias in every group, channel counts off
    the vector width."""
    for group, c, m in (
        (2, 2, 4),
        (2, 4, 2),
        (2, 6, 4),
        (3, 3, 9),
        (3, 6, 3),
        (2, 4, 4),
        (4, 4, 4),
        (4, 8, 4),
        (5, 5, 5),
        (7, 7, 14),
        (17, 17, 17),
    ):
        for bias in (False, True):
            yield _case((3, 4), (2, 3), c=c, m=m, group=group, bias=bias, strides=(2, 1))
            yield _case((4,), (3,), c=c, m=m, group=group, bias=bias, n=2)
    for c, m in ((5, 7), (7, 5), (17, 3), (3, 17)):
        yield _case((3, 3), (3, 2), c=c, m=m, bias=True)
    for group in (2, 3):
        yield _case(
            (2, 3, 2),
            (2, 2, 3),
            c=2 * group,
            m=3 * group,
            group=group,
            bias=True,
            strides=(1, 2, 1),
            n=2,
        )


def blocks() -> Iterator[Case]:
    """Batches and channels that no kernel's block of 2, 4, 8, 16 or 32 divides, more of them than a
    block holds, over narrow rows."""
    for n in (3, 5):
        yield _case((4,), (3,), n=n, strides=(2,))
        yield _case((3, 4), (2, 3), n=n, c=2, m=3, bias=True)
        yield _case((4, 3), (3, 2), n=n, c=2, m=4, group=2, strides=(1, 2))
    for c, m in ((33, 2), (2, 33), (19, 21)):
        yield _case((4,), (3,), c=c, m=m, strides=(2,))
        yield _case((3, 4), (3, 2), c=c, m=m, strides=(2, 2), bias=True)


def empties() -> Iterator[Case]:
    """Zero-size N, C, M, input and output."""
    for rank in (1, 2):
        x, k = (4, 3)[:rank], (3, 2)[:rank]
        yield _case(x, k, n=0, c=2, m=3)
        yield _case(x, k, c=0, m=3)
        yield _case(x, k, c=0, m=3, bias=True)
        yield _case(x, k, c=2, m=0)
        yield _case((0, *x[1:]), (4, *k[1:]), strides=(2,) * rank)
        yield _case((0, *x[1:]), (4, *k[1:]), strides=(2,) * rank, bias=True, m=2)
        yield _case((1, *x[1:]), (2, *k[1:]), pads=(1, *(0,) * (rank - 1)) * 2)
    yield _case((0,), (3,), auto_pad="SAME_UPPER")
    yield _case((1,), (2,), pads=(2, 0))
    yield _case((0,), (3,), output_shape=(2,), strides=(2,), bias=True, m=2)
    yield _case((0,), (1,), output_shape=(2,), strides=(3,), bias=True, m=2)


def opsets() -> Iterator[Case]:
    """The texts of opset 1, 11 and 22 on the same calls."""
    for opset in (1, 22):
        for pad in _PADDINGS:
            yield _case((4,), (3,), strides=(2,), auto_pad=pad, opset=opset)
            yield _case((4,), (4,), auto_pad=pad, opset=opset)
            yield _case((4,), (3,), strides=(2,), auto_pad=pad, output_shape=(8,), opset=opset)
            yield _case((4,), (3,), strides=(2,), auto_pad=pad, output_shape=(7,), opset=opset)
            yield _case((4, 3), (3, 4), auto_pad=pad, output_shape=(5, 5), opset=opset)
        yield _case(
            (4, 3), (3, 2), strides=(2, 3), pads=(1, 0, 0, 1), output_padding=(1, 2), opset=opset
        )
        yield _case((4, 3), (3, 2), dilations=(2, 3), c=4, m=2, group=2, bias=True, opset=opset)
        yield _case((4,), (3,), dtype="float64", opset=opset)
        yield _case((4,), (3,), dtype="float16", opset=opset)


def precisions() -> Iterator[Case]:
    """Every data kind in every dtype, from four products an output to thousands; very wide
    outputs."""
    kinds = {
        "float32": ("dense", "sparse", "wide-x", "wide-w"),
        "float64": ("dense", "sparse"),
        "float16": ("dense", "sparse", "wide"),
        "bfloat16": ("dense", "sparse", "wide"),
    }
    for dtype, names in kinds.items():
        for data in names:
            yield _case((6,), (4,), dtype=dtype, data=data)
            yield _case((5, 6), (3, 3), c=4, m=4, dtype=dtype, data=data, strides=(1, 2))
            yield _case(
                (4, 4), (3, 2), c=2, m=2, dtype=dtype, data=data, bias=True, pads=(1, 0, 1, 1)
            )
            yield _case((3, 4, 3), (2, 2, 3), c=2, m=3, dtype=dtype, data=data)
        yield _case((4, 5), (3, 2), dtype=dtype, strides=(2, 1), pads=(1, 0, 0, 1))
        yield _case((4, 5), (3, 2), c=2, m=2, group=2, bias=True, dtype=dtype)
        yield _case((3, 2, 2), (2, 2, 1), dtype=dtype, n=2)
        yield _case((4,), (3,), strides=(2,), auto_pad="SAME_LOWER", dtype=dtype)
    yield from (
        _case((12, 14), (12, 14), c=54, m=2, data=data)
        for data in ("dense", "sparse", "wide-x", "wide-w")
    )
    yield from (
        _case((8, 8), (8, 8), c=9, m=2, dtype=dtype, data="sparse")
        for dtype in ("float16", "bfloat16", "float64")
    )
    yield _case((2100,), (3,), dtype="float16")
    yield _case((1100,), (2,), strides=(2,), dtype="float16", data="wide")


def forward() -> Iterator[Case]:
    """Conv: sizes, pads, SAME, groups and dtypes, since its adjoint is only as right as it is."""
    for rank, x in ((1, (7,)), (2, (6, 7)), (3, (4, 5, 4))):
        k = (3, 2, 2)[:rank]
        yield _case(x, k, op="Conv", c=2, m=3, bias=True)
        yield _case(
            x, k, op="Conv", strides=(2, 3, 1)[:rank], pads=((1, 0, 1)[:rank] + (0, 2, 1)[:rank])
        )
        yield _case(x, k, op="Conv", dilations=(2, 3, 1)[:rank], pads=(1,) * rank * 2)
        yield from (
            _case(x, k, op="Conv", auto_pad=pad, strides=(2, 1, 2)[:rank]) for pad in _PADDINGS[1:]
        )
        yield _case(x, k, op="Conv", c=4, m=6, group=2, bias=True, n=2)
        yield _case(x, k, op="Conv", c=3, m=6, group=3, initializer=False)
    for dtype in ("float64", "float16", "bfloat16"):
        yield _case((6, 5), (3, 2), op="Conv", c=2, m=2, dtype=dtype)
        yield _case((6, 5), (3, 3), op="Conv", c=4, m=2, dtype=dtype, data="sparse")
    yield from (
        _case((6, 5), (3, 3), op="Conv", c=4, m=2, data=data)
        for data in ("dense", "sparse", "wide-x", "wide-w")
    )
    yield _case((5,), (3,), op="Conv", opset=1, pads=(1, 1))
    yield _case((5,), (3,), op="Conv", n=0, c=2, m=2)
    yield _case((5, 4), (3, 2), op="Conv", n=0, c=2, m=2)


def found_by_fuzz() -> Iterator[Case]:
    """What `convtranspose fuzz` found and no other family shows: 3-D without input, opset 1's SAME
    below the stride, corners of Conv."""
    yield _case((0, 1, 1), (2, 1, 1))
    yield _case((2,), (1,), strides=(2,), auto_pad="SAME_UPPER", opset=1)
    yield _case(
        (4, 4), (2, 1), strides=(3, 2), auto_pad="SAME_LOWER", output_padding=(2, 0), opset=1
    )
    yield _case((6,), (3,), op="Conv", dilations=(2,), auto_pad="SAME_UPPER")
    yield _case((4,), (3,), op="Conv", c=0, m=2, bias=True)
    yield _case((4, 3), (3, 2), op="Conv", c=0, m=2, bias=True)
    yield _case((9, 5), (1, 1), op="Conv", m=2, bias=True, dtype="float16", data="dense")
    yield _case((2, 3, 2), (1, 2, 1), op="Conv", c=2, m=2, group=2, dtype="float64")


def grid() -> Iterator[Case]:
    """All triples of factor values, as `covering.py` wrote them down."""
    for row in rows():
        yield case_of(SUITE, row)


FAMILIES = (
    attributes_alone,
    sizes,
    same,
    output_shapes,
    paddings,
    groups,
    blocks,
    empties,
    opsets,
    precisions,
    forward,
    found_by_fuzz,
    grid,
)


def cases() -> list[Case]:
    """Every family's cases, each call once."""
    return each_once(FAMILIES)
