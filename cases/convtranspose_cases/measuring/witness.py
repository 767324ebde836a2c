"""Numbers whose exact sums are simple and whose rounded ones tell how they were summed.

A witness is a list of products, laid along the channels (kernel 1) or along the taps of a kernel,
and B; the output that sums all of them is the one that is looked at.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.formats import FORMATS, Format

from ..case import Case

PREFIX = "witness-"
TERMS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Products of x and w, each an integer times 2 to the power of `x_exponent`, `w_exponent`; B,
    an integer times both powers, or None."""

    x: tuple[int, ...]
    w: tuple[int, ...]
    x_exponent: int = 0
    w_exponent: int = 0
    b: int | None = None


def _order(j: int, target: Format) -> Witness:
    """A large number first, its negative as term `j`, ones elsewhere: those ones are lost that are
    added between the two (Xie et al., FPRev, arXiv 2411.00442)."""
    large = 2 ** (target.precision + 4)
    w = [large] + [-large if i == j else 1 for i in range(1, TERMS)]
    return Witness(x=(1,) * TERMS, w=tuple(w))


def of(data: str, dtype: str) -> Witness:
    """The witness that `data` names. Raises ValueError for another kind, or one that has no such
    numbers in the dtype."""
    name, target = data.removeprefix(PREFIX), FORMATS[dtype]
    p, smallest = target.precision, target.min_exponent
    if name.startswith("order-"):
        return _order(int(name.removeprefix("order-")), target)
    half = (p + 1) // 2
    known = {
        # 1 + 2**p is even's half: a rounding before B loses the 1
        "bias-last": Witness(x=(1, 1), w=(2**p, 1), b=1),
        # what is added to the large numbers apart is lost
        "bias-first": Witness(x=(1, 1), w=(-(2 ** (p + 4)), 1), b=2 ** (p + 4)),
        # the product has a bit below the format's; what is left of it shows it
        "fused": Witness(
            x=(2**half, 2**half + 1),
            w=(-(2**half) - 2, 2**half + 1),
            x_exponent=-half,
            w_exponent=-half,
        ),
        "bits-12": Witness(x=(2**12 + 1,), w=(1,), x_exponent=-12),
        "bits-9": Witness(x=(2**9 + 1,), w=(1,), x_exponent=-9),
        "subnormal-input": Witness(x=(1,), w=(1,), x_exponent=smallest - 2),
        "subnormal-product": Witness(
            x=(1,), w=(1,), x_exponent=smallest // 2 - 1, w_exponent=smallest - smallest // 2 - 1
        ),
        "subnormal-sum": Witness(x=(3, 2), w=(1, -1), x_exponent=smallest - 1),
    }
    if not data.startswith(PREFIX) or name not in known:
        raise ValueError(f"{data!r} is no witness")
    return known[name]


def laid_out(witness: Witness, case: Case) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """X and W of the case's shapes: every output channel sums the products along the channels of
    its group, or, of one channel a group, along the taps that reach the output in the middle."""
    X, W = np.zeros(case.x_shape, np.int64), np.zeros(case.w_shape, np.int64)
    x, w = np.array(witness.x), np.array(witness.w)
    if case.channels_per_group > 1 or case.taps == 1:
        of_group = np.arange(case.x_shape[1]) % case.channels_per_group
        inside = of_group < len(x)
        X[:, inside] = x[of_group[inside]].reshape(-1, *(1,) * case.rank)
        W[inside] = w[of_group[inside]].reshape(-1, *(1,) * (case.rank + 1))
    else:
        X[..., : len(x)] = x  # along the last axis, the only one that is longer than 1
        W[..., case.w_shape[-1] - len(w) :] = w[::-1]
    return X, W
