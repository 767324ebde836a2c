"""The one builder of ONNX models: adapters, reproducers and `explain` all use it."""

from collections.abc import Sequence
from typing import Any

from ..api import Array, Call
from .composed import constants_of, nodes_of

# opset -> lowest IR version; 4 for opset 1, whose own 3 would make every initializer an input
IR_VERSIONS = ((22, 10), (11, 6), (1, 4))
# AttributeProto.INTS: what an empty list is, which onnx's helper cannot tell from its values
INTS = 7
ELEMENT_TYPES = {"float16": 10, "bfloat16": 16, "float32": 1, "float64": 11}


def ir_version(opset: int) -> int:
    """The lowest IR version that carries an opset."""
    return next(ir for since, ir in IR_VERSIONS if opset >= since)


def model_of(call: Call, *, symbolic: bool = False) -> Any:
    """A ModelProto of one node, of two or three where a Resize comes before it or a DepthToSpace
    after it: inputs X (and W, B unless constant), output Y with its rank alone,
    since a size would be the answer.

    `symbolic`: the sizes of X are left open.
    """
    from onnx import helper  # a framework: imported when the first model is built

    tensors: list[tuple[str, Array]] = [("X", call.X), ("W", call.W)]
    if call.B is not None:
        tensors.append(("B", call.B))
    element = ELEMENT_TYPES[call.dtype]
    constants = tensors[1:] if call.initializer else []
    inputs = tensors[:1] if call.initializer else tensors
    graph = helper.make_graph(
        _nodes(helper, call, [name for name, _ in tensors]),
        "one_call",
        [
            helper.make_tensor_value_info(
                n, element, open_sizes(n, a) if symbolic and n == "X" else list(a.shape)
            )
            for n, a in inputs
        ],
        [helper.make_tensor_value_info("Y", element, [None] * call.X.ndim)],
        [
            helper.make_tensor(name, element, list(array.shape), array.tobytes(), raw=True)
            for name, array in constants
        ]
        + [
            helper.make_tensor(each.name, each.type, [len(each.values)], each.values)
            for each in constants_of(call)
        ],
    )
    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", call.opset)],
        ir_version=ir_version(call.opset),
    )


def identity_of(opset: int, element: int = ELEMENT_TYPES["float32"]) -> Any:
    """The plainest ModelProto of an opset: Y is one constant, 1.0. Who cannot load it has no such
    opset, and who gives something else back does not read that element type."""
    from onnx import helper

    one = helper.make_tensor("one", element, [1], [1.0])
    graph = helper.make_graph(
        [helper.make_node("Identity", ["one"], ["Y"])],
        "identity",
        [],
        [helper.make_tensor_value_info("Y", element, [1])],
        [one],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version(opset)
    )


def _nodes(helper: Any, call: Call, names: list[str]) -> list[Any]:
    given = {k: list(v) if isinstance(v, tuple) else v for k, v in call.attributes.given().items()}
    nodes = []
    for each in nodes_of(call, names, given):
        said = {k: v for k, v in each.attributes.items() if v != []}
        node = helper.make_node(each.op, each.inputs, [each.output], **said)
        node.attribute.extend(
            helper.make_attribute(k, v, attr_type=INTS)
            for k, v in each.attributes.items()
            if v == []
        )
        nodes.append(node)
    return nodes


def open_sizes(name: str, array: Array) -> list[str]:
    """A name for each size of an input, so that the model leaves it open."""
    return [f"{name}{axis}" for axis in range(array.ndim)]


def feeds_of(call: Call) -> dict[str, Array]:
    """The graph inputs by name."""
    named = {"X": call.X} if call.initializer else {"X": call.X, "W": call.W, "B": call.B}
    return {name: array for name, array in named.items() if array is not None}


def dims_of(dims: Sequence[Any]) -> tuple[int | None, ...]:
    """Sizes as ints, anything symbolic or absent as None."""
    return tuple(int(d) if isinstance(d, int) else None for d in dims)


def tensor_of(name: str, array: Array) -> bytes:
    """An array as the bytes of a TensorProto."""
    from onnx import helper

    element = ELEMENT_TYPES[array.dtype.name]
    tensor = helper.make_tensor(name, element, list(array.shape), array.tobytes(), raw=True)
    data: bytes = tensor.SerializeToString(deterministic=True)
    return data
