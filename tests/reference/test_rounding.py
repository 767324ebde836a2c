"""float64 into the narrower formats: one rounding, to nearest, ties to even, by exact
arithmetic."""

from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from convtranspose_reference import conv, conv_transpose
from convtranspose_reference.formats import FORMATS, Format, format_of, round_to

NARROW = [FORMATS[name] for name in ("float16", "bfloat16", "float32")]


def _nearest(value: float, target: Format) -> float:
    """The nearest number of the format, computed over the rationals."""
    exact, sign = abs(Fraction(value)), -1.0 if np.signbit(value) else 1.0
    if exact == 0:
        return sign * 0.0
    exponent = max(int(np.frexp(value)[1]) - 1, target.min_exponent) - (target.precision - 1)
    unit = Fraction(2) ** exponent
    steps = round(exact / unit)  # Python rounds ties to even
    rounded = steps * unit
    limit = (2 - Fraction(1, 2 ** (target.precision - 1))) * Fraction(2) ** (
        1 - target.min_exponent
    )
    return sign * (float("inf") if rounded > limit else float(rounded))


def _samples(target: Format) -> np.ndarray:
    draw = np.random.Generator(np.random.Philox(key=11))
    spread, ties = _spread(target, draw), _ties(target, draw)
    near = ties * (1 + 2.0**-30)  # beyond half, but not for float32
    samples = np.concatenate(
        [
            spread,
            ties,
            np.nextafter(ties, np.inf),
            np.nextafter(ties, 0),
            near,
            ties * (1 - 2.0**-30),
            _around_the_top(target),
        ]
    )
    return np.concatenate([samples, -samples])


def _spread(target: Format, draw: np.random.Generator) -> np.ndarray:
    """Numbers of all sizes, and small ones."""
    low, high = target.min_exponent - target.precision - 3, 1 - target.min_exponent + 3
    spread = np.ldexp(draw.uniform(-2, 2, 3000), draw.integers(low, high, 3000))
    edges = np.ldexp(draw.uniform(-2, 2, 600), draw.integers(low, target.min_exponent + 2, 600))
    return np.concatenate([spread, edges])


def _ties(target: Format, draw: np.random.Generator) -> np.ndarray:
    """Halfway between two numbers of the format. float32 rounds onto one the closest float64 on
    both sides of it."""
    odd = 2 * draw.integers(2 ** (target.precision - 1), 2**target.precision, 1500) + 1
    halves = np.ldexp(
        odd.astype(np.float64),
        draw.integers(
            target.min_exponent - target.precision,
            -target.min_exponent - target.precision + 2,
            1500,
        ),
    )
    tiny = np.ldexp(
        (2 * draw.integers(0, 2 ** (target.precision - 1), 300) + 1).astype(np.float64),
        target.min_exponent - target.precision,
    )
    beyond = float(target.largest) + np.ldexp(1.0, -target.min_exponent + 1 - target.precision)
    return np.concatenate([halves, tiny, [beyond]])


def _around_the_top(target: Format) -> np.ndarray:
    """What is still the largest number, and what no longer; zeros."""
    top = float(target.largest)
    return np.array(
        [
            top,
            np.nextafter(top, np.inf),
            top * (1 + target.unit_roundoff / 2),
            2.0 ** (1 - target.min_exponent),
            0.0,
            -0.0,
        ]
    )


@pytest.mark.parametrize("target", NARROW, ids=lambda f: f.name)
def test_rounds_once(target: Format) -> None:
    values = _samples(target)
    rounded = round_to(values, target.dtype)
    assert rounded.dtype == target.dtype
    expected = np.array([_nearest(float(v), target) for v in values])
    differing = rounded.astype(np.float64) != expected
    assert not differing.any(), (
        values[differing][:3],
        rounded[differing][:3],
        expected[differing][:3],
    )
    np.testing.assert_array_equal(np.signbit(rounded.astype(np.float64)), np.signbit(expected))


def test_the_samples_catch_a_double_rounding() -> None:
    values = _samples(FORMATS["bfloat16"])
    with np.errstate(over="ignore", under="ignore"):
        twice = values.astype(np.float32).astype(ml_dtypes.bfloat16).astype(np.float64)
    assert (
        twice != np.array([_nearest(float(v), FORMATS["bfloat16"]) for v in values])
    ).sum() > 100


def test_what_is_not_finite_stays_so() -> None:
    values = np.array([np.inf, -np.inf, np.nan])
    for target in FORMATS.values():
        np.testing.assert_array_equal(round_to(values, target.dtype).astype(np.float64), values)


@pytest.mark.parametrize("target", FORMATS.values(), ids=lambda f: f.name)
def test_formats_say_what_their_dtypes_are(target: Format) -> None:
    about = ml_dtypes.finfo(target.dtype)
    assert (float(about.max), float(about.smallest_normal)) == (
        target.largest,
        2.0**target.min_exponent,
    )
    assert float(about.eps) == 2 * target.unit_roundoff
    assert target.accumulation_roundoff == min(target.unit_roundoff, 2.0**-24)
    assert format_of(target.dtype) is target
    assert format_of(target.name) is target


@pytest.mark.parametrize("dtype", FORMATS)
def test_the_dtype_that_goes_in_comes_out(dtype: str) -> None:
    kind = FORMATS[dtype].dtype
    X, W, B = (np.ones(shape).astype(kind) for shape in ((1, 2, 3, 2), (2, 1, 2, 2), (2,)))
    for Y in (conv_transpose(X, W, B, group=2), conv(X, W.reshape(2, 1, 2, 2), B, group=2)):
        assert Y.dtype == kind
    np.testing.assert_array_equal(
        conv_transpose(X, W, B, group=2)[0, 0].astype(float),
        [[2, 3, 2], [3, 5, 3], [3, 5, 3], [2, 3, 2]],
    )


def test_the_sum_is_rounded_and_not_its_terms() -> None:
    # 2048 + 1 + ... + 1 is lost a term at a time in float16.
    X = np.array([1] * 8 + [2048], np.float16).reshape(1, 1, 9)
    Y = conv_transpose(X, np.ones((1, 1, 9), np.float16))
    assert float(Y[0, 0, 8]) == 2056
    # 300 * 300 overflows float16 on its own; the sum is 0.
    Y = conv_transpose(np.array([[[300, -300]]], np.float16), np.array([[[300, 300]]], np.float16))
    np.testing.assert_array_equal(Y.astype(float), [[[np.inf, 0, -np.inf]]])


def test_inputs_stay_as_they_were() -> None:
    X, W, B = np.ones((1, 1, 3)), np.ones((1, 1, 2)), np.ones(1)
    for tensor in (X, W, B):
        tensor.flags.writeable = False
    assert conv_transpose(X, W, B).tolist() == [[[2, 3, 3, 2]]]


def test_infinities_and_nans_go_through_without_a_warning() -> None:
    X = np.array([[[np.inf, 1, np.nan]]], np.float32)
    Y = conv_transpose(X, np.array([[[0, 1]]], np.float32))
    np.testing.assert_array_equal(Y, [[[np.nan, np.inf, np.nan, np.nan]]])
