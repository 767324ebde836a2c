"""What `special` holds, and its goldens against a recomputation, product by product, in exact
fractions."""

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.goldens import Golden
from convtranspose_cases.inputs import tensors
from convtranspose_cases.special import PREFIX, THEMES
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_reference.formats import FORMATS

SPECIAL = suite_cases("special")
NAN, INF = math.nan, math.inf


def golden_of(case: Case, *faults: str) -> Golden:
    return Asked(case).answer(Explanation(faults=faults)).golden


def test_enough_cases_of_every_theme_dtype_and_attribute():
    assert len(SPECIAL) >= 60
    assert {case.data for case in SPECIAL} == {PREFIX + name for name in THEMES}
    assert {case.dtype for case in SPECIAL} == set(FORMATS)
    assert {case.rank for case in SPECIAL} == {1, 2, 3}
    for attribute in ("strides", "dilations", "group", "pads", "output_padding", "auto_pad"):
        assert any(getattr(case.attributes, attribute) is not None for case in SPECIAL), attribute
    assert any(case.bias for case in SPECIAL)


def products(case: Case) -> Iterator[tuple[tuple[int, ...], list[float]]]:
    """Each output element with its terms, as pairs (x, w) by the definition, and its bias."""
    X, W, B = (
        None if a is None else a.astype(np.float64) for a in tensors(case).arrays(case.dtype)
    )
    geometry = case.geometry()
    per_c, per_m = geometry.channels // geometry.group, geometry.maps // geometry.group
    terms: dict[tuple[int, ...], list[tuple[float, float]]] = {
        y: [] for y in np.ndindex(*geometry.y_shape)
    }
    for n, c, *i in np.ndindex(*X.shape):
        for m, *t in np.ndindex(*W.shape[1:]):
            at = [
                a.stride * p + a.dilation * q - b
                for a, p, q, b in zip(geometry.axes, i, t, geometry.begins, strict=True)
            ]
            y = (n, c // per_c * per_m + m, *at)
            if y in terms:
                terms[y].append((float(X[(n, c, *i)]), float(W[(c, m, *t)])))
    for y, pairs in terms.items():
        yield y, pairs + ([] if B is None else [(float(B[y[1]]), 1.0)])


def forward_products(case: Case) -> Iterator[tuple[tuple[int, ...], list[float]]]:
    """The same of a Conv without attributes and without bias: the suite has no other."""
    assert case.attributes.given() == {}
    assert not case.bias
    X, W, _ = (
        None if a is None else a.astype(np.float64) for a in tensors(case).arrays(case.dtype)
    )
    for n, m, *at in np.ndindex(*case.y_shape()):
        met = (
            (c, t, tuple(a + b for a, b in zip(at, t, strict=True)))
            for c, *t in np.ndindex(*W.shape[1:])
        )
        yield (n, m, *at), [(float(X[(n, c, *i)]), float(W[(m, c, *t)])) for c, t, i in met]


def by_terms(pairs: list[tuple[float, float]]) -> float | Fraction:
    """docs/numerics.md's rule, one product at a time."""
    kinds = [x * w for x, w in pairs if not (math.isfinite(x) and math.isfinite(w))]
    if any(math.isnan(k) for k in kinds) or (INF in kinds and -INF in kinds):
        return NAN
    return kinds[0] if kinds else sum((Fraction(x) * Fraction(w) for x, w in pairs), Fraction(0))


@pytest.mark.parametrize("case", SPECIAL[::3], ids=lambda case: case.name)
def test_the_golden_is_what_the_products_say(case: Case):
    golden = golden_of(case)
    assert golden.special is not None
    for at, pairs in products(case) if case.op == "ConvTranspose" else forward_products(case):
        wanted, value = by_terms(pairs), golden.special.value[at]
        if isinstance(wanted, float):
            assert value == wanted or (math.isnan(value) and math.isnan(wanted)), (at, pairs)
        else:
            assert value == 0
            assert int(golden.values[at]) * Fraction(2) ** golden.exponent == wanted, (at, pairs)


def test_zeros_are_negative_only_where_every_term_is():
    for case in SPECIAL:
        if case.data in (PREFIX + "zeros", PREFIX + "negative-zero-x"):
            golden = golden_of(case)
            for at, pairs in products(case):
                terms = [x * w if w != 1.0 else x for x, w in pairs]
                wanted = bool(terms) and all(t == 0 and math.copysign(1, t) < 0 for t in terms)
                assert golden.special is not None
                assert bool(golden.special.negative_zero[at]) == wanted, (case.id, at)


def test_every_theme_shows_what_it_is_for():
    seen = {
        case.data: golden_of(case).expected().astype(np.float64)
        for case in SPECIAL
        if case.rank == 1 and case.dtype == "float16"
    }
    for name in ("nan-x", "nan-w", "nan-b", "inf-xw", "zero-x-inf-w", "inf-x-zero-w"):
        assert any(
            np.isnan(golden_of(c).expected().astype(np.float64)).any()
            for c in SPECIAL
            if c.data == PREFIX + name
        ), name
    for name in ("inf-x", "inf-w", "overflow", "at-the-limit"):
        assert np.isinf(seen[PREFIX + name]).any(), name
        assert np.isfinite(seen[PREFIX + name]).any(), name
    for name in ("subnormal-x", "subnormal-w", "subnormal-b", "subnormal-y"):
        assert ((seen[PREFIX + name] != 0) & (np.abs(seen[PREFIX + name]) < 2.0**-14)).any(), name
    assert np.isfinite(seen[PREFIX + "overflow-of-partial-sums"]).any()


def test_float16_rounds_to_infinity_at_65520():
    case = next(case for case in SPECIAL if case.data == PREFIX + "at-the-limit")
    golden = golden_of(case)
    limit = golden.values * 2.0**golden.exponent >= 65520
    assert limit.any()
    assert not limit.all()
    np.testing.assert_array_equal(np.isinf(golden.expected().astype(np.float64)), limit)


@pytest.mark.parametrize(
    ("fault", "x", "k", "strides", "extra"),
    [
        ("inserted_zeros_multiplied", (5,), (3,), (2,), True),
        ("inserted_zeros_multiplied", (5,), (3,), (1,), False),
        ("border_zeros_multiplied", (5,), (3,), (1,), True),
        ("border_zeros_multiplied", (4, 3), (3, 3), (1, 1), True),
        ("row_border_zeros_multiplied", (4, 3), (3, 1), (1, 1), False),
        ("row_border_zeros_multiplied", (4, 3), (3, 3), (2, 2), True),
    ],
)
def test_products_with_zeros_that_the_definition_has_not(fault, x, k, strides, extra):
    """A NaN in W spreads; nothing else changes, and NaNs stay where they were."""
    case = make(
        "special",
        x,
        k,
        strides=strides,
        data=PREFIX + "nan-w",
        c=2,
        m=2,
        pads=(0,) * len(x) + (1,) * len(x),
    )
    right, wrong = golden_of(case).expected(), golden_of(case, fault).expected()
    assert np.isnan(wrong[np.isnan(right)]).all()
    assert bool((np.isnan(wrong) & ~np.isnan(right)).any()) == extra
    np.testing.assert_array_equal(wrong[~np.isnan(wrong)], right[~np.isnan(wrong)])


def test_zero_insertion_and_borders_make_a_channel_of_one_nan_all_nan():
    case = make("special", (4,), (3,), strides=(2,), data=PREFIX + "nan-w", m=2)
    wrong = golden_of(case, "inserted_zeros_multiplied", "border_zeros_multiplied").expected()
    W = tensors(case).arrays("float32")[1]
    np.testing.assert_array_equal(np.isnan(wrong).all(axis=(0, 2)), np.isnan(W).any(axis=(0, 2)))


def test_legal_numbers_are_untouched_by_those_faults():
    case = make("special", (4, 3), (3, 2), strides=(2, 3), c=3, m=2, pads=(1, 0, 0, 1))
    right = golden_of(case).values
    for fault in (
        "inserted_zeros_multiplied",
        "border_zeros_multiplied",
        "row_border_zeros_multiplied",
        "next_pixel_times_zero",
    ):
        np.testing.assert_array_equal(golden_of(case, fault).values, right)


def test_products_of_the_sum_are_bounded_below_the_overflow_of_float64():
    for case in SPECIAL:
        assert np.isfinite(golden_of(case).sums.S).all(), case.id
