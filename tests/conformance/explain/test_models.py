"""Models of the kinds that exporters write: the table, what stands around a node, and its sizes
held against ONNX Runtime's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from click.testing import Result
from onnx import TensorProto, helper, numpy_helper
from typer.testing import CliRunner

from convtranspose_conformance import explained
from convtranspose_conformance.cli.main import app
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.inputs.subject import LeftOutWarning, Unreadable

UP = {"strides": [2, 2], "pads": [1, 1, 1, 1]}
Layer = tuple[tuple[int, ...], dict[str, Any], str]
MODELS: dict[str, tuple[Sequence[int | str], list[Layer]]] = {
    "dcgan": (
        [1, 8, 1, 1],
        [((8, 6, 4, 4), {}, "Relu"), ((6, 4, 4, 4), UP, "Relu"), ((4, 3, 4, 4), UP, "Tanh")],
    ),
    "unet": ([1, 8, 5, 7], [((8, 4, 2, 2), {"strides": [2, 2]}, "Relu")]),
    "hifi_gan": (
        [1, 8, "t"],
        [
            ((8, 4, 16), {"strides": [8], "pads": [4, 4]}, "LeakyRelu"),
            ((4, 2, 5), {"strides": [3], "pads": [1, 1], "output_padding": [1]}, "LeakyRelu"),
        ],
    ),
    "wavegan": ([1, 8, 4], [((8, 4, 25), {"strides": [4], "auto_pad": "SAME_UPPER"}, "Relu")]),
    "vae": ([1, 6, 4, 4], [((6, 4, 3, 3), {**UP, "output_padding": [1, 1]}, "Sigmoid")]),
    "segmentation": (
        [1, 3, 4, 4],
        [((3, 1, 16, 16), {"strides": [8, 8], "pads": [4, 4, 4, 4], "group": 3}, "")],
    ),
    "dynamic": (["batch", 4, "h", "w"], [((4, 2, 3, 3), UP, "Relu")]),
}


def _saved(path: Path, name: str, dtype: str = "float32", **how: Any) -> str:
    sizes, layers = MODELS[name]
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    nodes, weights, value = [], [], "x"
    for n, (shape, attributes, after) in enumerate(layers):
        W = np.random.default_rng(n).integers(-2, 3, shape).astype(dtype)
        weights.append(numpy_helper.from_array(W, f"w{n}"))
        nodes.append(
            helper.make_node(
                "ConvTranspose", [value, f"w{n}"], [f"y{n}"], name=f"up{n}", **attributes
            )
        )
        value = f"y{n}"
        if after:
            nodes.append(helper.make_node(after, [value], [f"z{n}"]))
            value = f"z{n}"
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("x", element, sizes)],
        [helper.make_tensor_value_info(value, element, None)],
        weights,
    )
    opsets = [helper.make_opsetid("", 17)]
    file = path / f"{name}.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), file, **how)
    return str(file)


def _explain(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments])


def _live(file: str, shape: Sequence[int], dtype: str = "float32") -> list[tuple[int, ...]]:
    """The shapes of every ConvTranspose's output, by ONNX Runtime."""
    model = onnx.load(file)
    ups = [node.output[0] for node in model.graph.node if node.op_type == "ConvTranspose"]
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in ups)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return [y.shape for y in session.run(ups, {"x": np.zeros(shape, dtype)})]


@pytest.mark.parametrize("name", MODELS)
def test_sizes_are_those_that_the_runtime_makes(name: str, tmp_path: Path) -> None:
    file = _saved(tmp_path, name)
    read = subjects(file, sizes={"t": 6} if name == "hifi_gan" else {})
    assert [s.case.y_shape() for s in read] == _live(file, read[0].case.x_shape)


@pytest.mark.parametrize("name", ["dcgan", "wavegan", "vae"])
def test_the_printed_code_makes_a_nodes_own_numbers(name: str, tmp_path: Path) -> None:
    file = _saved(tmp_path, name)
    model = onnx.load(file)
    (first, *_) = explained(file)
    W = numpy_helper.to_array(model.graph.initializer[0])
    X = np.random.default_rng(1).integers(-3, 4, first.case.x_shape).astype(np.float32)
    model.graph.output.append(onnx.ValueInfoProto(name="y0"))
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (code,) = [each for each in first.code if each.framework == "onnxruntime"]
    names = {"X": X, "W": W}
    exec(code.source, names)  # printed by the code that is tested, of a file made here
    np.testing.assert_array_equal(names["Y"], session.run(["y0"], {"x": X})[0])


def test_float16_and_external_data(tmp_path: Path) -> None:
    half = _saved(tmp_path, "vae", "float16")
    assert subjects(half)[0].case.dtype == "float16"
    outside = _saved(
        tmp_path, "dcgan", save_as_external_data=True, location="w.bin", size_threshold=0
    )
    (tmp_path / "w.bin").unlink()
    assert [s.case.w_shape for s in subjects(outside)] == [w for w, *_ in MODELS["dcgan"][1]]


def test_a_symbolic_size_flows_through_the_file(tmp_path: Path) -> None:
    file = _saved(tmp_path, "hifi_gan")
    assert [s.case.x_shape for s in subjects(file, sizes={"t": 10})] == [(1, 8, 10), (1, 4, 80)]
    assert "1x8x10 -> 1x4x80" in _explain(file, "--dim", "t=10").stdout
    for wrong in ("x=3", "t=-1", "t"):
        refused = _explain(file, "--dim", wrong)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "--dim" in refused.stderr


def test_a_model_begins_with_a_table_and_a_large_one_is_a_page(tmp_path: Path) -> None:
    lines = _explain(_saved(tmp_path, "dcgan")).stdout.splitlines()
    assert lines[0] == "3 calls"
    assert lines[2].split()[:5] == ["1", "up0", "1x8x1x1", "->", "1x6x4x4"]
    assert lines[2].endswith("PyTorch, TensorFlow, ONNX  no")
    MODELS["deep"] = ([1, 4, 9], [((4, 4, 3), {"pads": [1, 1]}, "Relu")] * 60)
    try:
        result = _explain(_saved(tmp_path, "deep"))
    finally:
        del MODELS["deep"]
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) < 90
    assert "--only 1" in result.stdout


def test_one_framework_alone(tmp_path: Path) -> None:
    said = _explain(_saved(tmp_path, "unet"), "--framework", "torch").stdout
    assert "PyTorch, module" in said
    assert "TensorFlow, Keras" not in said
    assert "ONNX, with ONNX Runtime" not in said


def test_weights_and_neighbours_are_named(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "scales"], ["w"], axis=1),
        helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up"),
        helper.make_node("BatchNormalization", ["y", "m", "m", "m", "m"], ["z"]),
    ]
    constants = [
        numpy_helper.from_array(np.ones((2, 3, 2), np.int8), "q"),
        numpy_helper.from_array(np.ones(3, np.float32), "scales"),
        numpy_helper.from_array(np.ones(3, np.float32), "m"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 5])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 7])
    z = helper.make_tensor_value_info("z", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [x], [z], constants, value_info=[y])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), tmp_path / "m.onnx"
    )
    (read,) = subjects(str(tmp_path / "m.onnx"))
    said = " ".join(read.notes)
    assert "its scales run along axis 1, M/group" in said
    assert "BatchNormalization follows, over axis 1" in said
    assert "has [1, 3, 7] for Y, and the text makes [1, 3, 6]" in said


@pytest.mark.parametrize("beside", [False, True])
def test_a_node_that_a_runtime_has_laid_out_anew_is_named_as_that(
    tmp_path: Path, beside: bool
) -> None:
    """As ONNX Runtime writes one: in a domain of its own, the channels last."""
    anew = helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up", domain="inner.nhwc")
    plain = helper.make_node("ConvTranspose", ["x", "w"], ["z"], name="down")
    w = numpy_helper.from_array(np.ones((2, 3, 2), np.float32), "w")
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 5])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([anew, *[plain] * beside], "g", [x], [y], [w])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("inner.nhwc", 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets), tmp_path / "m.onnx")
    message = "ConvTranspose 'up' is of domain inner.nhwc, a node inside a runtime"
    if beside:
        with pytest.warns(LeftOutWarning, match=message):
            (read,) = subjects(str(tmp_path / "m.onnx"))
        assert read.origin.node == "down"
    else:
        with pytest.raises(Unreadable, match=message):
            subjects(str(tmp_path / "m.onnx"))


def test_a_refused_call_is_1() -> None:
    result = _explain("--x", "1,1,5,5", "--w", "2,1,3,3")
    assert result.exit_code == 1
    assert "Refused" in result.stdout


@pytest.mark.parametrize("opset", [8, 10])
def test_a_file_of_an_older_opset_has_the_size_of_runtimes_beside_the_texts(
    tmp_path: Path, opset: int
) -> None:
    """SAME is by the text of opset 1 up to opset 10, and runtimes make it as from opset 11 on."""
    up = helper.make_node(
        "ConvTranspose", ["x", "w"], ["y"], name="up", auto_pad="SAME_UPPER", strides=[2]
    )
    w = numpy_helper.from_array(np.ones((2, 3, 4), np.float32), "w")
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 5])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([up], "g", [x], [y], [w])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=6)
    onnx.save(model, tmp_path / "m.onnx")
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (made,) = session.run(None, {"x": np.ones((1, 2, 5), np.float32)})
    table, _, text = _explain(str(tmp_path / "m.onnx")).stdout.partition("=" * 100)
    assert "1x2x5 -> 1x3x5 (runtimes 1x3x10)" in table
    assert "conforms (all)" not in table
    assert f"-> Y{list(made.shape)} by every runtime" in text
