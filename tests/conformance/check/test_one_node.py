"""`model.onnx#NODE`: one node of a model is asked about, by the name that `explain` has for it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from onnx import TensorProto, helper
from typer.testing import CliRunner

from convtranspose_conformance.check.model.graph import model_of
from convtranspose_conformance.cli.main import app
from convtranspose_conformance.explain.inputs.read import subjects
from support.small_models import saved, weights

WRONG = "planted.group:WeightsOfFirstGroup"
CONSTANTS = {"v": weights(4, 2, 3, 3), "w": weights(4, 2, 2, 2), "u": weights(4, 1, 3, 3)}


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def _up(name: str, x: str, w: str, y: str, **given: Any) -> Any:
    return helper.make_node("ConvTranspose", [x, w], [y], name=name, **given)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The first of two wrong nodes is fed by a Conv, the second by the first."""
    nodes = [
        helper.make_node("Conv", ["x", "v"], ["a"], pads=[1, 1, 1, 1]),
        _up("first", "a", "w", "b", group=2),
        _up("second", "b", "w", "c", group=2, strides=[2, 2]),
        _up("last", "c", "u", "y"),
    ]
    return saved(tmp_path / "m.onnx", nodes, CONSTANTS, [1, 2, 4, 5])


def _told(path: str | Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_run("check", path, "--backend", WRONG, "--json").stdout)
    return told


def test_the_node_is_answered_as_in_the_whole_and_no_other_is_asked(model: Path) -> None:
    whole = {node["name"]: node for node in _told(model)["nodes"]}
    assert list(whole) == ["Conv_0", "first", "second", "last"]
    document = _told(f"{model}#second")
    (alone,) = document["nodes"]
    assert alone["name"] == document["parting"]["node"] == "second"
    answers = [each["answers"][WRONG] for each in (alone, whole["second"])]
    assert answers[0]["standing"] == "values differ"
    drifts = [each.pop("drift")["relative"] for each in answers]
    assert answers[0] == answers[1]
    assert 0 < drifts[0] != drifts[1]  # it is fed what the reference made, the chain its own
    assert document["complete"] is True


def test_a_right_node_beside_wrong_ones_passes(model: Path) -> None:
    assert _run("check", model, "--backend", WRONG).exit_code == 1
    passed = _run("check", f"{model}#last", "--backend", WRONG)
    assert passed.exit_code == 0, passed.output
    assert "first" not in passed.stdout


def test_a_node_that_there_is_not(model: Path) -> None:
    result = _run("check", f"{model}#other", "--backend", WRONG)
    assert result.exit_code == 2
    assert (
        f"error: {model}: no ConvTranspose, Conv, Resize, DepthToSpace called 'other'; accepted "
        "are Conv_0, first, second, last" in result.stderr
    )


def test_a_file_may_have_a_number_sign_in_its_name(model: Path) -> None:
    moved = model.rename(model.with_name("a#b.onnx"))
    assert [node["name"] for node in _told(f"{moved}#last")["nodes"]] == ["last"]
    assert len(_told(moved)["nodes"]) == 4
    explained = _run("explain", f"{moved}#last")
    assert explained.exit_code == 0, explained.output
    assert f"{moved}#last" in explained.stdout


def test_the_printed_explain_is_of_one_node_or_none(tmp_path: Path) -> None:
    nodes = [_up("up", "x", "w", "b", group=2), _up("up", "b", "w", "y", group=2)]
    path = saved(tmp_path / "m.onnx", nodes, CONSTANTS, [1, 4, 3, 3])
    printed = _run("check", path, "--backend", WRONG).stdout
    assert "convtranspose shrink " in printed
    assert "convtranspose explain " not in printed  # --x would speak of two


def _nested(path: Path) -> Path:
    """Nameless nodes in the graph, in both branches of an If, and in a loop within one of them."""

    def graph(name: str, nodes: list[Any]) -> Any:
        out = [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)]
        return helper.make_graph(nodes, name, [], out)

    def up(y: str) -> Any:
        return helper.make_node("ConvTranspose", ["x", "w"], [y])

    deep = helper.make_node(
        "If", ["yes"], ["d"], then_branch=graph("t", [up("e")]), else_branch=graph("u", [up("f")])
    )
    nodes = [
        helper.make_node(
            "Constant", [], ["yes"], value=helper.make_tensor("t", TensorProto.BOOL, [], [True])
        ),
        up("a"),
        helper.make_node(
            "If",
            ["yes"],
            ["b"],
            name="outer",
            then_branch=graph("v", [up("g"), up("h")]),
            else_branch=graph("z", [up("i"), deep]),
        ),
        up("y"),
    ]
    return saved(path, nodes, {"w": weights(2, 3, 2, 2)})


def test_nodes_have_one_name_in_both_commands(tmp_path: Path) -> None:
    path = _nested(tmp_path / "m.onnx")
    model = model_of(path, {})
    checked = [*(step.name for step in model.steps if step.judged), *model.inner]
    assert sorted(checked) == sorted(each.origin.node for each in subjects(str(path)))
    assert sorted(checked) == [
        "ConvTranspose_0",
        "ConvTranspose_1",
        "outer/else_branch/ConvTranspose_0",
        "outer/else_branch/If/else_branch/ConvTranspose_0",
        "outer/else_branch/If/then_branch/ConvTranspose_0",
        "outer/then_branch/ConvTranspose_0",
        "outer/then_branch/ConvTranspose_1",
    ]
    inside = _run("check", f"{path}#outer/then_branch/ConvTranspose_1", "--backend", WRONG)
    assert inside.exit_code == 3
    assert "outer/then_branch/ConvTranspose_1: in the body of another node" in inside.stderr


def test_one_node_is_one_node(model: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = _run("check", f"{model}#last", "--backend", "textbook:Correct", "--html", page)
    assert result.exit_code == 0, result.output
    assert "opset 17: 1 node held against the reference" in result.stdout
    assert "reference: 1 node\n" in result.stderr
    assert "1 node held against the exact reference" in page.read_text(encoding="utf-8")
    whole = _run("check", model, "--backend", "textbook:Correct").stdout
    assert "opset 17: 4 nodes held against the reference" in whole
