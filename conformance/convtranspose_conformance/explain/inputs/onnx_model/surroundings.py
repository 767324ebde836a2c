"""What stands around a node of a model: where its weights come from, what is commonly fused with
it, and the shape that the file has for its output."""

from collections.abc import Iterable, Iterator
from typing import Any

from convtranspose_cases import Case

from ..loading import of_file, of_quantized
from ..shown import shown
from .graph import Node, Sizes, Value

_MOST_FUSED = 3  # behind one another
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


def surroundings(node: Node, case: Case) -> tuple[str, ...]:
    """Notes on the weights, the neighbours and, where it is another than the text's, on the output
    shape that the file has."""
    return (*_held(node, case), *_weights(node), *_neighbours(node, case))


def _held(node: Node, case: Case) -> Iterator[str]:
    """Y's sizes by the file against the text's, on the axes whose input the file says, too."""
    stated = node.values.get(node.proto.output[0], Value()).sizes if node.proto.output else None
    if stated is None or case.refusal() is not None:
        return
    own = case.y_shape()
    given = node.values.get(node.proto.input[0], Value()).sizes or ()
    known = [number == 1 or size == case.x_shape[number] for number, size in enumerate(given)]
    if len(stated) != len(own) or any(
        isinstance(size, int) and size != mine and sure
        for size, mine, sure in zip(stated, own, known, strict=False)
    ):
        yield (
            f"the file, or shape inference, has {_listed(stated)} for Y, and the text makes "
            f"{list(own)}"
        )


def _listed(sizes: Sizes) -> str:
    return f"[{', '.join('?' if size is None else shown(str(size)) for size in sizes)}]"


def _weights(node: Node) -> Iterator[str]:
    name = node.proto.input[1]
    maker = node.producers.get(name)
    if maker is None or maker.op_type == "Constant":
        constant = "a Constant node's" if maker else "the initializer"
        what = constant if node.values.get(name, Value()).constant else "the input of the graph"
        yield f"W is {what} {name!r}, C, M/group and the kernel: PyTorch's order as it stands"
    elif maker.op_type == "DequantizeLinear":
        yield f"W is dequantized from {maker.input[0]!r}; {_scales(node, maker)}"
    else:
        above = list(_above(node, name))
        norm = {"ReduceL2", "ReduceSumSquare"} & set(above) and {"Mul", "Div"} & set(above)
        said = ", as a weight norm does" if norm else ""
        yield f"W is computed in the graph by {', '.join(map(shown, dict.fromkeys(above)))}{said}"


def loading(where: str, node: Node, case: Case) -> tuple[str, ...]:
    """Lines that load the weights from the model's own file, `where`; none where it does not hold
    them as they are, or quantized."""
    w, *rest = node.proto.input[1 : 2 + case.bias]
    of_bias = dict(zip("B", rest, strict=False))
    maker = node.producers.get(w)
    if maker is None:
        names = {"W": w, **of_bias}
        return of_file(where, names, case) if _held_all(node, names.values()) else ()
    inputs = [name for name in maker.input if name]
    quantized = maker.op_type == "DequantizeLinear" and len(inputs) > 1
    if not quantized or not _held_all(node, [*inputs, *of_bias.values()]):
        return ()
    sizes, axis = node.values[inputs[1]].sizes or (), _axis(maker)
    if len(sizes) > 1 or not -len(case.w_shape) <= axis < len(case.w_shape):
        return ()  # a scale for each block
    shape = [1] * len(case.w_shape)
    if sizes not in ((), (1,)):
        shape[axis] = -1
    names = dict(zip(("quantized", "scale", "zero"), inputs, strict=False))
    return of_quantized(where, {**names, **of_bias}, shape)


def _held_all(node: Node, names: Iterable[str]) -> bool:
    return all(node.values.get(name, Value()).held for name in names)


def _axis(dequantized: Any) -> int:
    return next((int(each.i) for each in dequantized.attribute if each.name == "axis"), 1)


def _scales(node: Node, maker: Any) -> str:
    axis = _axis(maker)
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


def _neighbours(node: Node, case: Case) -> Iterator[str]:
    before = node.producers.get(node.proto.input[0])
    if before is not None and before.op_type == "Pad":
        yield f"Pad stands before it, {_padded(node, before, 'C')}"
    for first in node.consumers.get(node.proto.output[0], ())[:3] if node.proto.output else ():
        row = list(_row(node, case, first))
        if row:
            yield f"{row[0][0]} follows, {'; then '.join([row[0][1], *map(', '.join, row[1:])])}"


def _row(node: Node, case: Case, first: Any) -> Iterator[tuple[str, str]]:
    """What is commonly fused, one behind the other as long as nothing else takes what is between
    them, each with what it works on."""
    each, value = first, node.proto.output[0]
    for _ in range(_MOST_FUSED):
        if each.op_type not in _ALONG:
            return
        yield each.op_type, _along(node, case, each, value)
        value = each.output[0] if each.output else ""
        takers = node.consumers.get(each.output[0], ()) if each.output else ()
        if len(takers) != 1:
            return
        each = takers[0]


def _along(node: Node, case: Case, taker: Any, value: str) -> str:
    """The axes on which what takes a value works."""
    if taker.op_type == "Pad":
        return _padded(node, taker, "M")
    others = [name for name in taker.input if name != value]
    sizes = node.values.get(others[0], Value()).sizes if len(others) == 1 else None
    if taker.op_type != "Add" or sizes is None:
        return _ALONG[taker.op_type]
    if [size for size in sizes if size != 1] == [case.maps] and len(sizes) == case.rank + 1 + (
        sizes[0] == 1
    ):
        return f"its other input of sizes {_listed(sizes)} along axis 1, as a bias"
    return f"its other input of sizes {_listed(sizes)} element by element, which is no bias"


def _padded(node: Node, pad: Any, channels: str) -> str:
    """The axes on which a Pad works and what it adds there, where its pads are constants."""
    attribute = {each.name: each for each in pad.attribute}
    pads, _, axes = (_integers(node, pad, number) for number in (1, 2, 3))
    if pads is None and "pads" in attribute:
        pads = tuple(attribute["pads"].ints)
    if not pads or (len(pad.input) > 3 and pad.input[3] and axes is None):
        return _ALONG["Pad"]
    rank = len(pads) // 2
    names = ["N", channels, *(f"D{number}" for number in range(1, 65))]
    where = [axis for axis in axes or range(rank) if axis < len(names)]
    both = zip(where, pads[:rank], pads[rank:], strict=False)
    told = [f"{begin} and {end} on {names[axis]}" for axis, begin, end in both if begin or end]
    mode = attribute["mode"].s.decode(errors="replace") if "mode" in attribute else "constant"
    return f"mode {shown(mode)}, at begin and end {', '.join(told) or 'nothing'}"


def _integers(node: Node, taker: Any, number: int) -> tuple[int, ...] | None:
    name = taker.input[number] if len(taker.input) > number else ""
    return node.values.get(name, Value()).integers
