"""A call's output in float64 with a bound on its own error: enough to see that an answer is right,
in a third of a second where exact integers take minutes.

Products of numbers of 24 bits or less are exact in float64, so that the sum of n of them and B is
off by at most (n + 1) * 2**-53 * S, whatever the order (Jeannerod & Rump 2013, theorem 3.1), a
part in 2**29 of what float32 may be off by. What this does not show to be right is held against
the exact integers.
"""

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.inputs import linear_of
from convtranspose_reference.bounds import Sums, error_bound, exact_where
from convtranspose_reference.formats import FORMATS, round_to
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.window import window

from .numbers import Array

COUNTED = 2**24  # products that float32 counts exactly
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)  # no slots: what follows from the fields is kept
class Enclosure:
    """`Y` in float64, right to `slack` for each element; `sums` says less than there is, so that
    the bound is a little too tight rather than too wide."""

    dtype: str
    Y: Floats
    slack: Floats
    sums: Sums

    @cached_property
    def expected(self) -> Array:
        """Y rounded once to the dtype."""
        return np.asarray(round_to(self.Y, self.dtype))

    @cached_property
    def bound(self) -> Floats:
        """The proved bound on a right answer's distance from the exact one."""
        return error_bound(self.sums, FORMATS[self.dtype])

    @cached_property
    def exact(self) -> NDArray[np.bool_]:
        """Where nothing but `expected` is right: there `Y` itself is exact."""
        return exact_where(self.sums, FORMATS[self.dtype]) & (self.sums.ulp > 0)

    @property
    def is_finite(self) -> bool:
        return bool(np.isfinite(self.expected.astype(np.float64)).all())

    def shows_right(self, Y: Array) -> bool:
        """Is every element of an answer of this shape and dtype certainly right? False says
        nothing."""
        with np.errstate(invalid="ignore"):  # of infinities, which are never shown to be right
            error = np.abs(Y.astype(np.float64) - self.Y) + self.slack
        return bool(np.where(self.exact, Y == self.expected, error <= self.bound).all())

    def off_by(self, Y: Array) -> float:
        """The largest distance of an answer over its bound; infinite where it is owed exactly and
        is not there. NaN is infinitely far."""
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.abs(Y.astype(np.float64) - self.Y)
            ratio = np.where(error == 0, 0.0, error / np.where(self.exact, 0.0, self.bound))
        ratio = np.where(self.exact & (Y == self.expected), 0.0, ratio)
        return float(np.nan_to_num(ratio, nan=np.inf, posinf=np.inf).max(initial=0.0))


def can_enclose(case: Case) -> bool:
    """Is float64 more precise than the call's own sums?"""
    return case.dtype != "float64"


def enclosure(
    case: Case, X: Array, W: Array, B: Array | None, place: Geometry | None, ulp: float
) -> Enclosure:
    """Of a call that is not refused: `place` is where a ConvTranspose lands, None for Conv; `ulp` a
    power of two of which all products and B are multiples."""
    linear = linear_of(case)
    x, w = X.astype(np.float64), W.astype(np.float64)
    counting = np.float32 if case.channels_per_group * prod(W.shape[2:]) < COUNTED else np.float64
    with np.errstate(all="ignore"):  # what is not finite is left to the exact reference
        Y, S = linear(x, w), linear(np.abs(x), np.abs(w))
        n = linear((X != 0).astype(counting), (W != 0).astype(counting))
        if place is not None:
            Y, S, n = (_cropped(each, place) for each in (Y, S, n))
        if B is not None:
            b = B.astype(np.float64).reshape(1, -1, *(1,) * case.rank)
            Y, S = Y + b, S + np.abs(b)
        n = n.astype(np.int64)
        slack = (n + 2) * 2.0**-52 * S
        sums = Sums(
            S=S * (1 - (n + 2) * 2.0**-52),
            size=np.maximum(np.abs(Y) - slack, 0.0),
            n=n,
            beta=int(B is not None),
            ulp=ulp,
        )
    return Enclosure(dtype=case.dtype, Y=np.asarray(Y), slack=slack, sums=sums)


def _cropped(canvas: Array, place: Geometry) -> Array:
    return window(canvas, len(place.axes), place.begins, place.spatial)
