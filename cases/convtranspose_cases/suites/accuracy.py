"""`accuracy`: the probes of precision, from one product an output to 10^5, in every dtype
(docs/numerics.md says what each proves)."""

from collections.abc import Iterator
from typing import Any

from ..case import Case, make
from .families import each_once

SUITE = "accuracy"
TITLE = "Precision, from 1 to 100,008 products an output"

# spatial input, kernel, channels: products an output = channels * taps, in the middle, where all
# taps overlap
SIZES: tuple[tuple[tuple[int, int], tuple[int, int], int], ...] = (
    # a scaled weight moves one float16 in 16, one bfloat16 in 128: outputs enough to see it
    ((16, 16), (1, 1), 1),
    ((6, 6), (2, 2), 1),
    *(((4, 4), (3, 3), channels) for channels in (1, 4, 16, 64, 256, 1024, 4096, 11_112)),
)
MAPS = 4

# kind of numbers -> the most products an output that leave it something to prove
_ANY = 10**6
PROBED: dict[str, dict[str, int]] = {
    "float32": {
        "integers": _ANY,
        "narrow-8": _ANY,
        "narrow-11": _ANY,
        "wide-x": _ANY,
        "wide-w": _ANY,
        "sparse": _ANY,
        "dense": _ANY,
    },
    "float64": {
        "integers": _ANY,
        "narrow-8": _ANY,
        "narrow-11": _ANY,
        "wide-x": _ANY,
        "wide-w": _ANY,
        "sparse": _ANY,
        "dense": _ANY,
    },
    "float16": {
        "integers": 255,
        "narrow-8": _ANY,
        "narrow-11": _ANY,
        "wide": _ANY,
        "sparse": _ANY,
        "dense": _ANY,
    },
    "bfloat16": {"integers": 16, "narrow-8": _ANY, "wide": _ANY, "sparse": _ANY, "dense": _ANY},
}


def _case(x: tuple[int, ...], k: tuple[int, ...], **given: Any) -> Case:
    return make(SUITE, x, k, **given)


def sizes() -> Iterator[Case]:
    """Every probe at every size, one shape of call for all: what the accuracy class and its plot
    are made from."""
    for dtype, kinds in PROBED.items():
        for data, most in kinds.items():
            for x, k, c in SIZES:
                if c * k[0] * k[1] <= most:
                    yield _case(x, k, c=c, m=MAPS, dtype=dtype, data=data)


def shapes() -> Iterator[Case]:
    """The same numbers of products by overlapping taps alone, and by channels alone (kernel =
    stride), with groups and a bias."""
    for dtype in PROBED:
        for data in ("sparse", "dense"):
            yield _case((9, 9), (6, 6), dtype=dtype, data=data)
            yield _case((24, 24), (24, 24), dtype=dtype, data=data)
            yield _case((12, 12), (12, 12), strides=(2, 2), dtype=dtype, data=data)
            yield _case((576,), (144,), dtype=dtype, data=data)
            yield _case((4, 4), (2, 2), strides=(2, 2), c=576, m=MAPS, dtype=dtype, data=data)
            yield _case((4, 4), (2, 2), strides=(2, 2), c=9216, m=MAPS, dtype=dtype, data=data)
            yield _case((4, 4), (3, 3), c=256, m=16, group=4, bias=True, dtype=dtype, data=data)


FAMILIES = (sizes, shapes)


def cases() -> list[Case]:
    """Every family's cases, each call once."""
    return each_once(FAMILIES)
