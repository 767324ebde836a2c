"""A node of which nothing is known is no pass: it is named, and the exit status is 3."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from onnx import TensorProto, helper
from typer.testing import CliRunner

from convtranspose_conformance.check.trusted.alarm import TimeUp, at_most
from convtranspose_conformance.cli.main import app
from convtranspose_conformance.run.exit_status import NOTHING_RAN_STATUS
from support.small_models import saved, up_node, weights

RIGHT, STRICT = "textbook:Correct", "refusing:Images"
W = {"w": weights(2, 3, 4, 4), "v": weights(2, 2, 3, 3)}
MYSTERY = helper.make_node("Mystery", ["x"], ["a"], domain="other", name="riddle")
BEHIND = helper.make_node("Conv", ["a", "v"], ["z"], name="behind")
GROUPED = helper.make_node("ConvTranspose", ["x", "w"], ["y"], name="grouped", group=2)


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


def _said(result: Result) -> str:
    return " ".join(result.stdout.split())


def test_what_stands_behind_a_riddle_is_no_pass(tmp_path: Path) -> None:
    path, page = saved(tmp_path / "m.onnx", [MYSTERY, BEHIND, up_node()], W), tmp_path / "p.html"
    result = _run(path, "--backend", RIGHT, "--html", page)
    assert result.exit_code == NOTHING_RAN_STATUS
    assert "every answer lies within its bound" not in _said(result)
    assert (
        "Of the answers that there are, none leaves the reference. 1 node was not held against the "
        "reference, for the reasons below." in _said(result)
    )
    drawn = page.read_text(encoding="utf-8")
    (said,) = (line for line in drawn.splitlines() if 'class="result' in line)
    assert said.startswith('<p class="result warn">Of the answers that there are, none')
    told = json.loads(_run(path, "--backend", RIGHT, "--json").stdout)
    assert [each["node"] for each in told["not_reached"] if each["judged"]] == ["behind (Conv)"]
    assert (told["complete"], told["fails"]) == (False, False)


def test_a_riddle_behind_which_nothing_is_judged_hides_no_pass(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", [MYSTERY, up_node()], W)
    result = _run(path, "--backend", RIGHT)
    assert result.exit_code == 0
    assert "not held against the reference, for" not in _said(result)
    assert "riddle (other.Mystery)" in result.stdout


def test_none_is_reached_is_3(tmp_path: Path) -> None:
    result = _run(saved(tmp_path / "m.onnx", [MYSTERY, BEHIND], W), "--backend", RIGHT)
    assert result.exit_code == NOTHING_RAN_STATUS
    assert "none of its nodes is reached" in result.stderr
    assert "Traceback" not in result.output


def test_a_node_to_which_nobody_has_an_answer_is_not_run(tmp_path: Path) -> None:
    nodes = [GROUPED, helper.make_node("ConvTranspose", ["x", "w"], ["z"], name="whole")]
    path = saved(tmp_path / "m.onnx", nodes, W)
    silent = "skipping:Groups"
    alone = _run(path, "--backend", silent)
    assert alone.exit_code == NOTHING_RAN_STATUS, alone.output
    assert f"{silent} answered 1 of 2." in _said(alone)
    beside = _run(path, "--backend", silent, "--backend", RIGHT)
    assert beside.exit_code == 0


def test_a_wrong_answer_beside_a_node_that_is_not_run_is_1(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", [MYSTERY, BEHIND, GROUPED], W)
    result = _run(path, "--backend", "planted.group:WeightsOfFirstGroup")
    assert result.exit_code == 1
    assert "1 node was not held against the reference" in _said(result)


def test_what_is_larger_than_the_suite_works_out_is_not_run(tmp_path: Path) -> None:
    far = helper.make_node("ConvTranspose", ["x", "w"], ["z"], name="far", strides=[2**40] * 2)
    result = _run(saved(tmp_path / "m.onnx", [far, up_node()], W), "--backend", RIGHT)
    assert result.exit_code == NOTHING_RAN_STATUS
    assert "far (ConvTranspose): output size = [" in _said(result)


TWICE = np.array([1, 1, 2, 2], np.float32)
LARGE: dict[str, Any] = {
    "outputs": np.array([1, 1, 2.0**30, 2], np.float32),
    "rows": np.array([1, 1, 1, 2.0**18], np.float32),
}


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("element", ["float32", "uint8"])
def test_a_huge_resize_is_refused_at_once(tmp_path: Path, name: str, element: str) -> None:
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(element))
    nodes = [
        helper.make_node("Cast", ["x"], ["c"], to=kind),
        helper.make_node("Resize", ["c", "", "s"], ["z"], name="huge"),
        up_node(),
    ]
    path = saved(tmp_path / "m.onnx", nodes, {**W, "s": LARGE[name]}, opset=19)
    result = _run(path, "--backend", RIGHT)
    assert result.exit_code == NOTHING_RAN_STATUS
    why = {"float32": "would have ", "uint8": "takes uint8; accepted is "}[element]
    assert f"huge (Resize): {why}" in _said(result)


FORBIDDEN: dict[str, tuple[dict[str, Any], str]] = {
    "pads": ({"pads": [-1] * 4}, "pads = [-1, -1, -1, -1]: accepted is values of at least 0"),
    "group": ({"group": 3}, "group = 3: accepted is a divisor of"),
    "group 0": ({"group": 0}, "group = 0: accepted is at least 1"),
    "strides": ({"strides": [0, 1]}, "strides = [0, 1]: accepted is"),
    "dilations": ({"dilations": [0, 0]}, "dilations = [0, 0]: accepted is"),
    "output_padding": ({"output_padding": [3, 3]}, "output_padding = 3: accepted is less than"),
    "size": ({"pads": [9] * 4}, "accepted is"),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_call_that_all_refuse_is_no_pass(tmp_path: Path, name: str) -> None:
    given, why = FORBIDDEN[name]
    path, page = saved(tmp_path / "m.onnx", [up_node("dead", **given)], W), tmp_path / "p.html"
    result = _run(path, "--backend", STRICT, "--html", page)
    assert result.exit_code == NOTHING_RAN_STATUS, result.output
    printed = _said(result)
    assert "0 nodes held against the reference" in printed
    assert (
        "No node has an answer to hold against the reference. The text forbids the call" in printed
    )
    assert "within its bound" not in printed
    assert "dead (ConvTranspose): the text forbids the call: " in printed
    assert why in printed
    assert 'class="result warn"' in page.read_text(encoding="utf-8")
    document = json.loads(_run(path, "--backend", STRICT, "--json").stdout)
    assert (document["complete"], document["fails"]) == (False, False)
    assert document["nodes"][0]["answers"][STRICT]["standing"] == "conforms"
    assert [each["node"] for each in document["not_reached"]] == ["dead (ConvTranspose)"]


def test_forbidden_nodes_beside_one_that_is_held(tmp_path: Path) -> None:
    others = [
        helper.make_node("ConvTranspose", ["x", "w"], [name], name=name, group=3) for name in "ab"
    ]
    path = saved(tmp_path / "m.onnx", [*others, up_node()], W)
    result = _run(path, "--backend", "refusing:NoBfloat16")
    assert result.exit_code == NOTHING_RAN_STATUS
    said = _said(result)
    assert "1 node held against the reference" in said
    assert "Of the answers that there are, none leaves the reference." in said
    assert "The text forbids the call of a and of 1 node more: group = 3: " in said


def _of_bfloat16(path: Path, opset: int, *nodes: Any) -> Path:
    constants = {"w": weights(2, 3, 4, 4, dtype="bfloat16"), "s": TWICE}
    return saved(path, nodes, constants, opset=opset, element=TensorProto.BFLOAT16)


@pytest.mark.parametrize(("opset", "held"), [(17, 0), (22, 1)])
def test_an_element_type_of_a_later_opset_may_be_refused(
    tmp_path: Path, opset: int, held: int
) -> None:
    path = _of_bfloat16(tmp_path / "m.onnx", opset, up_node("up"))
    refusing, beside = "refusing:NoBfloat16", ("--backend", RIGHT)
    result = _run(path, "--backend", refusing, *beside)
    assert result.exit_code == (1 if held else NOTHING_RAN_STATUS), result.output
    said = _said(result)
    assert f"{held} node{'s' * (not held)} held against the reference" in said
    assert ("element type = bfloat16: accepted is one of" in said) is (not held)
    assert (" conforms equal" in said) is (not held)


def test_a_resize_beside_a_convolution_that_its_opset_does_not_have_is_told(tmp_path: Path) -> None:
    node = helper.make_node("Resize", ["x", "", "s"], ["y"], name="it")
    result = _run(_of_bfloat16(tmp_path / "m.onnx", 19, node), "--backend", RIGHT)
    assert result.exit_code == NOTHING_RAN_STATUS
    assert "it (Resize): is asked beside a Conv, whose text forbids it" in result.stderr


def test_a_step_that_takes_too_long_is_ended_once(tmp_path: Path) -> None:
    """In the reference's chain, and not begun again in a backend's."""
    path = saved(tmp_path / "m.onnx", [up_node("first"), *_endless()], {**W, **ENDLESS}, output="z")
    started = time.monotonic()
    result = _run(path, "--backend", RIGHT, "--timeout", "2")
    assert time.monotonic() - started < 30
    assert result.exit_code == NOTHING_RAN_STATUS, result.output
    said = _said(result)
    assert (
        "endless (Loop): onnx's ReferenceEvaluator has not run Loop within 2 s; --timeout says how "
        "long it may take" in said
    )
    assert "behind (Conv): behind endless (Loop)" in said


ENDLESS = {"often": np.array(10**9), "yes": np.array(True)}


def _endless() -> list[Any]:
    """A Loop that goes on and on, and a Conv of what it makes."""
    passed = [("on", "off", TensorProto.BOOL), ("v", "w_", TensorProto.FLOAT)]
    number = helper.make_tensor_value_info("i", TensorProto.INT64, [])
    body = helper.make_graph(
        [helper.make_node("Identity", [taken], [made]) for taken, made, _ in passed],
        "body",
        [number, *(helper.make_tensor_value_info(n, t, None) for n, _, t in passed)],
        [helper.make_tensor_value_info(n, t, None) for _, n, t in passed],
    )
    return [
        helper.make_node("Loop", ["often", "yes", "x"], ["a"], name="endless", body=body),
        helper.make_node("Conv", ["a", "v"], ["z"], name="behind"),
    ]


def test_no_alarm_rings_in_other_threads() -> None:
    notes: list[str] = []

    def work() -> None:
        with at_most(0.01):
            time.sleep(0.05)
            notes.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert notes == ["done"]
    with pytest.raises(TimeUp), at_most(0.01):
        time.sleep(5)
