"""`random`: fresh legal calls over the whole space, another set for every seed. Not part of a
default run."""

import hashlib
from itertools import count
from typing import Any

import numpy as np

from convtranspose_reference.attributes import InvalidInput

from ..case import Case, make
from ..inputs import tensors

SUITE = "random"
TITLE = "Random legal calls"
CASES = 2000
_NUMBERS = (
    *(("float32", "integers"),) * 6,
    ("float32", "dense"), ("float32", "sparse"), ("float32", "wide-x"), ("float32", "wide-w"),
    ("float64", "integers"), ("float64", "dense"),
    ("float16", "integers"), ("float16", "wide"),
    ("bfloat16", "sparse"), ("bfloat16", "wide"),
)  # fmt: skip


class _Draw:
    """Choices from a counter-based stream: the same on every machine."""

    def __init__(self, seed: int, number: int) -> None:
        key = int.from_bytes(
            hashlib.sha256(f"random/{seed}/{number}".encode()).digest()[:16], "little"
        )
        self._words = iter(np.random.Philox(key=key, counter=0).random_raw(512).tolist())

    def below(self, n: int) -> int:
        return int(next(self._words) >> 32) * n >> 32

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def each(self, rank: int, *values: int) -> tuple[int, ...]:
        return tuple(values[self.below(len(values))] for _ in range(rank))


def _attempt(seed: int, number: int) -> Case | None:
    """One legal case, or None where the draw is illegal or its numbers would not be exact."""
    draw = _Draw(seed, number)
    rank = 1 + draw.below(3)
    group, per_c, per_m = (1, 1, 2, 2, 3)[draw.below(5)], 1 + draw.below(3), 1 + draw.below(3)
    x, k = draw.each(rank, 1, 2, 3, 4, 5), draw.each(rank, 1, 2, 3, 4)
    given: dict[str, Any] = {"group": group} if group > 1 else {}
    strides, dilations = draw.each(rank, 1, 2, 3, 4), draw.each(rank, 1, 1, 2, 3)
    if draw.chance(70):
        given["strides"] = strides
    if draw.chance(50):
        given["dilations"] = dilations
    if draw.chance(30):
        given["output_padding"] = draw.each(rank, 0, 1, 2)
    auto = ("NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")[draw.below(5)]
    if auto != "NOTSET" or draw.chance(20):
        given["auto_pad"] = auto
    if draw.chance(50) and auto == "NOTSET":
        given["pads"] = draw.each(2 * rank, 0, 0, 1, 2, 3)
    if draw.chance(25):
        natural = [
            s * (i - 1) + j for s, i, j in zip(given.get("strides", (1,) * rank), x, k, strict=True)
        ]
        given["output_shape"] = tuple(
            max(n + d, 1)
            for n, d in zip(natural, draw.each(rank, -2, -1, 0, 0, 1, 2, 3), strict=True)
        )
    dtype, data = _NUMBERS[draw.below(len(_NUMBERS))]
    batch = 1 + draw.below(2)
    given |= {"bias": draw.chance(40), "initializer": draw.chance(50), "dtype": dtype, "data": data}
    case = make(SUITE, x, k, n=batch, c=group * per_c, m=group * per_m, **given)
    try:
        case.y_shape()
        tensors(case)
    except (InvalidInput, ValueError):
        return None
    return case


def cases(seed: int = 0, number: int = CASES) -> list[Case]:
    """`number` different legal calls drawn from `seed`."""
    by_name: dict[str, Case] = {}
    attempts = count()
    while len(by_name) < number:
        case = _attempt(seed, next(attempts))
        if case is not None:
            by_name[case.name] = case
    return list(by_name.values())
