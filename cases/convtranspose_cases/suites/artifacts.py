"""`artifacts`: the overlap of ConvTranspose as a backend's own output (ones times ones), stacks of
layers, and the generators whose pictures the lecture shows, with random weights.

Layers as they stand in the works' own code: Radford et al. 2015 (DCGAN), Salimans et al. 2016
(openai/improved-gan, imagenet), Donahue et al. 2016 (jeffdonahue/bigan, net 64), Dumoulin et al.
2016 (IshmaelBelghazi/ALI, Tiny ImageNet). Channels are divided by 32 to 64.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from ..case import Case, make
from .families import each_once

SUITE = "artifacts"
TITLE = "Checkerboards: overlap maps, stacks of layers, four generators"


def _ones(x: Iterable[int], k: Iterable[int], **given: Any) -> Case:
    return make(SUITE, tuple(x), tuple(k), **{"data": "ones"} | given)


def lecture() -> Iterator[Case]:
    """The lecture's four transposed convolutions of 5 x 5."""
    yield _ones((5, 5), (3, 3), pads=(1, 1, 1, 1))
    for k, s in ((6, 3), (5, 2), (3, 2)):
        yield _ones((5, 5), (k, k), strides=(s, s))
        yield _ones((5, 5), (k, k), strides=(s, s), auto_pad="SAME_UPPER")


def along_one_axis() -> Iterator[Case]:
    """Kernels below, at, above and between multiples of the stride; dilations with and without a
    common factor; pads that crop borders away."""
    for s, k in product((1, 2, 3, 4), (1, 2, 3, 4, 5, 6, 8)):
        yield _ones((9,), (k,), strides=(s,))
    for s, k, d in product((2, 3, 4), (2, 3, 4, 6), (2, 3)):
        yield _ones((9,), (k,), strides=(s,), dilations=(d,))
    for s, k in ((2, 3), (2, 4), (3, 4), (3, 6)):
        yield _ones((9,), (k,), strides=(s,), pads=(k // 2, k // 2))
        yield _ones((9,), (k,), strides=(s,), pads=(0, k - 1), output_padding=(s - 1,))
        yield _ones((9,), (k,), strides=(s,), c=4, m=3)
        yield _ones((9,), (k,), strides=(s,), c=6, m=4, group=2)


def along_two_axes() -> Iterator[Case]:
    """Overlaps multiply: each axis alone, both, one even beside one uneven; every dtype."""
    for k, s in product(((3, 3), (4, 4), (5, 5), (3, 4), (2, 3)), ((2, 2), (3, 3), (2, 3), (1, 2))):
        yield _ones((6, 6), k, strides=s)
    for side, step, pad in ((3, 2, 1), (4, 2, 1), (5, 2, 2), (6, 3, 1)):
        kernel, steps = (side, side), (step, step)
        yield _ones((6, 6), kernel, strides=steps, pads=(pad,) * 4, output_padding=(step - 1,) * 2)
        yield _ones((6, 6), kernel, strides=steps, auto_pad="SAME_LOWER")
    yield _ones((6, 6), (3, 3), strides=(2, 2), dilations=(2, 1))
    yield _ones((6, 6), (3, 3), strides=(2, 2), dilations=(3, 3), c=2, m=2)
    for dtype in ("float16", "bfloat16", "float64"):
        yield _ones((6, 6), (3, 3), strides=(2, 2), dtype=dtype)
        yield _ones((6, 6), (4, 4), strides=(2, 2), dtype=dtype)


def along_three_axes() -> Iterator[Case]:
    """Overlaps of three axes: in volumes, and in videos that have a stride in two of them."""
    for k, s in product(((3, 3, 3), (4, 4, 4), (2, 3, 4)), ((2, 2, 2), (1, 2, 2), (3, 2, 1))):
        yield _ones((4, 4, 4), k, strides=s)
    yield _ones((4, 4, 4), (3, 3, 3), strides=(2, 2, 2), pads=(1,) * 6)
    yield _ones((4, 4, 4), (3, 3, 3), strides=(2, 2, 2), dilations=(1, 2, 3))


def _stack(kernels: tuple[int, ...], strides: tuple[int, ...], rank: int) -> Iterator[Case]:
    """Layers of ones on top of one another, each fed with the exact output of the one below."""
    name = f"stack_{rank}d_" + "_".join(f"k{k}_s{s}" for k, s in zip(kernels, strides, strict=True))
    below: Case | None = None
    for number, (k, s) in enumerate(zip(kernels, strides, strict=True), 1):
        x = (9,) * rank if below is None else below.y_shape()[2:]
        given = {"data": "ones"} if below is None else {"data": "previous-ones", "previous": below}
        below = make(
            SUITE, x, (k,) * rank, strides=(s,) * rank, name=f"{name}_layer_{number}", **given
        )
        yield below


def stacks() -> Iterator[Case]:
    """Where unevenness multiplies (no kernel above its stride), is smoothed, and returns behind an
    even layer."""
    for kernels, strides in (
        ((1, 1), (2, 2)),
        ((3, 3), (2, 2)),
        ((3, 3, 3), (2, 2, 2)),
        ((5, 5, 5), (2, 2, 2)),
        ((4, 4, 4), (2, 2, 2)),
        ((3, 4), (2, 2)),
        ((4, 3), (2, 2)),
        ((2, 3), (3, 4)),
    ):
        yield from _stack(kernels, strides, 1)
    for kernels in ((3, 3), (5, 5), (4, 4)):
        yield from _stack(kernels, (2, 2), 2)


def _layers(
    name: str, channels: tuple[int, ...], x: int, layers: Iterable[tuple[int, dict[str, Any]]]
) -> Iterator[Case]:
    """A generator from a square of side `x`: each layer's kernel and attributes."""
    below: Case | None = None
    for number, (k, given) in enumerate(layers, 1):
        side = x if below is None else below.y_shape()[2]
        case = make(
            SUITE,
            (side, side),
            (k, k),
            name=f"{name}_layer_{number}",
            c=channels[number - 1],
            m=channels[number],
            **given,
        )
        if below is not None:
            case = replace(case, data="previous", previous=below)
        below = case
        yield case


def generators() -> Iterator[Case]:
    """From noise to 64 x 64, layer by layer on the exact output of the one before: 5 x 5 with
    stride 2 in three spellings, and Dumoulin's 4 x 4, whose strides divide the kernels."""
    wide = {"strides": (2, 2), "pads": (2,) * 4, "output_padding": (1, 1)}
    cropped = {"strides": (2, 2), "pads": (2, 2, 1, 1)}
    same = {"strides": (2, 2), "auto_pad": "SAME_UPPER"}
    once, twice = {"strides": (1, 1)}, {"strides": (2, 2)}
    yield from _layers("radford_2015", (16, 8, 4, 2, 3), 4, [(5, wide)] * 4)
    yield from _layers("salimans_2016", (18, 8, 4, 2, 2), 4, [(5, same)] * 4)
    yield from _layers("donahue_2016", (16, 8, 4, 2, 3), 4, [(5, cropped)] * 4)
    yield from _layers("dumoulin_2016", (8, 8, 4, 4, 2, 2, 2), 1, [(4, once), (4, twice)] * 3)


FAMILIES = (
    lecture,
    along_one_axis,
    along_two_axes,
    along_three_axes,
    stacks,
    generators,
)


def cases() -> list[Case]:
    """Every family's cases, each call once."""
    return each_once(FAMILIES)
