"""Goldens against rational arithmetic, and the promise that they are exact: what a backend may and may not return."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.goldens import Golden, exact_products, golden
from convtranspose_cases.inputs import linear_of, tensors
from convtranspose_reference.formats import FORMATS, Format

CASES = suite_cases("seeds") + suite_cases("core")
SMALL = [case for case in CASES if np.prod(case.y_shape()) <= 400 and np.prod(case.w_shape) <= 200 and 0 not in case.x_shape]
EXACT_KINDS = {"integers", "wide", "wide-x", "wide-w", "terms", "previous"}

# Every (dtype, data, op) of the suites, up to five cases of each.
SAMPLE = [case for kind in sorted({(c.dtype, c.data, c.op) for c in SMALL})
          for case in [c for c in SMALL if (c.dtype, c.data, c.op) == kind][::23][:5]]  # fmt: skip


def _golden(case: Case, seed: int = 0) -> Golden:
    return golden(tensors(case, seed), linear_of(case), case.dtype, case.geometry() if case.op == "ConvTranspose" else None)


def _pads(case: Case) -> list[tuple[int, int]]:
    """Begin pads and sizes of each axis, by the text's equations alone (opset 11 on; opset 1 without SAME or output_shape)."""
    given, rank = case.attributes, case.rank
    flat = given.pads or (0,) * (2 * rank)
    found = []
    for i in range(rank):
        n, k = case.x_shape[2 + i], case.w_shape[2 + i]
        s, d, o = (
            (getattr(given, name) or (usual,) * rank)[i] for name, usual in (("strides", 1), ("dilations", 1), ("output_padding", 0))
        )
        upper, lower = given.auto_pad == "SAME_UPPER", given.auto_pad == "SAME_LOWER"
        begin, end = flat[i], flat[rank + i]
        if case.op == "Conv":
            if upper or lower:
                total = max((ceil(n / s) - 1) * s + (k - 1) * d + 1 - n, 0)
                begin = total // 2 if upper else total - total // 2
                end = total - begin
            found.append((begin, (n + begin + end - (k - 1) * d - 1) // s + 1))
            continue
        natural = s * (n - 1) + o + (k - 1) * d + 1
        size = given.output_shape[i] if given.output_shape else n * s if upper or lower else None
        if size is not None:
            total = natural - size
            begin = total // 2 if upper else total - total // 2
        else:
            size = natural - begin - end
        found.append((begin, size))
    return found


def _by_fractions(case: Case, X: Any, W: Any, B: Any) -> tuple[dict[Any, Fraction], dict[Any, list[tuple[Fraction, Fraction]]]]:
    """Every output and its nonzero products, from the arrays themselves: loops over outputs, no scatter, no geometry."""
    x, w = ({i: Fraction(float(v)) for i, v in np.ndenumerate(a.astype(np.float64))} for a in (X, W))
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
                if case.op == "Conv":
                    at = [oi * si + ti * di - b for oi, ti, si, di, (b, _) in zip(o, tap, s, d, pads, strict=True)]
                else:
                    reach = [oi + b - ti * di for oi, ti, di, (b, _) in zip(o, tap, d, pads, strict=True)]
                    if any(r % si for r, si in zip(reach, s, strict=True)):
                        continue
                    at = [r // si for r, si in zip(reach, s, strict=True)]
                if any(not 0 <= i < size for i, size in zip(at, case.x_shape[2:], strict=True)):
                    continue
                for c in range(per_c):
                    weight = w[(m, c, *tap)] if case.op == "Conv" else w[(g * per_c + c, m % per_m, *tap)]
                    terms.append((x[(n, g * per_c + c, *at)], weight))
            bias = Fraction(0) if B is None else Fraction(float(B[m]))
            sums[(n, m, *o)] = sum((a * b for a, b in terms), bias)
            products[(n, m, *o)] = [(a, b) for a, b in terms if a and b]
    return sums, products


def _nearest(exact: Fraction, target: Format) -> float:
    if exact == 0:
        return 0.0
    magnitude = abs(exact)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    exponent -= magnitude < Fraction(2) ** exponent
    unit = Fraction(2) ** (max(exponent, target.min_exponent) - target.precision + 1)
    rounded = round(magnitude / unit) * unit
    assert rounded <= Fraction(target.largest)
    return float(rounded) * (1 if exact > 0 else -1)


def test_the_sample_is_a_sample_of_everything() -> None:
    assert len(SAMPLE) >= 60
    assert {(c.dtype, c.data) for c in SAMPLE} == {(c.dtype, c.data) for c in CASES}
    assert {c.rank for c in SAMPLE} == {1, 2, 3}
    assert all(any(test(c) for c in SAMPLE) for test in (lambda c: c.bias, lambda c: c.group > 1, lambda c: c.attributes.output_shape,
                                                         lambda c: c.attributes.auto_pad, lambda c: c.attributes.dilations))  # fmt: skip


@pytest.mark.parametrize("case", [c for c in SAMPLE if c.opset > 1], ids=lambda c: c.id)
def test_a_golden_is_the_exact_sum_and_expected_its_nearest_number(case: Case) -> None:
    X, W, B = tensors(case).arrays(case.dtype)
    assert X.dtype == W.dtype == FORMATS[case.dtype].dtype
    sums, products = _by_fractions(case, X, W, B)
    found = _golden(case)
    assert found.shape == case.y_shape()
    assert found.dtype == case.dtype
    exact, bound, expected = found.exact(), found.bound(), found.expected()
    assert expected.dtype == FORMATS[case.dtype].dtype
    for at in np.ndindex(*found.shape):
        assert int(found.values[at]) * Fraction(2) ** found.exponent == sums[at], at
        assert float(expected[at]) == _nearest(sums[at], FORMATS[case.dtype]), at
        absolute = sum((abs(a * b) for a, b in products[at]), abs(Fraction(float(B[at[1]]))) if B is not None else Fraction(0))
        assert abs(Fraction(float(found.sums.S[at])) - absolute) <= absolute * Fraction(2) ** -50
        assert found.sums.n[at] == len(products[at])
        assert exact[at] or abs(Fraction(float(expected[at])) - sums[at]) <= Fraction(float(bound[at]))


def test_a_golden_of_more_than_53_bits_rounds_once() -> None:
    """Sums just off the middle between two numbers of the dtype, by less than float64 can see."""
    for dtype, target in FORMATS.items():
        p = target.precision
        half = (2**p + 1) << (70 - p)  # exactly between two numbers of p bits
        values = np.array([half - 1, half, half + 1, -half - 1, (2**p + 3) << (70 - p)], object)
        found = _golden(make("t", (1,), (1,), dtype=dtype, data="dense"))
        made = Golden(dtype=dtype, values=values, exponent=-70, sums=found.sums)
        assert [float(v) for v in made.expected()] == [_nearest(Fraction(v, 2**70), target) for v in values.tolist()]
        assert len({float(v) for v in made.expected()[:3]}) == 2


def test_errors_see_below_float64() -> None:
    found = _golden(make("t", (1,), (1,), dtype="float64", data="dense"))
    made = Golden(dtype="float64", values=np.array([2**60 + 1, 2**60 - 3], object), exponent=0, sums=found.sums)
    np.testing.assert_array_equal(made.error(np.array([2.0**60, 2.0**60])), [1, 3])


@pytest.mark.parametrize("kind", sorted(EXACT_KINDS))
def test_equality_is_owed_on_every_exact_kind(kind: str) -> None:
    chosen = [case for case in CASES if case.data == kind]
    assert chosen
    for case in chosen:
        assert _golden(case).exact().all(), case.id


def test_equality_is_not_owed_where_sums_round() -> None:
    # bfloat16's products of 16 bits are exact in float32, float16's of 22 bits nearly.
    rounded = [case for case in SMALL if case.data in ("dense", "sparse") and case.dtype in ("float32", "float64")]
    assert rounded
    assert not any(_golden(case).exact().all() for case in rounded)


def test_sparse_outputs_sum_at_most_eight_products() -> None:
    chosen = [case for case in CASES if case.data == "sparse"]
    most = {case.id: int(_golden(case).sums.n.max(initial=0)) for case in chosen}
    assert max(most.values()) == 8
    assert sum(n == 8 for n in most.values()) > 20


def test_bfloat16_integers_have_few_products() -> None:
    """NUMERICS: bfloat16 n <= 16, else only {-1, 0, 1} is left."""
    for case in CASES:
        if (case.dtype, case.data) == ("bfloat16", "integers"):
            assert _golden(case).sums.n.max(initial=0) <= 16
            assert np.abs(tensors(case).X.integers).max() > 1


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_gives_other_numbers_and_exact_goldens(seed: int) -> None:
    for case in SMALL[::5]:
        one, other = tensors(case), tensors(case, seed)
        if case.data in EXACT_KINDS:
            assert _golden(case, seed).exact().all(), case.id
        if one.X.integers.size >= 6 and case.data in ("dense", "sparse", "wide-x"):
            assert (one.X.integers != other.X.integers).any(), case.id
    case = SAMPLE[0]
    sums, _ = _by_fractions(case, *tensors(case, seed).arrays(case.dtype))
    found = _golden(case, seed)
    assert all(int(found.values[at]) * Fraction(2) ** found.exponent == sums[at] for at in sums)


# Any order of summation


def _terms_of(case: Case) -> Iterator[tuple[Any, np.ndarray, np.ndarray, float | None]]:
    """Outputs with the most products: index, the factors x and w, the bias."""
    X, W, B = tensors(case).arrays(case.dtype)
    _, products = _by_fractions(case, X, W, B)
    for at in sorted(products, key=lambda at: -len(products[at]))[:6]:
        pairs = products[at]
        yield at, *(np.array([float(p[i]) for p in pairs]) for i in (0, 1)), None if B is None else float(B[at[1]])


def _pairwise(terms: np.ndarray, kind: Any) -> Any:
    if len(terms) < 2:
        return kind(terms[0]) if len(terms) else kind(0)
    half = len(terms) // 2
    return kind(_pairwise(terms[:half], kind) + _pairwise(terms[half:], kind))


def _serial(terms: np.ndarray, kind: Any) -> Any:
    total = kind(0)
    for term in terms:
        total = kind(total + kind(term))
    return total


def _fma(x: np.ndarray, w: np.ndarray, kind: Any) -> Any:
    """Each product joins unrounded: one rounding a step. Exact in float64 for factors of up to 24 bits where kind is float32."""
    total = kind(0)
    for a, b in zip(x, w, strict=True):
        total = kind(float(Fraction(float(total)) + Fraction(float(a)) * Fraction(float(b)))) if kind is np.float32 else kind(total + a * b)
    return total


ORDERED = [case for case in SAMPLE if case.opset > 1 and case.dtype != "float64"]


@pytest.mark.parametrize("case", ORDERED, ids=lambda c: c.id)
@given(data=st.data())
@settings(max_examples=4, deadline=None, derandomize=True, database=None)
def test_any_order_is_equal_or_within_the_bound(case: Case, data: st.DataObject) -> None:
    """float32 sums in any order, pairwise, fused or in float64: equal where equality is owed, else within the bound."""
    found, target = _golden(case), FORMATS[case.dtype]
    expected, exact, bound = found.expected(), found.exact(), found.bound()
    for at, x, w, bias in _terms_of(case):
        order = data.draw(st.permutations(range(len(x))))
        first = [] if bias is None else [bias]
        products = np.array([*first, *(x * w)[list(order)]])  # exact in float64: 24 bits each
        rounded = products.astype(np.float32)
        sums = (_serial(rounded, np.float32), _serial(rounded[::-1], np.float32), _pairwise(rounded, np.float32), products.sum(),
                _fma(np.array([*first, *x[list(order)]]), np.array([1.0] * len(first) + list(w[list(order)])), np.float32))  # fmt: skip
        for total in sums:
            once = _nearest(Fraction(float(total)), target)
            if exact[at]:
                assert once == float(expected[at]), (at, total)
            else:
                golden_value = int(found.values[at]) * Fraction(2) ** found.exponent
                assert abs(Fraction(once) - golden_value) <= Fraction(float(bound[at])), (at, total)


@pytest.mark.parametrize(
    "case", [c for c in SAMPLE if c.dtype in ("float16", "bfloat16") and c.data == "integers" and c.opset > 1], ids=lambda c: c.id
)
def test_integers_are_exact_even_when_summed_in_16_bits(case: Case) -> None:
    """NUMERICS: `integers` have all partial sums exact in the tested dtype."""
    kind = FORMATS[case.dtype].dtype.type
    found = _golden(case)
    for at, x, w, bias in _terms_of(case):
        terms = np.array([*([] if bias is None else [bias]), *(x * w)])
        assert float(_serial(terms, kind)) == float(_serial(terms[::-1], kind)) == float(found.values[at]) * 2.0**found.exponent


# Slices


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 40), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_sliced_products_are_the_integer_products(bits_x: int, bits_w: int, n: int, key: int) -> None:
    draw = np.random.Generator(np.random.Philox(key=key))
    X, W = (draw.integers(-(2**bits) + 1, 2**bits, size) for bits, size in ((bits_x, (3, n)), (bits_w, (n, 2))))
    found = exact_products(lambda a, b: a @ b, X, W, n)
    assert (found == X.astype(object) @ W.astype(object)).all()


def test_numbers_too_wide_for_slices_are_refused() -> None:
    with pytest.raises(OverflowError):
        exact_products(lambda a, b: a * b * 2.0**53, np.array([1]), np.array([1]), 1)


def test_a_bias_finer_than_the_products_is_refused() -> None:
    case = make("t", (2,), (1,), bias=True)
    numbers = tensors(case)
    assert numbers.B is not None
    with pytest.raises(ValueError, match="finer"):
        golden(replace(numbers, B=replace(numbers.B, exponent=-1)), linear_of(case), "float32", case.geometry())
