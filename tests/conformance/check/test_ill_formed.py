"""Models that say what no text knows: one message that names the node and what is accepted."""

import html
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from click.testing import Result
from onnx import helper
from typer.testing import CliRunner

from convtranspose_conformance.cli.main import app
from support.small_models import saved, up_node, weights

W = {"w": weights(2, 3, 4, 4), "v": weights(2, 2, 3, 3)}
SCALES = np.array([1, 1, 2, 2], np.float32)
NODE = helper.make_node


def _run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        app, ["check", str(path), "--backend", "textbook:Correct", *arguments]
    )


def _resize(*names: str, **given: Any) -> Any:
    return NODE("Resize", ["x", *names], ["y"], name="it", **given)


def _blocks(**given: Any) -> Any:
    return NODE("DepthToSpace", ["x"], ["y"], name="it", **given)


ATTRIBUTES: list[tuple[Any, str]] = [
    (
        _resize("", "s", axes=[2, 7]),
        "attribute axes is [2, 7]; accepted are different ones from -4",
    ),
    (
        _resize("", "s", axes=[-5]),
        "attribute axes is [-5]; accepted are different ones from -4 to 3",
    ),
    (_resize("", "s", axes=[2, -2]), "attribute axes is [2, -2]; accepted are different ones"),
    (_resize("", "s", axes="2"), "attribute axes has type STRING; accepted is INTS"),
    (_resize("", "s", axes=[2.0]), "attribute axes has type FLOATS; accepted is INTS"),
    (_resize("", "s", mode=3), "attribute mode has type INT; accepted is STRING"),
    (_resize("", "s", antialias="yes"), "attribute antialias has type STRING; accepted is INT"),
    (
        _resize("", "s", cubic_coeff_a="a"),
        "attribute cubic_coeff_a has type STRING; accepted is FL",
    ),
    (
        _resize("", "s", strides=[2]),
        "strides is no attribute of Resize; accepted are antialias, ax",
    ),
    (_blocks(blocksize="2"), "attribute blocksize has type STRING; accepted is INT"),
    (_blocks(blocksize=2, mode=1), "attribute mode has type INT; accepted is STRING"),
    (_blocks(blocksize=2, axes=[2]), "axes is no attribute of DepthToSpace; accepted are blocksiz"),
    (_blocks(), "has no blocksize; accepted is attribute blocksize"),
    (
        NODE("Conv", ["x", "v"], ["y"], name="it", output_padding=[1, 1]),
        "output_padding is no attribute of Conv; accepted are auto_pad, dilations, group, "
        "kernel_shape, pads, strides",
    ),
    (
        NODE("ConvTranspose", ["x", "w"], ["y"], name="it", mode="linear"),
        "mode is no attribute of ConvTranspose; accepted are auto_pad, dilations, group, "
        "kernel_shape, pads, strides, output_padding, output_shape",
    ),
]


@pytest.mark.parametrize(("node", "says"), ATTRIBUTES, ids=lambda each: str(each)[:30])
def test_attributes_are_held_against_their_operator(tmp_path: Path, node: Any, says: str) -> None:
    path = saved(tmp_path / "m.onnx", [node], {**W, "s": SCALES}, [1, 4, 3, 3], opset=19)
    result = _run(path)
    assert result.exit_code == 2, result.output
    assert f"error: {path}#it: {says}" in result.stderr
    assert "Traceback" not in result.output


SHAPES: list[tuple[Any, dict[str, Any], str]] = [
    (NODE("Conv", ["x", "v"], [], name="it"), {}, "makes no output"),
    (NODE("Conv", ["x", "v"], [""], name="it"), {}, "makes no output"),
    (NODE("Resize", ["x", "", "s"], [], name="it"), {"s": SCALES}, "makes no output"),
    (NODE("Resize", ["x", "", "s"], [""], name="it"), {"s": SCALES}, "makes no output"),
    (
        NODE("Conv", ["x", "k"], ["y"], name="it"),
        {"k": np.float32(2)},
        "and W []; accepted are two",
    ),
    (up_node("it"), {"w": weights(2)}, "takes X [1, 2, 5, 5] and W [2]; accepted are two axes"),
    (up_node("it"), {"w": weights(2, 3)}, "and W [2, 3]; accepted are two axes and one for each"),
    (_resize("", "s"), {"s": np.float32(2)}, "takes float32 [] for scales; accepted are floats"),
    (_resize("", "s"), {"s": SCALES.reshape(2, 2)}, "takes float32 [2, 2] for scales"),
    (_resize("", "", "s"), {"s": np.int64(2)}, "takes int64 [] for sizes; accepted are integers"),
    (_resize("", "", "s"), {"s": SCALES}, "takes float32 [4] for sizes; accepted are integers"),
]


@pytest.mark.parametrize(("node", "constants", "why"), SHAPES, ids=lambda each: str(each)[:40])
def test_what_is_no_call_is_not_reached(
    tmp_path: Path, node: Any, constants: dict[str, Any], why: str
) -> None:
    """Beside a node that is: nothing of it is lost."""
    good = NODE("Conv", ["x", "v"], ["z"], name="good")
    path = saved(tmp_path / "m.onnx", [node, good], {**W, **constants}, opset=19)
    result = _run(path)
    assert result.exit_code == 3, result.output
    printed = " ".join(result.stdout.split())
    assert f"it ({node.op_type}): " in printed
    assert why in printed
    assert "good Conv 1x2x5x5 -> 1x2x3x3 equal" in printed


def _twice(node: Any, **given: Any) -> Any:
    node.attribute.extend(helper.make_attribute(name, value) for name, value in given.items())
    return node


NOBODY_RUNS: dict[str, tuple[list[Any], str]] = {
    "no Resize": ([NODE("Resize", [], ["y"], name="it")], "#it: 0 inputs; accepted are X, roi"),
    "no blocks": ([NODE("DepthToSpace", [], ["y"], name="it")], "#it: 0 inputs; accepted are X"),
    "no X": ([NODE("Conv", [], ["y"], name="it")], "#it: 0 inputs; accepted are X, W and"),
    "no W": ([NODE("Conv", ["x"], ["y"], name="it")], "#it: 1 inputs; accepted are X, W and"),
    "left out": ([NODE("Conv", ["x", ""], ["y"], name="it")], "#it: 1 inputs; accepted are X, W"),
    "too many": (
        [NODE("ConvTranspose", ["x", "w", "", "x"], ["y"], name="it")],
        "#it: 4 inputs; accepted are X, W and, where there is a bias, B",
    ),
    "nothing": (
        [NODE("Relu", ["nowhere"], ["r"], name="it"), up_node()],
        "#it: nothing makes its input 'nowhere'; accepted is an output of a node, an input",
    ),
    "cycle": (
        [
            NODE("ConvTranspose", ["a", "w"], ["b"], name="one"),
            NODE("ConvTranspose", ["b", "w"], ["a"], name="other"),
            up_node(),
        ],
        ": has a cycle: one, other wait for what they make themselves",
    ),
    "twice": (
        [_twice(up_node("it", strides=[2, 2]), strides=[3, 3])],
        "#it: attribute strides is given 2 times; accepted is once",
    ),
}


@pytest.mark.parametrize("name", NOBODY_RUNS)
def test_what_nobody_could_run_cannot_be_used(tmp_path: Path, name: str) -> None:
    nodes, says = NOBODY_RUNS[name]
    path = saved(tmp_path / "m.onnx", nodes, W)
    result = _run(path)
    assert result.exit_code == 2, result.output
    assert f"error: {path}{says}" in result.stderr


def test_nodes_in_another_order_are_put_in_order(tmp_path: Path) -> None:
    nodes = [NODE("ConvTranspose", ["a", "w"], ["y"], name="up"), NODE("Relu", ["x"], ["a"])]
    result = _run(saved(tmp_path / "m.onnx", nodes, W))
    assert result.exit_code == 0, result.output
    assert "1 node held against the reference" in result.stdout


def _refused_as_such(path: Path, kind: str) -> Path:
    model = onnx.load(saved(path, [up_node("up"), NODE("Conv", ["y", "u"], ["z"])], W | U))
    if kind == "ir_version":
        model.ir_version = 99
    elif kind == "opset_import":
        del model.opset_import[:]
    elif kind == "names":
        model.graph.node[1].name = "up"
    else:
        stated = helper.make_tensor_value_info("w", onnx.TensorProto.FLOAT, [2, 3, 5, 5])
        model.graph.input.append(stated)
    onnx.save(model, path)
    return path


U = {"u": weights(2, 3, 1, 1)}
SAYS = {
    "ir_version": "onnx.checker refuses the file: Your model ir_version 99 is higher",
    "opset_import": "onnx.checker refuses the file: model with IR version >= 3 must specify opset",
    "names": "2 nodes are called 'up', which ONNX Runtime refuses",
    "shape": "the file states [2, 3, 5, 5] for 'w', whose weights are [2, 3, 4, 4]",
}


@pytest.mark.parametrize("kind", SAYS)
def test_what_a_runtime_may_refuse_of_a_file_is_told(tmp_path: Path, kind: str) -> None:
    path, page = _refused_as_such(tmp_path / "m.onnx", kind), tmp_path / "p.html"
    result = _run(path, "--html", str(page))
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert SAYS[kind] in said
    assert "each node is asked in a model of its own all the same" in said
    assert SAYS[kind] in html.unescape(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("sizes", "nodes", "says"),
    [
        ([], [up_node("it")], "none of its nodes is reached: it (ConvTranspose): takes X []"),
        ([2], [_blocks(blocksize=2)], "it (DepthToSpace): takes no X with channels and spatial"),
        ([1, 2, -3, 5], [up_node("it")], "states [1, 2, -3, 5] for its input 'x'; accepted are"),
        ([1, 2, 5, 5], [up_node("a"), up_node("b")], "2 nodes make 'y'; accepted is one"),
    ],
)
def test_models_that_are_none(tmp_path: Path, sizes: Any, nodes: list[Any], says: str) -> None:
    result = _run(saved(tmp_path / "m.onnx", nodes, W, sizes))
    assert result.exit_code in (2, 3)
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_a_file_of_numbers_that_promises_more_than_it_has(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", [up_node()], W)
    file = tmp_path / "x.npy"
    np.save(file, np.zeros((1, 2, 5, 5), np.float32))
    file.write_bytes(file.read_bytes().replace(b"(1, 2, 5, 5)", b"(1, 2, 5, 5000000000000)"))
    result = _run(path, "--input", f"x={file}")
    assert result.exit_code == 2
    assert "is no .npy file" in result.stderr
    assert "Traceback" not in result.output
