"""The operator over Python's fractions, from the text alone: loops over outputs, no scatter, no
geometry of the reference."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import ceil
from typing import Any

import numpy as np

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.goldens import Golden, golden
from convtranspose_cases.inputs import linear_of, tensors
from convtranspose_reference.formats import Format

CASES = suite_cases("seeds") + suite_cases("core")
SMALL = [
    case
    for case in CASES
    if np.prod(case.y_shape()) <= 400 and np.prod(case.w_shape) <= 200 and 0 not in case.x_shape
]

# Every (dtype, data, op) of the suites, up to five cases of each.
SAMPLE = [
    case
    for kind in sorted({(c.dtype, c.data, c.op) for c in SMALL})
    for case in [c for c in SMALL if (c.dtype, c.data, c.op) == kind][::23][:5]
]


def golden_of(case: Case, seed: int = 0) -> Golden:
    return golden(
        tensors(case, seed),
        linear_of(case),
        case.dtype,
        case.geometry() if case.op == "ConvTranspose" else None,
    )


def _pads(case: Case) -> list[tuple[int, int]]:
    """Begin pads and sizes of each axis, by the text's equations alone (opset 11 on; opset 1
    without SAME or output_shape)."""
    given, rank = case.attributes, case.rank
    flat = given.pads or (0,) * (2 * rank)
    places = []
    for i in range(rank):
        n, k = case.x_shape[2 + i], case.w_shape[2 + i]
        s, d, o = (
            (getattr(given, name) or (usual,) * rank)[i]
            for name, usual in (("strides", 1), ("dilations", 1), ("output_padding", 0))
        )
        upper, lower = given.auto_pad == "SAME_UPPER", given.auto_pad == "SAME_LOWER"
        begin, end = flat[i], flat[rank + i]
        if case.op == "Conv":
            if upper or lower:
                total = max((ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0)
                begin = total // 2 if upper else total - total // 2
                end = total - begin
            places.append((begin, (n + begin + end - (k - 1) * d - 1) // s + 1))
            continue
        natural = s * (n - 1) + o + (k - 1) * d + 1
        size = given.output_shape[i] if given.output_shape else n * s if upper or lower else None
        if size is not None:
            total = natural - size
            begin = total // 2 if upper else total - total // 2
        else:
            size = natural - begin - end
        places.append((begin, size))
    return places


def _inputs_at(
    case: Case, o: Sequence[int], taps: Sequence[int], s: Sequence[int]
) -> list[int] | None:
    """Where the input is that output `o` takes by a tap; None where there is none."""
    if case.op == "Conv":
        at = [oi * si + ti for oi, ti, si in zip(o, taps, s, strict=True)]
    else:
        reach = [oi - ti for oi, ti in zip(o, taps, strict=True)]
        if any(r % si for r, si in zip(reach, s, strict=True)):
            return None
        at = [r // si for r, si in zip(reach, s, strict=True)]
    inside = all(0 <= i < size for i, size in zip(at, case.x_shape[2:], strict=True))
    return at if inside else None


def by_fractions(
    case: Case, X: Any, W: Any, B: Any
) -> tuple[dict[Any, Fraction], dict[Any, list[tuple[Fraction, Fraction]]]]:
    """Every output and its nonzero products, from the arrays themselves: loops over outputs, no
    scatter, no geometry."""
    x, w = (
        {i: Fraction(float(v)) for i, v in np.ndenumerate(a.astype(np.float64))} for a in (X, W)
    )
    given, rank = case.attributes, case.rank
    s, d = (getattr(given, name) or (1,) * rank for name in ("strides", "dilations"))
    pads = _pads(case)
    per_c, per_m = case.x_shape[1] // case.group, case.maps // case.group
    sums, products = {}, {}
    for n, m in product(range(case.x_shape[0]), range(case.maps)):
        g = m // per_m
        for o in np.ndindex(*(size for _, size in pads)):
            terms = []
            for tap in np.ndindex(*case.w_shape[2:]):
                taps = [ti * di - b for ti, di, (b, _) in zip(tap, d, pads, strict=True)]
                at = _inputs_at(case, o, taps, s)
                if at is None:
                    continue
                for c in range(per_c):
                    weight = (
                        w[(m, c, *tap)]
                        if case.op == "Conv"
                        else w[(g * per_c + c, m % per_m, *tap)]
                    )
                    terms.append((x[(n, g * per_c + c, *at)], weight))
            bias = Fraction(0) if B is None else Fraction(float(B[m]))
            sums[(n, m, *o)] = sum((a * b for a, b in terms), bias)
            products[(n, m, *o)] = [(a, b) for a, b in terms if a and b]
    return sums, products


def nearest(exact: Fraction, target: Format) -> float:
    if exact == 0:
        return 0.0
    magnitude = abs(exact)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    exponent -= magnitude < Fraction(2) ** exponent
    unit = Fraction(2) ** (max(exponent, target.min_exponent) - target.precision + 1)
    rounded = round(magnitude / unit) * unit
    assert rounded <= Fraction(target.largest)
    return float(rounded) * (1 if exact > 0 else -1)
