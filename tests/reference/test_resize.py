"""Resize: sizes, coordinates and coefficients by hand, against onnx's own vectors and evaluator,
and its bound against implementations that round."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from convtranspose_reference import InvalidInput, depth_to_space, resize
from convtranspose_reference.formats import FORMATS
from convtranspose_reference.resize import Resize, resize_axes, row
from convtranspose_reference.resize.bounds import resized
from convtranspose_reference.resize.coordinates import Along, ResizeRules, coordinate

COORDINATE_MODE = "coordinate_transformation_mode"
HALF = Fraction(1, 2)
# mode, input, output -> x_original of each output, by hand from the text's formulas
COORDINATES: list[tuple[str, int, int, list[Any]]] = [
    ("half_pixel", 2, 4, [Fraction(-1, 4), Fraction(1, 4), Fraction(3, 4), Fraction(5, 4)]),
    ("half_pixel", 4, 2, [HALF, 5 * HALF]),
    ("half_pixel", 3, 1, [1]),
    ("pytorch_half_pixel", 3, 1, [0]),
    ("pytorch_half_pixel", 4, 2, [HALF, 5 * HALF]),
    ("asymmetric", 2, 4, [0, HALF, 1, 3 * HALF]),
    ("asymmetric", 3, 2, [0, 3 * HALF]),
    ("align_corners", 2, 4, [0, Fraction(1, 3), Fraction(2, 3), 1]),
    ("align_corners", 5, 1, [0]),
    (
        "tf_half_pixel_for_nn",
        2,
        4,
        [Fraction(1, 4), Fraction(3, 4), Fraction(5, 4), Fraction(7, 4)],
    ),
    (
        "half_pixel_symmetric",
        2,
        4,
        [Fraction(-1, 4), Fraction(1, 4), Fraction(3, 4), Fraction(5, 4)],
    ),
]
SPELLED = (
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
)


@pytest.mark.parametrize(("mode", "inputs", "outputs", "expected"), COORDINATES)
def test_coordinates_by_hand(mode: str, inputs: int, outputs: int, expected: list[Any]) -> None:
    along = Along(input=inputs, output=outputs, asked=Fraction(outputs, inputs))
    assert [coordinate(along, mode, at) for at in range(outputs)] == expected


def test_a_crop_looks_from_start_to_end() -> None:
    along = Along(input=5, output=3, asked=Fraction(1), start=Fraction(1, 4), end=Fraction(3, 4))
    assert [coordinate(along, "tf_crop_and_resize", at) for at in range(3)] == [1, 2, 3]


def test_an_output_is_as_large_as_the_floor_of_what_is_asked() -> None:
    scaled = resize_axes((5, 3), Resize.of(scales=[1.5, 0.5]))
    assert [axis.output for axis in scaled] == [7, 1]
    kept = Resize.of(sizes=[6, 6], keep_aspect_ratio_policy="not_larger")
    assert [axis.output for axis in resize_axes((4, 3), kept)] == [6, 5]  # 4.5, rounded up
    kept = Resize.of(sizes=[6, 6], keep_aspect_ratio_policy="not_smaller")
    assert [axis.output for axis in resize_axes((4, 3), kept)] == [8, 6]


def test_the_text_takes_the_scale_from_the_sizes_and_a_reading_as_it_was_given() -> None:
    (along,) = resize_axes((5,), Resize.of(scales=[1.5]))
    assert along.output == 7
    assert coordinate(along, "asymmetric", 7) == 5
    as_given = ResizeRules(scale="as_given")
    assert coordinate(along, "asymmetric", 6, as_given) == 4
    fractional = ResizeRules(length="fractional")
    assert coordinate(along, "align_corners", 6, fractional) == Fraction(24) / Fraction("6.5")


@pytest.mark.parametrize(
    ("nearest_mode", "expected"),
    [
        ("round_prefer_floor", [0, 2, 4]),
        ("round_prefer_ceil", [1, 3, 5]),
        ("floor", [0, 2, 4]),
        ("ceil", [1, 3, 5]),
    ],
)
def test_ties_of_nearest(nearest_mode: str, expected: list[int]) -> None:
    X = np.arange(6, dtype=np.float32).reshape(1, 1, 6)
    Y = resize(X, scales=[0.5], nearest_mode=nearest_mode)
    assert Y.ravel().tolist() == expected


def test_linear_and_cubic_by_hand() -> None:
    (along,) = resize_axes((4,), Resize.of(scales=[2.0], mode="linear"))
    linear = Resize.of(scales=[2.0], mode="linear")
    assert row(along, linear, 0) == {0: 1}  # a quarter of it is the edge's own neighbour
    assert row(along, linear, 1) == {0: Fraction(3, 4), 1: Fraction(1, 4)}
    cubic = Resize.of(scales=[2.0], mode="cubic")
    expected = [Fraction(-27, 256), Fraction(225, 256), Fraction(67, 256), Fraction(-9, 256)]
    found = row(along, cubic, 3)
    assert found == dict(enumerate(expected))


def test_antialias_stretches_the_filter_and_one_reading_leaves_the_outside_out() -> None:
    asked = Resize.of(scales=[0.5], mode="linear", antialias=True)
    (along,) = resize_axes((6,), asked)
    inner = {1: Fraction(1, 8), 2: Fraction(3, 8), 3: Fraction(3, 8), 4: Fraction(1, 8)}
    assert row(along, asked, 1) == inner
    assert row(along, asked, 0) == {0: HALF, 1: Fraction(3, 8), 2: Fraction(1, 8)}
    without = row(along, asked, 0, ResizeRules(antialias_excludes=True))
    assert without == {0: Fraction(3, 7), 1: Fraction(3, 7), 2: Fraction(1, 7)}
    assert without == row(
        along, Resize.of(scales=[0.5], mode="linear", antialias=True, exclude_outside=True), 0
    )


def test_outside_of_a_crop_stands_the_extrapolation_value() -> None:
    X = np.arange(4, dtype=np.float32).reshape(1, 1, 2, 2)
    asked: dict[str, Any] = {
        "sizes": [2, 3],
        "mode": "linear",
        COORDINATE_MODE: "tf_crop_and_resize",
        "roi": [0, -1, 1, 1],
        "extrapolation_value": 7.5,
    }
    assert resize(X, **asked)[0, 0].tolist() == [[7.5, 0, 1], [7.5, 2, 3]]
    crop = Resize.of(**asked)
    found = resized(X.astype(np.int64), 0, resize_axes((2, 2), crop), crop, FORMATS["float32"])
    assert (found.values / found.denominator)[0, 0].tolist() == [[7.5, 0, 1], [7.5, 2, 3]]


def evaluated(X: Any, opset: int, **given: Any) -> Any:
    """What onnx's evaluator makes of a Resize of the spatial axes."""
    given = {k: int(v) if isinstance(v, bool) else v for k, v in given.items()}
    scales, sizes = given.pop("scales", None), given.pop("sizes", None)
    lead = [1.0, 1.0] if scales else list(X.shape[:2])
    element = TensorProto.FLOAT if scales else TensorProto.INT64
    values = [*lead, *(scales or sizes)]
    node = helper.make_node(
        "Resize", ["X", "", "a"] if scales else ["X", "", "", "a"], ["Y"], **given
    )
    graph = helper.make_graph(
        [node],
        "resize",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, X.shape)],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)],
        [helper.make_tensor("a", element, [len(values)], values)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    return ReferenceEvaluator(model).run(None, {"X": X})[0]


@pytest.mark.parametrize("coordinates", SPELLED)
@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_onnx_evaluates_alike_where_sizes_are_whole(mode: str, coordinates: str) -> None:
    """One output apart, where its pytorch_half_pixel looks at -0.5 and not, as the text, at 0."""
    X = np.random.default_rng(0).integers(-9, 10, (1, 2, 6, 5)).astype(np.float32)
    for sizes, antialias, outside in product(((12, 10), (3, 7), (2, 2)), (0, 1), (0, 1)):
        given = {"mode": mode, COORDINATE_MODE: coordinates, "sizes": list(sizes)}
        if mode != "nearest":
            given |= {"antialias": antialias, "exclude_outside": outside}
        Y = resize(X, **given)
        np.testing.assert_allclose(Y, evaluated(X, 19, **given), atol=2e-5, err_msg=str(given))


@pytest.mark.parametrize("coordinates", SPELLED)
def test_onnx_evaluates_by_the_scale_as_given(coordinates: str) -> None:
    X = np.random.default_rng(1).integers(-9, 10, (1, 1, 5)).astype(np.float32)
    given: dict[str, Any] = {"scales": [1.5], "mode": "linear", COORDINATE_MODE: coordinates}
    rules = ResizeRules(scale="as_given", length="fractional")
    expected = evaluated(X, 19, **given)
    np.testing.assert_allclose(resize(X, rules=rules, **given), expected, atol=2e-5)
    assert not np.allclose(resize(X, **given), expected, atol=1e-3)


def _in_float32(X: Any, axes: Any, asked: Resize) -> Any:
    """Linear resize of a one-dimensional X with every operation in float32."""
    f, along = np.float32, axes[0]
    scale, Y = f(along.output) / f(along.input), []
    for at in range(along.output):
        x = min(max((f(at) + f(0.5)) * (f(1) / scale) - f(0.5), f(0)), f(along.input - 1))
        below = int(x)
        t, above = x - f(below), min(below + 1, along.input - 1)
        Y.append(X[..., below] * (f(1) - t) + X[..., above] * t)
    return np.stack(Y, axis=-1)


@pytest.mark.parametrize("inputs", [4, 5, 7, 9, 100])
@pytest.mark.parametrize("outputs", [3, 8, 10, 13, 333])
def test_the_bound_holds_for_float32_and_is_narrow(inputs: int, outputs: int) -> None:
    asked = Resize.of(sizes=[outputs], mode="linear")
    axes = resize_axes((inputs,), asked)
    X = np.random.default_rng(inputs).integers(-31, 32, (1, 1, inputs))
    output = resized(X, 0, axes, asked, FORMATS["float32"])
    Y = _in_float32(X.astype(np.float32), axes, asked)
    exact = np.array([Fraction(int(v), output.denominator) for v in output.values.ravel()])
    pairs = zip(Y.ravel(), exact, strict=True)
    off = np.array([abs(float(Fraction(float(y)) - e)) for y, e in pairs])
    assert (off <= output.error.ravel()).all()
    assert output.error.max() < 1e-6 * inputs * 100
    if outputs == 8 and inputs == 4:
        assert not output.error.any()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_nothing_may_round_where_scales_are_powers_of_two(dtype: str) -> None:
    for mode, scale in (("linear", 2.0), ("linear", 0.5), ("nearest", 3.0)):
        asked = Resize.of(scales=[scale], mode=mode)
        X = np.arange(-3, 5).reshape(1, 1, 8)
        found = resized(X, 0, resize_axes((8,), asked), asked, FORMATS[dtype])
        assert not found.error.any()
    asked = Resize.of(scales=[3.0], mode="linear")
    assert resized(X, 0, resize_axes((8,), asked), asked, FORMATS[dtype]).error.any()


# what is asked, of X with two spatial axes of 4; opset; what is at fault
ILLEGAL: list[tuple[dict[str, Any], int, str]] = [
    ({"scales": [2.0, 0.0]}, 19, "scales"),
    ({"scales": [2.0, -1.0]}, 19, "scales"),
    ({"scales": [2.0, float("inf")]}, 19, "scales"),
    ({"scales": [2.0]}, 19, "scales"),
    ({"sizes": [2]}, 19, "sizes"),
    ({"sizes": [2, -1]}, 19, "sizes"),
    ({"sizes": [2, 2], "scales": [2.0, 2.0]}, 19, "sizes"),
    ({}, 19, "sizes"),
    ({"sizes": [2, 2], "mode": "bilinear"}, 19, "mode"),
    ({"sizes": [2, 2], "nearest_mode": "round"}, 19, "nearest_mode"),
    ({"sizes": [2, 2], COORDINATE_MODE: "corners"}, 19, COORDINATE_MODE),
    ({"sizes": [2, 2], COORDINATE_MODE: "tf_half_pixel_for_nn"}, 13, COORDINATE_MODE),
    ({"sizes": [2, 2], COORDINATE_MODE: "half_pixel_symmetric"}, 18, COORDINATE_MODE),
    ({"sizes": [2, 2], COORDINATE_MODE: "tf_crop_and_resize"}, 19, "roi"),
    ({"sizes": [2, 2], "antialias": True}, 13, "antialias"),
    ({"sizes": [2, 2], "keep_aspect_ratio_policy": "not_larger"}, 13, "keep_aspect_ratio_policy"),
    ({"sizes": [2, 2], "keep_aspect_ratio_policy": "fit"}, 19, "keep_aspect_ratio_policy"),
    ({"sizes": [2, 2]}, 10, "opset"),
]


@pytest.mark.parametrize(("given", "opset", "attribute"), ILLEGAL)
def test_what_the_text_forbids_is_refused(
    given: dict[str, Any], opset: int, attribute: str
) -> None:
    with pytest.raises(InvalidInput, match="clause Z") as refused:
        resize(np.zeros((1, 1, 4, 4), np.float32), opset=opset, **given)
    assert refused.value.attribute == attribute


def test_sizes_of_an_empty_input_are_refused() -> None:
    with pytest.raises(InvalidInput, match="0 where X has no elements"):
        resize(np.zeros((1, 1, 0), np.float32), sizes=[2])
    assert resize(np.zeros((1, 1, 0), np.float32), scales=[2.0]).shape == (1, 1, 0)


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
@pytest.mark.parametrize("blocksize", [1, 2, 3])
def test_channels_become_blocks_as_onnx_has_them(mode: str, blocksize: int) -> None:
    X = np.arange(2 * 18 * blocksize**2 * 6, dtype=np.float32).reshape(2, -1, 2, 3)
    node = helper.make_node("DepthToSpace", ["X"], ["Y"], blocksize=blocksize, mode=mode)
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [node], "g", [value("X", TensorProto.FLOAT, X.shape)], [value("Y", TensorProto.FLOAT, None)]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    expected = ReferenceEvaluator(model).run(None, {"X": X})[0]
    assert np.array_equal(depth_to_space(X, blocksize, mode), expected)


def test_the_two_orders_by_hand() -> None:
    X = np.arange(8).reshape(1, 8, 1, 1)
    assert depth_to_space(X, 2, "DCR")[0].tolist() == [[[0, 2], [4, 6]], [[1, 3], [5, 7]]]
    assert depth_to_space(X, 2, "CRD")[0].tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]


@pytest.mark.parametrize(
    ("shape", "blocksize", "mode", "attribute"),
    [
        ((1, 6, 2, 2), 2, "DCR", "blocksize"),
        ((1, 4, 2, 2), 0, "DCR", "blocksize"),
        ((1, 4, 2, 2), 2, "RCD", "mode"),
        ((1, 4, 2), 2, "DCR", "rank of X"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(
    shape: tuple[int, ...], blocksize: int, mode: str, attribute: str
) -> None:
    with pytest.raises(InvalidInput, match="clause Z") as refused:
        depth_to_space(np.zeros(shape, np.float32), blocksize, mode)
    assert refused.value.attribute == attribute


def test_onnx_has_the_opsets_that_the_reference_names() -> None:
    for opset in (11, 13, 18, 19):
        text = onnx.defs.get_schema("Resize", max_inclusive_version=opset)
        said = text.attributes["coordinate_transformation_mode"].description
        assert ("half_pixel_symmetric" in said) == (opset >= 19)
        assert ("tf_half_pixel_for_nn" in said) == (opset < 13)
        assert ("antialias" in text.attributes) == (opset >= 18)


def test_a_sum_whose_formula_rounds_on_the_way_is_not_owed_exactly() -> None:
    """a + (b - a) t of one element of 24 bits: the result has them, (0 - a) t has two more."""
    asked = Resize(scales=(2.0, 2.0), mode="linear")
    axes = resize_axes((2, 2), asked)
    X = np.array([[[[0, 2**24 - 1], [0, 0]]]])
    output = resized(X, 0, axes, asked, FORMATS["float32"])
    f, corner = np.float32, np.float32(X[0, 0, 0, 1])
    top = f(0) + (corner - f(0)) * f(0.25)
    Y = top + (f(0) - top) * f(0.75)
    off = abs(Fraction(float(Y)) - Fraction(2**24 - 1, 16))
    assert off > 0
    assert output.error[0, 0, 2, 1] >= off
    small = resized(X >> 4, 0, axes, asked, FORMATS["float32"])
    assert small.error.max() == 0


def test_a_tie_that_float32_rounds_away_by_hand() -> None:
    """2 / 7 is a little more than that in float32, so that 1 / (2 / 7) is a little below 3.5."""
    asked = Resize.of(
        sizes=[2], nearest_mode="round_prefer_ceil", coordinate_transformation_mode="asymmetric"
    )
    (along,) = resize_axes((7,), asked)
    assert row(along, asked, 1) == {4: 1}
    for nearest in ("float32_division", "float32_reciprocal"):
        assert row(along, asked, 1, ResizeRules(nearest=nearest)) == {3: 1}
