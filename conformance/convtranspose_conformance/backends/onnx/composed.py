"""The nodes of a call, and the constants beside its tensors: Resize before a Conv, DepthToSpace
after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from convtranspose_reference.resize.depth_to_space import OLDEST_MODE

from ..api import Call

FED, CONVOLVED = "X_resized", "Y_before"
_TENSORS = {"FLOAT": 1, "INT64": 7}  # by their names in TensorProto
_OLDEST_OPTIONAL = 13  # of roi and scales, which opset 11 wants as inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeArguments:
    """What `make_node` takes."""

    op: str
    inputs: list[str]
    output: str
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A small one-dimensional tensor, whose `element` is named as in TensorProto."""

    name: str
    element: str
    values: list[Any]

    @property
    def type(self) -> int:
        """The number of `element`."""
        return _TENSORS[self.element]


def nodes_of(call: Call, names: Sequence[str], attributes: dict[str, Any]) -> list[NodeArguments]:
    """The nodes in order; `names` are the convolution's tensors, `attributes` its own."""
    fed = [*names] if call.resize is None else [FED, *names[1:]]
    output = "Y" if call.depth_to_space is None else CONVOLVED
    nodes = [NodeArguments(op=call.op, inputs=fed, output=output, attributes=attributes)]
    if call.resize is not None:
        nodes.insert(0, _resize(call))
    if (shuffle := call.depth_to_space) is not None:
        given: dict[str, Any] = {"blocksize": shuffle.blocksize}
        if call.opset >= OLDEST_MODE or shuffle.mode != "DCR":  # forbidden, that is sent as it is
            given["mode"] = shuffle.mode
        nodes.append(
            NodeArguments(op="DepthToSpace", inputs=[output], output="Y", attributes=given)
        )
    return nodes


def constants_of(call: Call) -> list[Constant]:
    """The constants that a Resize has as inputs; scales and sizes of 1, and of those of X, for the
    first two axes, unless `axes` leaves them out."""
    asked = call.resize
    if asked is None:
        return []
    named = _has_axes(call)
    constants = []
    roi, rank = asked.roi, call.rank
    if roi is not None:
        starts, ends = list(roi[:rank]), list(roi[rank:])
        values = [*starts, *ends] if named else [0.0, 0.0, *starts, 1.0, 1.0, *ends]
        constants.append(Constant(name="roi", element="FLOAT", values=values))
    elif call.opset < _OLDEST_OPTIONAL:
        constants.append(Constant(name="roi", element="FLOAT", values=[]))
    if asked.scales is not None:
        values = [*asked.scales] if named else [1.0, 1.0, *asked.scales]
        constants.append(Constant(name="scales", element="FLOAT", values=values))
    elif call.opset < _OLDEST_OPTIONAL:
        constants.append(Constant(name="scales", element="FLOAT", values=[]))
    if asked.sizes is not None:
        sizes = [*asked.sizes] if named else [*call.X.shape[:2], *asked.sizes]
        constants.append(Constant(name="sizes", element="INT64", values=sizes))
    return constants


def _has_axes(call: Call) -> bool:
    """A policy is about all sizes that are named: the batch and the channels must not be."""
    return call.resize is not None and call.resize.keep_aspect_ratio_policy != "stretch"


def _resize(call: Call) -> NodeArguments:
    assert call.resize is not None
    there = [constant.name for constant in constants_of(call)]
    inputs = ["X", *(name if name in there else "" for name in ("roi", "scales", "sizes"))]
    while not inputs[-1]:
        inputs.pop()
    given = call.resize.given()
    attributes: dict[str, Any] = {"mode": call.resize.mode}
    for name, value in given.items():
        if name not in ("scales", "sizes", "roi", "mode"):
            attributes[name] = int(value) if isinstance(value, bool) else value
    if _has_axes(call):
        attributes["axes"] = list(range(2, call.rank + 2))
    return NodeArguments(op="Resize", inputs=inputs, output=FED, attributes=attributes)
