"""The definition against itself in other words. Integers, so equal means equal."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convtranspose_cases import SUITES, Case, suite_cases
from convtranspose_cases.inputs import tensors
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.conv import conv_geometry, gather_windows
from convtranspose_reference.conv_transpose import conv_transpose, scatter
from convtranspose_reference.formulations import (
    FORMULATIONS,
    convolution_matrix,
    framed,
    gathered,
    transposed_filter,
    zero_inserted,
)
from convtranspose_reference.geometry import Geometry
from support.agreement import COMPARED, WAYS, answer, compared, fits_int64, question

TRANSPOSED = [
    case for suite in ("seeds", "core") for case in suite_cases(suite) if case.op == "ConvTranspose"
]
PARTS = [
    (suite, part) for suite in COMPARED for part in range(16 if suite == "exhaustive-1d" else 1)
]


def _part(suite: str, part: int) -> tuple[Case, ...]:
    return suite_cases(suite)[part :: max(p for s, p in PARTS if s == suite) + 1]


@pytest.mark.parametrize(("suite", "part"), PARTS)
def test_every_formulation_is_the_definition_on_every_case(suite: str, part: int) -> None:
    chosen = _part(suite, part)
    assert compared(chosen) == len(WAYS) * len(chosen) > 0


def test_the_parts_are_every_case_of_every_suite_that_has_finite_answers() -> None:
    assert len(WAYS) == 5
    assert set(COMPARED) == {*SUITES} - {"special", "invalid", "resize", "subpixel"}
    for suite in COMPARED:
        parts = [case.id for s, part in PARTS if s == suite for case in _part(s, part)]
        assert sorted(parts) == sorted(case.id for case in suite_cases(suite))


def test_a_formulation_that_is_off_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        FORMULATIONS,
        "gather",
        lambda X, W, found: scatter(X, W, found) + (found.axes[0].stride == 3),
    )
    assert compared(suite_cases("seeds")[:2]) == 2 * len(WAYS)
    with pytest.raises(AssertionError, match="stride_3_filter_6"):
        compared(suite_cases("seeds"))


def test_sums_past_63_bits_are_exact() -> None:
    """The cases whose sums int64 could not hold are compared as Python's integers, and there are
    some that need it."""
    wide = [
        q
        for case in suite_cases("core")
        if case.data == "dense" and case.dtype == "float64"
        for q in [question(case)]
    ]
    sums = [answer(scatter, *q) for q in wide if not fits_int64(*q)]
    assert len(sums) == len(wide) > 10
    assert max(abs(int(y)) for Y in sums for y in Y.ravel()) > 2**100
    X, W, found = next(q for q in wide if q[2].maps > 1 and 0 not in q[2].y_shape)
    np.testing.assert_array_equal(
        scatter(X.astype(object), W.astype(object), found),
        answer(scatter, X, W, found),
        strict=True,
    )


@pytest.mark.parametrize("name", FORMULATIONS)
def test_a_formulation_stays_in_the_arithmetic_of_its_input(name: str) -> None:
    X, W = np.full((1, 1, 2), 2**70, object), np.full((1, 1, 3), 2**70 + 1, object)
    found = Case(
        suite="", name="", x_shape=X.shape, w_shape=W.shape, attributes=Attributes(pads=(1, 0))
    ).geometry()
    one = 2**70 * (2**70 + 1)
    assert FORMULATIONS[name](X, W, found).tolist() == [[[2 * one, 2 * one, one]]]
    assert FORMULATIONS[name](np.ones((1, 1, 2)), np.ones((1, 1, 3)), found).dtype == np.float64


def test_the_pieces_of_zero_insertion() -> None:
    stretched = zero_inserted(np.arange(1, 7).reshape(1, 1, 2, 3), (3, 2))
    np.testing.assert_array_equal(
        stretched, [[[[1, 0, 2, 0, 3], [0] * 5, [0] * 5, [4, 0, 5, 0, 6]]]]
    )
    assert zero_inserted(np.zeros((1, 1, 0)), (3,)).shape == (1, 1, 0)
    W = np.arange(8).reshape(2, 2, 2)  # C = 2, M = 2
    np.testing.assert_array_equal(transposed_filter(W, 1), [[[1, 0], [5, 4]], [[3, 2], [7, 6]]])
    np.testing.assert_array_equal(transposed_filter(W, 2), [[[1, 0]], [[3, 2]], [[5, 4]], [[7, 6]]])


def test_the_pieces_of_the_matrix_and_of_gathering() -> None:
    """Two inputs, three taps, stride 2, one element cut off at the begin: Conv reads y[2i + t -
    1]."""
    geometry = Case(
        suite="",
        name="",
        x_shape=(1, 1, 2),
        w_shape=(1, 1, 3),
        attributes=Attributes(strides=(2,), pads=(1, 0)),
    ).geometry()
    assert convolution_matrix(np.array([[[2, 3, 5]]]), geometry).tolist() == [
        [[3, 5, 0, 0], [0, 2, 3, 5]]
    ]
    assert gathered(np.array([[[7, 11]]]), geometry).tolist() == [
        [[[0, 11, 0, 0], [7, 0, 11, 0], [0, 7, 0, 11]]]
    ]
    assert framed(np.array([[[1, 2, 3]]]), (-1,), (2,)).tolist() == [[[2, 3, 0, 0]]]
    assert framed(np.array([[[1, 2, 3]]]), (2,), (-4,)).tolist() == [[[0]]]


def _adjoint_pairs() -> Iterator[tuple[Case, Geometry]]:
    """Cases whose Conv with the same W and the pads in force leads back to X's sizes."""
    for case in TRANSPOSED:
        geometry = case.geometry()
        inverse = (
            all(a.output_padding < a.stride for a in geometry.axes)
            and min(*geometry.begins, *geometry.ends) >= 0
        )
        if inverse and 0 not in (*case.x_shape, *geometry.y_shape) and case.taps < 100:
            back = [
                n + b + e - a.effective_kernel
                for n, b, e, a in zip(
                    geometry.spatial, geometry.begins, geometry.ends, geometry.axes, strict=True
                )
            ]
            if [n // a.stride + 1 for n, a in zip(back, geometry.axes, strict=True)] == [
                a.input for a in geometry.axes
            ]:
                yield case, geometry


def test_conv_transpose_is_the_adjoint_of_conv() -> None:
    pairs = list(_adjoint_pairs())
    assert len(pairs) > 700
    for case, geometry in pairs:
        x, W, _ = question(case)
        x, W = (x, W) if fits_int64(x, W, geometry) else (x.astype(object), W.astype(object))
        y = np.random.Generator(np.random.Philox(key=5)).integers(-1000, 1000, geometry.y_shape)
        given = Attributes.of(
            strides=case.attributes.strides,
            dilations=case.attributes.dilations,
            group=case.attributes.group,
            pads=(*geometry.begins, *geometry.ends),
        )
        axes, pads, sizes = conv_geometry(geometry.y_shape, case.w_shape, given)
        assert sizes == case.x_shape[2:], case.id
        forward = gather_windows(y, W, case.group, axes, pads, sizes)
        # <conv(y), x> == <y, conv_transpose(x)>, over Python's integers: no rounding, no overflow.
        one, other = (
            (a.astype(object) * b.astype(object)).sum()
            for a, b in ((forward, x), (y, scatter(x, W, geometry)))
        )
        assert one == other, case.id


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_public_function_is_scatter_bias_and_one_rounding(dtype: str) -> None:
    for case in TRANSPOSED[:400:7]:
        if case.dtype != dtype or case.data != "integers" or case.opset == 1:
            continue
        X, W, B = tensors(case).arrays(dtype)
        expected = scatter(X, W, case.geometry()) + (
            0 if B is None else B.reshape(1, -1, *(1,) * case.rank)
        )
        np.testing.assert_array_equal(
            conv_transpose(X, W, B, **case.attributes.given()),
            expected,
            strict=True,
            err_msg=case.id,
        )


def test_far_crops_and_far_zeros() -> None:
    """Pads in force larger than the canvas: everything is cut away, or zeros surround it."""
    X, W = np.full((1, 1, 2), 3), np.full((1, 1, 1), 5)
    one = Attributes()
    base = Case(suite="", name="", x_shape=(1, 1, 2), w_shape=(1, 1, 1), attributes=one).geometry()
    for begin, end, expected in (
        (-3, -2, [0, 0, 0, 15, 15, 0, 0]),
        (5, -6, [0, 0, 0]),
        (-4, 4, [0, 0]),
        (1, 0, [15]),
        (2, 0, []),
    ):
        moved = Geometry(
            batch=1, channels=1, maps=1, group=1, axes=base.axes, begins=(begin,), ends=(end,)
        )
        for name, way in WAYS.items():
            assert way(X, W, moved).tolist() == [[expected]], name


# Identities, over calls that hypothesis draws


@st.composite
def calls(draw: st.DrawFn) -> tuple[Case, np.random.Generator]:
    """A legal call of one or two spatial axes, and a source of numbers for it."""
    rank, group = draw(st.integers(1, 2)), draw(st.integers(1, 2))

    def each(least: int, most: int) -> tuple[int, ...]:
        return tuple(draw(st.integers(least, most)) for _ in range(rank))

    x, k, s, d = each(1, 4), each(1, 3), each(1, 3), each(1, 2)
    pads, extra = (
        each(0, 2) + each(0, 2),
        tuple(draw(st.integers(0, max(a, b) - 1)) for a, b in zip(s, d, strict=True)),
    )
    natural = [
        a * (i - 1) + o + (j - 1) * b + 1 for a, i, o, j, b in zip(s, x, extra, k, d, strict=True)
    ]
    fits = all(size >= pads[axis] + pads[rank + axis] for axis, size in enumerate(natural))
    attributes = Attributes(
        strides=s, dilations=d, output_padding=extra, group=group, pads=pads if fits else None
    )
    channels, maps = group * draw(st.integers(1, 2)), draw(st.integers(1, 2))
    case = Case(
        suite="",
        name="",
        x_shape=(draw(st.integers(1, 2)), channels, *x),
        w_shape=(channels, maps, *k),
        attributes=attributes,
    )
    return case, np.random.Generator(np.random.Philox(key=draw(st.integers(0, 2**32))))


def _draw(source: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return source.integers(-1000, 1000, shape)


each_way = pytest.mark.parametrize("name", WAYS)
drawn = settings(max_examples=40, derandomize=True, database=None)


@each_way
@given(call=calls())
@drawn
def test_linear_in_x_and_in_w(name: str, call: tuple[Case, np.random.Generator]) -> None:
    (case, source), way = call, WAYS[name]
    (X, X2), (W, W2) = (
        [_draw(source, shape) for _ in range(2)] for shape in (case.x_shape, case.w_shape)
    )
    a, b, found = 3, -7, case.geometry()
    np.testing.assert_array_equal(
        way(a * X + b * X2, W, found), a * way(X, W, found) + b * way(X2, W, found)
    )
    np.testing.assert_array_equal(
        way(X, a * W + b * W2, found), a * way(X, W, found) + b * way(X, W2, found)
    )


@each_way
@given(call=calls())
@drawn
def test_an_input_moved_by_one_moves_the_output_by_the_stride(
    name: str, call: tuple[Case, np.random.Generator]
) -> None:
    (case, source), way = call, WAYS[name]
    X, W = _draw(source, case.x_shape), _draw(source, case.w_shape)
    moved = replace(case, x_shape=(*case.x_shape[:2], case.x_shape[2] + 1, *case.x_shape[3:]))
    stride = case.axes[0].stride
    Y = way(np.concatenate([np.zeros_like(X[:, :, :1]), X], axis=2), W, moved.geometry())
    np.testing.assert_array_equal(Y[:, :, stride:], way(X, W, case.geometry()))


@each_way
@given(call=calls())
@drawn
def test_channels_may_change_places(name: str, call: tuple[Case, np.random.Generator]) -> None:
    """Channels of X and rows of W within a group: the same Y. Columns of W within a group, and
    whole groups: Y's channels with them."""
    (case, source), way = call, WAYS[name]
    X, W, geometry = _draw(source, case.x_shape), _draw(source, case.w_shape), case.geometry()
    Y = way(X, W, geometry)
    channels = np.arange(geometry.channels).reshape(geometry.group, -1)
    within, groups = source.permuted(channels, axis=1).ravel(), source.permutation(geometry.group)
    np.testing.assert_array_equal(way(X[:, within], W[within], geometry), Y)
    columns = source.permutation(case.w_shape[1])
    maps = np.arange(geometry.maps).reshape(geometry.group, -1)
    np.testing.assert_array_equal(way(X, W[:, columns], geometry), Y[:, maps[:, columns].ravel()])
    blocks = channels[groups].ravel()
    np.testing.assert_array_equal(
        way(X[:, blocks], W[blocks], geometry), Y[:, maps[groups].ravel()]
    )


@each_way
@given(call=calls())
@drawn
def test_adjoint_to_conv(name: str, call: tuple[Case, np.random.Generator]) -> None:
    """<conv(y), x> = <y, conv_transpose(x)> where Conv leads back to the input's sizes:
    output_padding below the stride."""
    (case, source), way = call, WAYS[name]
    below = tuple(min(a.output_padding, a.stride - 1) for a in case.axes)
    case = replace(case, attributes=replace(case.attributes, output_padding=below, pads=None))
    geometry, x, W = case.geometry(), _draw(source, case.x_shape), _draw(source, case.w_shape)
    y = _draw(source, geometry.y_shape)
    same = replace(case.attributes, output_padding=None)
    axes, pads, sizes = conv_geometry(geometry.y_shape, case.w_shape, same)
    assert sizes == case.x_shape[2:]
    assert (gather_windows(y, W, case.group, axes, pads, sizes) * x).sum() == (
        y * way(x, W, geometry)
    ).sum()
