"""What an ONNX file may be, before onnx itself works on it: functions that end, names that are
text, and no more nodes than can be looked at."""

from collections.abc import Iterator
from typing import Any

from ..shown import shown
from ..subject import Unreadable
from .graph import OWN_DOMAINS, bodies

MOST_NODES = 10**6  # once the functions are written out
MOST_NESTED = 100  # functions that call one another


def require_bounded(where: str, model: Any) -> None:
    """Raises Unreadable, behind `where`, for a model of opset 0 or less, functions that call
    themselves or nest too deep, more nodes than MOST_NODES, or a name that is no UTF-8."""
    try:
        opsets = [each.version for each in model.opset_import if each.domain in OWN_DOMAINS]
        functions = {(each.domain, each.name): each for each in model.functions}
        count = _nodes(where, model.graph.node, functions, {}, ())
        _require_text(model.graph)
    except UnicodeError:
        raise Unreadable(f"{where}: holds a name that is no UTF-8") from None
    if any(version < 1 for version in opsets):
        raise Unreadable(f"{where}: opset {min(opsets)}; accepted is 1 or more")
    if count > MOST_NODES:
        raise Unreadable(
            f"{where}: its functions, written out, come to {count} nodes; accepted are at most "
            f"{MOST_NODES}"
        )


def _nodes(
    where: str,
    nodes: Any,
    functions: dict[tuple[str, str], Any],
    counted: dict[tuple[str, str], int],
    within: tuple[tuple[str, str], ...],
) -> int:
    """How many nodes there are when every function is written out. `counted`: those known."""
    total = 0
    for node in _with_inner(nodes):
        key = (node.domain, node.op_type)
        if key in within or len(within) > MOST_NESTED:
            raise Unreadable(
                f"{where}: function {shown(node.op_type)} calls itself, or nests too deep"
            )
        if key in functions and key not in counted:
            body = functions[key].node
            counted[key] = _nodes(where, body, functions, counted, (*within, key))
        total += counted.get(key, 1)
    return total


def _with_inner(nodes: Any) -> Iterator[Any]:
    """The nodes and those of the graphs in their attributes."""
    waiting = [nodes]
    while waiting:
        for node in waiting.pop():
            yield node
            waiting += [body.node for _, body in bodies(node)]


def _require_text(graph: Any) -> None:
    """Raises UnicodeError for a name that is none."""
    infos = (*graph.input, *graph.output, *graph.value_info, *graph.initializer)
    names = [each.name for each in infos]
    names += [
        d.dim_param
        for each in (*graph.input, *graph.output, *graph.value_info)
        for d in each.type.tensor_type.shape.dim
    ]
    for node in _with_inner(graph.node):
        names += [node.name, node.op_type, node.domain, *node.input, *node.output]
        names += [attribute.name for attribute in node.attribute]
    for name in names:
        if isinstance(name, bytes):
            name.decode()
        else:
            name.encode()
