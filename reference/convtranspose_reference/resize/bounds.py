"""The exact output of Resize as integers over one denominator, and how far one that rounds may be
from it (docs/numerics.md, Resize)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import Format, round_to
from .attributes import Resize
from .coordinates import LITERAL, Along, ResizeRules
from .integers import INT64_BITS, denominator_of, exactly, finest_of, largest
from .operator import Row, along_axis, extrapolated, matrix, rows
from .roundings import FLOAT32, off_of

DYADIC_BITS = 12  # a coefficient with so many bits behind the point is exact in any order


@dataclass(frozen=True, slots=True, kw_only=True)
class Resized:
    """The output is `values` / `denominator`, in units of X's own; `S` bounds the sum of absolute
    terms that each adds, `error` what an implementation may be off by: 0 where none may round."""

    values: NDArray[Any]
    denominator: int
    S: NDArray[np.float64]
    error: NDArray[np.float64]


def resized(
    X: NDArray[Any],
    exponent: int,
    axes: Sequence[Along],
    resize: Resize,
    target: Format,
    rules: ResizeRules = LITERAL,
) -> Resized:
    """Resize of X (N x C x D1..., integers times 2**`exponent`), which is asked in `target`. Raises
    ValueError for an extrapolation_value that is written, and no finite number of `target`."""
    each_axis = [rows(along, resize, rules) for along in axes]
    outside = extrapolated(each_axis)
    denominator = denominator_of(each_axis)
    values = exactly(X, axes, each_axis)
    if outside.any():
        values, denominator = _filled(values, exponent, denominator, outside, resize, target)
    magnitudes = np.ldexp(np.abs(X).astype(np.float64), exponent)
    finest = finest_of(exponent, denominator)
    S, error = carried(magnitudes, finest, axes, each_axis, resize, target, rules)
    return Resized(values=values, denominator=denominator, S=S, error=error)


def _filled(
    values: NDArray[Any],
    exponent: int,
    denominator: int,
    outside: NDArray[np.bool_],
    resize: Resize,
    target: Format,
) -> tuple[NDArray[Any], int]:
    """With extrapolation_value where it is written, and their denominator."""
    if _extrapolation_off(resize, target) != 0:
        value = resize.extrapolation_value
        raise ValueError(f"extrapolation_value = {value}: accepted is what {target.name} holds")
    given = Fraction(resize.extrapolation_value) / Fraction(2) ** exponent
    more = given.denominator
    written = int(given * denominator * more)
    wide = (max(largest(values), 1) * more).bit_length(), abs(written).bit_length()
    whole = values.astype(object) if max(wide) > INT64_BITS else values
    return np.where(outside, np.array(written, whole.dtype), whole * more), denominator * more


def _extrapolation_off(resize: Resize, target: Format) -> float:
    """How far extrapolation_value is from its nearest number of the format; not finite where either
    is not."""
    given = np.array([resize.extrapolation_value], np.float64)
    with np.errstate(invalid="ignore"):
        return float(np.abs(given - round_to(given, target.dtype).astype(np.float64))[0])


def carried(
    magnitudes: NDArray[np.float64],
    finest: float,
    axes: Sequence[Along],
    each_axis: Sequence[Sequence[Row | None]],
    resize: Resize,
    target: Format,
    rules: ResizeRules = LITERAL,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`S` and `error` of a `Resized`, of |X| alone; `finest` is the power of two of which every
    weighted element is a multiple."""
    outside = extrapolated(each_axis)
    S, error = _carried(magnitudes, axes, each_axis, resize, target, rules)
    largest = _largest_on_the_way(magnitudes, axes, each_axis)
    rounds = _rounding_rows(axes, each_axis, resize) | (largest > 2.0**target.precision * finest)
    rounds &= ~outside & (resize.mode != "nearest")
    S = np.where(outside, abs(resize.extrapolation_value), S)
    written = _extrapolation_off(resize, target) if outside.any() else 0.0
    return S, np.where(outside, written, np.where(rounds, error, 0.0))


def _is_power_of_two(value: Fraction) -> bool:
    return (
        value > 0
        and (value.numerator & (value.numerator - 1))
        == (value.denominator & (value.denominator - 1))
        == 0
    )


def is_exact_along(along: Along, mode: str) -> bool:
    """Is every coordinate of the axis exact in float32, in whatever order a formula is worked out?
    Where the scale, or the ratio of align_corners, is a power of two."""
    if 0 in (along.input, along.output):
        return True
    if mode in ("align_corners", "tf_crop_and_resize"):
        plain = mode == "align_corners" or (not along.start and along.end == 1)
        ratio = Fraction(along.input - 1, max(along.output - 1, 1))
        return plain and (along.output == 1 or not ratio or _is_power_of_two(ratio))
    return along.asked == Fraction(along.output, along.input) and _is_power_of_two(along.asked)


def _is_dyadic(row: Row | None) -> bool:
    most = 2**DYADIC_BITS
    return all(most % weight.denominator == 0 for weight in (row or {}).values())


def _rounding_rows(
    axes: Sequence[Along], each_axis: Sequence[Sequence[Row | None]], resize: Resize
) -> NDArray[np.bool_]:
    """The outputs, over the spatial axes, with a coefficient that some implementation rounds."""
    rounds = np.zeros(tuple(map(len, each_axis)), bool)
    for axis, (along, found) in enumerate(zip(axes, each_axis, strict=True)):
        exact = is_exact_along(along, resize.coordinate_transformation_mode)
        some = np.array([not (exact and _is_dyadic(row)) for row in found], bool)
        rounds |= some.reshape(-1, *(1,) * (len(axes) - 1 - axis))
    return rounds


def _largest_on_the_way(
    magnitudes: NDArray[np.float64],
    axes: Sequence[Along],
    each_axis: Sequence[Sequence[Row | None]],
) -> NDArray[np.float64]:
    """What no partial result exceeds. It may be more than the sum of the terms: in a + (b - a) t,
    which is (1 - t) a + t b, the second product is up to b however small t is."""
    M = magnitudes
    for axis, (along, found) in enumerate(zip(axes, each_axis, strict=True)):
        C = np.abs(matrix(found, along.input))
        M = along_axis(np.where(C > 0, np.maximum(C, 1.0), 0.0), M, axis + 2)
    return M


def _carried(
    X: NDArray[np.float64],
    axes: Sequence[Along],
    each_axis: Sequence[Sequence[Row | None]],
    resize: Resize,
    target: Format,
    rules: ResizeRules,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sums of absolute terms, and their errors, axis after axis: what came in wrong is weighed
    along, every coefficient is off, and every sum is rounded."""
    S, error = X, np.zeros_like(X)
    roundoff = max(FLOAT32, target.unit_roundoff)
    for axis, (along, found) in enumerate(zip(axes, each_axis, strict=True)):
        C, off = np.abs(matrix(found, along.input)), off_of(along, found, resize, rules)
        taps = max((len(row) for row in found if row), default=0)
        wrong = along_axis(off, S + error, axis + 2)
        error = along_axis(C, error, axis + 2) + wrong
        S = along_axis(C, S, axis + 2)
        error = error + (taps * FLOAT32 + 2 * roundoff) * (S + error)
    return S, error
