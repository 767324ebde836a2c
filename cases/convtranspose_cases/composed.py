"""What stands before and after a convolution, in words: `resize_linear_scales_2_2`,
`shuffle_CRD_2`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from convtranspose_reference.resize import Resize
from convtranspose_reference.resize.depth_to_space import DepthToSpace


def number(value: float) -> str:
    """A float32 in letters and digits, as few as tell it from its neighbours: 1p5 is 1.5."""
    return np.format_float_positional(np.float32(value), trim="-").replace(".", "p")


def hyphened(word: str) -> str:
    """One of ONNX's words as one of an id."""
    return word.replace("_", "-")


def _each(name: str, values: Iterable[object] | None) -> list[str]:
    return [] if values is None else [name, *map(str, values)]


def resize_words(resize: Resize | None) -> Iterator[str]:
    """A Resize as the words of an id: its mode, and what differs from the defaults."""
    if resize is None:
        return
    yield from ("resize", resize.mode)
    yield from _each("scales", None if resize.scales is None else map(number, resize.scales))
    yield from _each("sizes", resize.sizes)
    given = resize.given()
    for keyword, name in WORDS.items():
        if name in given:
            yield from (keyword, hyphened(given[name]))
    for keyword, name in NUMBERS.items():
        if name in given:
            yield from (keyword, number(given[name]))
    for keyword in FLAGS:
        yield from [keyword] * (keyword in given)
    yield from _each("roi", None if resize.roi is None else map(number, resize.roi))


def shuffle_words(shuffle: DepthToSpace | None) -> list[str]:
    """A DepthToSpace as the words of an id."""
    return [] if shuffle is None else ["shuffle", shuffle.mode, str(shuffle.blocksize)]


# the word of an id -> the field of a Resize
WORDS = {
    "coordinates": "coordinate_transformation_mode",
    "nearest": "nearest_mode",
    "policy": "keep_aspect_ratio_policy",
}
NUMBERS = {"coeff": "cubic_coeff_a", "extrapolation": "extrapolation_value"}
FLAGS = ("antialias", "exclude_outside")


def resize_without_axis(resize: Resize, axis: int, rank: int) -> Resize:
    """The Resize of one spatial axis less; lists that do not fit the rank stay."""

    def cut(values: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
        if values is None or len(values) not in (rank, 2 * rank):
            return values
        left = [each for at, each in enumerate(values) if at % rank != axis]
        return tuple(left)

    return replace(resize, scales=cut(resize.scales), sizes=cut(resize.sizes), roi=cut(resize.roi))


def simpler_resizes(resize: Resize) -> Iterator[tuple[str, Resize]]:
    """What says less than a Resize, one change at a time: a default in place of what is given,
    scales of 2 or 1."""
    usual = Resize()
    for name in resize.given():
        if name not in ("scales", "sizes", "mode"):
            yield f"no {name}", replace(resize, **{name: getattr(usual, name)})
    for at, scale in enumerate(resize.scales or ()):
        for simpler in (1.0, 2.0):
            if scale not in (1.0, simpler):
                scales = (*(resize.scales or ())[:at], simpler, *(resize.scales or ())[at + 1 :])
                yield f"scales[{at}] = {simpler:g}", replace(resize, scales=scales)
