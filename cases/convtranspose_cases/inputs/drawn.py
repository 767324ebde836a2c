"""Integers out of random words: signs, magnitudes of so many bits, and zeros spread evenly. Shifts
and masks only."""

from collections.abc import Callable
from functools import cache
from itertools import count
from math import gcd

import numpy as np

from convtranspose_reference.attributes import Shape

from ..case import Case
from .scaled import Integers
from .stream import Words

Magnitudes = Callable[[Words], Words]
Draw = Callable[[str, Shape, Magnitudes], Integers]


def signed(words: Words, magnitudes: Words, shape: Shape) -> Integers:
    """Magnitudes with the sign of each word's highest bit, of a shape."""
    negative = words.view(np.int64) >> 63  # -1 or 0
    return ((magnitudes.view(np.int64) ^ negative) - negative).reshape(shape)


@cache
def up_to(bits: int) -> Magnitudes:
    """Magnitudes 1 ... 2**bits."""
    mask, least = np.uint64(2**bits - 1), np.uint64(1)
    return lambda words: (words & mask) + least


def whole(bits: int, *, odd: bool = False) -> Magnitudes:
    """Magnitudes of exactly `bits` bits."""
    lowest, mask = np.uint64(2 ** (bits - 1) | int(odd)), np.uint64(2 ** (bits - 1) - 1)
    return lambda words: (words & mask) | lowest


def thinning_step(pairs: int, limit: int) -> int:
    """Distance of the `limit` kept ones of `pairs`: it shares no factor with them, so that they
    fall on different taps too."""
    return next(step for step in count(-(-pairs // limit)) if gcd(step, pairs) == 1)


def spread_out(case: Case, W: Integers, limit: int) -> Integers:
    """W with at most `limit` nonzero (channel, tap) pairs for each output channel, spread evenly:
    an output has no more products."""
    pairs = case.channels_per_group * case.taps
    if pairs <= limit:
        return W
    shape = (case.group, case.channels_per_group, case.maps // case.group, case.taps)
    kept = np.zeros((case.maps, pairs), bool)
    step = thinning_step(pairs, limit)
    for m in range(case.maps):
        kept[m, (step * np.arange(limit) + m) % pairs] = True
    if case.op == "Conv":
        return np.where(kept.reshape(W.shape), W, 0)
    by_map = kept.reshape(shape[0], shape[2], shape[1], shape[3])
    return np.where(by_map.swapaxes(1, 2).reshape(W.shape), W, 0)


def thinned(integers: Integers, words: Words, share: int) -> Integers:
    """`integers` with all but one in `share` (rounded up) set to 0: those stay whose random words
    are the smallest."""
    flat = np.zeros(integers.size, np.int64)
    kept = np.argsort(words, kind="stable")[: -(-integers.size // share)]
    flat[kept] = integers.ravel()[kept]
    return flat.reshape(integers.shape)
