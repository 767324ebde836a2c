"""How precise an output is, in figures. They are recorded beside the verdict and have no part in
it."""

import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from convtranspose_cases.case import MEASURED
from convtranspose_cases.goldens import Golden
from convtranspose_cases.inputs import most_products
from convtranspose_reference.bounds import Sums
from convtranspose_reference.formats import FORMATS, Format
from convtranspose_reports import Check, Measured

from ..rules.answers import Asked
from ..rules.comparison import Comparison
from ..worker.observation import Seen
from .compare import Comparisons

FEWEST_OUTPUTS = 64
# the mean of y^2 / V is 1 under random signs, and up to n where all products have one sign
CANCELLING = 2.0
LARGEST_Z = 1e6
Array = NDArray[np.float64]


def measured(asked: Asked, compared: Comparisons) -> Measured | UnsetType:
    """The figures of a returned output of the right shape and dtype; UNSET for all else, and for
    cases that are no probes of precision."""
    if asked.case.suite not in MEASURED or compared.check is not Check.OUTPUT:
        return UNSET
    case, answer, seen = asked.case, asked.answer(), compared.seen
    if seen.seen is not Seen.RETURNED or answer.refused:
        return UNSET
    if (seen.dtype, seen.shape) != (answer.dtype, answer.shape):
        return UNSET
    comparison = compared.of(answer.golden)
    r, z = statistics(comparison, asked.squares) if case.data == "dense" else (None, None)
    return Measured(
        dtype=case.dtype,
        data=case.data,
        products=most_products(case),
        outputs=comparison.Y.size,
        rounded=int(comparison.equal.sum()),
        worst=_four_digits(worst(comparison)),
        r=_four_digits(r),
        z=_four_digits(z),
    )


def worst(comparison: Comparison) -> float | None:
    """The largest error over its bound, where equality is not owed; None where it is owed
    everywhere, or a result is not finite."""
    rounds = ~comparison.exact
    ratios = comparison.error[rounds] / comparison.bound[rounds]
    return float(ratios.max()) if ratios.size and np.isfinite(ratios).all() else None


def statistics(comparison: Comparison, V: Array) -> tuple[float | None, float | None]:
    """r and z of an output: the rms of e / sigma, and the significance of the slope of e on the
    exact y; both None where there are fewer than 64 outputs, where one is not finite, or where the
    products do not cancel.

    Model: each rounding has a relative error of its own, uniform in +-u, hence of variance u^2 / 3;
    signs are random, so that a partial sum of k of n terms has the mean square k V / n, V the sum
    of the squared products. Added up over k = 1 ... n, a fused multiply-add leaves u^2 V (n / 6 + 1
    / 6); products that round by themselves leave u^2 V (n / 6 + 1 / 2 - 1 / (3 n)). `sigma`^2 is
    u^2 V (n / 6 + 1 / 3), between them; a bias is one more term. A 16-bit output rounds once more:
    + ulp(y)^2 / 12, uniform over an ulp. Orders other than one after another err less. A model, not
    a proof: it names a class, never a verdict.

    z: e = a y + noise, least squares without intercept, weighted by 1 / sigma^2; z = a over its
    standard error. Truncation toward zero gives a < 0, scaled weights a > 0, whatever the number of
    products hides in the bound.
    """
    golden = comparison.golden
    e, y, used = golden.signed_error(comparison.Y), _value(golden), V > 0
    if (
        used.sum() < FEWEST_OUTPUTS
        or not np.isfinite(e).all()
        or float(np.mean(y[used] ** 2 / V[used])) > CANCELLING
    ):
        return None, None
    sigma = np.sqrt(_variance(golden.sums, V, y, FORMATS[golden.dtype]))[used]
    e, y = e[used] / sigma, y[used] / sigma
    return float(np.sqrt(np.mean(e**2))), _slope(e, y)


def _value(golden: Golden) -> Array:
    return np.ldexp(golden.values.astype(np.float64), golden.exponent)


def _variance(sums: Sums, V: Array, y: Array, target: Format) -> Array:
    summed = target.accumulation_roundoff**2 * V * ((sums.n + sums.beta) / 6 + 1 / 3)
    if target.precision >= 24:
        return np.asarray(summed)
    exponents = np.maximum(np.frexp(y)[1] - 1, target.min_exponent)
    return np.asarray(summed + np.ldexp(1.0, exponents - target.precision + 1) ** 2 / 12)


def _slope(e: Array, y: Array) -> float:
    """The slope of e on y over its standard error."""
    squares = float(y @ y)
    slope = float(e @ y) / squares
    rest = e - slope * y
    error = float(np.sqrt(rest @ rest / (e.size - 1) / squares))
    return (
        float(np.clip(slope / error, -LARGEST_Z, LARGEST_Z))
        if error
        else LARGEST_Z * float(np.sign(slope))
    )


def _four_digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
