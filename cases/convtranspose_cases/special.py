"""Numbers at the edges of a format: NaN, infinities, zeros of both signs, subnormal numbers, and
results at and past the largest.

A theme says what each tensor holds; all finite numbers of a tensor are integers times one power of
two, so that goldens stay exact.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.formats import Format

NAN, INF, ZERO = float("nan"), float("inf"), 0.0
PREFIX = "special-"


def _units(target: Format) -> int:
    return 0


def _smallest(target: Format) -> int:
    """Exponent of the smallest subnormal number."""
    return target.min_exponent - target.precision + 1


def _top(target: Format) -> int:
    """Exponent of the power of two below the largest number."""
    return 1 - target.min_exponent


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What one tensor holds: magnitudes `least` ... `most` times 2**`exponent`, and one element in
    `every` out of `among` in turn.

    `signs` -1, 0, 1: all negative, random, all positive. `most` 0 stands for the whole significand.
    """

    least: int = 1
    most: int = 4
    signs: int = 0
    exponent: Callable[[Format], int] = _units
    among: tuple[float, ...] = ()
    every: int = 5

    def drawn(
        self, words: NDArray[np.uint64], target: Format
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Integers, and beside them the special values: 0.0 where the integer holds. Positions come
        from the words' order."""
        most = self.most or 2**target.precision - 1
        integers = (words & np.uint64(2**62 - 1)).astype(np.int64) % (
            most - self.least + 1
        ) + self.least
        signs = (
            np.full(words.shape, self.signs)
            if self.signs
            else 1 - 2 * (words >> np.uint64(63)).astype(np.int64)
        )
        special = np.zeros(words.shape)
        if self.among and words.size:
            chosen = np.argsort(words, kind="stable")[: max(words.size // self.every, 1)]
            integers[chosen] = 0
            special[chosen] = np.resize(self.among, len(chosen))
        return integers * signs, special


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """X, W and B of a case; `dtypes` where it means something in some formats only."""

    X: Numbers = field(default_factory=Numbers)
    W: Numbers = field(default_factory=Numbers)
    B: Numbers = field(default_factory=Numbers)
    dtypes: tuple[str, ...] = ("float32", "float64", "float16", "bfloat16")


_SMALL = Numbers()
_ONES = Numbers(most=1)
_BOTH = (INF, -INF)


def _half_way(up: int) -> Callable[[Format], int]:
    """Half of the smallest subnormal number's exponent: of two such factors a product is a few
    times that number."""
    return lambda target: (_smallest(target) + up) // 2


def _below_top(by: int) -> Callable[[Format], int]:
    return lambda target: _top(target) - by


THEMES: Mapping[str, Theme] = {
    "nan-x": Theme(X=Numbers(among=(NAN,))),
    "nan-w": Theme(W=Numbers(among=(NAN,))),
    "nan-b": Theme(B=Numbers(among=(NAN,), every=2)),
    "inf-x": Theme(X=Numbers(among=_BOTH)),
    "inf-w": Theme(W=Numbers(among=_BOTH)),
    "inf-b": Theme(B=Numbers(among=_BOTH, every=2)),
    "one-inf-w": Theme(W=Numbers(among=(INF,), every=10**6)),
    "inf-xw": Theme(X=Numbers(among=_BOTH), W=Numbers(among=_BOTH)),
    "nan-inf-xwb": Theme(
        X=Numbers(among=(INF, NAN)),
        W=Numbers(among=(-INF, NAN)),
        B=Numbers(among=(INF, NAN), every=2),
    ),
    "zero-x-inf-w": Theme(X=Numbers(among=(ZERO, -ZERO), every=3), W=Numbers(among=_BOTH)),
    "inf-x-zero-w": Theme(X=Numbers(among=_BOTH), W=Numbers(among=(-ZERO, ZERO), every=3)),
    "zeros": Theme(X=Numbers(among=(-ZERO, ZERO), every=2), W=Numbers(among=(-ZERO,), every=3)),
    "negative-zero-x": Theme(
        X=Numbers(among=(-ZERO,), every=1), W=Numbers(signs=1), B=Numbers(among=(-ZERO,), every=1)
    ),
    "subnormal-x": Theme(X=Numbers(most=7, exponent=_smallest), B=Numbers(exponent=_smallest)),
    "subnormal-w": Theme(W=Numbers(most=7, exponent=_smallest), B=Numbers(exponent=_smallest)),
    "subnormal-b": Theme(
        X=Numbers(among=(ZERO,), every=1, exponent=_smallest), B=Numbers(most=7, exponent=_smallest)
    ),
    "subnormal-y": Theme(
        X=Numbers(exponent=_half_way(0)),
        W=Numbers(exponent=_half_way(1)),
        B=Numbers(exponent=_smallest),
    ),
    "subnormal-some-x": Theme(
        X=Numbers(most=0, exponent=_smallest), W=_ONES, B=Numbers(exponent=_smallest)
    ),
    "below-subnormal-y": Theme(
        X=Numbers(exponent=_half_way(-3)),
        W=Numbers(exponent=_half_way(-2)),
        B=Numbers(exponent=_smallest),
        dtypes=("float32", "float16", "bfloat16"),
    ),
    "near-largest-y": Theme(
        X=Numbers(least=4, most=7, exponent=_below_top(7)),
        W=Numbers(most=2),
        B=Numbers(exponent=_below_top(5)),
    ),
    "overflow": Theme(
        X=Numbers(least=4, most=7, signs=1, exponent=_below_top(2)),
        W=Numbers(most=2, signs=1),
        B=Numbers(signs=1, exponent=_below_top(2)),
        dtypes=("float32", "float16", "bfloat16"),
    ),
    "negative-overflow": Theme(
        X=Numbers(least=4, most=7, signs=-1, exponent=_below_top(2)),
        W=Numbers(most=2, signs=1),
        B=Numbers(signs=-1, exponent=_below_top(2)),
        dtypes=("float32", "float16", "bfloat16"),
    ),
    "overflow-of-partial-sums": Theme(
        X=Numbers(least=4, most=7, exponent=_below_top(2)), W=_ONES, dtypes=("float16",)
    ),
    "at-the-limit": Theme(
        X=Numbers(least=2047, most=2047, signs=1),
        W=Numbers(least=32, most=32, signs=1),
        B=Numbers(most=31, signs=1),
        dtypes=("float16",),
    ),
}


def theme_of(data: str) -> Theme:
    """The theme that a data kind `special-...` names. Raises KeyError."""
    return THEMES[data.removeprefix(PREFIX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """Per output element what no integer says. `value`: NaN, Inf or -Inf, and 0.0 where the element
    is finite.

    `negative_zero`: every term is -0. `flushed`: the most that an element loses where subnormal
    inputs, products and sums count as 0.
    """

    value: NDArray[np.float64]
    negative_zero: NDArray[np.bool_]
    flushed: NDArray[np.float64]

    def same(self, other: "Special | None") -> bool:
        """Are both not finite at the same elements, with the same values?"""
        return other is not None and bool(np.array_equal(self.value, other.value, equal_nan=True))


# Arrays that are 1.0 where a number is NaN, +Inf, -Inf, positive, negative, +0, -0.
Signs = tuple[NDArray[np.float64], ...]


def signs_of(integers: NDArray[Any], special: NDArray[np.float64] | None) -> Signs:
    """Indicators of a tensor's numbers by class: NaN, +Inf, -Inf, positive, negative, +0, -0."""
    values = np.zeros(integers.shape) if special is None else special
    minus = np.signbit(values)
    infinite, zero = np.isinf(values), (integers == 0) & (values == 0)
    each = (
        np.isnan(values),
        infinite & ~minus,
        infinite & minus,
        integers > 0,
        integers < 0,
        zero & ~minus,
        zero & minus,
    )
    return tuple(np.asarray(e).astype(np.float64) for e in each)


def counted(
    linear: Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]], X: Signs, W: Signs
) -> tuple[NDArray[np.float64], ...]:
    """How many products of each output element are NaN, +Inf, -Inf, -0, and how many there are.

    By the definition's own products: NaN times anything and 0 times Inf are NaN (IEEE 754, 6.2 and
    7.2).
    """
    (xn, xi, xj, xp, xm, xz, xy), (wn, wi, wj, wp, wm, wz, wy) = X, W
    ones_x, ones_w = np.ones_like(xn), np.ones_like(wn)
    nan = (
        linear(xn, ones_w)
        + linear(ones_x, wn)
        + linear(xi + xj, wz + wy)
        + linear(xz + xy, wi + wj)
    )
    plus = linear(xi, wi + wp) + linear(xj, wj + wm) + linear(xp, wi) + linear(xm, wj)
    minus = linear(xi, wj + wm) + linear(xj, wi + wp) + linear(xp, wj) + linear(xm, wi)
    zero = linear(xz, wm + wy) + linear(xy, wp + wz) + linear(xp, wy) + linear(xm, wz)
    return nan, plus, minus, zero, linear(ones_x, ones_w)


def valued(nan: NDArray[Any], plus: NDArray[Any], minus: NDArray[Any]) -> NDArray[np.float64]:
    """NaN where a term is, or where both infinities meet; else the infinity that occurs; else
    0.0."""
    value = np.where(plus > 0, INF, np.where(minus > 0, -INF, 0.0))
    return np.where((nan > 0) | ((plus > 0) & (minus > 0)), NAN, value)
