"""Sums in any order - permuted, pairwise, fused, blocked - are equal where equality is owed, else
within the bound: all four dtypes."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convtranspose_cases import Case, make
from convtranspose_cases.inputs import tensors
from convtranspose_reference.formats import FORMATS
from support.rational import SAMPLE, by_fractions, golden_of, nearest

Array = Any
BLOCK = 4

# Both kinds of numbers that round, with and without bias, a few and many products an output, in
# every dtype.
ROUNDED = [
    make("any-order", (4,), (3,), c=c, m=2, strides=(2,), dtype=dtype, data=data, bias=bias)
    for dtype, data, bias, c in product(FORMATS, ("dense", "sparse"), (False, True), (3, 40))
]
ORDERED = [case for case in SAMPLE if case.opset > 1] + ROUNDED


def _terms_of(case: Case) -> Iterator[tuple[Any, Array, Array, float | None]]:
    """Outputs with the most products: index, the factors x and w, the bias."""
    X, W, B = tensors(case).arrays(case.dtype)
    _, products = by_fractions(case, X, W, B)
    for at in sorted(products, key=lambda at: -len(products[at]))[:6]:
        pairs = products[at]
        yield (
            at,
            *(np.array([float(p[i]) for p in pairs]) for i in (0, 1)),
            None if B is None else float(B[at[1]]),
        )


def _pairwise(terms: Array, kind: Any) -> Any:
    if len(terms) < 2:
        return kind(terms[0]) if len(terms) else kind(0)
    half = len(terms) // 2
    return kind(_pairwise(terms[:half], kind) + _pairwise(terms[half:], kind))


def _serial(terms: Array, kind: Any) -> Any:
    total = kind(0)
    for term in terms:
        total = kind(total + kind(term))
    return total


def _blocked(terms: Array, kind: Any) -> Any:
    """Sums of a few terms each, then their sum."""
    return _serial(
        np.array([_serial(terms[at : at + BLOCK], kind) for at in range(0, len(terms), BLOCK)]),
        kind,
    )


def _fma(x: Array, w: Array, kind: Any) -> Any:
    """Each product joins unrounded: one rounding a step."""
    total, target = 0.0, FORMATS[np.dtype(kind).name]
    for a, b in zip(x.tolist(), w.tolist(), strict=True):
        total = nearest(Fraction(total) + Fraction(a) * Fraction(b), target)
    return total


def sums(x: Array, w: Array, bias: float | None, kind: Any) -> dict[str, Any]:
    """The sum of x * w in this order and the bias, each way in the arithmetic of `kind`."""
    first = [] if bias is None else [bias]
    rounded = np.array([*first, *(x * w)]).astype(
        kind
    )  # float64 holds the products of 24 bits, and rounds those of 53 as it should
    return {
        "in order": _serial(rounded, kind),
        "in reverse": _serial(rounded[::-1], kind),
        "pairwise": _pairwise(rounded, kind),
        "blocked": _blocked(rounded, kind),
        "fused": _fma(np.array([*first, *x]), np.array([1.0] * len(first) + w.tolist()), kind),
        "float64": rounded.astype(np.float64).sum()
        if kind is np.float64
        else np.array([*first, *(x * w)]).sum(),
    }


def arithmetic_of(case: Case) -> Any:
    """What a right implementation sums in: float32 for the 16-bit formats."""
    return np.float64 if case.dtype == "float64" else np.float32


@pytest.mark.parametrize("case", ORDERED, ids=lambda c: c.id)
@given(data=st.data())
@settings(max_examples=4, derandomize=True, database=None)
def test_any_order_is_equal_or_within_the_bound(case: Case, data: st.DataObject) -> None:
    golden, target = golden_of(case), FORMATS[case.dtype]
    expected, exact, bound = golden.expected(), golden.exact(), golden.bound()
    for at, x, w, bias in _terms_of(case):
        order = list(data.draw(st.permutations(range(len(x)))))
        for name, total in sums(x[order], w[order], bias, arithmetic_of(case)).items():
            once = nearest(Fraction(float(total)), target)
            if exact[at]:
                assert once == float(expected[at]), (at, name)
            else:
                golden_value = int(golden.values[at]) * Fraction(2) ** golden.exponent
                assert abs(Fraction(once) - golden_value) <= Fraction(float(bound[at])), (at, name)


def test_the_orders_differ_and_are_asked_with_and_without_bias_in_every_dtype() -> None:
    """Otherwise the test above would show nothing: some sums do depend on their order, wherever
    sums may round."""
    assert {(c.dtype, c.bias) for c in ORDERED} == set(product(FORMATS, (False, True)))
    depends = set()
    for case in ROUNDED:
        exact = golden_of(case).exact()
        for at, x, w, bias in _terms_of(case):
            if (
                not exact[at]
                and len({float(total) for total in sums(x, w, bias, arithmetic_of(case)).values()})
                > 1
            ):
                depends.add((case.dtype, case.bias))
    assert depends >= set(
        product(("float16", "float32", "float64"), (False, True))
    )  # bfloat16's products have 16 bits: few sums round


@pytest.mark.parametrize(
    "case",
    [
        c
        for c in SAMPLE
        if c.dtype in ("float16", "bfloat16") and c.data == "integers" and c.opset > 1
    ],
    ids=lambda c: c.id,
)
def test_integers_are_exact_even_when_summed_in_16_bits(case: Case) -> None:
    """`integers` have all partial sums exact in the tested dtype."""
    kind = FORMATS[case.dtype].dtype.type
    golden = golden_of(case)
    for at, x, w, bias in _terms_of(case):
        terms = np.array([*([] if bias is None else [bias]), *(x * w)])
        assert (
            float(_serial(terms, kind))
            == float(_serial(terms[::-1], kind))
            == float(golden.values[at]) * 2.0**golden.exponent
        )
