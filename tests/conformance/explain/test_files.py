"""ONNX files: every ConvTranspose in them, with the shapes that are there, and errors that say what
is."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from convtranspose_conformance.explain import Subject, Unreadable, explain
from convtranspose_conformance.explain.inputs.read import subjects


def _weights(name: str, *shape: int, dtype: str = "float32") -> Any:
    return numpy_helper.from_array(np.ones(shape, dtype), name)


def _input(
    shape: Sequence[int | str | None] | None, element: int = TensorProto.FLOAT, name: str = "x"
) -> Any:
    return helper.make_tensor_value_info(name, element, shape)


def _saved(
    path: Path,
    nodes: list[Any],
    inputs: list[Any],
    initializers: list[Any],
    opset: int = 17,
    **model: Any,
) -> str:
    outputs = [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "g", inputs, outputs, initializers)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("mine", 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, **model), path)
    return str(path)


def _two(tmp_path: Path) -> str:
    nodes = [
        helper.make_node(
            "ConvTranspose",
            ["x", "w1", "b1"],
            ["h"],
            name="up",
            strides=[2, 2],
            pads=[1, 1, 1, 1],
            group=2,
        ),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("Constant", [], ["w2"], value=_weights("", 4, 3, 4, 4)),
        helper.make_node(
            "ConvTranspose", ["r", "w2"], ["y"], strides=[2, 2], auto_pad="SAME_UPPER"
        ),
    ]
    return _saved(
        tmp_path / "two.onnx",
        nodes,
        [_input(["N", 8, 6, 6])],
        [_weights("w1", 8, 2, 3, 3), _weights("b1", 4)],
    )


def _one(text: str) -> Subject:
    (subject,) = subjects(text)
    return subject


def test_every_node_with_the_shapes_that_inference_finds(tmp_path: Path) -> None:
    first, second = subjects(_two(tmp_path))
    assert first.title.endswith("two.onnx#up")
    assert (first.case.x_shape, first.case.w_shape, first.case.bias, first.case.opset) == (
        (1, 8, 6, 6),
        (8, 2, 3, 3),
        True,
        17,
    )
    assert first.case.attributes.given() == {"group": 2, "pads": (1, 1, 1, 1), "strides": (2, 2)}
    assert "leaves sizes open in [N, 8, 6, 6] of input 'x': 1,8,6,6 is an example" in first.notes[0]
    assert (second.case.x_shape, second.case.w_shape, second.case.bias) == (
        (1, 4, 11, 11),
        (4, 3, 4, 4),
        False,
    )
    assert second.title.endswith("#ConvTranspose_0")
    assert "has no name in the file" in second.notes[0]


def test_the_note_names_the_node_and_what_it_says_works(tmp_path: Path) -> None:
    for each in subjects(_two(tmp_path)):
        (match,) = (
            re.search(r"is an example; (.+) --x N,C,D1,\.\.\. says another", note)
            for note in each.notes
            if "example" in note
        )
        assert match is not None
        (again,) = subjects(match[1], (3, each.case.x_shape[1], 7, 7))
        assert (again.title, again.case.x_shape[0]) == (each.title, 3)


def test_sizes_have_the_names_of_the_file_and_none_that_are_made_up(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("NonZero", ["m"], ["places"]),
        helper.make_node("Cast", ["places"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["real", "first"], ["x"]),
        helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up"),
    ]
    weights = [_weights("w", 2, 3, 3), numpy_helper.from_array(np.array([0], np.int64), "first")]
    subject = _one(_saved(tmp_path / "m.onnx", nodes, [_input([4, 4], name="m")], weights))
    assert "leaves sizes open in [1, 2, ?] of input 'x': 1,2,5 is an example" in subject.notes[0]
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up")
    subject = _one(
        _saved(
            tmp_path / "n.onnx", [node], [_input(["N", 2, "H", None])], [_weights("w", 2, 3, 3, 3)]
        )
    )
    assert (
        "leaves sizes open in [N, 2, H, ?] of input 'x': 1,2,5,5 is an example" in subject.notes[0]
    )


def test_one_node_and_its_shape(tmp_path: Path) -> None:
    (found,) = subjects(_two(tmp_path) + "#up", (3, 8, 9, 9))
    assert found.case.x_shape == (3, 8, 9, 9)
    assert not any("example" in note or "for Y" in note for note in found.notes)


def test_sizes_that_are_missing_are_examples(tmp_path: Path) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up")
    found = _one(_saved(tmp_path / "m.onnx", [node], [_input(None)], [_weights("w", 2, 3, 3)]))
    assert found.case.x_shape == (1, 2, 5)
    assert "states no shape of input 'x': 1,2,5 is an example" in found.notes[0]


def test_weights_that_are_an_input_have_its_shape_or_ask_for_one(tmp_path: Path) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up")
    stated = _saved(
        tmp_path / "a.onnx", [node], [_input([1, 2, 4]), _input([2, 3, 3], name="w")], []
    )
    assert (_one(stated).case.w_shape, _one(stated).case.initializer) == ((2, 3, 3), False)
    left_open = _saved(
        tmp_path / "b.onnx", [node], [_input([1, 2, 4]), _input([2, "m", 3], name="w")], []
    )
    with pytest.raises(
        Unreadable, match=r"its weights 'w' is \[2, m, 3\]; accepted is .*#up with --w"
    ):
        subjects(left_open)
    (found,) = subjects(left_open, None, (2, 5, 3))
    assert found.case.w_shape == (2, 5, 3)


def test_external_data_is_not_read(tmp_path: Path) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up")
    graph = helper.make_graph(
        [node], "g", [_input([1, 64, 4])], [_input(None, name="y")], [_weights("w", 64, 32, 9)]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    onnx.save(
        model,
        tmp_path / "m.onnx",
        save_as_external_data=True,
        location="data.bin",
        size_threshold=16,
    )
    (tmp_path / "data.bin").unlink()
    assert _one(str(tmp_path / "m.onnx")).case.w_shape == (64, 32, 9)


def test_nodes_of_branches_and_of_functions_are_found(tmp_path: Path) -> None:
    branch = helper.make_graph(
        [helper.make_node("ConvTranspose", ["x", "w"], ["t"], name="inner")],
        "then",
        [],
        [_input(None, name="t")],
    )
    other = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["e"])], "else", [], [_input(None, name="e")]
    )
    choice = helper.make_node(
        "If", ["c"], ["y"], name="choice", then_branch=branch, else_branch=other
    )
    given = [_input([1, 2, 4]), _input([], TensorProto.BOOL, "c")]
    subject = _one(_saved(tmp_path / "m.onnx", [choice], given, [_weights("w", 2, 3, 3)]))
    assert subject.title.endswith("#choice/then_branch/inner")
    assert (subject.case.x_shape, subject.case.w_shape) == ((1, 2, 4), (2, 3, 3))
    body = [helper.make_node("ConvTranspose", ["a", "b"], ["d"], strides=[2])]
    up = helper.make_function("mine", "Up", ["a", "b"], ["d"], body, [helper.make_opsetid("", 17)])
    call = helper.make_node("Up", ["x", "w"], ["y"], domain="mine")
    subject = _one(
        _saved(
            tmp_path / "f.onnx",
            [call],
            [_input([1, 2, 4])],
            [_weights("w", 2, 3, 3)],
            functions=[up],
        )
    )
    assert (subject.case.x_shape, subject.case.attributes.strides) == ((1, 2, 4), (2,))


@pytest.mark.parametrize(
    ("element", "dtype"), [(TensorProto.FLOAT16, "float16"), (TensorProto.DOUBLE, "float64")]
)
def test_the_element_type_is_the_files(tmp_path: Path, element: int, dtype: str) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"])
    subject = _one(
        _saved(
            tmp_path / "m.onnx",
            [node],
            [_input([1, 2, 4], element)],
            [_weights("w", 2, 3, 3, dtype=dtype)],
        )
    )
    assert subject.case.dtype == dtype


def test_a_file_that_does_not_do_says_why(tmp_path: Path) -> None:
    two, text, none = _two(tmp_path), tmp_path / "text.onnx", tmp_path / "none.onnx"
    text.write_text("hello")
    (tmp_path / "empty.onnx").write_bytes(b"")
    _saved(none, [helper.make_node("Relu", ["x"], ["y"])], [_input([1])], [])
    messages = {
        f"{two}#down": "no ConvTranspose called 'down'; accepted are up, ConvTranspose_0",
        str(text): "no ONNX model: ",
        str(tmp_path / "empty.onnx"): "no ONNX model: it has no graph",
        str(none): "no ConvTranspose in it; its graph has Relu",
        str(tmp_path / "missing.onnx"): "cannot be read: No such file or directory",
        str(tmp_path / "missing.onnx#up"): "cannot be read: No such file or directory",
    }
    for what, expected in messages.items():
        with pytest.raises(Unreadable) as caught:
            subjects(what)
        assert expected in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(
        Unreadable,
        match=r"2 nodes, and --x or --w speaks of one; accepted is .*#NODE with up, "
        r"ConvTranspose_0",
    ):
        subjects(two, (1, 8, 9, 9))


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        (
            {"foo": 3, "strides": [2]},
            "#up: foo is no attribute of ConvTranspose; accepted are auto_pad, dilations, group, ",
        ),
        (
            {"strides": 2, "pads": [1, 1]},
            "#up: attribute strides has type INT; accepted is INTS, a list of integers",
        ),
        (
            {"strides": [1.5]},
            "#up: attribute strides has type FLOATS; accepted is INTS, a list of integers",
        ),
        ({"group": [2]}, "#up: attribute group has type INTS; accepted is INT, one integer"),
        ({"auto_pad": 1}, "#up: attribute auto_pad has type INT; accepted is STRING, one word"),
    ],
)
def test_attributes_that_are_none_of_the_operators(
    tmp_path: Path, attributes: dict[str, Any], said: str
) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up", **attributes)
    with pytest.raises(Unreadable) as found:
        subjects(_saved(tmp_path / "m.onnx", [node], [_input([1, 2, 4])], [_weights("w", 2, 3, 3)]))
    assert said in str(found.value)


@pytest.mark.parametrize(
    ("b", "said"),
    [
        (
            [7],
            "found     B.shape = [7]\n  accepted  [3], one value for each of the M output "
            "channels\n  clause    O",
        ),
        ([3, 1], "found     B.shape = [3, 1]"),
        ([3], "B[3])\n    -> Y[1, 3, 6]"),
        ([None], "B[3])\n    -> Y[1, 3, 6]"),
        (None, "B[3])\n    -> Y[1, 3, 6]"),
    ],
)
def test_the_shape_of_b_is_the_files(tmp_path: Path, b: list[int | None] | None, said: str) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w", "b"], ["y"], name="up")
    given = [_input([1, 2, 4]), _input(b, name="b")]
    assert said in explain(
        _one(_saved(tmp_path / "m.onnx", [node], given, [_weights("w", 2, 3, 3)]))
    )


def test_a_b_that_is_a_constant_is_held_against_m_too(tmp_path: Path) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w", "b"], ["y"], name="up")
    text = explain(
        _one(
            _saved(
                tmp_path / "m.onnx",
                [node],
                [_input([1, 2, 4])],
                [_weights("w", 2, 3, 3), _weights("b", 7)],
            )
        )
    )
    assert "found     B.shape = [7]" in text


def test_weights_without_spatial_axes(tmp_path: Path) -> None:
    node = helper.make_node("ConvTranspose", ["x", "w", "b"], ["y"], name="up")
    with pytest.raises(
        Unreadable, match="#up: its weights 'w' have 1 axes; accepted are C, M/group"
    ):
        subjects(
            _saved(
                tmp_path / "m.onnx",
                [node],
                [_input([1, 2, 4])],
                [_weights("w", 2), _weights("b", 1)],
            )
        )


def test_a_node_that_the_text_forbids_is_read_all_the_same(tmp_path: Path) -> None:
    node = helper.make_node(
        "ConvTranspose", ["x", "w", "b"], ["y"], name="up", group=0, strides=[2, 2]
    )
    subject = _one(
        _saved(
            tmp_path / "m.onnx",
            [node],
            [_input([1, 2, 4])],
            [_weights("w", 3, 3, 3), _weights("b", 1)],
        )
    )
    text = explain(subject)
    assert "found     group = 0" in text
