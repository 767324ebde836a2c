"""Goldens against rational arithmetic, and the promise that they are exact: what a backend may and
may not return."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convtranspose_cases import Case, make
from convtranspose_cases.goldens import Golden, exact_products, golden
from convtranspose_cases.inputs import Scaled, Tensors, linear_of, tensors
from convtranspose_reference.bounds import exact_where
from convtranspose_reference.formats import FORMATS
from support.rational import CASES, SAMPLE, SMALL, by_fractions, golden_of, nearest

EXACT_KINDS = {"integers", "wide", "wide-x", "wide-w", "terms", "previous"}


def test_the_sample_is_a_sample_of_everything() -> None:
    assert len(SAMPLE) >= 60
    assert {(c.dtype, c.data) for c in SAMPLE} == {(c.dtype, c.data) for c in CASES}
    assert {c.rank for c in SAMPLE} == {1, 2, 3}
    assert all(
        any(test(c) for c in SAMPLE)
        for test in (
            lambda c: c.bias,
            lambda c: c.group > 1,
            lambda c: c.attributes.output_shape,
            lambda c: c.attributes.auto_pad,
            lambda c: c.attributes.dilations,
        )
    )


@pytest.mark.parametrize("case", [c for c in SAMPLE if c.opset > 1], ids=lambda c: c.id)
def test_a_golden_is_the_exact_sum_and_expected_its_nearest_number(case: Case) -> None:
    X, W, B = tensors(case).arrays(case.dtype)
    assert X.dtype == W.dtype == FORMATS[case.dtype].dtype
    sums, products = by_fractions(case, X, W, B)
    output = golden_of(case)
    assert output.shape == case.y_shape()
    assert output.dtype == case.dtype
    exact, bound, expected = output.exact(), output.bound(), output.expected()
    assert expected.dtype == FORMATS[case.dtype].dtype
    for at in np.ndindex(*output.shape):
        assert int(output.values[at]) * Fraction(2) ** output.exponent == sums[at], at
        assert float(expected[at]) == nearest(sums[at], FORMATS[case.dtype]), at
        absolute = sum(
            (abs(a * b) for a, b in products[at]),
            abs(Fraction(float(B[at[1]]))) if B is not None else Fraction(0),
        )
        assert abs(Fraction(float(output.sums.S[at])) - absolute) <= absolute * Fraction(2) ** -50
        assert output.sums.n[at] == len(products[at])
        assert exact[at] or abs(Fraction(float(expected[at])) - sums[at]) <= Fraction(
            float(bound[at])
        )


def test_a_golden_of_more_than_53_bits_rounds_once() -> None:
    """Sums just off the middle between two numbers of the dtype, by less than float64 can see."""
    for dtype, target in FORMATS.items():
        p = target.precision
        half = (2**p + 1) << (70 - p)  # exactly between two numbers of p bits
        values = np.array([half - 1, half, half + 1, -half - 1, (2**p + 3) << (70 - p)], object)
        found = golden_of(make("t", (1,), (1,), dtype=dtype, data="dense"))
        made = Golden(dtype=dtype, values=values, exponent=-70, sums=found.sums)
        assert [float(v) for v in made.expected()] == [
            nearest(Fraction(v, 2**70), target) for v in values.tolist()
        ]
        assert len({float(v) for v in made.expected()[:3]}) == 2


def test_errors_see_below_float64() -> None:
    found = golden_of(make("t", (1,), (1,), dtype="float64", data="dense"))
    output = Golden(
        dtype="float64",
        values=np.array([2**60 + 1, 2**60 - 3], object),
        exponent=0,
        sums=found.sums,
    )
    np.testing.assert_array_equal(output.error(np.array([2.0**60, 2.0**60])), [1, 3])


@pytest.mark.parametrize("kind", sorted(EXACT_KINDS))
def test_equality_is_owed_on_every_exact_kind(kind: str) -> None:
    chosen = [case for case in CASES if case.data == kind]
    assert chosen
    for case in chosen:
        assert golden_of(case).exact().all(), case.id


def test_equality_is_not_owed_where_sums_round() -> None:
    # bfloat16's products of 16 bits are exact in float32, float16's of 22 bits nearly.
    rounded = [
        case
        for case in SMALL
        if case.data in ("dense", "sparse") and case.dtype in ("float32", "float64")
    ]
    assert rounded
    assert not any(golden_of(case).exact().all() for case in rounded)


def test_what_is_seen_to_be_exact_is_where_its_sums_are_looked_at() -> None:
    """In any format, whatever the case's own is."""
    seen = Counter[bool]()
    for case in CASES[::3]:
        sums = golden_of(case).sums
        for target in FORMATS.values():
            is_seen = sums.are_exact(target)
            exact = exact_where(sums, target)
            assert exact.all() or not is_seen, (case.id, target)
            seen[is_seen] += exact.size > 0
    assert min(seen[True], seen[False]) > 50


@pytest.mark.parametrize(
    ("x", "exponent", "dtype", "is_seen"),
    [
        (2**10, 0, "float32", True),
        (2**11 - 1, 0, "float32", True),
        (2**23, 0, "float32", False),  # sums need more than 24 bits
        (2**23, 0, "float64", True),
        (2**9, 0, "float16", True),
        (2**11, 4, "float16", False),  # beyond its largest number
        (2**3, -14, "float16", True),
        (2**3, -15, "float16", False),  # below its smallest normal number
        (2**3, -126, "float32", True),
        (2**3, -127, "float32", False),
        (2**3, 124, "float32", False),
        (2**3, 1010, "float64", True),
        (2**3, 1015, "float64", False),
    ],
)
def test_exactness_is_seen_up_to_the_limits_of_the_format(
    x: int, exponent: int, dtype: str, is_seen: bool
) -> None:
    X, W = (
        Scaled(integers=np.full((1, 1, 2), each), exponent=e) for each, e in ((x, exponent), (7, 0))
    )
    case = make("core", (2,), (2,), dtype=dtype)
    made = golden(Tensors(X=X, W=W, B=None), linear_of(case), dtype)
    assert made.sums.are_exact(FORMATS[dtype]) == is_seen
    if is_seen:
        assert exact_where(made.sums, FORMATS[dtype]).all()
    assert made.exact().tolist() == exact_where(made.sums, FORMATS[dtype]).tolist()


def test_a_bias_counts_where_exactness_is_seen() -> None:
    X, W = (Scaled(integers=np.full((1, 1, 2), 3), exponent=0) for _ in "XW")
    case = make("core", (2,), (2,), bias=True)
    for bias, is_seen in ((5, True), (2**22 - 1, True), (2**24, False)):
        B = Scaled(integers=np.array([bias]), exponent=0)
        made = golden(Tensors(X=X, W=W, B=B), linear_of(case), "float32")
        assert made.sums.are_exact(FORMATS["float32"]) == is_seen, bias


def test_sparse_outputs_sum_at_most_eight_products() -> None:
    chosen = [case for case in CASES if case.data == "sparse"]
    most = {case.id: int(golden_of(case).sums.n.max(initial=0)) for case in chosen}
    assert max(most.values()) == 8
    assert sum(n == 8 for n in most.values()) > 20


def test_bfloat16_integers_have_few_products() -> None:
    """docs/numerics.md: bfloat16 n <= 16, else only {-1, 0, 1} is left."""
    for case in CASES:
        if (case.dtype, case.data) == ("bfloat16", "integers"):
            assert golden_of(case).sums.n.max(initial=0) <= 16
            assert np.abs(tensors(case).X.integers).max() > 1


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_gives_other_numbers_and_exact_goldens(seed: int) -> None:
    for case in SMALL[::5]:
        one, other = tensors(case), tensors(case, seed)
        if case.data in EXACT_KINDS:
            assert golden_of(case, seed).exact().all(), case.id
        if one.X.integers.size >= 6 and case.data in ("dense", "sparse", "wide-x"):
            assert (one.X.integers != other.X.integers).any(), case.id
    case = SAMPLE[0]
    sums, _ = by_fractions(case, *tensors(case, seed).arrays(case.dtype))
    found = golden_of(case, seed)
    assert all(int(found.values[at]) * Fraction(2) ** found.exponent == sums[at] for at in sums)


# Slices


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 40), st.integers(0, 2**32))
@settings(max_examples=60, derandomize=True, database=None)
def test_sliced_products_are_the_integer_products(
    bits_x: int, bits_w: int, n: int, key: int
) -> None:
    draw = np.random.Generator(np.random.Philox(key=key))
    X, W = (
        draw.integers(-(2**bits) + 1, 2**bits, size)
        for bits, size in ((bits_x, (3, n)), (bits_w, (n, 2)))
    )
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
        golden(
            replace(numbers, B=replace(numbers.B, exponent=-1)),
            linear_of(case),
            "float32",
            case.geometry(),
        )
