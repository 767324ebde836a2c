"""What a convolution is fed where X is resized first, and the small integers that are drawn for
such a call (docs/numerics.md, Resize)."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.formats import FORMATS, Format
from convtranspose_reference.resize import (
    Along,
    Resize,
    Rows,
    denominator_of,
    odd_part,
    require_bounded,
    resized,
    rows,
)
from convtranspose_reference.resize.coordinates import LITERAL, ResizeRules

from ..case import Case
from .drawn import Draw, up_to
from .products import most_products
from .scaled import Integers, Scaled, Tensors

LEFT_BITS = 40  # behind the point of what no integers hold: answers that the text does not give
MOST_BITS = 4
Matrices = tuple[Rows, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """The tensors as the convolution meets them, and how far what it is fed may be off by rounding;
    None where X is not resized."""

    tensors: Tensors
    carried: NDArray[np.float64] | None


def matrices(case: Case, rules: ResizeRules = LITERAL) -> Matrices:
    """The coefficients along each axis of X; () where X is not resized. Raises InvalidInput, and
    Undefined where they are no numbers that anybody owes."""
    return () if case.resize is None else _matrices(case.resized_axes, case.resize, rules)


@lru_cache(maxsize=256)
def _matrices(axes: tuple[Along, ...], resize: Resize, rules: ResizeRules) -> Matrices:
    require_bounded(axes, resize, rules)
    return tuple(rows(along, resize, rules) for along in axes)


def fed(case: Case, given: Tensors, rules: ResizeRules = LITERAL) -> Fed:
    """The tensors with X resized, exactly where integers over a power of two hold it, as they do of
    the text; else to 40 bits behind the point, which the bound knows."""
    if case.resize is None:
        return Fed(tensors=given, carried=None)
    X = given.X
    resize_output = resized(
        X.integers, X.exponent, case.resized_axes, case.resize, FORMATS[case.dtype], rules
    )
    odd, finest = odd_part(resize_output.denominator)
    whole = resize_output.values // odd
    if not (resize_output.values % odd).any():
        scaled = Scaled(integers=whole, exponent=X.exponent - finest)
        return Fed(tensors=replace(given, X=scaled), carried=resize_output.error)
    values = (resize_output.values.astype(object) << LEFT_BITS) // odd
    exponent = X.exponent - finest - LEFT_BITS
    carried = resize_output.error + 2.0**exponent
    return Fed(
        tensors=replace(given, X=Scaled(integers=values, exponent=exponent)), carried=carried
    )


def check_held(case: Case, X: Integers) -> None:
    """Raises ValueError where X resized is no integers over a power of two, so that there is no
    exact golden."""
    if case.resize is None or case.refusal() is not None:
        return
    matrices(case)
    found = resized(X, 0, case.resized_axes, case.resize, FORMATS[case.dtype])
    odd, _ = odd_part(found.denominator)
    if (found.values % odd).any():
        raise ValueError(
            f"{case.id}: {case.data} numbers resized are no integers over a power of two: they are "
            f"not multiples of {odd}"
        )


def resized_integers(case: Case, target: Format, draw: Draw) -> tuple[Scaled, Scaled, int]:
    """X and W of small integers, and the bits that are left of the dtype's: X of multiples of what
    is odd in the denominators of the coefficients, so that X resized is integers over a power of
    two."""
    denominator = denominator_of(matrices(case))
    odd, _ = odd_part(denominator)
    room = target.precision - denominator.bit_length() + 1 - ceil(log2(most_products(case) + 1))
    if odd.bit_length() > target.precision:
        raise ValueError(f"{case.id}: multiples of {odd} are no {case.dtype} numbers")
    bits_x = min(max(room - room // 2, 1), MOST_BITS, target.precision - odd.bit_length())
    bits_w = min(max(room // 2, 0), MOST_BITS)
    drawn = draw("X", case.x_shape, up_to(bits_x))
    X = Scaled(integers=drawn * odd, exponent=0)
    return X, Scaled(integers=draw("W", case.w_shape, up_to(bits_w)), exponent=0), max(room, 0)
