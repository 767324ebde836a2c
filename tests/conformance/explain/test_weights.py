"""What stands around a model's node: the lines that load its weights, run, and its neighbours."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from typer.testing import CliRunner

from convtranspose_conformance.cli.main import app
from convtranspose_conformance.explain import Subject
from convtranspose_conformance.explain.inputs.loading import of_keras
from convtranspose_conformance.explain.inputs.read import subjects

RNG = np.random.default_rng(0)
W = RNG.integers(-4, 5, (4, 3, 2, 2)).astype(np.float32)
UP = helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up")


def _read(path: Path, nodes: Sequence[Any], **held: np.ndarray) -> list[Subject]:
    constants = [numpy_helper.from_array(array, name) for name, array in held.items()]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4, 5, 5])
    last = helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [x], [last], constants)
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path / "m.onnx")
    return subjects(str(path / "m.onnx"))


def _loaded(subject: Subject, **known: Any) -> dict[str, Any]:
    names: dict[str, Any] = dict(known)
    exec("\n".join(subject.loading), names)
    return names


def test_an_initializer_is_loaded_by_the_lines_that_are_printed(tmp_path: Path) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w", "b"], ["y"], name="up")
    B = np.arange(3, dtype=np.float32)
    (subject,) = _read(tmp_path, [node], w=W, b=B)
    made = _loaded(subject)
    assert np.array_equal(made["W"], W)
    assert np.array_equal(made["B"], B)
    printed = CliRunner().invoke(app, ["explain", str(tmp_path / "m.onnx")]).stdout
    assert "  Its own weights\n    import onnx\n" in printed
    assert "# of a layer of Keras: W = layer.get_weights()[0].transpose(3, 2, 0, 1)" in printed


@pytest.mark.parametrize("scales", [(), (4,), (3,)])
@pytest.mark.parametrize("zero", [False, True])
def test_quantized_weights_are_loaded_as_dequantizelinear_makes_them(
    tmp_path: Path, scales: tuple[int, ...], zero: bool
) -> None:
    axis = {(4,): 0, (3,): 1}.get(scales, 1)
    inputs = ["q", "scale", "zero"][: 2 + zero]
    node = helper.make_node("DequantizeLinear", inputs, ["w"], axis=axis)
    held = {
        "q": W.astype(np.int8),
        "scale": np.asarray(RNG.random(scales), np.float32),
        "zero": np.asarray(RNG.integers(-3, 4, scales), np.int8),
    }
    held = {name: held[name] for name in inputs}
    (subject,) = _read(tmp_path, [node, UP], **held)
    (expected,) = ReferenceEvaluator(node).run(None, held)
    np.testing.assert_array_equal(_loaded(subject)["W"], expected)


def test_weights_that_a_graph_computes_have_no_lines(tmp_path: Path) -> None:
    made = helper.make_node("Mul", ["v", "g"], ["w"])
    (subject,) = _read(tmp_path, [made, UP], v=W, g=np.ones(1, np.float32))
    assert subject.loading == ()
    assert any("computed in the graph by Mul" in note for note in subject.notes)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_kernel_of_keras_is_turned_into_onnx_order(rank: int) -> None:
    kernel = np.zeros((*range(2, 2 + rank), 8, 9))  # sizes, M, C
    names: dict[str, Any] = {"layer": type("Layer", (), {"get_weights": lambda self: [kernel]})()}
    exec("\n".join(of_keras(rank, bias=False)), names)
    assert names["W"].shape == (9, 8, *range(2, 2 + rank))


def test_a_layer_as_text_says_how_its_weights_are_loaded() -> None:
    (torch,) = subjects("nn.ConvTranspose2d(4, 3, 2)")
    assert torch.loading == ("W = layer.weight.detach().numpy()", "B = layer.bias.detach().numpy()")
    (keras,) = subjects("Conv1DTranspose(8, 3, use_bias=False)")
    assert keras.loading == ("W = layer.get_weights()[0].transpose(2, 1, 0)",)
    assert subjects("paddle.nn.Conv2DTranspose(4, 3, 2)")[0].loading == ()


def test_neighbours_are_named_in_a_row_with_their_axes(tmp_path: Path) -> None:
    (subject,) = _read(
        tmp_path,
        [
            helper.make_node("Pad", ["x", "pads"], ["p"], mode="reflect"),
            helper.make_node("ConvTranspose", ["p", "w"], ["y"], name="up"),
            helper.make_node("BatchNormalization", ["y", "m", "m", "m", "m"], ["n"]),
            helper.make_node("Relu", ["n"], ["z"]),
        ],
        w=W,
        m=np.ones(3, np.float32),
        pads=np.array([0, 0, 1, 0, 0, 0, 2, 0]),
    )
    said = " | ".join(subject.notes)
    assert "Pad stands before it, mode reflect, at begin and end 1 and 2 on D1" in said
    assert "BatchNormalization follows, over axis 1, the channels M of Y; then Relu" in said


def test_what_stands_behind_a_value_that_others_take_is_not_fused(tmp_path: Path) -> None:
    (subject,) = _read(
        tmp_path,
        [
            UP,
            helper.make_node("Relu", ["y"], ["r"]),
            helper.make_node("Tanh", ["r"], ["t"]),
            helper.make_node("Add", ["r", "t"], ["z"]),
        ],
        w=W,
    )
    assert [note for note in subject.notes if "follows" in note] == [
        "Relu follows, element by element"
    ]


def test_the_table_of_a_large_model_speaks_of_every_node(tmp_path: Path) -> None:
    up = {"strides": [2, 2], "auto_pad": "SAME_UPPER"}
    same = {"pads": [1, 1, 0, 0]}
    nodes = [
        helper.make_node("ConvTranspose", ["x", "w"], [f"y{n}"], **(up if n == 65 else same))
        for n in range(70)
    ]
    _read(tmp_path, nodes, w=W)
    said = CliRunner().invoke(app, ["explain", str(tmp_path / "m.onnx")]).stdout
    assert "no one call: conv_transpose has no padding='same' (66)" in " ".join(said.split())
    assert "(1 to 65, 67 to 70)" in " ".join(said.split())


@pytest.mark.parametrize(
    ("sizes", "along"), [((3, 1, 1), "as a bias"), ((1, 3, 1, 1), "as a bias"), ((3,), "no bias")]
)
def test_an_add_says_whether_it_is_a_bias(
    tmp_path: Path, sizes: tuple[int, ...], along: str
) -> None:
    add = helper.make_node("Add", ["other", "y"], ["z"])
    (subject,) = _read(tmp_path, [UP, add], w=W, other=np.ones(sizes, np.float32))
    (said,) = (note for note in subject.notes if "Add follows" in note)
    assert f"of sizes {list(sizes)}" in said
    assert along in said


def test_y_is_held_against_the_file_on_every_axis_whose_input_it_says(tmp_path: Path) -> None:
    """The batch stays open; D1 is set; D2 is known, and wrong in the file."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4, "h", 7])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3, "g", 9])
    graph = helper.make_graph([UP], "g", [x], [y], [numpy_helper.from_array(W, "w")])
    file = str(tmp_path / "m.onnx")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), file)
    (read,) = subjects(file)
    assert any("has [n, 3, g, 9] for Y, and the text makes [1, 3, 6, 8]" in n for n in read.notes)
    (read,) = subjects(file, sizes={"h": 4, "g": 6})
    assert any("has [n, 3, 6, 9] for Y, and the text makes [1, 3, 5, 8]" in n for n in read.notes)
    (other,) = subjects(file, (1, 4, 9, 9))
    assert not any("for Y" in note for note in other.notes)
