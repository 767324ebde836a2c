"""An ONNX graph: its nodes by name, with those of the graphs in their attributes, and what is known
of the values that its ConvTransposes see."""

import re
import struct
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..shown import shown
from ..subject import Unreadable

Sizes = tuple[int | str | None, ...]  # a name where the file gives one, None where it says nothing
OPERATOR = "ConvTranspose"
OWN_DOMAINS = ("", "ai.onnx")
RUNTIMES = re.compile(r"com\.(?:microsoft|ms)\b|.*(?:nhwc|nchwc)$")  # whose nodes a runtime makes
INT64 = 7  # onnx.TensorProto.INT64
MOST_INTEGERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What is known of a tensor: its element type, its sizes where its rank is known, whether it is
    constant, the `integers` of a short list of them, whether it is an initializer that the model's
    own graph holds, and the sizes that the file itself left open where `sizes` are an example."""

    element: int = 0
    sizes: Sizes | None = None
    constant: bool = False
    integers: tuple[int, ...] | None = None
    held: bool = False
    left: Sizes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node with its name, made up where it has none, what is known of the values that it sees,
    the nodes of its graph that make a value or take it, and the names of `all` values in sight."""

    name: str
    made_up: bool
    proto: Any
    values: MutableMapping[str, Value]
    producers: Mapping[str, Any]
    consumers: Mapping[str, Sequence[Any]]
    all: Collection[str] = ()


def opset_of(model: Any) -> int:
    """The opset of ONNX's own operators; 1 where the file says none."""
    return next((each.version for each in model.opset_import if each.domain in OWN_DOMAINS), 1)


def operator_of(node: Any) -> str:
    """A node's operator, behind its domain where that is not ONNX's own."""
    return str(node.op_type if node.domain in OWN_DOMAINS else f"{node.domain}.{node.op_type}")


def bodies(node: Any) -> Iterator[tuple[str, Any]]:
    """The graphs in a node's attributes, each with the attribute's name."""
    for attribute in node.attribute:
        for body in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
            yield attribute.name, body


def nodes_by_name(graph: Any) -> Iterator[tuple[str, Any]]:
    """The nodes of a graph in its order, by name; nameless ones are counted from 0, each operator
    by itself."""
    nameless: dict[str, int] = {}
    for node in graph.node:
        op = operator_of(node)
        number = nameless.get(op, 0)
        nameless[op] = number + (not node.name)
        yield node.name or f"{op}_{number}", node


def within(prefix: str, node: Any, attribute: str) -> str:
    """What stands before the names of the nodes of a graph in a node's attribute."""
    return f"{prefix}{node.name or node.op_type}/{attribute}/"


def nodes(
    graph: Any, outer: Mapping[str, Value], prefix: str, seen: Collection[str] = ()
) -> Iterator[Node]:
    """Every ConvTranspose of a graph and of the graphs in its nodes' attributes, which see the
    outer values, and all that is `seen` outside."""
    values = {**outer, **dict(_values(graph, held=not prefix))}
    producers, consumers = _producers(graph), _consumers(graph)
    names = {*seen, *values, *producers, *(each.name for each in graph.input)}
    for name, node in nodes_by_name(graph):
        if operator_of(node) == OPERATOR:
            yield Node(
                name=prefix + name,
                made_up=not node.name,
                proto=node,
                values=values,
                producers=producers,
                consumers=consumers,
                all=names,
            )
        for attribute, body in bodies(node):
            yield from nodes(body, values, within(prefix, node, attribute), names)


def laid_out_anew(graph: Any) -> Iterator[str]:
    """What is said of each ConvTranspose of another domain, which may be one of a runtime's."""
    for node in graph.node:
        if node.op_type == OPERATOR and node.domain not in OWN_DOMAINS:
            domain = shown(node.domain)
            yield f"its ConvTranspose {node.name!r} is of domain {domain}, {_of(node.domain)}"
        for _, body in bodies(node):
            yield from laid_out_anew(body)


def _of(domain: str) -> str:
    if RUNTIMES.match(domain):
        return (
            "a node inside a runtime that has laid it out anew; accepted is the model before the "
            "runtime transformed it"
        )
    return "an operator of which ONNX says nothing; accepted is one of ONNX's own domain"


def _producers(graph: Any) -> dict[str, Any]:
    return {name: node for node in graph.node for name in node.output if name}


def _consumers(graph: Any) -> dict[str, list[Any]]:
    takers: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            takers.setdefault(name, []).append(node)
    return takers


def _values(graph: Any, *, held: bool) -> Iterator[tuple[str, Value]]:
    for info in (*graph.input, *graph.value_info, *graph.output):
        yield info.name, stated(info)
    for node in graph.node:
        is_constant = node.op_type == "Constant" and node.attribute and node.output
        if is_constant and node.attribute[0].HasField("t"):
            yield node.output[0], _of_tensor(node.attribute[0].t)
        elif is_constant and node.attribute[0].HasField("sparse_tensor"):
            yield node.output[0], _of_sparse(node.attribute[0].sparse_tensor)
    for sparse in graph.sparse_initializer:
        yield sparse.values.name, _of_sparse(sparse)
    for tensor in graph.initializer:
        yield tensor.name, replace(_of_tensor(tensor), held=held)


def stated(info: Any) -> Value:
    """What a ValueInfoProto says of a tensor; of anything else element type 0."""
    tensor = info.type.tensor_type
    sizes = tuple(map(_size, tensor.shape.dim)) if tensor.HasField("shape") else None
    return Value(element=tensor.elem_type, sizes=sizes)


def _size(dimension: Any) -> int | str | None:
    """A number, a name of the file, or None; names that shape inference makes up say nothing, nor
    does -1, by which older exporters say it."""
    if dimension.HasField("dim_value") and dimension.dim_value != -1:
        return int(dimension.dim_value)
    name = str(dimension.dim_param)
    return None if name.startswith("unk__") else name or None


def _of_tensor(tensor: Any) -> Value:
    sizes = tuple(tensor.dims)
    return Value(
        element=tensor.data_type, sizes=sizes, constant=True, integers=_integers(tensor, sizes)
    )


def _of_sparse(tensor: Any) -> Value:
    return Value(element=tensor.values.data_type, sizes=tuple(tensor.dims), constant=True)


def _integers(tensor: Any, sizes: Sizes) -> tuple[int, ...] | None:
    """The numbers of a list of at most MOST_INTEGERS of int64; None for another tensor."""
    if tensor.data_type != INT64 or len(sizes) != 1 or tensor.dims[0] > MOST_INTEGERS:
        return None
    raw, count = bytes(tensor.raw_data), tensor.dims[0]
    if len(raw) == 8 * count:
        return struct.unpack(f"<{count}q", raw)
    own = tuple(map(int, tensor.int64_data))
    return own if len(own) == count else None


def set_sizes(where: object, graph: Any, sizes: Mapping[str, int]) -> None:
    """Gives the graph's symbolic sizes those numbers, in the values that it states. Raises
    Unreadable for a name that is none of them."""
    names = dict.fromkeys(str(dimension.dim_param) for dimension in _symbolic(graph))
    for name in sizes:
        if name not in names:
            known = ", ".join(map(shown, list(names)[:20])) or "no symbolic size"
            raise Unreadable(
                f"{where}: --dim {shown(name)}: accepted are the file's names: {known}"
            )
    set_known(graph, sizes)


def set_known(graph: Any, sizes: Mapping[str, int]) -> None:
    """Gives the graph's symbolic sizes those numbers, by their names."""
    for dimension in _symbolic(graph):
        if (size := sizes.get(str(dimension.dim_param))) is not None:
            dimension.dim_value = size


def _symbolic(graph: Any) -> list[Any]:
    return [
        dimension
        for info in (*graph.input, *graph.value_info, *graph.output)
        for dimension in info.type.tensor_type.shape.dim
        if dimension.dim_param
    ]
