"""A model's own functions, made ready to be written out where they are called."""

from collections.abc import Iterator
from typing import Any

from ..shown import shown
from .graph import OWN_DOMAINS, bodies


def written_out(model: Any) -> Any:
    """The model with the bodies of its functions in place of their calls. onnx's inliner leaves out
    what an attribute is where a call does not give it, and functions of another opset: both are
    said in the model first, the second where no operator of the body is another one there."""
    from onnx import inliner

    functions = {(each.domain, each.name): each for each in model.functions}
    for node in _every(model):
        if (function := functions.get((node.domain, node.op_type))) is not None:
            given = {attribute.name for attribute in node.attribute}
            own = (each for each in function.attribute_proto if each.name not in given)
            node.attribute.extend(own)
    for function in model.functions:
        _take_opsets(function, model)
    return inliner.inline_local_functions(model)


def not_written_out(model: Any) -> list[str]:
    """What is said of each function that holds a ConvTranspose and is still called."""
    called = {(node.domain, node.op_type) for node in _every(model)}
    return [
        f"its function {shown(each.domain)}.{shown(each.name)} holds one, of opset {_opset(each)}, "
        f"whose operators are not those of the model's opset {_opset(model)}; accepted is one opset"
        for each in model.functions
        if (each.domain, each.name) in called
        and any(node.op_type == "ConvTranspose" for node in _nodes(each.node))
    ]


def _every(model: Any) -> Iterator[Any]:
    yield from _nodes(model.graph.node)
    for function in model.functions:
        yield from _nodes(function.node)


def _nodes(nodes: Any) -> Iterator[Any]:
    for node in nodes:
        yield node
        for _, body in bodies(node):
            yield from _nodes(body.node)


def _opset(of: Any) -> int:
    return next((each.version for each in of.opset_import if each.domain in OWN_DOMAINS), 1)


def _take_opsets(function: Any, model: Any) -> None:
    """The model's opsets, where the function's operators are the same there."""
    theirs = {each.domain: each.version for each in model.opset_import}
    for own in function.opset_import:
        version = theirs.get(own.domain, own.version)
        if own.version != version and _are_the_same(function, own.domain, own.version, version):
            own.version = version


def _are_the_same(function: Any, domain: str, one: int, other: int) -> bool:
    """Are a domain's operators in a function's body the same in both versions?"""
    from onnx import defs

    operators = {node.op_type for node in _nodes(function.node) if node.domain == domain}
    try:
        return all(
            defs.get_schema(name, one, domain).since_version
            == defs.get_schema(name, other, domain).since_version
            for name in operators
        )
    except defs.SchemaError:
        return False
