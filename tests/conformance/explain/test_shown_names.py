"""Names of a file that nobody would choose: what is printed of them is one line, changes no
terminal and no page, and a command with them is the command for that node."""

import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from typer.testing import CliRunner

from convtranspose_conformance import explain
from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.inputs.shown import in_shell, shown

NAMES = [
    "up \"a\" 'b'",
    "<script>alert(1)</script>",
    "line\nbreak\r",
    "\x1b[31mred\x07",
    "$(touch made) `touch made`; touch made",
    "tab\there \\ back",
    "turned \u202e about \u200b",
    "größe/ß#1",
    "&amp; <b>",
]


def _saved(path: Path, names: list[str], **attributes: Any) -> Path:
    """A model of one node behind the other, with names of values and sizes that are no better."""
    weights = [numpy_helper.from_array(np.ones((2, 2, 2, 2), np.float32), f"W{n}") for n in names]
    values = ["X\n<b>", *(f"Y{name}" for name in names)]
    nodes = [
        helper.make_node("ConvTranspose", [x, f"W{n}"], [y], name=n, strides=[2, 2], **attributes)
        for n, x, y in zip(names, values[:-1], values[1:], strict=True)
    ]
    x = helper.make_tensor_value_info(values[0], TensorProto.FLOAT, ["n\x1b[1m", 2, "h<i>\n", 4])
    y = helper.make_tensor_value_info(values[-1], TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "graph", [x], [y], weights)
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


def _printed(*arguments: str) -> str:
    result = CliRunner().invoke(cli.app, ["explain", *arguments])
    assert isinstance(result.exception, SystemExit | None)
    return result.output


def _is_plain(text: str) -> bool:
    return all(each.isprintable() or each == "\n" for each in text)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _saved(tmp_path_factory.mktemp("names") / "bad names.onnx", NAMES)


def test_a_table_has_a_line_for_each_node(model: Path) -> None:
    text = _printed(str(model))
    assert _is_plain(text)
    for number, name in enumerate(NAMES, 1):
        begin = f"  {number}  {shown(name)[:30]}"
        assert [line.startswith(begin) for line in text.split("\n")].count(True) == 1


@pytest.mark.parametrize("name", NAMES)
def test_an_explanation_has_no_character_that_is_not_printed(model: Path, name: str) -> None:
    text = _printed(f"{model}#{name}")
    assert _is_plain(text)
    (read,) = subjects(f"{model}#{name}")
    assert read.origin.node == name


@pytest.mark.parametrize("name", NAMES)
def test_the_command_of_a_note_names_the_node(model: Path, name: str) -> None:
    (read,) = subjects(f"{model}#{name}")
    (note,) = (note for note in read.notes if " is an example; " in note)
    word = note.split(" is an example; ")[1].split(" --x N,C,D1")[0]
    said = subprocess.run(
        ["bash", "-c", f"printf %s {word}"], capture_output=True, cwd=model.parent, check=True
    )
    assert said.stdout.decode() == f"{model}#{name}"
    assert not (model.parent / "made").exists()


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("model.onnx#up", "model.onnx#up"),
        ("model.onnx#/net/up.1", "model.onnx#/net/up.1"),
        ("my model.onnx#up", "'my model.onnx#up'"),
        ("#up", "'#up'"),
        ("a\nb'\\", r"$'a\nb\'\\'"),
        ("", "''"),
    ],
)
def test_a_word_is_typed_as_plainly_as_it_may_be(word: str, typed: str) -> None:
    assert in_shell(word) == typed


def test_a_page_has_names_as_text(model: Path) -> None:
    page = explain.page([(each, None) for each in subjects(str(model))])
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&amp;amp; &lt;b&gt;" in page
    assert "\x1b" not in page


def test_an_error_has_names_in_one_line(model: Path, tmp_path: Path) -> None:
    for text in (_printed(f"{model}#none"), _printed(str(model), "--dim", "a\x1b=3")):
        assert text.startswith("error: ")
        assert _is_plain(text)
        assert text.strip().count("\n") == 0
    path = _saved(tmp_path / "model.onnx", ["up\x1b"], **{"mode\x1b\n": 3})
    text = _printed(str(path))
    assert text.startswith("error: ")
    assert _is_plain(text)
    assert text.strip().count("\n") == 0


def test_a_warning_has_names_in_one_line(tmp_path: Path) -> None:
    path = _saved(tmp_path / "model.onnx", ["up\x1b\n", "down"])
    model = onnx.load(path)
    del model.graph.initializer[0]
    onnx.save(model, path)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert [each.origin.node for each in subjects(str(path))] == ["down"]
    assert told
    for each in told:
        assert str(each.message).isprintable()


def test_nodes_of_a_program_are_shown_alike() -> None:
    node = helper.make_node("ConvTranspose", ["X", "W"], ["Y"], name="up\x1b\n")
    (read,) = explain_node(node)
    assert read.subject.title == r"up\x1b\n"


def explain_node(node: onnx.NodeProto) -> Any:
    from convtranspose_conformance import explained

    return explained(node, x=[1, 2, 5, 5], w=[2, 2, 3, 3])
