"""`convtranspose check`: what is printed, the page, the JSON, the exit status."""

import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from onnx import helper
from typer.testing import CliRunner

from convtranspose_conformance.cli.main import app
from support.small_models import saved, weights

RIGHT, WRONG = "textbook:Correct", "planted.group:WeightsOfFirstGroup"


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    nodes = [
        helper.make_node("Conv", ["x", "v"], ["a"], pads=[1, 1, 1, 1], auto_pad="NOTSET"),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("ConvTranspose", ["b", "w"], ["c"], name="grouped", group=2),
        helper.make_node("ConvTranspose", ["c", "u"], ["y"], name="last", strides=[2, 2]),
    ]
    constants = {"v": weights(4, 2, 3, 3), "w": weights(4, 2, 2, 2), "u": weights(4, 1, 3, 3)}
    return saved(tmp_path / "m.onnx", nodes, constants, ["n", 2, "h", 5])


def test_all_is_right(model: Path) -> None:
    result = _run(model, "--dim", "h=4", "--backend", RIGHT)
    assert result.exit_code == 0, result.output
    assert "x float32 [1, 2, 4, 5]: drawn, seed 0" in result.output
    assert re.search(r"Conv_0 +Conv +1x2x4x5 -> 1x4x4x5 +equal", result.output)
    assert "No node where a backend leaves the reference" in result.output


def test_a_backend_that_answers_nothing_is_no_pass(model: Path) -> None:
    silent = "skipping:AllButTheFirst"
    result = _run(model, "--dim", "h=4", "--backend", RIGHT, "--backend", silent)
    assert result.exit_code == 3, result.output
    assert f"{silent} answered none of them." in " ".join(result.output.split())


def test_a_node_that_is_not_reached_is_no_pass(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ConvTranspose", ["x", "w"], ["a"], name="first"),
        helper.make_node("Mystery", ["a"], ["b"], domain="other", name="riddle"),
        helper.make_node("ConvTranspose", ["b", "w"], ["y"], name="behind"),
    ]
    path = saved(tmp_path / "m.onnx", nodes, {"w": weights(2, 2, 2, 2)})
    page = tmp_path / "page.html"
    result = _run(path, "--backend", RIGHT, "--html", page)
    assert result.exit_code == 3, result.output
    printed = " ".join(result.output.split())
    assert "1 node was not held against the reference, for the reasons below." in printed
    assert "behind (ConvTranspose): behind riddle (other.Mystery)" in printed
    assert '<p class="result warn">' in page.read_text(encoding="utf-8")


def test_where_two_part(model: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    arguments = (model, "--dim", "h=4", "--backend", RIGHT, "--backend", WRONG, "--html", page)
    result = _run(*arguments)
    assert result.exit_code == 1, result.output
    printed = " ".join(result.output.split())
    assert (
        "First node where backends part: grouped (ConvTranspose, 1x4x4x5 -> 1x4x5x6): "
        f"{WRONG} against {RIGHT}." in printed
    )
    assert "explained: uses the filters of the first group for every group" in printed
    assert f"convtranspose explain '{model}#grouped' --x 1,4,4,5" in printed
    assert f"--backend {WRONG}" in printed
    drawn = page.read_text(encoding="utf-8")
    assert drawn.count("<polyline") == 4  # two lines, two in the legend
    assert drawn.count('class="bad"') == 1


def test_the_commands_that_it_prints_run(model: Path) -> None:
    printed = _run(model, "--dim", "h=4", "--backend", WRONG).output
    lines = re.findall(r"convtranspose (explain|shrink) (.*)", printed)
    assert [name for name, _ in lines] == ["explain", "shrink"]
    for name, rest in lines:
        words = rest.replace("'", "").split()
        assert CliRunner().invoke(app, [name, *words]).exit_code == 0


def test_as_json(model: Path) -> None:
    result = _run(model, "--dim", "h=4", "--backend", RIGHT, "--backend", WRONG, "--json")
    found = json.loads(result.stdout)
    assert [node["name"] for node in found["nodes"]] == ["Conv_0", "grouped", "last"]
    standings = [node["answers"][WRONG]["standing"] for node in found["nodes"]]
    assert standings == ["equal", "values differ", "equal"]
    answer = found["nodes"][1]["answers"][WRONG]
    assert answer["explained"]["names"] == ["weights_of_first_group"]
    assert answer["explained"]["smaller"].startswith("call/x_")
    assert answer["drift"]["relative"] > 0.1
    assert found["parting"]["node"] == "grouped"
    assert found["outputs"][0]["drift"][RIGHT]["relative"] == 0
    assert (found["fails"], result.exit_code) == (True, 1)


def test_seeds_draw_other_inputs(model: Path) -> None:
    one, other = (
        json.loads(_run(model, "--dim", "h=4", "--backend", WRONG, "--json", "--seed", s).stdout)
        for s in ("0", "1")
    )
    reasons = [each["nodes"][1]["answers"][WRONG]["reason"] for each in (one, other)]
    assert reasons[0] != reasons[1]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--backend", "nobody"], "unknown backend 'nobody'"),
        (["--backend", "onnx-shape-inference"], "computes no values"),
        (["--backend", RIGHT], "accepted is --dim h=SIZE"),
        (["--backend", RIGHT, "--dim", "t=4"], "--dim t: accepted are the file's names: n, h"),
        (["--backend", RIGHT, "--html", "no/where/page.html"], "a directory that exists"),
        (["--backend", RIGHT, "--input", "x"], "accepted is NAME=FILE.npy"),
    ],
)
def test_what_cannot_be_used(model: Path, arguments: list[str], why: str) -> None:
    result = _run(model, *arguments)
    assert result.exit_code == 2
    assert why in result.stderr
    assert "Traceback" not in result.output
