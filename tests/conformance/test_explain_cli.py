"""`convtranspose explain` as it is typed."""

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from convtranspose_conformance.cli import app

LAYER = "nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1)"


def _explain(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments])


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_layer_is_explained() -> None:
    result = _explain(LAYER)
    assert result.exit_code == 0
    assert result.stdout.startswith(
        LAYER + "\nConvTranspose(X[1, 16, 5, 5], W[16, 8, 3, 3], B[8], output_padding=[1, 1], pads=[1, 1, 1, 1],"
    )
    assert "What a run recorded\n  no run was found" in result.stdout


def test_an_example_size_is_given_with_x() -> None:
    assert "X[2, 16, 8, 4]" in _explain(LAYER, "--x", "2,16,8,4").stdout


@pytest.mark.parametrize(("arguments", "said"), [
    ([LAYER, "--strides", "2,2"], "a layer says everything: leave out --strides"),
    (["seeds/stride_2_filter_3", "--x", "1,1,5,5"], "a case id says everything: leave out --x"),
    (["m.onnx", "--bias"], "a model says everything: leave out --bias"),
    ([LAYER, "--w", "1,2,3,3"], "the layer says its weights: leave out --w"),
    ([LAYER, "--x", "1,3,5,5"], "--x 1,3,5,5 has 3 channels: accepted is in_channels = 16"),
    ([LAYER, "--x", "1,16,5"], "--x 1,16,5: accepted are 4 sizes"),
    ([LAYER, "--run", "nowhere"], "nowhere"),
    ([LAYER, "--html", "nowhere/page.html"], "--html nowhere/page.html: No such file or directory"),
])  # fmt: skip
def test_what_cannot_be_read_is_2_and_one_screen(arguments: list[str], said: str) -> None:
    result = _explain(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) < 5
    assert "Traceback" not in result.stderr


def test_a_page_is_written_beside_the_text() -> None:
    result = _explain(LAYER, "--html", "page.html")
    assert result.exit_code == 0
    assert "page: " in result.stderr
    assert Path("page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
