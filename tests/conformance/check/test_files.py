"""Models that cannot be checked, or not whole: one clear message each."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from convtranspose_conformance.backends.entry import VALUE_CHECKS, Entry
from convtranspose_conformance.check.checking import checked
from convtranspose_conformance.check.feeds import feeds_of, files_option
from convtranspose_conformance.check.model.graph import model_of
from convtranspose_conformance.check.result import Checked, Standing
from convtranspose_conformance.check.shown.text import text
from convtranspose_conformance.explain.inputs.subject import Unreadable
from convtranspose_conformance.worker.process import Limits
from support.small_models import saved, up_node, weights

RIGHT = Entry(
    name="right",
    title="right",
    route="-",
    target="at_one_node:Strict",
    distributions=(),
    checks=VALUE_CHECKS,
)


def _check(path: Path, **files: Path) -> Checked:
    model = model_of(path, {})
    return checked(model, feeds_of(model, files, 0), [RIGHT], [], Limits())


def lost_of(found: Checked) -> dict[str, str]:
    return {each.name: each.why for each in found.lost}


def test_an_operator_that_nobody_executes_costs_what_stands_behind_it(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "v"], ["a"], name="first"),
        helper.make_node("Mystery", ["a"], ["b"], domain="other", name="riddle"),
        helper.make_node("ConvTranspose", ["b", "w"], ["c"], name="behind"),
        helper.make_node("ConvTranspose", ["a", "w"], ["y"], name="beside"),
    ]
    constants = {"v": weights(2, 2, 3, 3), "w": weights(2, 2, 2, 2)}
    found = _check(saved(tmp_path / "m.onnx", nodes, constants))
    assert [node.step.name for node in found.nodes] == ["first", "beside"]
    lost = lost_of(found)
    assert found.unjudged == 1
    assert "1 node was not held against the reference" in " ".join(text(found).split())
    assert "cannot run other.Mystery" in lost["riddle (other.Mystery)"]
    assert lost["behind (ConvTranspose)"] == "behind riddle (other.Mystery)"


@pytest.mark.parametrize("places", [[5, 40], [[0, 0, 1, 2], [2, 0, 1, 1]]], ids=["flat", "axes"])
def test_sparse_weights_are_those_with_their_zeros(tmp_path: Path, places: Any) -> None:
    kept = numpy_helper.from_array(np.array([2, 3], np.float32), "w")
    sparse = helper.make_sparse_tensor(
        kept, numpy_helper.from_array(np.array(places)), [3, 2, 3, 3]
    )
    path = saved(tmp_path / "m.onnx", [up_node()], {"w": weights(3, 2, 3, 3)}, (1, 3, 4, 4))
    model = onnx.load(path)
    del model.graph.initializer[:]
    model.graph.sparse_initializer.append(sparse)
    onnx.save(model, path)
    W = np.zeros((3, 2, 3, 3), np.float32)
    W[0, 0, 1, 2], W[2, 0, 1, 1] = 2, 3
    assert (model_of(path, {}).constants["w"] == W).all()


def test_none_is_reached(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Mystery", ["x"], ["b"], domain="other", name="riddle"),
        helper.make_node("ConvTranspose", ["b", "w"], ["y"], name="up"),
    ]
    path = saved(tmp_path / "m.onnx", nodes, {"w": weights(2, 2, 2, 2)})
    with pytest.raises(Unreadable, match="none of its nodes is reached: riddle"):
        _check(path)


def test_bodies_are_told_and_run_through(tmp_path: Path) -> None:
    inner = helper.make_graph(
        [helper.make_node("Conv", ["x", "v"], ["then"], name="inner")],
        "then",
        [],
        [helper.make_tensor_value_info("then", TensorProto.FLOAT, None)],
    )
    nodes = [
        helper.make_node(
            "Constant", [], ["yes"], value=helper.make_tensor("t", TensorProto.BOOL, [], [True])
        ),
        helper.make_node("If", ["yes"], ["a"], name="if", then_branch=inner, else_branch=inner),
        helper.make_node("ConvTranspose", ["a", "w"], ["y"], name="up"),
    ]
    constants = {"v": weights(2, 2, 3, 3), "w": weights(2, 2, 2, 2)}
    found = _check(saved(tmp_path / "m.onnx", nodes, constants))
    assert [node.step.name for node in found.nodes] == ["up"]
    assert lost_of(found)["if/then_branch/inner"] == "in the body of another node"
    assert found.unjudged == 2


def test_no_node_of_these_operators(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["y"])], {})
    with pytest.raises(Unreadable, match="its graph has Relu"):
        model_of(path, {})


def test_external_data(tmp_path: Path) -> None:
    constants = {"w": weights(2, 3, 4, 4)}
    path = saved(
        tmp_path / "m.onnx",
        [up_node()],
        constants,
        save_as_external_data=True,
        location="w.bin",
        size_threshold=0,
    )
    assert _check(path).backends[0].answers["y"].standing is Standing.EQUAL
    (tmp_path / "w.bin").unlink()
    with pytest.raises(Unreadable, match=r"m\.onnx: its external data cannot be read: .*w\.bin"):
        model_of(path, {})


SIZES: list[tuple[list[Any] | None, str]] = [
    ([1, 2, "h", "w"], "--dim h=SIZE --dim w=SIZE"),
    ([1, 2, None, 4], "--input x=FILE.npy"),
    (None, "does not say the shape of its input 'x'; accepted is --input x=FILE.npy"),
    ([1, 2, 2**15, 2**15], "has 2147483648 elements: [1, 2, 32768, 32768]; accepted are 67108864"),
]


@pytest.mark.parametrize(("sizes", "accepted"), SIZES)
def test_open_sizes(tmp_path: Path, sizes: list[Any] | None, accepted: str) -> None:
    path = saved(tmp_path / "m.onnx", [up_node()], {"w": weights(2, 3, 4, 4)}, sizes)
    with pytest.raises(Unreadable, match=re.escape(accepted)):
        feeds_of(model_of(path, {}), {}, 0)


def test_sizes_that_are_said_and_an_open_batch(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", [up_node()], {"w": weights(2, 3, 4)}, ["n", 2, "t"])
    model = model_of(path, {"t": 7})
    assert feeds_of(model, {}, 0)["x"].shape == (1, 2, 7)
    assert (feeds_of(model, {}, 0)["x"] != feeds_of(model, {}, 1)["x"]).all()


@pytest.mark.parametrize(
    ("array", "why"),
    [
        (np.zeros((1, 3, 5, 5), np.float32), "holds float32 [1, 3, 5, 5]; accepted is float32"),
        (np.zeros((1, 2, 5, 5)), "holds float64 [1, 2, 5, 5]; accepted is float32 [1, 2, 5, 5]"),
        (np.array([None]), "is no .npy file"),
        (None, "cannot be read: No such file"),
    ],
)
def test_input_files(tmp_path: Path, array: Any, why: str) -> None:
    path = saved(tmp_path / "m.onnx", [up_node()], {"w": weights(2, 3, 4, 4)})
    file = tmp_path / "x.npy"
    if array is not None:
        np.save(file, array, allow_pickle=True)
    with pytest.raises(Unreadable, match=re.escape(why)):
        feeds_of(model_of(path, {}), {"x": file}, 0)


def test_an_input_is_taken_from_its_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", [up_node()], {"w": weights(2, 3, 4, 4)})
    np.save(tmp_path / "x.npy", np.full((1, 2, 5, 5), 2, np.float32))
    found = _check(path, x=tmp_path / "x.npy")
    assert (found.nodes[0].X == 2).all()
    with pytest.raises(Unreadable, match="--input z: accepted are the file's names: x"):
        feeds_of(found.model, {"z": tmp_path / "x.npy"}, 0)
    with pytest.raises(Unreadable, match=r"accepted is NAME=FILE\.npy"):
        files_option(["x"])


def test_an_input_of_any_shape_is_taken_from_its_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", [up_node()], {"w": weights(2, 3, 4, 4)}, None)
    np.save(tmp_path / "x.npy", np.ones((1, 2, 3, 7), np.float32))
    found = _check(path, x=tmp_path / "x.npy")
    assert found.nodes[0].case.x_shape == (1, 2, 3, 7)


def test_what_only_a_backends_own_chain_is_fed_is_no_node_of_the_reference(tmp_path: Path) -> None:
    """A Resize of infinities says nothing: the reference's chain has none of it, and that of a
    backend which lost the infinity goes on all the same."""
    nodes = [
        up_node("up"),
        helper.make_node("Resize", ["y", "", "s"], ["z"], name="resized", mode="nearest"),
    ]
    constants = {"w": np.full((2, 3, 4, 4), 3e38, np.float32), "s": np.float32([1, 1, 2, 2])}
    path = saved(tmp_path / "m.onnx", nodes, constants, output="z")
    np.save(tmp_path / "x.npy", np.full((1, 2, 5, 5), 3e38, np.float32))
    model = model_of(path, {})
    finite = replace(RIGHT, name="finite", target="at_one_node:Finite")
    feeds = feeds_of(model, {"x": tmp_path / "x.npy"}, 0)
    found = checked(model, feeds, [finite], [], Limits())
    assert [node.step.name for node in found.nodes] == ["up"]
    assert "resized (Resize)" in lost_of(found)
    assert set(found.backends[0].drift) == {"y"}


def test_a_call_that_the_text_forbids_is_asked_as_such(tmp_path: Path) -> None:
    nodes = [up_node(group=3), helper.make_node("Conv", ["y", "v"], ["z"], name="behind")]
    constants = {"w": weights(2, 3, 4, 4), "v": weights(1, 9, 1, 1)}
    report = _check(saved(tmp_path / "m.onnx", nodes, constants, output="z"))
    (node,) = report.nodes
    assert "group = 3: accepted is a divisor" in node.refused
    assert report.backends[0].answers["y"].standing is Standing.CONFORMS
    assert report.backends[0].drift == {}
    assert lost_of(report) == {
        "up (ConvTranspose)": f"the text forbids the call: {node.refused}",
        "behind (Conv)": "behind up (ConvTranspose)",
    }
    assert "0 nodes held against the reference" in text(report)


def test_other_element_types_are_told(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Cast", ["x"], ["h"], to=TensorProto.FLOAT16),
        helper.make_node("ConvTranspose", ["h", "w"], ["z"], name="mixed"),
        helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="up"),
    ]
    found = _check(saved(tmp_path / "m.onnx", nodes, {"w": weights(2, 3, 4, 4)}))
    assert lost_of(found)["mixed (ConvTranspose)"].startswith("takes float16 and float32")


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"\x08")
    with pytest.raises(Unreadable, match="no ONNX model"):
        model_of(tmp_path / "m.onnx", {})
    onnx.save(onnx.ModelProto(), tmp_path / "m.onnx")
    with pytest.raises(Unreadable, match="no ONNX model"):
        model_of(tmp_path / "m.onnx", {})


OVERFLOWS: list[tuple[str, list[float], str, Standing]] = [
    ("float32", [3e38, 3e38, -3e38], "Infinite", Standing.CONFORMS),
    ("float64", [1.7e308, 1.7e308, -1.7e308], "Infinite", Standing.CONFORMS),
    ("float32", [3e38, 3e38, -3e38], "NegativeInfinite", Standing.DIFFERS),
    ("float32", [3e38, -3e38, 1], "Infinite", Standing.DIFFERS),
    ("float16", [6e4, 6e4, -6e4], "Infinite", Standing.DIFFERS),
]


@pytest.mark.parametrize(("dtype", "values", "adapter", "standing"), OVERFLOWS)
def test_a_partial_sum_may_overflow(
    tmp_path: Path, dtype: str, values: list[float], adapter: str, standing: Standing
) -> None:
    constants = {"w": np.array(values, dtype).reshape(3, 1, 1, 1)}
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    path = saved(tmp_path / "m.onnx", [up_node()], constants, [1, 3, 1, 1], element=element)
    np.save(tmp_path / "x.npy", np.ones((1, 3, 1, 1), dtype))
    model = model_of(path, {})
    asked = replace(RIGHT, target=f"at_one_node:{adapter}")
    report = checked(model, feeds_of(model, {"x": tmp_path / "x.npy"}, 0), [asked], [], Limits())
    answer = report.backends[0].answers["y"]
    assert answer.standing is standing
    said = " ".join(text(report).split())
    is_allowed = standing is Standing.CONFORMS
    assert ("conforms (a partial sum overflows)" in said) is is_allowed
    assert ("A partial sum overflows at up, whose terms exceed" in said) is is_allowed


def test_sizes_that_were_drawn_are_told(tmp_path: Path) -> None:
    """Beside what stands behind them."""
    nodes = [helper.make_node("Reshape", ["x", "sizes"], ["r"], name="it"), UP]
    path = _also_fed(saved(tmp_path / "m.onnx", nodes, W), "sizes", TensorProto.INT64, [4])
    with pytest.raises(Unreadable) as caught:
        _check_drawn(path)
    said = str(caught.value)
    assert re.search(
        r"; its 'sizes' was drawn: \[[01, ]+\]; --input sizes=FILE\.npy says ano", said
    )
    assert said.count("was drawn") == 1
    np.save(tmp_path / "sizes.npy", np.array([1, 2, 5, 5]))
    assert _check(path, sizes=tmp_path / "sizes.npy").lost == []


def test_an_input_of_words_is_no_dead_end(tmp_path: Path) -> None:
    path = _also_fed(saved(tmp_path / "m.onnx", [up_node()], W), "s", TensorProto.STRING, [1])
    with pytest.raises(
        Unreadable, match="its input 's' takes words, which nothing here is fed; acc"
    ):
        _check(path)


W = {"w": weights(2, 3, 4, 4)}
UP = helper.make_node("ConvTranspose", ["r", "w"], ["y"], name="up")


def _also_fed(path: Path, name: str, element: int, sizes: list[int]) -> Path:
    model = onnx.load(path)
    model.graph.input.append(helper.make_tensor_value_info(name, element, sizes))
    onnx.save(model, path)
    return path


def _check_drawn(path: Path) -> Checked:
    model = model_of(path, {})
    feeds = feeds_of(model, {}, 0)
    return checked(model, feeds, [RIGHT], [], Limits(), drawn=frozenset(feeds))
