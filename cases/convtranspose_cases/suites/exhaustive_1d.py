"""`exhaustive-1d`: one axis in full. Every small size with every legal attribute. Not part of a
default run.

ConvTranspose's index arithmetic is separable by axis, so that this is the small scope of N axes
too; how axes, groups, channels and dtypes meet is `core`'s. A name reads input, kernel, stride,
dilation, output_padding, then pads, auto_pad, output_shape where they are given:
`x4_k3_s2_d1_o1_p1_2`, `x4_k3_s2_d1_o0_same_upper_y8`.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

from convtranspose_reference.attributes import Attributes, Shape

from ..case import Case

SUITE = "exhaustive-1d"
TITLE = "One axis in full: every small size with every legal attribute"
INPUTS, KERNELS, STRIDES, DILATIONS = range(1, 7), range(1, 6), range(1, 5), range(1, 4)
PADS = tuple((begin, end) for begin in range(4) for end in range(4))
AUTO_PADS = ("VALID", "SAME_UPPER", "SAME_LOWER")
AROUND_NATURAL = range(-3, 3)  # output_shape against the size without pads
IGNORED_PADS = (1, 2)  # beside output_shape: unequal, so that using them and swapping them show


class AxisSizes(NamedTuple):
    """One axis: input, kernel, stride, dilation, output_padding, all that the size without pads
    follows from."""

    x: int
    k: int
    s: int
    d: int
    o: int

    @property
    def natural(self) -> int:
        return self.s * (self.x - 1) + self.o + (self.k - 1) * self.d + 1


def sizes() -> Iterator[AxisSizes]:
    """Every combination with an output_padding below max(stride, dilation)."""
    for x, k, s, d in product(INPUTS, KERNELS, STRIDES, DILATIONS):
        yield from (AxisSizes(x, k, s, d, o) for o in range(max(s, d)))


def cases() -> list[Case]:
    """Every combination that the text allows: its output sizes are 0 or more, and pads stand beside
    no auto_pad."""
    return [
        case for size in sizes() for family in (padded, automatic, shaped) for case in family(size)
    ]


def padded(size: AxisSizes) -> Iterator[Case]:
    """Explicit pads that leave an output, an empty one included."""
    yield from (_case(size, pads=pads) for pads in PADS if sum(pads) <= size.natural)


def automatic(size: AxisSizes) -> Iterator[Case]:
    """auto_pad alone."""
    yield from (_case(size, auto_pad=word) for word in AUTO_PADS)


def shaped(size: AxisSizes) -> Iterator[Case]:
    """output_shape under each auto_pad; beside pads where it makes them ignored."""
    near = [size.natural + by for by in AROUND_NATURAL if size.natural + by > 0]
    for word in (None, *AUTO_PADS):
        yield from (_case(size, auto_pad=word, y=y) for y in (*near, *_far(size)))
    yield from (_case(size, pads=IGNORED_PADS, y=y) for y in near)


def _far(size: AxisSizes) -> list[int]:
    """Crops down to one element and to half, extensions past what Conv leads back from; without
    output_padding, which these swallow."""
    far = {1, size.natural // 2, size.natural + size.s, size.natural + size.s + 1}
    return (
        [] if size.o else sorted(y for y in far if y > 0 and y - size.natural not in AROUND_NATURAL)
    )


def _case(
    size: AxisSizes,
    *,
    pads: tuple[int, int] = (0, 0),
    auto_pad: str | None = None,
    y: int | None = None,
) -> Case:
    of_pads = f"_p{pads[0]}_{pads[1]}" if any(pads) else ""
    of_shape = "" if y is None else f"_y{y}"
    return Case(
        suite=SUITE,
        name=f"{_sizes_said(size)}{of_pads}{_LOWER[auto_pad]}{of_shape}",
        x_shape=_shape(size.x),
        w_shape=_shape(size.k),
        attributes=_attributes(size.s, size.d, size.o, pads, auto_pad, y),
    )


_LOWER: dict[str | None, str] = {None: "", **{word: f"_{word.lower()}" for word in AUTO_PADS}}


@lru_cache(maxsize=1)  # the cases of one size come one after the other
def _sizes_said(size: AxisSizes) -> str:
    return "_".join(f"{letter}{value}" for letter, value in zip("xksdo", size, strict=True))


# of 50,000 cases nine in ten share their attributes with another one, and all their shapes: each is
# made once


@cache
def _shape(length: int) -> Shape:
    return (1, 1, length)


@cache
def _one(value: int) -> Shape:
    return (value,)


@cache
def _attributes(
    s: int, d: int, o: int, pads: tuple[int, int], auto_pad: str | None, y: int | None
) -> Attributes:
    return Attributes(
        strides=_one(s),
        dilations=_one(d),
        output_padding=_one(o) if o else None,
        pads=pads if any(pads) else None,
        auto_pad=auto_pad,
        output_shape=None if y is None else _one(y),
    )
