"""ONNX models as script lines, as `model` builds them."""

import json
from collections.abc import Callable
from dataclasses import replace
from textwrap import indent

from ..api import Call
from ..forms import constants_name
from ..script import CALL_WIDTH, Lines, call_source, given_names, literal, quoted
from .composed import constants_of, nodes_of
from .model import INTS, feeds_of, ir_version, open_sizes

# by their names in TensorProto
ELEMENTS = {"float16": "FLOAT16", "bfloat16": "BFLOAT16", "float32": "FLOAT", "float64": "DOUBLE"}


def model_lines(call: Call, *, symbolic: bool = False) -> Lines:
    """Lines that build `model`, as `model.model_of` does; `symbolic`: the sizes of X are left
    open."""
    names, element = given_names(call), f"TensorProto.{ELEMENTS[call.dtype]}"
    shapes = {"X": call.X.shape, "W": call.W.shape, "B": () if call.B is None else call.B.shape}
    sizes = {n: list(shape) for n, shape in shapes.items()} | (
        {"X": json.dumps(open_sizes("X", call.X))} if symbolic else {}
    )
    inputs = [
        f"helper.make_tensor_value_info({quoted(n)}, {element}, {sizes[n]})" for n in feeds_of(call)
    ]
    output = f'helper.make_tensor_value_info("Y", {element}, [None] * {call.X.ndim})'
    made, variables = _made(call, names)
    return [
        *made,
        f"inputs = {_listed(inputs)}",
        f"constants = {_listed(_constants(call, names, element))}",
        f"output = {output}",
        f'graph = helper.make_graph([{variables}], "one_call", inputs, [output], constants)',
        f'opsets = [helper.make_opsetid("", {call.opset})]',
        "model = helper.make_model(graph, opset_imports=opsets, "
        f"ir_version={ir_version(call.opset)})",
    ]


def _constants(call: Call, names: Lines, element: str) -> Lines:
    """What makes each tensor that is no graph input: those of `names`, and what Resize is given."""
    arrays = [
        f"helper.make_tensor({quoted(n)}, {element}, {n}.shape, {n}.tobytes(), raw=True)"
        for n in names
        if n not in feeds_of(call)
    ]
    listed = [
        f"helper.make_tensor({quoted(each.name)}, TensorProto.{each.element}, "
        f"[{len(each.values)}], {each.values})"
        for each in constants_of(call)
    ]
    return [*arrays, *listed]


def _attributes(call: Call) -> tuple[Lines, Lines]:
    """The convolution's attributes as arguments of `make_node`; lines that add those that are empty
    lists, which it does not take."""
    attributes = call.attributes.given()
    given = [
        f"{k}={list(v) if isinstance(v, tuple) else literal(v)}"
        for k, v in attributes.items()
        if v != ()
    ]
    empty = [
        f"node.attribute.append(helper.make_attribute({quoted(k)}, [], attr_type={INTS}))"
        for k, v in attributes.items()
        if v == ()
    ]
    return given, empty


def _made(call: Call, names: Lines) -> tuple[Lines, str]:
    """Lines that make each node, and their variables: the convolution is `node`."""
    given, empty = _attributes(call)
    variables = {call.op: "node", "Resize": "before", "DepthToSpace": "after"}
    lines = []
    nodes = nodes_of(call, names, {})
    for each in nodes:
        own = each.op == call.op
        said = given if own else [f"{k}={literal(v)}" for k, v in each.attributes.items()]
        parts = [quoted(each.op), json.dumps(each.inputs), json.dumps([each.output]), *said]
        lines.append(f"{variables[each.op]} = {call_source('helper.make_node', parts)}")
        lines += empty if own else []
    return lines, ", ".join(variables[each.op] for each in nodes)


def _listed(items: Lines) -> str:
    text = f"[{', '.join(items)}]"
    return (
        text
        if len(text) <= CALL_WIDTH
        else "\n".join(["[", *(f"    {item}," for item in items), "]"])
    )


def feeds_text(call: Call) -> str:
    """The graph inputs by name, as a dict."""
    return f"{{{', '.join(f'{quoted(name)}: {name}' for name in feeds_of(call))}}}"


def constants_form(call: Call, lines: Callable[[Call], Lines]) -> dict[str, Lines]:
    """Form -> the lines that make its Y: W and B as graph inputs where the call has them constant,
    and the other way round. `lines` gives those of a call."""
    return {constants_name(call): lines(replace(call, initializer=not call.initializer))}


def over_changing_shapes(run: Lines) -> Lines:
    """Lines that `run` a model of open sizes on the shapes of `forms.other_shapes` before X."""
    return [
        "whole = X",
        "for X in (whole[:0], np.concatenate([whole, whole]), whole[..., :-1], whole[..., :0]):",
        "    X = np.ascontiguousarray(X)",
        "    try:",
        indent("\n".join(run), " " * 8),
        "    except Exception:  # its answers to other shapes do not count",
        "        continue",
        "X = whole",
        *run,
    ]
