"""What frameworks say of a Resize and a DepthToSpace before any is imported: arguments, or why one
call has no words for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make
from convtranspose_conformance.backends.api import Call, Unsupported
from convtranspose_conformance.backends.onnx.composed import nodes_of
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.backends.tensorflow.arguments import arguments as of_tensorflow
from convtranspose_conformance.backends.torch.adapter import arguments as of_torch
from convtranspose_conformance.prediction.predict import unsayable
from convtranspose_reference.resize import Resize
from convtranspose_reference.resize.depth_to_space import DepthToSpace

ENTRIES = {entry.name: entry for entry in BUILT_IN}
BOTH = pytest.mark.parametrize("arguments", [of_torch, of_tensorflow])
Arguments = Callable[[Call], Any]


def _case(**given: Any) -> Case:
    return make("call", (4, 4), (1, 1), c=4, m=4, op="Conv", **given)


def _call(**given: Any) -> Call:
    case = _case(**given)
    return Call.of(case, np.ones(case.x_shape, np.float32), np.ones(case.w_shape, np.float32), None)


@pytest.mark.parametrize(
    "asked",
    [
        {"scales": [np.inf, 2]},
        {"scales": [np.nan, 2]},
        {"scales": [2, 2], "cubic_coeff_a": -0.5, "exclude_outside": True, "roi": [0, 1]},
        {"scales": [2, 2, 2]},
        {"scales": [2, 0]},
        {"scales": [2, 2], "sizes": [8, 8]},
        {"mode": "bilinear", "scales": [2, 2]},
        {"scales": [2, 2], "coordinate_transformation_mode": "corners"},
        {"scales": [2, 2], "nearest_mode": "round", "mode": "nearest"},
        {"scales": [2, 2], "coordinate_transformation_mode": "tf_crop_and_resize"},
    ],
)
def test_a_call_without_sizes_has_no_words_in_tensorflow(asked: dict[str, Any]) -> None:
    resize = Resize.of(**{"mode": "cubic"} | asked)
    with pytest.raises(Unsupported):
        of_tensorflow(_call(resize=resize))


@BOTH
def test_a_mode_that_is_none_has_no_word(arguments: Arguments) -> None:
    with pytest.raises(Unsupported, match="no mode 'area'"):
        arguments(_call(resize=Resize.of(mode="area", scales=[2, 2])))


@pytest.mark.parametrize("name", ["torch-cpu", "tensorflow-cpu"])
def test_what_stands_beside_a_convolution_is_known_ahead_of_the_call(name: str) -> None:
    corners = Resize.of(mode="cubic", scales=[2, 2], coordinate_transformation_mode="asymmetric")
    assert "asymmetric" in unsayable(ENTRIES[name], _case(resize=corners))
    assert unsayable(ENTRIES[name], _case(resize=Resize.of(mode="linear", scales=[2, 2]))) == ""
    orders = {mode: _case(depth_to_space=DepthToSpace(2, mode=mode)) for mode in ("CRD", "DCR")}
    said = {mode for mode, case in orders.items() if not unsayable(ENTRIES[name], case)}
    assert said == {"CRD" if name == "torch-cpu" else "DCR"}


@BOTH
def test_a_word_that_is_younger_than_the_opset_is_not_forbidden_by_a_framework(
    arguments: Arguments,
) -> None:
    call = replace(_call(depth_to_space=DepthToSpace(2, mode="CRD")), opset=10)
    with pytest.raises(Unsupported, match="there are no opsets: mode = CRD"):
        arguments(call)


@pytest.mark.parametrize(
    ("mode", "opset", "written"),
    [
        ("DCR", 10, {"blocksize": 2}),
        ("DCR", 11, {"blocksize": 2, "mode": "DCR"}),
        ("CRD", 11, {"blocksize": 2, "mode": "CRD"}),
        ("CRD", 10, {"blocksize": 2, "mode": "CRD"}),  # forbidden, and asked as it is
    ],
)
def test_a_model_has_the_mode_from_opset_11_on(
    mode: str, opset: int, written: dict[str, Any]
) -> None:
    call = replace(_call(depth_to_space=DepthToSpace(2, mode=mode)), opset=opset)
    assert nodes_of(call, ["X", "W"], {})[-1].attributes == written


def test_the_text_forbids_the_other_order_before_opset_11() -> None:
    refused = _case(depth_to_space=DepthToSpace(2, mode="CRD"), opset=10, data="plain").refusal()
    assert refused is not None
    assert (refused.clause, refused.attribute) == ("Z", "mode")
    assert _case(depth_to_space=DepthToSpace(2), opset=10).refusal() is None
