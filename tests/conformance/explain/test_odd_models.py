"""Files that are no models, and models that ONNX's own tools leave half done, or that nobody can
have meant."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from convtranspose_conformance.explain import Subject, Unreadable
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.pages.overview import overview_text

SPARSE = helper.make_sparse_tensor(
    numpy_helper.from_array(np.array([1], np.float32), "W"),
    numpy_helper.from_array(np.array([5]), "places"),
    [3, 2, 3, 3],
)


def _weights(dtype: Any = np.float32) -> onnx.TensorProto:
    return numpy_helper.from_array(np.ones((3, 2, 3, 3), dtype), "W")


def _node(**attributes: Any) -> onnx.NodeProto:
    return helper.make_node("ConvTranspose", ["X", "W"], ["Y"], name="up", **attributes)


def _model(
    *nodes: onnx.NodeProto,
    sizes: tuple[int | str, ...] = (1, 3, 5, 5),
    element: int = TensorProto.FLOAT,
    weights: tuple[onnx.TensorProto, ...] | None = None,
    sparse: tuple[onnx.SparseTensorProto, ...] = (),
    functions: tuple[onnx.FunctionProto, ...] = (),
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes or [_node()],
        "g",
        [helper.make_tensor_value_info("X", element, sizes)],
        [helper.make_tensor_value_info("Y", element, None)],
        [_weights()] if weights is None else weights,
        sparse_initializer=sparse,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("mine", 1)]
    return helper.make_model(graph, opset_imports=opsets, functions=functions)


def _read(tmp_path: Path, model: onnx.ModelProto) -> list[Subject]:
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    return subjects(str(path))


def _function(opset: int, default: list[int] | None = None) -> onnx.FunctionProto:
    """One that hands its own attribute `s` on as strides."""
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"])
    node.attribute.add(name="strides", ref_attr_name="s", type=onnx.AttributeProto.INTS)
    opsets, defaults = [helper.make_opsetid("", opset)], []
    if default:
        defaults = [helper.make_attribute("s", default)]
    own = [] if default else ["s"]
    return helper.make_function("mine", "Up", ["x", "w"], ["y"], [node], opsets, own, defaults)


@pytest.mark.parametrize(
    ("opset", "default", "given"),
    [(17, [2, 2], {}), (17, [3, 3], {"s": [2, 2]}), (16, None, {"s": [2, 2]})],
)
def test_a_function_is_written_out_with_its_defaults_and_by_another_opset(
    tmp_path: Path, opset: int, default: list[int] | None, given: dict[str, list[int]]
) -> None:
    call = helper.make_node("Up", ["X", "W"], ["Y"], domain="mine", **given)
    (read,) = _read(tmp_path, _model(call, functions=(_function(opset, default),)))
    assert read.case.attributes.strides == (2, 2)


def test_a_function_whose_operators_are_others_there_is_named(tmp_path: Path) -> None:
    call = helper.make_node("Up", ["X", "W"], ["Y"], domain="mine", s=[2, 2])
    with pytest.raises(Unreadable, match=r"its function mine\.Up holds one, of opset 1, "):
        _read(tmp_path, _model(call, functions=(_function(1),)))


def test_a_size_of_minus_one_is_left_open(tmp_path: Path) -> None:
    (read,) = _read(tmp_path, _model(sizes=(-1, 3, 5, 5)))
    assert read.case.x_shape == (1, 3, 5, 5)
    assert "leaves sizes open in [?, 3, 5, 5]" in read.notes[0]


@pytest.mark.parametrize(
    "model",
    [
        _model(weights=(), sparse=(SPARSE,)),
        _model(helper.make_node("Constant", [], ["W"], sparse_value=SPARSE), _node(), weights=()),
    ],
    ids=["initializer", "Constant"],
)
def test_sparse_weights_have_their_sizes(tmp_path: Path, model: onnx.ModelProto) -> None:
    (read,) = _read(tmp_path, model)
    assert (read.case.w_shape, read.case.initializer) == ((3, 2, 3, 3), True)


def test_bfloat16_is_of_the_first_opset_that_has_it(tmp_path: Path) -> None:
    model = _model(element=TensorProto.BFLOAT16, weights=(_weights(ml_dtypes.bfloat16),))
    (read,) = _read(tmp_path, model)
    assert (read.case.dtype, read.case.opset) == ("bfloat16", 22)
    assert "of opset 17, whose ConvTranspose has no bfloat16" in read.notes[0]


def test_sizes_that_are_open_are_the_same_for_all_nodes(tmp_path: Path) -> None:
    first = helper.make_node("ConvTranspose", ["X", "W"], ["t"], strides=[2, 2])
    last = helper.make_node("ConvTranspose", ["t", "V"], ["Y"])
    ones = numpy_helper.from_array(np.ones((2, 2, 1, 1), np.float32), "V")
    model = _model(first, last, sizes=("n", 3, "h", "w"), weights=(_weights(), ones))
    one, two = _read(tmp_path, model)
    assert one.case.y_shape() == two.case.x_shape
    said = overview_text("-", [one, two], in_full=False)
    assert "assumed, since nothing states them: the input's sizes in 1, 2" in said
    assert all("leaves sizes open in [" in " ".join(each.notes) for each in (one, two))


def _of_type_77(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].data_type = 77


def _of_size_minus_3(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[0] = -3


def _fed_size_minus_3(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = -3


def _strides_twice(model: onnx.ModelProto) -> None:
    for size in (2, 3):
        model.graph.node[0].attribute.append(helper.make_attribute("strides", [size, size]))


def _fed_by_nobody(model: onnx.ModelProto) -> None:
    model.graph.node[0].input[0] = "Z"


def _fed_four(model: onnx.ModelProto) -> None:
    model.graph.node[0].input.extend(["", "Q"])


def _of_float16(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].CopyFrom(_weights(np.float16))


def _of_integers(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].CopyFrom(_weights(np.int32))
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.INT32


def _of_somebody(model: onnx.ModelProto) -> None:
    model.graph.node[0].domain = "mine"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_of_type_77, "float32 and element type 77, which ONNX has not; accepted is one of"),
        (_of_size_minus_3, r"'W' have sizes \[-3, 2, 3, 3\]; accepted are 0 and more"),
        (_fed_size_minus_3, r"the file states \[1, 3, -3, 5\] of 'X'; accepted are 0 and more"),
        (_strides_twice, "attribute strides is there twice; accepted is each once"),
        (_fed_by_nobody, "takes 'Z', which nothing in the graph makes"),
        (_fed_four, "4 inputs; accepted are X, W and, where there is a bias, B"),
        (_of_float16, "its tensors are of float32 and float16; accepted is one of"),
        (_of_integers, "its tensors are of int32; accepted is one of"),
        (_of_somebody, "is of domain mine, an operator of which ONNX says nothing"),
    ],
)
def test_what_nobody_can_have_meant_is_an_error(
    tmp_path: Path, change: Callable[[onnx.ModelProto], None], said: str
) -> None:
    model = _model()
    change(model)
    with pytest.raises(Unreadable, match=said):
        _read(tmp_path, model)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.json", '{"a": 1}'),
        ("m.json", "no JSON"),
        ("m.onnxtxt", "hello"),
        ("m.textproto", "graph hello"),
        ("m.pbtxt", 'node { name: "x" op: "Y" }'),
        ("m.prototxt", 'layer { name: "x" type: "ReLU" }'),
    ],
)
def test_text_that_is_no_model_is_an_error_of_one_line(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(Unreadable) as error:
        subjects(str(tmp_path / name))
    assert "\n" not in str(error.value)
    assert "accepted" in str(error.value)


def test_a_network_of_another_library_is_read_as_text(tmp_path: Path) -> None:
    convolution = "convolution_param { num_output: 2 kernel_size: 4 stride: 2 pad: 1 }"
    text = f'layer {{ name: "up" type: "Deconvolution" bottom: "x" top: "y" {convolution} }}\n'
    (tmp_path / "net.prototxt").write_text(f'name: "net"\n{text}')
    (read,) = subjects(str(tmp_path / "net.prototxt"))
    assert (read.case.w_shape[2:], read.case.attributes.strides) == ((4, 4), (2, 2))


def test_a_model_as_protobuf_prints_it_is_a_model(tmp_path: Path) -> None:
    onnx.save(_model(_node(strides=[2, 2])), tmp_path / "m.textproto")
    (read,) = subjects(str(tmp_path / "m.textproto"))
    assert read.case.y_shape() == (1, 2, 11, 11)
