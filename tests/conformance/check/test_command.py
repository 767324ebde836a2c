"""`convtranspose check`: what is printed, the page, the JSON, the exit status."""

import html
import json
import re
import shlex
from math import log10
from pathlib import Path
from typing import Any

import numpy as np
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
    _holds_what_is_told(drawn, json.loads(_run(*arguments[:-2], "--json").stdout))


def _rows(page: str) -> list[list[str]]:
    """The cells of the page's tables, a row each."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    cells = (re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows)
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in cells]


def _holds_what_is_told(page: str, told: dict[str, Any]) -> None:
    """The page's tables, colours and lines against the JSON of the same check."""
    names = [each["name"] for each in told["backends"]]
    rows = _rows(page)
    nodes = [(str(n), node) for n, node in enumerate(told["nodes"], 1)]
    assert rows[0] == ["", "node", "operator", "X → Y", *names]
    drifts = rows[rows.index(["", "after", *names]) + 1 :]
    for (n, node), row, drifted in zip(nodes, rows[1:], drifts, strict=False):
        shapes = " → ".join("x".join(map(str, node[key])) for key in ("x_shape", "y_shape"))
        assert row[:4] == [n, node["name"], node["op"], shapes]
        answers = [node["answers"][name] for name in names]
        assert [cell.partition(",")[0] for cell in row[4:]] == [a["standing"] for a in answers]
        assert drifted[:2] == [n, node["name"]]
        relative = [float(cell.partition(" ")[0]) for cell in drifted[2:]]
        assert relative == pytest.approx([a["drift"]["relative"] for a in answers], rel=0.06)
    wrong = [a for _, node in nodes for a in node["answers"].values() if a["standing"] != "equal"]
    assert re.findall(r'<td class="bad" title="([^"]*)">', page) == [
        html.escape(a["reason"]) for a in wrong
    ]
    _draws_what_is_told(page, told)
    assert told["parting"]["sentence"] in html.unescape(page)
    for each in told["parting"]["backends"].values():
        assert "\n".join(each["commands"]) in html.unescape(page)


def _draws_what_is_told(page: str, told: dict[str, Any]) -> None:
    """Every point of a backend's line, read by the lines of powers of ten behind it."""
    ticks = re.findall(r'<text class="tick" x="[^"]*" y="([^"]*)">1e(-?\d+)</text>', page)
    (high, most), *_, (low, least) = sorted(
        ((float(y) - 4, int(p)) for y, p in ticks), key=lambda t: t[0]
    )
    each_power = (low - high) / (most - least)
    for name in (each["name"] for each in told["backends"]):
        drifts = [node["answers"][name]["drift"] for node in told["nodes"]]
        owed = [drift["relative"] for drift in (*drifts, told["outputs"][0]["drift"][name])]
        points = re.findall(
            rf'<circle cx="([^"]*)" cy="([^"]*)" r="3.5"><title>{re.escape(name)}: ([^<]*)</title>',
            page,
        )
        assert [float(says) for *_, says in points] == pytest.approx(owed, rel=0.06)
        heights = [low + each_power * (least - log10(value) if value else 1) for value in owed]
        assert [float(y) for _, y, _ in points] == pytest.approx(heights, abs=0.2)
        line = "".join(f"{x},{y} " for x, y, _ in points)
        assert f'<polyline points="{line}"/>' in page


def test_the_commands_that_it_prints_run(model: Path) -> None:
    printed = _run(model, "--dim", "h=4", "--backend", WRONG).output
    lines = re.findall(r"convtranspose (explain|shrink) (.*)", printed)
    assert [name for name, _ in lines] == ["explain", "shrink"]
    for name, rest in lines:
        words = rest.replace("'", "").split()
        assert CliRunner().invoke(app, [name, *words]).exit_code == 0


PIXELS = {
    "Resize": helper.make_node("Resize", ["x", "", "s"], ["y"], name="it"),
    "DepthToSpace": helper.make_node("DepthToSpace", ["x"], ["y"], name="it", blocksize=2),
    "Conv": helper.make_node("Conv", ["x", "w"], ["y"], name="it", group=2),
}


@pytest.mark.parametrize("op", PIXELS)
def test_the_commands_of_other_operators_run(tmp_path: Path, op: str) -> None:
    """`textbook:Correct` leaves out what stands beside a convolution."""
    constants = {"s": np.array([1, 1, 2, 2], np.float32), "w": weights(4, 2, 2, 2)}
    path = saved(tmp_path / "m.onnx", [PIXELS[op]], constants, [1, 4, 3, 3], opset=19)
    printed = _run(path, "--backend", WRONG if op == "Conv" else RIGHT).output
    lines = re.findall(r"convtranspose (explain|shrink) (.*)", printed)
    assert [name for name, _ in lines] == ["explain"] * (op == "Conv") + ["shrink"]
    for name, rest in lines:
        result = CliRunner().invoke(app, [name, *shlex.split(rest)])
        assert result.exit_code == 0, result.output


def test_as_json(model: Path) -> None:
    result = _run(model, "--dim", "h=4", "--backend", RIGHT, "--backend", WRONG, "--json")
    document = json.loads(result.stdout)
    assert [node["name"] for node in document["nodes"]] == ["Conv_0", "grouped", "last"]
    standings = [node["answers"][WRONG]["standing"] for node in document["nodes"]]
    assert standings == ["equal", "values differ", "equal"]
    answer = document["nodes"][1]["answers"][WRONG]
    assert answer["explained"]["names"] == ["weights_of_first_group"]
    assert answer["explained"]["smaller"].startswith("call/x_")
    assert answer["drift"]["relative"] > 0.1
    assert document["parting"]["node"] == "grouped"
    assert document["outputs"][0]["drift"][RIGHT]["relative"] == 0
    assert (document["fails"], result.exit_code) == (True, 1)


def test_seeds_draw_other_inputs(model: Path) -> None:
    one, other = (
        json.loads(_run(model, "--dim", "h=4", "--backend", WRONG, "--json", "--seed", s).stdout)
        for s in ("0", "1")
    )
    reasons = [each["nodes"][1]["answers"][WRONG]["reason"] for each in (one, other)]
    assert reasons[0] != reasons[1]


ODD = "a/b#c d\n'é\"\x1b[31m\x9b1m"


@pytest.mark.parametrize("adapter", [RIGHT, "planted.kernel:KernelFlipped"])
def test_names_are_printed_without_what_terminals_obey(tmp_path: Path, adapter: str) -> None:
    nodes = [
        helper.make_node("ConvTranspose", ["x", "w"], ["y\x1b[2J"], name=ODD),
        helper.make_node("Mystery", ["x"], ["z"], domain="other", name="\x1b[2J"),
        helper.make_node("Conv", ["z", "w"], ["q"], name="behind\x07"),
    ]
    path = saved(tmp_path / "m.onnx", nodes, {"w": weights(2, 2, 3, 3)}, output="y\x1b[2J")
    result = _run(path, "--backend", adapter)
    assert all(each.isprintable() or each == "\n" for each in result.output)
    assert "a/b#c d\\n'é\"\\x1b[31m\\x9b1m  ConvTranspose  1x2x5x5" in result.stdout
    assert "behind\\x07 (Conv): behind \\x1b[2J (other.Mystery)" in result.stdout
    told = json.loads(_run(path, "--backend", adapter, "--json").stdout)
    assert told["nodes"][0]["name"] == ODD
    command = f"explain $'{path}#a/b#c d\\u000a\\'é\"\\u001b[31m\\u009b1m'"
    assert (command in result.stdout) is (adapter != RIGHT)


def test_errors_are_printed_without_what_terminals_obey(tmp_path: Path) -> None:
    node = helper.make_node("ConvTranspose", ["x", "a\x1b[2J"], ["y"], name="\x9b1m")
    result = _run(saved(tmp_path / "m.onnx", [node], {}), "--backend", RIGHT)
    assert result.exit_code == 2
    assert all(each.isprintable() or each == "\n" for each in result.output)
    assert "m.onnx#\\x9b1m: nothing makes its input" in result.stderr


@pytest.mark.parametrize("command", ["check", "explain"])
@pytest.mark.parametrize("node", ["", "#grouped"])
def test_no_page_is_written_over_what_is_read(model: Path, command: str, node: str) -> None:
    linked, again = model.parent / "page.html", model.parent / ".." / model.parent.name / model.name
    linked.symlink_to(model)
    before = model.read_bytes()
    for page in (model, linked, again):
        result = CliRunner().invoke(app, [command, f"{model}{node}", "--html", str(page)])
        assert result.exit_code == 2, result.output
        assert f"--html {page}: is {model}, which is read; accepted is another" in result.stderr
    assert model.read_bytes() == before


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
