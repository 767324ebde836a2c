"""The ConvTranspose nodes of an ONNX graph, each with what is known of the values that it sees."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .subject import Unreadable

Sizes = tuple[int | str | None, ...]  # a name where the file gives one, None where it says nothing
OPERATOR = "ConvTranspose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What is known of a tensor: its element type, its sizes where its rank is known, and whether
    it is constant."""

    element: int = 0
    sizes: Sizes | None = None
    constant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node with its name, made up where it has none, what is known of the values that it sees,
    and the nodes of its graph that make a value or take it."""

    name: str
    made_up: bool
    proto: Any
    values: Mapping[str, Value]
    producers: Mapping[str, Any]
    consumers: Mapping[str, Sequence[Any]]


def nodes(graph: Any, outer: Mapping[str, Value], prefix: str) -> Iterator[Node]:
    """Every ConvTranspose of a graph and of the graphs in its nodes' attributes, which see the
    outer values."""
    values = {**outer, **dict(_values(graph))}
    unnamed, producers, consumers = 0, _producers(graph), _consumers(graph)
    for node in graph.node:
        if node.op_type == OPERATOR and node.domain in ("", "ai.onnx"):
            yield Node(
                name=prefix + (node.name or f"{OPERATOR}_{unnamed}"),
                made_up=not node.name,
                proto=node,
                values=values,
                producers=producers,
                consumers=consumers,
            )
            unnamed += not node.name
        for attribute in node.attribute:
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from nodes(
                    inner, values, f"{prefix}{node.name or node.op_type}/{attribute.name}/"
                )


def laid_out_anew(graph: Any) -> Iterator[str]:
    """What is said of each ConvTranspose of another domain, in which a runtime has put it."""
    for node in graph.node:
        if node.op_type == OPERATOR and node.domain not in ("", "ai.onnx"):
            yield (
                f"its ConvTranspose {node.name!r} is of domain {node.domain}, a node inside a "
                "runtime that has laid it out anew; accepted is the model before the runtime "
                "transformed it"
            )
        for attribute in node.attribute:
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from laid_out_anew(inner)


def _producers(graph: Any) -> dict[str, Any]:
    return {name: node for node in graph.node for name in node.output if name}


def _consumers(graph: Any) -> dict[str, list[Any]]:
    takers: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            takers.setdefault(name, []).append(node)
    return takers


def _values(graph: Any) -> Iterator[tuple[str, Value]]:
    for info in (*graph.input, *graph.value_info, *graph.output):
        tensor = info.type.tensor_type
        sizes = tuple(map(_size, tensor.shape.dim)) if tensor.HasField("shape") else None
        yield info.name, Value(element=tensor.elem_type, sizes=sizes)
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].HasField("t"):
            yield node.output[0], _of_tensor(node.attribute[0].t)
    for tensor in graph.initializer:
        yield tensor.name, _of_tensor(tensor)


def _size(dimension: Any) -> int | str | None:
    """A number, a name of the file, or None; names that shape inference makes up say nothing."""
    if dimension.HasField("dim_value"):
        return int(dimension.dim_value)
    name = str(dimension.dim_param)
    return None if name.startswith("unk__") else name or None


def _of_tensor(tensor: Any) -> Value:
    return Value(element=tensor.data_type, sizes=tuple(tensor.dims), constant=True)


def set_sizes(where: object, graph: Any, sizes: Mapping[str, int]) -> None:
    """Gives the graph's symbolic sizes those numbers, in the values that it states. Raises
    Unreadable for a name that is none of them."""
    stated = [
        dimension
        for info in (*graph.input, *graph.value_info, *graph.output)
        for dimension in info.type.tensor_type.shape.dim
        if dimension.dim_param
    ]
    names = dict.fromkeys(str(dimension.dim_param) for dimension in stated)
    for name in sizes:
        if name not in names:
            known = ", ".join(list(names)[:20]) or "no symbolic size"
            raise Unreadable(f"{where}: --dim {name}: accepted are the file's names: {known}")
    for dimension in stated:
        if (size := sizes.get(str(dimension.dim_param))) is not None:
            dimension.dim_value = size
