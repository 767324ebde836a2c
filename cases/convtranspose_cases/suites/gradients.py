"""`gradients`: dX, dW and dB of both operators. Back-propagation through convolution *is*
transposed convolution, and the other way round."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from ..case import Case, make
from .families import each_once

SUITE = "gradients"
TITLE = "Gradients in X, W and B"

_OPS = ("ConvTranspose", "Conv")
_SIXTEEN_BITS = ("float16", "bfloat16")


def _case(x: Iterable[int], k: Iterable[int], **given: Any) -> Case:
    return make(SUITE, tuple(x), tuple(k), **given)


def lecture() -> Iterator[Case]:
    """The lecture's convolutions, each beside the transposed convolution that is its gradient in
    X."""
    both: tuple[tuple[str, tuple[int, int], tuple[int, int], dict[str, Any]], ...] = (
        ("4x4_filter_3x3", (4, 4), (2, 2), {}),
        ("5x5_filter_3x3_padded", (5, 5), (5, 5), {"pads": (1, 1, 1, 1)}),
        (
            "6x6_filter_3x3_padded_stride_2",
            (6, 6),
            (3, 3),
            {"pads": (1, 1, 1, 1), "strides": (2, 2)},
        ),
    )
    for name, wide, narrow, given in both:
        extra: dict[str, Any] = {"output_padding": (1, 1)} if "strides" in given else {}
        yield make(SUITE, wide, (3, 3), name=f"conv_{name}", op="Conv", **given)
        yield make(SUITE, narrow, (3, 3), name=f"transpose_of_conv_{name}", **given, **extra)


def lecture_transposed() -> Iterator[Case]:
    """The lecture's other transposed convolutions: derivations, a decoder, `deconv2d`."""
    yield make(SUITE, (6,), (3,), name="derivation_stride_1_six_outputs", pads=(1, 1))
    yield make(
        SUITE, (6,), (3,), name="derivation_stride_2_eleven_outputs", pads=(1, 1), strides=(2,)
    )
    yield make(
        SUITE, (2, 2), (4, 4), name="decoder_layer_1", c=8, m=4, strides=(2, 2), pads=(1, 1, 1, 1)
    )
    yield make(
        SUITE,
        (4, 4),
        (3, 3),
        name="decoder_layer_2",
        c=4,
        m=3,
        strides=(2, 2),
        pads=(1, 1, 1, 1),
        output_padding=(1, 1),
    )
    given: dict[str, Any] = {"c": 2, "m": 4, "strides": (2, 2), "auto_pad": "SAME_UPPER"}
    yield make(SUITE, (3, 3), (3, 3), name="deconv2d_6_from_3_same", **given)
    given["output_shape"] = (5, 5)
    yield make(SUITE, (3, 3), (3, 3), name="deconv2d_5_from_3_same", **given)


def attributes() -> Iterator[Case]:
    """Each attribute by itself, in 1-D, 2-D and 3-D, for both operators; values differ between
    axes."""
    for (rank, x), op in product(((1, (7,)), (2, (6, 7)), (3, (5, 5, 4))), _OPS):
        k = (3, 2, 2)[:rank]
        yield _case(x, k, op=op)
        yield _case(x, k, op=op, n=2, c=3, m=2)
        yield _case(x, k, op=op, c=2, m=3, bias=True)
        yield _case(x, k, op=op, c=2, m=2, strides=(2, 3, 1)[:rank])
        yield _case(x, k, op=op, c=2, m=2, dilations=(2, 3, 1)[:rank])
        yield _case(x, k, op=op, pads=(1, 0, 1)[:rank] * 2)
        yield _case(
            x, k, op=op, strides=(2, 1, 3)[:rank], dilations=(1, 2, 2)[:rank], c=2, m=3, bias=True
        )
        yield _case(
            x,
            k,
            op=op,
            strides=(2, 3, 1)[:rank],
            pads=(1, 1, 0)[:rank] * 2,
            c=2,
            m=2,
            bias=True,
            n=2,
        )


def output_paddings() -> Iterator[Case]:
    """output_padding, beside stride, dilation and pads: rows of dY that no input reached count for
    dB alone."""
    for stride, extra in ((2, 1), (3, 1), (3, 2)):
        yield _case((4,), (3,), strides=(stride,), output_padding=(extra,), bias=True)
        yield _case(
            (3, 4),
            (2, 3),
            strides=(stride, 2),
            output_padding=(extra, 1),
            c=2,
            m=3,
            bias=True,
            pads=(1, 0, 1, 0),
        )
    yield _case((5,), (3,), dilations=(3,), strides=(2,), output_padding=(2,), bias=True)
    yield _case((2, 3, 2), (2, 2, 3), strides=(2, 3, 1), output_padding=(1, 2, 0), c=2, m=2)


def paddings() -> Iterator[Case]:
    """pads that differ between the ends, that are so large that taps meet nothing, VALID and SAME;
    strides that leave inputs unread."""
    for op, pads in product(_OPS, ((1, 0, 0, 2), (0, 2, 1, 0), (2, 2, 2, 2))):
        yield _case((5, 6), (3, 4), op=op, pads=pads, c=2, m=3, strides=(2, 1))
    for op, auto in product(_OPS, ("VALID", "SAME_UPPER", "SAME_LOWER")):
        yield _case((5, 4), (3, 2), op=op, auto_pad=auto, c=2, m=2)
        yield _case((5, 4), (3, 4), op=op, auto_pad=auto, strides=(2, 3))
    yield _case((4,), (2,), strides=(3,), auto_pad="SAME_UPPER")
    yield _case((8, 7), (2, 3), op="Conv", strides=(3, 4), c=2, m=2, bias=True)


def kernels_of_one() -> Iterator[Case]:
    """Kernel 1 with a stride above 1: most of the wide side meets no tap, and its gradient is 0."""
    for op, stride, rank in product(_OPS, (2, 3), (1, 2)):
        yield _case(
            (5, 6)[:rank], (1,) * rank, op=op, strides=(stride,) * rank, c=2, m=3, bias=rank == 1
        )
    for op in _OPS:
        yield _case((3, 4, 3), (1, 1, 1), op=op, strides=(2, 1, 3))
        yield _case((5, 6), (1, 1), op=op, strides=(2, 2), c=4, m=6, group=2)


def groups() -> Iterator[Case]:
    """C/group and M/group apart and unequal, depthwise, with bias; channel counts off the vector
    width."""
    for op, (group, c, m) in product(
        _OPS, ((2, 2, 4), (2, 4, 2), (2, 4, 6), (3, 6, 3), (4, 4, 4), (5, 5, 10), (7, 7, 7))
    ):
        yield _case((4, 5), (2, 3), op=op, c=c, m=m, group=group, bias=True, strides=(2, 1))
    for op, (group, c, m) in product(_OPS, ((2, 4, 6), (3, 3, 6))):
        yield _case((6,), (3,), op=op, c=c, m=m, group=group, n=2)
        yield _case((3, 3, 4), (2, 2, 3), op=op, c=c, m=m, group=group, bias=True)
    for op, (c, m) in product(_OPS, ((5, 7), (7, 5), (17, 3), (3, 17))):
        yield _case((4, 4), (3, 2), op=op, c=c, m=m, bias=True)


def precisions() -> Iterator[Case]:
    """Every dtype: exact integers, with mostly zeros in 16 bits, and dense significands within the
    proved bound."""
    for op, dtype in product(_OPS, ("float64", "float32", *_SIXTEEN_BITS)):
        data = "thin" if dtype in _SIXTEEN_BITS else "integers"
        yield _case((14,), (3,), op=op, dtype=dtype, data=data, strides=(2,), bias=True)
        yield _case((6, 5), (3, 2), op=op, dtype=dtype, data=data, c=2, m=3, pads=(1, 1, 1, 1))
        yield _case(
            (6, 5), (3, 2), op=op, dtype=dtype, data=data, c=4, m=6, group=2, strides=(2, 1)
        )
        yield _case((5, 5), (2, 2), op=op, dtype=dtype, data=data, c=2, m=2, dilations=(2, 1), n=2)
        yield _case((3, 4, 3), (2, 2, 2), op=op, dtype=dtype, data=data, c=2, m=2)
        yield _case((6,), (4,), op=op, dtype=dtype, data="dense", c=2, m=2)
        yield _case((5, 6), (3, 3), op=op, dtype=dtype, data="dense", c=4, m=4, strides=(1, 2))
    for op in _OPS:
        yield _case((16, 16), (5, 5), op=op, c=8, m=8)
        yield _case((16, 16), (5, 5), op=op, c=8, m=8, data="dense")


def together() -> Iterator[Case]:
    """Attributes and dtypes that meet in few kernels: groups, dilations and explicit pads, in two
    and three dimensions."""
    for op in _OPS:
        yield _case((5, 4), (2, 2), op=op, c=4, m=2, group=2, pads=(1, 0, 1, 0))
        yield _case((5, 5), (2, 2), op=op, c=2, m=2, dilations=(2, 1), pads=(1, 1, 1, 1))
        yield _case((4, 4), (2, 3), op=op, c=2, m=4, group=2, dilations=(2, 1), strides=(1, 2))
        yield _case((6,), (3,), op=op, dtype="float64", c=2, m=2, dilations=(2,))
        yield _case(
            (5, 6), (3, 3), op=op, dtype="bfloat16", data="dense", c=4, m=4, pads=(1, 1, 1, 1)
        )
        for dtype in ("float32", "float64", *_SIXTEEN_BITS):
            data = "thin" if dtype in _SIXTEEN_BITS else "integers"
            yield _case((3, 3, 4), (2, 2, 3), op=op, dtype=dtype, data=data, c=4, m=2, group=2)
            yield _case((4, 3, 4), (2, 2, 3), op=op, dtype=dtype, data=data, dilations=(2, 1, 1))
            yield _case((3, 5, 4), (4, 4, 3), op=op, dtype=dtype, data=data, auto_pad="SAME_UPPER")
        # taps that meet padding alone
        for x, k, s in (((1, 1), (2, 2), (2, 2)), ((2, 3), (3, 3), (4, 2))):
            given: dict[str, Any] = {"dtype": "bfloat16", "data": "thin", "strides": s}
            yield _case(x, k, op=op, auto_pad="SAME_UPPER", c=4, m=4, n=2, **given)
    yield _case((4, 3), (2, 2), strides=(3, 4), auto_pad="SAME_UPPER")
    for dtype in _SIXTEEN_BITS:
        yield _case(
            (6, 5),
            (3, 3),
            dtype=dtype,
            data="dense",
            c=2,
            m=2,
            dilations=(3, 2),
            strides=(2, 1),
            output_padding=(2, 1),
        )


def empties() -> Iterator[Case]:
    """An empty batch: dX is empty, dW and dB are zeros."""
    for op in _OPS:
        yield _case((5,), (3,), op=op, n=0, c=2, m=2, bias=True)
        yield _case((5, 4), (3, 2), op=op, n=0, c=2, m=2)


FAMILIES = (
    lecture,
    lecture_transposed,
    attributes,
    output_paddings,
    paddings,
    kernels_of_one,
    groups,
    precisions,
    together,
    empties,
)


def cases() -> list[Case]:
    """Every family's cases, each call once."""
    return each_once(FAMILIES)
