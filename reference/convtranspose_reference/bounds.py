"""How far a correct result may be from the exact one, and when it may not be at all."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .formats import Format


@dataclass(frozen=True, kw_only=True)  # no slots: see `later`
class Sums:
    """Per output element: `S` = sum of |x||w| (+|b|), `size` = |golden|, both float64; `n` =
    products with both factors nonzero.

    `beta` = 1 with a bias; `ulp` is the power of two q of which every product and B are multiples.
    `carried`: how far the exact sum of what was summed may be off, where X was rounded before; S
    holds it, too.
    """

    S: NDArray[np.float64]
    size: NDArray[np.float64]
    n: NDArray[np.int64]
    beta: int
    ulp: float
    carried: NDArray[np.float64] | None = None

    @classmethod
    def later(
        cls, make: Callable[[], Self], is_exact: Callable[[Format], bool] = lambda target: False
    ) -> Self:
        """What `make` makes, when a field of it is first read: an answer that equals its golden
        asks for no bound. `is_exact`: is it seen without the sums that `exact_where` holds of every
        element?"""
        found = cls.__new__(cls)
        found.__dict__.update(_make=make, _is_exact=is_exact)
        return found

    def are_exact(self, target: Format) -> bool:
        """Is it seen at once that `exact_where` holds of every element?"""
        is_exact = self.__dict__.get("_is_exact")
        return is_exact is not None and is_exact(target)

    def __getattr__(self, name: str) -> Any:
        """A field that is not there yet."""
        make = self.__dict__.pop("_make", None)
        if make is None:
            raise AttributeError(name)
        self.__dict__.update(make().__getstate__())
        return getattr(self, name)

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


def exact_where(sums: Sums, target: Format) -> NDArray[np.bool_]:
    """Where a result has to equal the golden rounded once: every partial sum, in any order, with or
    without FMA, is representable.

    All products and B are multiples of q, S <= 2**p * q (below it in float64), q at least the
    smallest normal number and S at most the largest finite one: then every partial sum is an
    integer multiple of q of at most 2**p, hence in a format of p bits (Higham 2002, section 2.1). p
    is that of the sums: the dtype's, float32's for the 16-bit formats, whose one rounding into the
    output is then the only one.
    """
    precision = max(target.precision, 24)
    largest = 2.0**precision * sums.ulp
    # S is a sum in float64, too: one beyond 2**53 * q may have been rounded to just that
    small = sums.S < largest if precision == 53 else sums.S <= largest
    representable = sums.ulp >= 2.0**target.min_exponent
    given = sums.carried is None or sums.carried == 0
    return np.asarray(small & (sums.S <= target.largest) & representable & given)


def error_bound(
    sums: Sums, target: Format, *, roundoff: float | None = None
) -> NDArray[np.float64]:
    """The a-priori bound on |y - golden| where equality is not owed: (n + beta) * u * S, plus one
    rounding into a 16-bit output.

    Source: Jeannerod & Rump 2013, "Improved error bounds for inner products in floating-point
    arithmetic", theorem 3.1: n * u * S without a higher-order term, whatever the order. u is
    float32's for float16 and bfloat16, whose own u would pass zeros at n = 2**p: in-dtype sums are
    a fault. A product that gradual underflow rounds is off by half the smallest subnormal number at
    most (Higham 2002, section 2.2); sums of such numbers are exact. `roundoff` replaces u: the
    bound of a named accuracy class, not of a correct result.
    """
    u = target.accumulation_roundoff if roundoff is None else roundoff
    summed = (sums.n + sums.beta) * u * sums.S + _underflow(sums, target)
    if sums.carried is not None:
        summed = summed + sums.carried
    if target.precision >= 24:
        return np.asarray(summed)
    smallest = 2.0 ** (target.min_exponent - target.precision)
    return np.asarray(summed + target.unit_roundoff * (sums.size + summed) + smallest)


def _underflow(sums: Sums, target: Format) -> NDArray[np.float64]:
    """What the rounding of products adds where they are finer than the smallest subnormal number of
    the format that sums are kept in."""
    exponent, precision = (
        (-126, 24) if target.precision < 24 else (target.min_exponent, target.precision)
    )
    smallest = 2.0 ** (exponent - precision + 1)
    return np.asarray(sums.n * (smallest / 2)) if sums.ulp < smallest else np.zeros(sums.S.shape)
