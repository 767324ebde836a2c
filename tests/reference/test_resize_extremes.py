"""Resize where numbers are huge, tiny, or none: exact, or refused by name, never wrong."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from convtranspose_reference import InvalidInput, depth_to_space, resize
from convtranspose_reference.formats import FORMATS
from convtranspose_reference.resize import (
    Along,
    Resize,
    Resized,
    ResizeRules,
    Undefined,
    odd_part,
    require_bounded,
    resize_axes,
    resized,
    row,
    rows,
)
from convtranspose_reference.resize.coordinates import coordinate
from convtranspose_reference.resize.depth_to_space import DepthToSpace, shuffled_shape

FLOAT32 = FORMATS["float32"]
CROP = {"coordinate_transformation_mode": "tf_crop_and_resize", "mode": "linear"}


def _sums(X: np.ndarray[Any, Any], axes: tuple[Along, ...], asked: Resize) -> list[Fraction]:
    """X resized in fractions, one output after another."""
    found = [[Fraction(int(x)) for x in line] for line in X.reshape(X.shape[2:])]
    first, second = (rows(along, asked) for along in axes)
    return [
        sum(
            (a * b * found[i][j] for i, a in (one or {}).items() for j, b in (other or {}).items()),
            start=Fraction(0),
        )
        for one in first
        for other in second
    ]


def _values(found: Resized) -> list[Fraction]:
    return [Fraction(int(value), found.denominator) for value in found.values.ravel()]


@pytest.mark.parametrize("a", [-0.75, 1e9, -3e38, 2.0**-140])
def test_sums_are_exact_whatever_the_coefficient(a: float) -> None:
    asked = Resize.of(scales=[2, 1.5], mode="cubic", cubic_coeff_a=a)
    axes = resize_axes((4, 5), asked)
    X = np.random.default_rng(0).integers(-9, 10, (1, 1, 4, 5))
    assert _values(resized(X, 0, axes, asked, FLOAT32)) == _sums(X, axes, asked)


@pytest.mark.parametrize("value", [1e30, -(2.0**100), 2.0**-140, 2.0**63])
def test_what_is_written_outside_is_exact(value: float) -> None:
    asked = Resize.of(sizes=[4], roi=[-1, 1], extrapolation_value=value, **CROP)
    found = resized(np.zeros((1, 1, 3), np.int64), 0, resize_axes((3,), asked), asked, FLOAT32)
    assert _values(found)[0] == Fraction(asked.extrapolation_value)
    assert found.S.ravel()[0] == abs(asked.extrapolation_value)
    assert not found.error.any()


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(np.inf, "float32"), (np.nan, "float32"), (1e30, "float16"), (0.1, "bfloat16")],
)
def test_no_golden_holds_what_the_dtype_does_not(value: float, dtype: str) -> None:
    asked = Resize.of(sizes=[4], roi=[-1, 1], extrapolation_value=value, **CROP)
    with pytest.raises(
        ValueError, match=f"extrapolation_value = .*: accepted is what {dtype} holds"
    ):
        resized(np.ones((1, 1, 3), np.int64), 0, resize_axes((3,), asked), asked, FORMATS[dtype])
    within = Resize.of(sizes=[4], roi=[0, 1], extrapolation_value=value, **CROP)
    found = resized(
        np.ones((1, 1, 3), np.int64), 0, resize_axes((3,), within), within, FORMATS[dtype]
    )
    assert set(_values(found)) == {1}


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 3e38])
def test_any_number_may_be_written_outside(value: float) -> None:
    X = np.ones((1, 1, 3), np.float32)
    Y = resize(X, sizes=[4], roi=[-1, 1], extrapolation_value=value, **CROP)
    np.testing.assert_array_equal(Y[0, 0, [0, -1]], np.array([value, 1], np.float32))


@pytest.mark.parametrize(
    ("given", "attribute"),
    [
        ({"cubic_coeff_a": 1e308, "mode": "cubic", "scales": [2]}, "cubic_coeff_a"),
        ({"cubic_coeff_a": np.inf, "mode": "cubic", "scales": [2]}, "cubic_coeff_a"),
        ({"cubic_coeff_a": np.nan, "mode": "cubic", "scales": [2]}, "cubic_coeff_a"),
        ({"extrapolation_value": -1e308, "scales": [2]}, "extrapolation_value"),
        ({"scales": [1e308]}, "scales"),
        ({"scales": [np.nan]}, "scales"),
        ({"sizes": [2], "roi": [0, 1e39], **CROP}, "roi"),
        ({"sizes": [2], "roi": [0, np.inf], **CROP}, "roi"),
        ({"sizes": [2], "roi": [np.nan, 1], **CROP}, "roi"),
    ],
)
def test_what_is_no_number_is_named(given: dict[str, Any], attribute: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{attribute} = ") as refused:
        resize(np.ones((1, 1, 4), np.float32), **given)
    assert refused.value.attribute == attribute


def test_what_nobody_reads_may_be_no_number() -> None:
    X = np.arange(4, dtype=np.float32).reshape(1, 1, 4)
    Y = resize(X, scales=[2], mode="linear", cubic_coeff_a=np.nan, roi=[np.nan, np.inf])
    np.testing.assert_array_equal(Y, resize(X, scales=[2], mode="linear"))


@pytest.mark.parametrize(("antialias", "excludes"), [(False, True), (True, False)])
def test_coefficients_that_sum_to_0_are_undefined_and_not_forbidden(
    antialias: bool, excludes: bool
) -> None:
    """At -1/4 Keys' kernel weighs inputs 0 and 1 with 27/32 + 3/32 a together, which -9 makes 0."""
    asked = Resize.of(
        scales=[2], mode="cubic", cubic_coeff_a=-9, antialias=antialias, exclude_outside=excludes
    )
    (along,) = resize_axes((4,), asked)
    rules = ResizeRules(antialias_excludes=True)
    with pytest.raises(
        Undefined, match=r"cubic_coeff_a = -9\.0.*output 0 weighs sums to 0"
    ) as found:
        row(along, asked, 0, rules)
    assert ("exclude_outside = 1" in str(found.value)) == excludes
    if not excludes:
        assert row(along, asked, 0) is not None


def test_a_sum_that_rounding_hides_has_no_bound() -> None:
    for a, bounded in ((-9.00001, False), (-8.0, True), (-0.75, True)):
        asked = Resize.of(scales=[2], mode="cubic", cubic_coeff_a=a, exclude_outside=True)
        axes = resize_axes((4,), asked)
        if bounded:
            require_bounded(axes, asked)
            continue
        with pytest.raises(Undefined, match="output 0 weighs sums to so little"):
            require_bounded(axes, asked)


def test_coefficients_may_be_too_wide() -> None:
    asked = Resize.of(sizes=[3] * 8, mode="cubic", cubic_coeff_a=1e-40)
    with pytest.raises(Undefined, match="more than 512 bits"):
        require_bounded(resize_axes((2,) * 8, asked), asked)


def _cubic_in_float32(X: Any, along: Along, asked: Resize) -> Any:
    """exclude_outside with every operation in float32."""
    f, a, Y = np.float32, np.float32(asked.cubic_coeff_a), []
    scale = f(along.output) / f(along.input)
    for at in range(along.output):
        x = (f(at) + f(0.5)) / scale - f(0.5)
        below, t = int(np.floor(x)), x - np.floor(x)
        d = [t + f(1), t, f(1) - t, f(2) - t]
        far = [((a * e - f(5) * a) * e + f(8) * a) * e - f(4) * a for e in d]
        near = [((a + f(2)) * e - (a + f(3))) * e * e + f(1) for e in d]
        weights = [far[0], near[1], near[2], far[3]]
        there = [
            (below - 1 + n, w) for n, w in enumerate(weights) if 0 <= below - 1 + n < along.input
        ]
        total = sum((w for _, w in there), start=f(0))
        Y.append(sum((X[n] * (w / total) for n, w in there), start=f(0)))
    return Y


@pytest.mark.parametrize("a", [-0.5, -0.75, -6, -8, -8.5, 4, 30])
@pytest.mark.parametrize(("inputs", "outputs"), [(4, 8), (5, 7), (3, 12), (9, 4)])
def test_the_bound_holds_where_sums_are_small(a: float, inputs: int, outputs: int) -> None:
    asked = Resize.of(sizes=[outputs], mode="cubic", cubic_coeff_a=a, exclude_outside=True)
    axes = resize_axes((inputs,), asked)
    X = np.random.default_rng(inputs).integers(-31, 32, (1, 1, inputs))
    exact = _values(resized(X, 0, axes, asked, FLOAT32))
    found = resized(X, 0, axes, asked, FLOAT32)
    Y = _cubic_in_float32(X.ravel().astype(np.float32), axes[0], asked)
    off = [abs(float(Fraction(float(y)) - e)) for y, e in zip(Y, exact, strict=True)]
    assert (np.array(off) <= found.error.ravel()).all()
    assert found.error.any()


def test_a_bound_is_as_wide_as_a_small_sum_makes_it() -> None:
    """tf_half_pixel_for_nn looks at 3.9 of 4, whose neighbours inside X weigh a tenth together."""
    half = Resize.of(sizes=[5], mode="linear", exclude_outside=True)
    far = Resize.of(
        sizes=[5],
        mode="linear",
        exclude_outside=True,
        coordinate_transformation_mode="tf_half_pixel_for_nn",
    )
    X = np.ones((1, 1, 4), np.int64)
    usual, wide = (
        resized(X, 0, resize_axes((4,), asked, 11), asked, FLOAT32).error.ravel()[-1]
        for asked in (half, far)
    )
    assert wide > 2 * usual


def test_scales_are_of_the_share_that_a_crop_leaves() -> None:
    asked = Resize.of(scales=[1.5, 2], roi=[0.25, 0, 0.75, 1], **CROP)
    axes = resize_axes((8, 5), asked)
    assert [axis.output for axis in axes] == [6, 10]
    assert [axis.length for axis in axes] == [6, 10]
    assert all(axis.is_whole for axis in axes)
    (cut,) = resize_axes((7,), Resize.of(scales=[1.5], roi=[0.25, 0.75], **CROP))
    assert (cut.output, cut.length, cut.is_whole) == (5, Fraction("5.25"), False)
    fractional = ResizeRules(length="fractional")
    assert coordinate(cut, "tf_crop_and_resize", 4, fractional) == Fraction(3, 2) + Fraction(48, 17)


def test_sizes_are_of_all_that_is_written() -> None:
    (axis,) = resize_axes((5,), Resize.of(sizes=[9], roi=[0.25, 0.75], **CROP))
    assert (axis.length, axis.is_whole) == (9, True)
    (axis,) = resize_axes((5,), Resize.of(scales=[2], roi=[0.25, 0.75]))
    assert (axis.output, axis.is_whole) == (10, True)  # no crop: roi says nothing


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_a_filter_that_no_output_has_is_not_stretched(mode: str) -> None:
    asked = Resize.of(scales=[0.25, 1], mode=mode, antialias=True)
    axes = resize_axes((3, 2), asked)
    require_bounded(axes, asked)
    found = resized(np.ones((1, 1, 3, 2), np.int64), 0, axes, asked, FLOAT32)
    assert found.values.shape == found.error.shape == (1, 1, 0, 2)


def test_what_is_odd_in_a_number() -> None:
    assert [odd_part(n) for n in (1, 8, 12, 35)] == [(1, 0), (1, 3), (3, 2), (35, 0)]


def test_the_other_order_is_of_opset_11() -> None:
    X = np.zeros((1, 4, 2, 2), np.float32)
    with pytest.raises(InvalidInput, match="absent before opset 11") as refused:
        depth_to_space(X, 2, "CRD", opset=10)
    assert refused.value.attribute == "mode"
    assert depth_to_space(X, 2, "DCR", opset=1).shape == depth_to_space(X, 2, "CRD").shape
    with pytest.raises(InvalidInput, match="clause Z"):
        shuffled_shape((1, 4, 2, 2), DepthToSpace(2, mode="CRD"), 7)
