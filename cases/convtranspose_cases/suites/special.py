"""`special`: NaN, infinities, zeros of both signs, subnormal numbers and overflow. Where may a
value that is not finite appear, and where not?

The definition has no product with a zero between or around the inputs: a filter's NaN reaches only
the outputs whose products it is in.
"""

from collections.abc import Iterator
from typing import Any

from ..case import Case, make
from ..special import PREFIX, THEMES
from .families import each_once

SUITE = "special"
TITLE = "NaN, infinities, signed zeros, subnormal numbers, overflow"

_NOT_FINITE = (
    "nan-x",
    "nan-w",
    "inf-x",
    "inf-w",
    "one-inf-w",
    "inf-xw",
    "zero-x-inf-w",
    "inf-x-zero-w",
)


def _case(x: tuple[int, ...], k: tuple[int, ...], theme: str, **given: Any) -> Case:
    return make(SUITE, x, k, data=PREFIX + theme, **given)


def themes() -> Iterator[Case]:
    """Every theme in every dtype that it is for, in one dimension with a stride; with bias where
    the theme is about it."""
    for name, theme in THEMES.items():
        if name == "at-the-limit":
            continue
        bias = name in ("nan-b", "inf-b", "subnormal-b", "nan-inf-xwb", "negative-zero-x")
        for dtype in theme.dtypes:
            yield _case((5,), (3,), name, strides=(2,), m=2, dtype=dtype, bias=bias)


def places() -> Iterator[Case]:
    """What is not finite in two dimensions, with strides, dilations, pads, groups, SAME: where it
    may appear."""
    for theme in _NOT_FINITE:
        yield _case((4, 3), (3, 3), theme, c=2, m=2)
        yield _case((3, 4), (3, 2), theme, strides=(2, 3), c=2, m=2)
        yield _case((4, 3), (2, 3), theme, dilations=(2, 2), c=2, m=3)
        yield _case((4, 4), (3, 3), theme, strides=(2, 2), pads=(1, 1, 1, 1), output_padding=(1, 1))
    for theme in ("nan-w", "inf-w", "inf-x", "nan-x"):
        yield _case((4,), (2,), theme, strides=(4,))
        yield _case((5,), (3,), theme)
        yield _case((4, 3), (3, 2), theme, c=4, m=4, group=2, strides=(2, 1))
        yield _case((4, 3), (3, 3), theme, strides=(2, 2), auto_pad="SAME_UPPER")
        yield _case((3, 2, 2), (2, 2, 2), theme, strides=(2, 1, 2))
        yield _case((3, 3), (3, 3), theme, bias=True, m=2, pads=(1, 0, 0, 1))
    for dtype in ("float16", "bfloat16", "float64"):
        for theme in ("nan-w", "inf-x", "inf-w"):
            yield _case((4, 3), (3, 3), theme, strides=(2, 2), c=2, m=2, dtype=dtype)
            yield _case((4, 3), (3, 3), theme, dtype=dtype)


def edges() -> Iterator[Case]:
    """Small and large magnitudes in two dimensions, with several channels and with bias; the limit
    where float16 rounds to Inf."""
    for theme in ("subnormal-x", "subnormal-w", "subnormal-y", "zeros", "near-largest-y"):
        yield _case((3, 4), (2, 2), theme, c=2, m=2)
        yield _case((4,), (3,), theme, strides=(2,), bias=True, m=2)
    for theme in ("overflow", "negative-overflow"):
        yield _case((3, 4), (2, 2), theme, c=2, m=2)
        yield _case((4,), (3,), theme, bias=True, m=2)
    for dtype in ("float16", "bfloat16", "float64"):
        yield _case((3, 4), (2, 2), "subnormal-x", c=2, m=2, dtype=dtype)
    yield _case((3,), (1,), "at-the-limit", m=8, bias=True, dtype="float16")
    yield _case((4,), (3,), "overflow-of-partial-sums", dtype="float16")
    yield _case((3, 4), (2, 2), "overflow-of-partial-sums", c=2, dtype="float16")


def forward() -> Iterator[Case]:
    """Conv of one channel in bfloat16, without padding: kernels that take channels in pairs find no
    second one."""
    for theme in ("nan-x", "inf-x"):
        yield _case((4, 3), (2, 1), theme, op="Conv", m=2, dtype="bfloat16")


def found_by_fuzz() -> Iterator[Case]:
    """Groups of one channel and several maps in bfloat16: an infinity of W meets no zero."""
    yield _case((4, 4), (1, 1), "inf-w", c=2, m=4, group=2, dtype="bfloat16")


FAMILIES = (themes, places, edges, forward, found_by_fuzz)


def cases() -> list[Case]:
    """Every family's cases, each call once."""
    return each_once(FAMILIES)
