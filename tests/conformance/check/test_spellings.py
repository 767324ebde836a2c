"""Other words for a node's call, each with the same answer but for the bias."""

from typing import Any

import numpy as np
import pytest
from onnx import helper

from convtranspose_cases import Case
from convtranspose_conformance.check.model.step import GraphStep
from convtranspose_conformance.check.node_call import NodeCall
from convtranspose_conformance.check.spellings import spellings
from convtranspose_reference.attributes import Attributes
from support.small_models import weights


def _node(op: Any, x: tuple[int, ...], w: tuple[int, ...], **given: Any) -> NodeCall:
    attributes = Attributes.of(**given)
    case = Case(
        suite="call", name="up", op=op, x_shape=x, w_shape=w, attributes=attributes, bias=True
    )
    proto = helper.make_node(op, ["x", "w"], ["y"])
    step = GraphStep(name="up", op=op, proto=proto, inputs=("x", "w"), outer=(), outputs=("y",))
    B = weights(case.maps, seed=2)
    return NodeCall(step=step, case=case, X=weights(*x), W=weights(*w, seed=1), B=B)


DOWN = ((1, 2, 6, 5), (3, 2, 3, 3))
UP = ((1, 2, 5, 4), (2, 3, 4, 4))
NODES = {
    "as pads": _node("ConvTranspose", *UP, auto_pad="SAME_UPPER", strides=(2, 2)),
    "odd, as pads": _node("ConvTranspose", *UP, auto_pad="SAME_LOWER", strides=(3, 3)),
    "sized, as pads": _node("ConvTranspose", *UP, output_shape=(9, 8), strides=(2, 2)),
    "as SAME": _node("ConvTranspose", *UP, pads=(1, 1, 1, 1), strides=(2, 2)),
    "Conv, as pads": _node(
        "Conv", (1, 2, 6, 5), (3, 2, 3, 3), auto_pad="SAME_UPPER", strides=(2, 2)
    ),
    "Conv, as SAME": _node("Conv", (1, 2, 6, 6), (3, 2, 3, 3), pads=(1, 1, 1, 1)),
    "pads of their own": _node("ConvTranspose", *UP, pads=(0, 1, 2, 0), strides=(2, 2)),
}


@pytest.mark.parametrize("name", NODES)
def test_every_spelling_has_the_same_answer(name: str) -> None:
    node = NODES[name]
    ways = list(spellings(node))
    assert ways[0].node is node
    hows = [each.how for each in ways]
    assert len(set(hows)) == len(hows)
    assert ("as pads" in hows) == name.endswith("as pads")
    assert ("as SAME_UPPER" in hows) == name.endswith("as SAME")
    B = node.asked.tensors.B
    assert B is not None
    for each in ways:
        Y = each.node.Y
        if each.node.B is None:
            assert "without B" in each.how
            assert node.B is not None
            np.testing.assert_allclose(Y + node.B.reshape(1, -1, 1, 1), node.Y, atol=1e-5)
        else:
            assert (Y == node.Y).all()


def test_a_forbidden_call_has_one_spelling() -> None:
    node = _node("ConvTranspose", *UP, group=3, auto_pad="SAME_UPPER")
    assert [each.how for each in spellings(node)] == [""]


def test_more_than_pads_say_is_left_alone() -> None:
    node = _node("ConvTranspose", *UP, output_shape=(12, 11), strides=(2, 2))
    assert "as pads" not in [each.how for each in spellings(node)]
