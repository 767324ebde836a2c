"""`convtranspose measure`: terms, geometry and rounding of a backend, and what it refuses."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from convtranspose_conformance.cli import main as cli

CALL = "core/x_4_k_1_auto_same_upper_strides_2"


def _measure(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, ["measure", *arguments])


def test_a_call_is_measured_term_by_term_and_beside_the_text() -> None:
    done = _measure("--backend", "onnxruntime-cpu", CALL)
    assert done.exit_code == 0, done.output
    assert "D1  begin 0 (the text: -1), size 7 (the text: 8)" in done.output
    assert "Y[0, 2] = X[0, 1] * W[0, 0, 0]" in done.output
    assert "SAME_UPPER: NOT as the text says" in done.output
    assert "begin = max(floor((natural - input * stride) / 2), 0)" in done.output
    assert "summed in float32" in done.output
    assert all(len(line) <= 120 for line in done.output.splitlines())


def test_a_size_that_follows_from_other_steps_is_told_from_the_texts() -> None:
    call = "call/x_1_1_3_w_1_1_2_strides_3_dilations_2"
    said = _measure("--backend", "planted:DilationsIgnored", call)
    assert said.exit_code == 0, said.output
    assert "D1  begin 0, size 8 (the text: 9), dilation 1 (the text: 2)" in said.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--backend", "onnx-shape-inference"], "computes no values"),
        (["--backend", "onnx-reference", "core/no_such_case"], "no_such_case"),
        (["--backend", "onnx-reference", "call/x_1_1_300_w_1_1_3"], "small enough for a few calls"),
        (["--backend", "nowhere"], "unknown backend 'nowhere'"),
    ],
)
def test_what_cannot_be_measured_is_said_on_one_line(arguments: list[str], says: str) -> None:
    refused = _measure(*arguments)
    assert refused.exit_code == 2
    (line,) = refused.output.splitlines()
    assert says in line


def test_the_same_is_data() -> None:
    done = _measure("--backend", "onnxruntime-cpu", CALL, "--format", "json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert list(document) == ["backend", "version", "call", "rules", "rounding"]
    (axis,) = document["call"]["axes"]
    assert axis["measured"] == {"begin": 0, "size": 7, "stride": 2}
    assert (axis["by_text"]["begin"], axis["by_text"]["size"]) == (-1, 8)
    assert {"x": [0, 1], "w": [0, 0, 0], "y": [0, 2], "times": 1} in document["call"]["terms"]
    (rule,) = document["rules"]
    assert rule["begin"] == "max(floor((natural - input * stride) / 2), 0)"
    assert rule["by_text"]["begin"] == "floor((natural - input * stride) / 2)"
    assert "float32" in {each["width"] for each in document["rounding"]}
