"""Writes two_nodes.onnx: a ConvTranspose with groups and pads, then a nameless one with auto_pad
and its weights in a Constant node."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

first = numpy_helper.from_array(np.ones((8, 2, 3, 3), np.float32), "first")
second = numpy_helper.from_array(np.ones((4, 3, 2, 2), np.float32))
nodes = [
    helper.make_node(
        "ConvTranspose",
        ["image", "first"],
        ["larger"],
        name="up",
        group=2,
        pads=[0, 0, 1, 1],
        strides=[2, 2],
    ),
    helper.make_node("Constant", [], ["second"], value=second),
    helper.make_node(
        "ConvTranspose", ["larger", "second"], ["largest"], auto_pad="SAME_UPPER", strides=[3, 3]
    ),
]
image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 8, 4, 4])
largest = helper.make_tensor_value_info("largest", TensorProto.FLOAT, None)
graph = helper.make_graph(nodes, "two_nodes", [image], [largest], [first])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), "two_nodes.onnx")
