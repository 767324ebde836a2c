"""What stands around a node of a model: where its weights come from, what is commonly fused with
it, and the shape that the file has for its output."""

from collections.abc import Iterator
from typing import Any

from convtranspose_cases import Case

from .onnx_graph import Node, Value

_MOST_STEPS = 8  # up from the weights, through what makes them
_ALONG = {
    "BatchNormalization": "over axis 1, the channels M of Y",
    "InstanceNormalization": "over axis 1, the channels M of Y, each image alone",
    "Add": "element by element; fused as a bias only where its other input has sizes [M, 1, ...]",
    "Relu": "element by element",
    "LeakyRelu": "element by element",
    "PRelu": "element by element, its slope along axis 1 where it has sizes [M, 1, ...]",
    "Sigmoid": "element by element",
    "Tanh": "element by element",
    "Clip": "element by element",
    "Pad": "on the axes that its pads name, N and C first",
}


def surroundings(node: Node, case: Case, *, example: bool) -> tuple[str, ...]:
    """Notes on the weights, the neighbours and, where no size of X is an `example`, on an output
    shape of the file that is another than the text's."""
    held = () if example else _held(node, case)
    return (*held, *_weights(node, case), *_neighbours(node))


def _held(node: Node, case: Case) -> Iterator[str]:
    stated = node.values.get(node.proto.output[0], Value()).sizes if node.proto.output else None
    if stated is None or case.refusal() is not None:
        return
    own = case.y_shape()
    if len(stated) != len(own) or any(
        isinstance(size, int) and size != mine for size, mine in zip(stated, own, strict=True)
    ):
        yield (
            f"the file, or shape inference, has {list(stated)} for Y, and the text makes "
            f"{list(own)}"
        )


def _weights(node: Node, case: Case) -> Iterator[str]:
    name = node.proto.input[1]
    maker = node.producers.get(name)
    order = ", ".join(map(str, (*range(2, case.rank + 2), 1, 0)))
    if maker is None or maker.op_type == "Constant":
        what = "initializer" if node.values.get(name, Value()).constant else "input of the graph"
        yield (
            f"W is the {what} {name!r}: PyTorch's layer.weight as it stands, and Keras's kernel, "
            f"layer.get_weights()[0], after .transpose({order})"
        )
    elif maker.op_type == "DequantizeLinear":
        yield f"W is dequantized from {maker.input[0]!r}; {_scales(node, maker)}"
    else:
        above = list(_above(node, name))
        norm = {"ReduceL2", "ReduceSumSquare"} & set(above) and {"Mul", "Div"} & set(above)
        said = ", as a weight norm does" if norm else ""
        yield f"W is computed in the graph by {', '.join(dict.fromkeys(above))}{said}"


def _scales(node: Node, maker: Any) -> str:
    axis = next((int(each.i) for each in maker.attribute if each.name == "axis"), 1)
    sizes = node.values.get(maker.input[1], Value()).sizes if len(maker.input) > 1 else None
    if not sizes or sizes == (1,):
        return "one scale serves all of it"
    axes = {0: "C, the input channels", 1: "M/group, the output channels of a group"}
    return f"its scales run along axis {axis}, {axes.get(axis, 'a spatial axis')}"


def _above(node: Node, name: str) -> Iterator[str]:
    """The operators that make a value, from the last back, a few of them."""
    names, seen = [name], set[str]()
    for _ in range(_MOST_STEPS):
        maker = node.producers.get(names.pop(0)) if names else None
        if maker is None:
            continue
        yield maker.op_type
        names += [each for each in maker.input if each not in seen]
        seen.update(maker.input)


def _neighbours(node: Node) -> Iterator[str]:
    before = node.producers.get(node.proto.input[0])
    if before is not None and before.op_type == "Pad":
        yield f"Pad stands before it, {_ALONG['Pad']}"
    for after in node.consumers.get(node.proto.output[0], ())[:3] if node.proto.output else ():
        if after.op_type in _ALONG:
            yield f"{after.op_type} follows, {_ALONG[after.op_type]}"
