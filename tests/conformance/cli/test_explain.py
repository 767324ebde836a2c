"""`convtranspose explain` as it is typed."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
from click.testing import Result
from onnx import TensorProto, helper
from typer.testing import CliRunner

from convtranspose_cases import Case
from convtranspose_conformance import prediction
from convtranspose_conformance.cli.main import app
from convtranspose_conformance.cli.taken.calls import Typed
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.pages.html import page
from convtranspose_conformance.prediction.prediction import Does, Prediction

LAYER = "nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1)"

CALL = "F.conv_transpose1d(x, w, stride=2)"


def _explain(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments])


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_layer_is_explained() -> None:
    result = _explain(LAYER)
    assert result.exit_code == 0
    assert result.stdout.startswith(
        LAYER
        + "\nConvTranspose(X[1, 16, 5, 5], W[16, 8, 3, 3], B[8], output_padding=[1, 1], pads=[1, "
        "1, 1, 1],"
    )
    assert "What a run recorded\n  no run was found" in result.stdout


def test_an_example_size_is_given_with_x() -> None:
    assert "X[2, 16, 8, 4]" in _explain(LAYER, "--x", "2,16,8,4").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            [LAYER, "--strides", "2,2"],
            "a text says everything but --x and --w and --dtype: leave out --strides",
        ),
        (
            [CALL, "--bias"],
            "a text says everything but --x and --w and --dtype: leave out --bias",
        ),
        (
            [CALL, "--x", "1,2,4", "--w", "2,3,3", "--dtype", "int8"],
            "--dtype int8: accepted are float16",
        ),
        (["seeds/stride_2_filter_3", "--x", "1,1,5,5"], "a case id says everything: leave out --x"),
        (["m.onnx", "--bias"], "a model says everything but --x and --w: leave out --bias"),
        ([LAYER, "--w", "1,2,3,3"], "nn.ConvTranspose2d says W's shape by itself: leave out --w"),
        ([LAYER, "--x", "1,3,5,5"], "--x 1,3,5,5 has 3 channels: accepted is in_channels = 16"),
        ([LAYER, "--x", "1,16,5"], "--x 1,16,5: accepted are 4 sizes"),
        (["--x", "1,16,-5,5", "--w", "16,8,3,3"], "--x 1,16,-5,5: -5 is no size: accepted are 0"),
        (["--x", "1,16", "--w", "16,8,3,3"], "as in 1,2,5,5, and not 2 of them"),
        ([LAYER, "--run", "nowhere"], "nowhere"),
        (
            [LAYER, "--html", "nowhere/page.html"],
            "--html nowhere/page.html: accepted is a file in a directory that exists",
        ),
    ],
)
def test_what_cannot_be_read_is_2_and_one_screen(arguments: list[str], said: str) -> None:
    result = _explain(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) < 5
    assert "Traceback" not in result.stderr


def test_a_functional_call_has_the_dtype_that_is_given() -> None:
    result = _explain(CALL, "--x", "1,2,4", "--w", "2,3,3", "--dtype", "bfloat16")
    assert "-> Y[1, 3, 9], bfloat16, by the text of opset 22" in result.stdout


def _model(path: Path, *weights: str) -> str:
    """A node for each input that holds weights; the shape of `open` is not known."""
    nodes = [
        helper.make_node("ConvTranspose", ["x", name], [f"y{n}"], name=f"up{n}")
        for n, name in enumerate(weights)
    ]
    shapes = {"x": [1, 2, 4], "stated": [2, 3, 3], "open": [2, None, 3]}
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name])
        for name in ("x", *dict.fromkeys(weights))
    ]
    outputs = [helper.make_tensor_value_info("y0", TensorProto.FLOAT, None)]
    onnx.save(
        helper.make_model(
            helper.make_graph(nodes, "g", inputs, outputs),
            opset_imports=[helper.make_opsetid("", 17)],
        ),
        path,
    )
    return str(path)


def test_a_node_that_cannot_be_explained_hides_no_other() -> None:
    model = _model(Path("two.onnx"), "open", "stated", "open")
    result = _explain(model)
    assert result.exit_code == 0
    assert "\ntwo.onnx#up1\n" in result.stdout
    assert "up0" not in result.stdout
    warned = result.stderr.splitlines()
    assert [line[:24] for line in warned] == [
        "warning: two.onnx#up0: t",
        "warning: two.onnx#up2: t",
    ]
    assert (
        "the shape of its weights 'open' is [2, ?, 3]; accepted is two.onnx#up0 with --w"
        in warned[0]
    )


def test_a_node_asked_for_by_name_and_a_model_without_any_other_are_2() -> None:
    model = _model(Path("two.onnx"), "open", "stated")
    named = _explain(f"{model}#up0")
    assert (named.exit_code, named.stdout) == (2, "")
    assert "error: two.onnx#up0: the shape of its weights" in named.stderr
    none = _explain(_model(Path("none.onnx"), "open", "open"))
    assert (none.exit_code, none.stdout) == (2, "")
    assert none.stderr.startswith("error: none.onnx#up0: the shape of its weights")
    assert none.stderr.endswith("; 1 more of its nodes cannot be explained either\n")


def test_a_file_may_have_a_parenthesis_in_its_name() -> None:
    model = _model(Path("model (1).onnx"), "stated")
    assert "\nmodel (1).onnx#up0\n" in _explain(model).stdout
    assert _explain(f"{model}#up0").exit_code == 0
    Path(model).rename("model(1)")
    assert "\nmodel(1)#up0\n" in _explain("model(1)").stdout
    assert "model (2).onnx: cannot be read: No such file" in _explain("model (2).onnx").stderr


def test_what_is_larger_than_this_suite_works_out_is_no_refusal_of_the_text() -> None:
    result = _explain("nn.ConvTranspose2d(16, 8, 1000000000)", "--html", "page.html")
    assert result.exit_code == 0
    assert "-> too large, float32" in result.stdout
    assert (
        "Larger than this suite works out; the operator text has no such limit\n  found     output "
        "size" in result.stdout
    )
    for text in (result.stdout, Path("page.html").read_text(encoding="utf-8")):
        assert "fewer than 2**62 elements" in text
        assert "Larger than this suite works out" in text
        assert "Refused" not in text
        assert "Sizes that come out at" not in text


def test_a_page_is_written_beside_the_text() -> None:
    result = _explain(LAYER, "--html", "page.html")
    assert result.exit_code == 0
    assert "page: " in result.stderr
    drawn = Path("page.html").read_text(encoding="utf-8")
    assert drawn == page([(each, None) for each in subjects(LAYER)])
    (size,) = re.findall(r"-> Y(\[.*?\]), float32", result.stdout)
    assert f"<strong>Y{size}</strong>, float32" in drawn
    assert size == "[1, 8, 10, 10]"


@pytest.mark.parametrize("file", ["nowhere/page.html", "."])
def test_a_page_that_cannot_be_written_is_said_before_the_work(
    monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.setattr(Typed, "chosen", lambda _: pytest.fail("it worked first"))
    result = _explain(LAYER, "--html", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"error: --html {file}: accepted is a file in a directory that exists\n"
    )


def test_a_page_that_may_not_be_written_is_said_before_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Typed, "chosen", lambda _: pytest.fail("it worked first"))
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    result = _explain(LAYER, "--html", "page.html")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: --html page.html: accepted is a file that may be written\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write on")
def test_a_full_disk_is_one_line() -> None:
    result = _explain(LAYER, "--html", "/dev/full")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: --html /dev/full: No space left on device; accepted is another file\n"
    )


SAME = ("--x", "1,1,4", "--w", "1,1,1", "--strides", "2", "--auto-pad", "SAME_UPPER")


def _of_onnx_alone(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Prediction], Prediction] = lambda each: each
) -> None:
    """The backends that need no framework to be imported, and what is said of them changed."""
    told = prediction.predictions

    def predictions(case: Case) -> list[Prediction]:
        return [change(each) for each in told(case) if each.entry.name.startswith("onnx-")]

    monkeypatch.setattr(prediction, "predictions", predictions)


def test_what_is_installed_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    _of_onnx_alone(monkeypatch)
    done = _explain(*SAME, "--ask")
    live = done.stdout.partition("Asked live\n")[2].split("\n\n")[0]
    assert done.exit_code == 0
    assert "onnx ReferenceEvaluator" in live
    assert "as predicted: returned [1, 1, 8]" in live
    assert "as predicted: states [1, 1, 7]" in live
    assert "FINDING" not in live


def test_a_backend_that_does_something_else_than_was_said_is_a_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _of_onnx_alone(
        monkeypatch, lambda each: replace(each, does=Does.RAISES, answer=None, because=())
    )
    done = _explain(*SAME, "--ask")
    assert done.exit_code == 1
    live = done.stdout.partition("Asked live\n")[2].split("\n\n")[0]
    assert live.startswith("  FINDING: prediction and answer part\n")
    assert "predicted  raises" in live
    assert "answered   returned [1, 1, 8]" in live


@pytest.mark.parametrize(
    "forbidden",
    [
        ["nn.ConvTranspose2d(16, 8, 3, padding=9)"],
        ["--x", "1,2,5,5", "--w", "2,3,3,3", "--strides", "2"],
    ],
)
def test_a_call_that_the_text_forbids_is_explained_and_1(forbidden: list[str]) -> None:
    done = _explain(*forbidden)
    assert (done.exit_code, done.stderr) == (1, "")
    assert "ConvTranspose(" in done.stdout
    told = " ".join(_explain("--help").stdout.split())
    assert "0, 1 where the text forbids every call or --ask finds" in told


def test_without_the_word_nothing_is_asked() -> None:
    assert "Asked live" not in _explain(*SAME).stdout
