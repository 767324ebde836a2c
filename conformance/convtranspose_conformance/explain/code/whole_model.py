"""A few ONNX nodes from X to Y as code that ONNX Runtime runs."""

import json
from collections.abc import Mapping, Sequence

from convtranspose_cases import Case

from .onnx import SESSION, listed, node
from .snippet import Code

OPSET, IR_VERSION = 13, 7  # Resize of one input and its sizes; CRD; Slice with inputs
NodeRow = tuple[str, Sequence[str], str, Sequence[str]]  # operator, inputs, output, attributes


def of_nodes(case: Case, nodes: Sequence[NodeRow], further: Mapping[str, str]) -> Code:
    """The model of these nodes in float32, its weights V, B and the `further` constants."""
    arrays = {"V": "V"} | ({"B": "B"} if case.bias else {}) | dict(further)
    entries = "".join(f"    {json.dumps(name)}: {made},\n" for name, made in arrays.items())
    unknown = [None] * len(case.x_shape)
    lines = (
        "import numpy as np",
        "import onnxruntime",
        "from onnx import TensorProto, helper, numpy_helper",
        "",
        f"nodes = {listed([node(op, list(i), o, list(given)) for op, i, o, given in nodes])}",
        f"arrays = {{\n{entries}}}",
        "constants = [numpy_helper.from_array(a, name) for name, a in arrays.items()]",
        f'x = helper.make_tensor_value_info("X", TensorProto.FLOAT, {list(case.x_shape)})',
        f'y = helper.make_tensor_value_info("Y", TensorProto.FLOAT, {unknown})',
        'graph = helper.make_graph(nodes, "call", [x], [y], constants)',
        f'opsets = [helper.make_opsetid("", {OPSET})]',
        f"model = helper.make_model(graph, opset_imports=opsets, ir_version={IR_VERSION})",
        *SESSION,
    )
    return Code(title="ONNX, with ONNX Runtime", framework="onnxruntime", lines=lines)
