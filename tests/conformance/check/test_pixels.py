"""Resize and DepthToSpace of nodes, read as the reference says them."""

from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import helper, numpy_helper

from convtranspose_conformance.check.model.step import GraphStep, NotReached
from convtranspose_conformance.check.node_call import NodeCall, node_call
from convtranspose_conformance.check.pixels import made_of_pixels, resize_of
from convtranspose_conformance.check.spellings import spellings
from support.small_models import weights

X = weights(1, 4, 5, 6)
TITLE = "it.onnx#it"
FLOATS, SIZES = np.float32, np.int64
HALF = {"coordinate_transformation_mode": "half_pixel"}
CROP = {"coordinate_transformation_mode": "tf_crop_and_resize"}
NODES: dict[str, tuple[str, list[Any], dict[str, Any]]] = {
    "scales": ("Resize", [None, FLOATS([1, 1, 2, 3])], {"mode": "nearest", **HALF}),
    "sizes": ("Resize", [None, None, SIZES([1, 4, 7, 9])], {"mode": "linear", **HALF}),
    "axes": ("Resize", [None, None, SIZES([9, 8])], {"mode": "linear", "axes": [3, 2]}),
    "negative axes": ("Resize", [None, FLOATS([2.5])], {"mode": "cubic", "axes": [-1]}),
    "no roi": ("Resize", [FLOATS([]), FLOATS([1, 1, 2, 2])], {"mode": "linear", **HALF}),
    "asymmetric": (
        "Resize",
        [None, FLOATS([1, 1, 2, 2])],
        {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    ),
    "antialias": ("Resize", [None, FLOATS([1, 1, 0.6, 0.5])], {"mode": "linear", "antialias": 1}),
    "crop": (
        "Resize",
        [FLOATS([0, 0, 0.2, 0.1, 1, 1, 0.9, 0.8]), None, SIZES([1, 4, 4, 4])],
        {"mode": "linear", **CROP},
    ),
    "blocks": ("DepthToSpace", [], {"blocksize": 2}),
    "blocks, CRD": ("DepthToSpace", [], {"blocksize": 2, "mode": "CRD"}),
}


def _model(op: str, others: list[Any], given: dict[str, Any]) -> Any:
    names = ["x", *(f"i{n}" if each is not None else "" for n, each in enumerate(others))]
    constants = [
        numpy_helper.from_array(np.asarray(each), f"i{n}")
        for n, each in enumerate(others)
        if each is not None
    ]
    graph = helper.make_graph(
        [helper.make_node(op, names, ["y"], **given)],
        "one",
        [helper.make_tensor_value_info("x", 1, X.shape)],
        [helper.make_tensor_value_info("y", 1, None)],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)


def _step(model: Any) -> GraphStep:
    (node,) = model.graph.node
    return GraphStep(
        name="it", op=node.op_type, proto=node, inputs=tuple(node.input), outer=(), outputs=("y",)
    )


@pytest.mark.parametrize("name", NODES)
def test_the_node_is_read_as_onnxruntime_reads_it(name: str) -> None:
    op, others, given = NODES[name]
    model = _model(op, others, given)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (owed,) = session.run(None, {"x": X})
    found = made_of_pixels(TITLE, _step(model), [X, *others], 19)
    np.testing.assert_allclose(found, owed, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize(
    ("others", "given"),
    [
        ([None, FLOATS([1, 2, 2, 2])], {}),
        ([None, None, SIZES([3])], {"axes": [1]}),
        ([None, FLOATS([2, 2])], {}),
        (
            [None, None, SIZES([9])],
            {"axes": [2], "keep_aspect_ratio_policy": "not_larger"},
        ),
        (
            [FLOATS([0, 0, -1, 0, 1, 1, 1, 1]), None, SIZES([1, 4, 4, 4])],
            {**CROP, "extrapolation_value": float("inf")},
        ),
    ],
)
def test_what_the_reference_does_not_say(others: list[Any], given: dict[str, Any]) -> None:
    step = _step(_model("Resize", others, given))
    with pytest.raises(NotReached):
        resize_of(TITLE, step, [X, *others])


class _Of:
    """As much of a model as a node's call asks for."""

    path, opset, fixed = "it.onnx", 19, frozenset[str]()

    def title(self, step: GraphStep) -> str:
        return TITLE


def _call(name: str, dtype: Any = np.float32, image: Any = X) -> NodeCall:
    op, others, given = NODES[name]
    return node_call(_Of(), _step(_model(op, others, given)), [image.astype(dtype), *others])  # type: ignore[arg-type]  # no more of it is read


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("name", NODES)
def test_float64_encloses_the_exact_pixels(name: str, dtype: str) -> None:
    node = _call(name, dtype)
    enclosure, golden = node.enclosure, node.asked.answer().golden
    assert enclosure is not None
    assert (golden.error(enclosure.Y) <= enclosure.slack + 2.0**-60).all()
    assert (enclosure.bound <= golden.bound() * (1 + 1e-12)).all()
    np.testing.assert_allclose(enclosure.bound, golden.bound(), rtol=1e-5)
    assert (enclosure.exact <= golden.exact()).all()
    Y = made_of_pixels(TITLE, node.step, [node.X, *NODES[name][1]], 19)
    assert enclosure.shows_right(Y)
    assert (Y == node.Y).all()
    far = Y.astype(np.float64)
    far[0, 0, 1, 1] += 3 * float(golden.bound()[0, 0, 1, 1]) + 2.0**-6 * abs(far[0, 0, 1, 1])
    assert not enclosure.shows_right(far.astype(Y.dtype))


def test_what_is_not_finite_is_moved_and_not_resized() -> None:
    image = X.copy()
    image[0, 1, 2, 3] = np.inf
    node = _call("blocks", image=image)
    assert node.case.group == 4  # a product with 0 would be NaN
    assert (np.isinf(node.Y).sum(), np.isnan(node.Y).sum()) == (1, 0)
    with pytest.raises(NotReached, match="resizes NaN or infinities"):
        _call("scales", image=image)


HUGE = 3e38
CUBIC = {"mode": "cubic", "cubic_coeff_a": -9.0, "exclude_outside": 1}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (CUBIC, "has no numbers by the text: .*cubic_coeff_a = -9.0.* sums to 0"),
        (CUBIC | {"cubic_coeff_a": -9.00001}, "has no numbers by the text: .*rounding hides it"),
    ],
)
def test_coefficients_that_are_no_numbers_are_not_reached(given: dict[str, Any], why: str) -> None:
    step = _step(_model("Resize", [None, FLOATS([1, 1, 2, 2])], given))
    with pytest.raises(NotReached, match=why):
        node_call(_Of(), step, [X, None, FLOATS([1, 1, 2, 2])])  # type: ignore[arg-type]  # no more of it is read


def test_a_coefficient_that_is_no_number_is_refused_by_name() -> None:
    scales = [None, FLOATS([1, 1, 2, 2])]
    step = _step(_model("Resize", scales, CUBIC | {"cubic_coeff_a": float("nan")}))
    node = node_call(_Of(), step, [X, *scales])  # type: ignore[arg-type]  # no more of it is read
    assert node.refused.startswith("cubic_coeff_a = nan: ")


@pytest.mark.parametrize("a", [HUGE, 1e-40])
def test_huge_and_tiny_coefficients_are_numbers(a: float) -> None:
    scales = [None, FLOATS([1, 1, 2, 2])]
    step = _step(_model("Resize", scales, {"mode": "cubic", "cubic_coeff_a": a}))
    node = node_call(_Of(), step, [X, *scales])  # type: ignore[arg-type]  # no more of it is read
    assert node.enclosure is not None
    assert (node.asked.answer().golden.error(node.enclosure.Y) <= node.enclosure.slack).all()


def test_nearest_in_other_words() -> None:
    node = _call("asymmetric")
    found = list(spellings(node))
    assert [each.how for each in found] == ["", "as half_pixel, round_prefer_ceil"]
    assert (found[1].node.Y == node.Y).all()
    assert [each.how for each in spellings(_call("sizes"))] == [""]


def test_images_of_integers_are_left_to_onnx() -> None:
    step = _step(_model("DepthToSpace", [], {"blocksize": 2}))
    with pytest.raises(NotReached):
        made_of_pixels(TITLE, step, [X.astype(np.uint8)], 19)
