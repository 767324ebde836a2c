"""Ways to sum an output's products, right and wrong, simulated: what the probes have to tell apart.

Each takes the factors as float64 (exact) and returns Y as float64, to be rounded once into the
case's dtype.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.inputs import Tensors
from convtranspose_reference.formats import FORMATS, round_to
from convtranspose_reference.formulations import gathered

Array = Any
STEPS = 256  # Python steps a sum
BLOCK = 8  # products that a tensor core sums before it truncates: 4 to 16 (Fasi et al. 2021)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """The factors of one output channel's products: `x` terms x outputs, `w` terms, tap by tap
    within each channel; zero weights are left out. `taps` says which tap each term belongs to."""

    x: Array
    w: Array
    taps: Array
    dtype: str

    @property
    def products(self) -> Array:
        return self.x * self.w[:, None]


def factors(case: Case, given: Tensors) -> list[Factors]:
    """The factors of every output channel of a case of one group, one batch element, no bias."""
    X, W = (np.ldexp(t.integers.astype(np.float64), t.exponent) for t in (given.X, given.W))
    x = gathered(X, case.geometry()).reshape(case.x_shape[1] * case.taps, -1)
    taps = np.tile(np.arange(case.taps), case.x_shape[1])
    weights = [W[:, m].ravel() for m in range(case.maps)]
    return [Factors(x=x[w != 0], w=w[w != 0], taps=taps[w != 0], dtype=case.dtype) for w in weights]


Arithmetic = Callable[[Factors], Array]


def result(case: Case, given: list[Factors], arithmetic: Arithmetic) -> Array:
    """Y of the case by this arithmetic, rounded to its dtype."""
    with np.errstate(over="ignore", invalid="ignore"):  # float16 sums do overflow
        return round_to(
            np.stack([arithmetic(f) for f in given]).reshape(case.y_shape()), case.dtype
        )


def cut(values: Array, precision: int, how: Callable[[Array], Array] = np.rint) -> Array:
    """Values with a significand of `precision` bits, whatever the exponent: to nearest even, or as
    `how` cuts."""
    significand, exponent = np.frexp(values)
    return np.ldexp(how(np.ldexp(significand, precision)), exponent - precision)


def in_order(products: Array, kind: Any = np.float32) -> Array:
    """Each product rounded to `kind`, then each partial sum."""
    if not len(products):
        return np.zeros(products.shape[1:])
    return np.add.accumulate(products.astype(kind), axis=0)[-1].astype(np.float64)


# Right: float32 sums in some order, or better


def pairwise(products: Array) -> Array:
    sums = products.astype(np.float32)
    while len(sums) > 1:
        odd = sums[len(sums) // 2 * 2 :]
        sums = np.concatenate([sums[0 : len(sums) // 2 * 2 : 2] + sums[1::2], odd])
    return sums[0].astype(np.float64) if len(sums) else np.zeros(products.shape[1:])


def by_block(products: Array, size: int) -> Array:
    """Float32 sums of `size` products each, then their sum."""
    return in_order(
        np.stack(
            [in_order(products[at : at + size]) for at in range(0, max(len(products), 1), size)]
        )
    )


def fused(products: Array) -> Array:
    """Each product joins unrounded, in as many lanes as leave each at most STEPS products."""
    lanes = max(-(-len(products) // STEPS), 1)
    total = np.zeros((lanes, *products.shape[1:]), np.float32)
    for at in range(0, len(products), lanes):
        joining = products[at : at + lanes]
        total[: len(joining)] = (total[: len(joining)] + joining).astype(np.float32)
    return in_order(total)


def shuffled(products: Array) -> Array:
    return in_order(
        products[np.random.Generator(np.random.Philox(key=11)).permutation(len(products))]
    )


def per_tap(given: Factors, kind: Any) -> Array:
    """Channels summed in float32, each tap's sum rounded to `kind` and added up in it: a matmul and
    a col2im."""
    taps = [in_order(given.products[given.taps == t]) for t in np.unique(given.taps)]
    return in_order(np.stack(taps), kind) if taps else np.zeros(given.x.shape[1:])


RIGHT: dict[str, Arithmetic] = {
    "float32 in order": lambda f: in_order(f.products),
    "float32 in reverse": lambda f: in_order(f.products[::-1]),
    "float32 shuffled": lambda f: shuffled(f.products),
    "float32 pairwise": lambda f: pairwise(f.products),
    "float32 in blocks of 32": lambda f: by_block(f.products, 32),
    "float32 per tap": lambda f: per_tap(f, np.float32),
    "float32 fused": lambda f: fused(f.products),
    "float64": lambda f: f.products.sum(axis=0),
}

# Wrong


def _kind(dtype: str) -> Any:
    return {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float32": np.float32}[dtype]


def rounded_inputs(precision: int) -> Arithmetic:
    return lambda f: in_order(cut(f.x, precision) * cut(f.w, precision)[:, None])


def truncating(given: Factors) -> Array:
    """Blocks of products summed exactly, the running sum of the dtype's precision truncated after
    each, as tensor cores do."""
    products, total = given.products, np.zeros(given.x.shape[1:])
    block = max(BLOCK, -(-len(products) // STEPS))
    for at in range(0, len(products), block):
        total = cut(
            total + products[at : at + block].sum(axis=0), FORMATS[given.dtype].precision, np.trunc
        )
    return total


WRONG: dict[str, Arithmetic] = {
    "TF32 inputs": rounded_inputs(11),
    "bfloat16 inputs": rounded_inputs(8),
    "float16 accumulation": lambda f: in_order(f.products, np.float16),
    "rounding per tap": lambda f: per_tap(f, _kind(f.dtype)),
    "truncating accumulation": truncating,
    "weights scaled by 1 + 2^-14": lambda f: in_order(f.products * (1 + 2.0**-14)),
}
