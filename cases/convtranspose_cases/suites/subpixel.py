"""`subpixel`: a convolution whose channels become blocks of pixels (Shi et al., CVPR 2016): Conv
and DepthToSpace, in both orders of channels."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from convtranspose_reference.resize import Resize
from convtranspose_reference.resize.depth_to_space import SHUFFLES, DepthToSpace

from ..case import Case, make
from .families import each_once

SUITE = "subpixel"
TITLE = "Sub-pixel convolution: Conv, then DepthToSpace in both orders"


def _case(x: Iterable[int], k: Iterable[int], block: int, mode: str, **given: Any) -> Case:
    shuffle = DepthToSpace(block, mode=mode)
    usual = {"m": 2 * block**2, "opset": 22 if given.get("dtype") == "bfloat16" else 13}
    return make(SUITE, tuple(x), tuple(k), op="Conv", depth_to_space=shuffle, **usual | given)


def blocks() -> Iterator[Case]:
    """Blocks of 1, 2, 3 and 4, one map and several, on oblong X, so that height is not width."""
    for mode, block, maps in product(SHUFFLES, (1, 2, 3, 4), (1, 2, 3)):
        yield _case((3, 4), (2, 3), block, mode, m=maps * block**2)


def remedy() -> Iterator[Case]:
    """3 x 3 kernels that keep the size, as super-resolution has them; 1 x 1; several images."""
    for mode, block in product(SHUFFLES, (2, 3)):
        yield _case((4, 4), (3, 3), block, mode, pads=(1, 1, 1, 1), c=2, bias=True)
        yield _case((4, 3), (1, 1), block, mode, c=3)
        yield _case((3, 3), (2, 2), block, mode, n=2, initializer=False)
        yield _case((4, 4), (3, 3), block, mode, pads=(1, 1, 1, 1), data="ones")


def convolutions() -> Iterator[Case]:
    """Groups, strides, dilations, SAME under a shuffle."""
    for mode in SHUFFLES:
        yield _case((5, 4), (2, 2), 2, mode, c=4, m=8, group=2, bias=True)
        yield _case((5, 4), (2, 2), 2, mode, c=8, m=8, group=8)
        yield _case((6, 5), (3, 2), 2, mode, strides=(2, 1))
        yield _case((6, 5), (3, 2), 3, mode, m=9, dilations=(2, 1))
        yield _case((5, 4), (3, 3), 2, mode, auto_pad="SAME_UPPER")
        yield _case((5, 4), (3, 3), 2, mode, pads=(0, 1, 2, 0))


def numbers() -> Iterator[Case]:
    """Every dtype, with all its bits too; the texts of 11 and 22."""
    for mode, dtype in product(SHUFFLES, ("float32", "float64", "float16", "bfloat16")):
        for data in ("integers", "dense", "sparse"):
            yield _case((3, 4), (2, 2), 2, mode, c=2, dtype=dtype, data=data)
    for mode, opset in product(SHUFFLES, (11, 22)):
        yield _case((3, 4), (2, 3), 2, mode, opset=opset)
    yield _case((3, 4), (2, 2), 2, "DCR", n=0)


def after_a_resize() -> Iterator[Case]:
    """All three in one model."""
    for mode in SHUFFLES:
        twice = Resize.of(
            mode="nearest",
            scales=(2, 2),
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
        yield _case((2, 3), (2, 2), 2, mode, resize=twice, opset=19)


def forbidden() -> Iterator[Case]:
    """Blocks whose square does not divide the channels, of 0 and below; other than two axes."""
    for mode in SHUFFLES:
        yield _case((3, 4), (2, 2), 2, mode, m=6, data="plain")
        yield _case((3, 4), (2, 2), 3, mode, m=8, data="plain")
    yield _case((3, 4), (2, 2), 0, "DCR", m=4, data="plain")
    yield _case((3, 4), (2, 2), -2, "CRD", m=4, data="plain")
    yield _case((4,), (2,), 2, "DCR", m=4, data="plain")
    yield _case((2, 2, 2), (1, 2, 1), 2, "CRD", m=8, data="plain")


FAMILIES = (blocks, remedy, convolutions, numbers, after_a_resize, forbidden)


def cases() -> list[Case]:
    """Every family's cases, each call once."""
    return each_once(FAMILIES)
