"""docs/check.md: its options are those of `--help`, and its commands do what it says."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from onnx import helper
from typer.testing import CliRunner

from convtranspose_conformance.cli.main import app
from support import ROOT
from support.small_models import saved, weights

TEXT = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
RIGHT = "textbook:Correct"


def _run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def _options_of_help() -> dict[str, str]:
    """Option -> the word behind it, "" for a flag."""
    printed = _run("check", "--help").output
    found = re.findall(r"^  (--[a-z-]+)(?: ([A-Z]\S*))?", printed, re.MULTILINE)
    return {name: word for name, word in found if name != "--help"}


def _options_of_docs() -> dict[str, str]:
    rows = re.findall(r"^\| `(--[a-z-]+) ?([^`]*)` \|", TEXT, re.MULTILINE)
    return dict(rows)


def test_the_options_are_those_of_help() -> None:
    helped, told = _options_of_help(), _options_of_docs()
    assert sorted(told) == sorted(helped)
    assert len(told) == 10
    assert helped.pop("--backend").startswith(told.pop("--backend"))
    assert told == helped


def _commands() -> Iterator[list[str]]:
    for block in re.findall(r"^```\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL):
        yield from (shlex.split(line, comments=True) for line in block.splitlines())


def _typed(program: str) -> list[list[str]]:
    return [words[1:] for words in _commands() if words[0] == program]


def test_every_command_is_of_a_program_that_is_run_here() -> None:
    assert [len(_typed(program)) for program in ("convtranspose", "python")] == [3, 1]
    assert len([*_commands()]) == 4


@pytest.mark.parametrize("words", _typed("convtranspose"), ids=" ".join)
def test_the_commands_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """On a model of two nodes; PyTorch, which takes seconds to import, stands aside."""
    monkeypatch.chdir(tmp_path)
    Path("my_package.py").write_text("from textbook import Correct as backend\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    np.save("image.npy", np.ones((1, 2, 100), np.float32))
    nodes = [
        helper.make_node("ConvTranspose", ["x", "w"], ["a"], name="up1"),
        helper.make_node("ConvTranspose", ["a", "w"], ["y"], name="up2"),
    ]
    sizes = [1, 2, "t" if "--dim" in words else 100]
    saved(Path("model.onnx"), nodes, {"w": weights(2, 2, 3)}, sizes)
    asked = [RIGHT if word == "torch-cpu" else word for word in words]
    if "--backend" not in asked:
        asked += ["--backend", RIGHT]
    result = _run(*asked)
    assert result.exit_code == 0, result.output
    only = ["up2"] if "#" in words[1] else ["up1", "up2"]
    found = re.findall(r"^  (\w+) +ConvTranspose +\S+ -> \S+ +(.*)$", result.output, re.MULTILINE)
    assert [name for name, _ in found] == only
    assert all(answer == "equal" or "of it" in answer for _, answer in found)
    assert ("x float32 [1, 2, 100]: from a file" in result.output) == ("--input" in words)
    assert Path("page.html").exists() == ("--html" in words)


def test_the_decoder_is_made_by_the_command_that_is_printed(tmp_path: Path) -> None:
    ((script, *options),) = _typed("python")
    made = [sys.executable, str(ROOT / script), *options]
    subprocess.run(made, check=True, cwd=tmp_path, env=None)
    (shown,) = re.findall(r"^\$ convtranspose check (\S+)(.*)$", TEXT, re.MULTILINE)
    file = tmp_path / shown[0]
    result = _run("check", str(file), "--backend", RIGHT)
    assert result.exit_code == 0, result.output
    printed = result.output.replace(str(file), shown[0])
    assert printed.splitlines()[:2] == TEXT.partition(shown[1] + "\n")[2].splitlines()[:2]
    row = re.compile(r"^  (up\d) +(\w+) +(\S+ -> \S+)", re.MULTILINE)
    assert row.findall(printed) == row.findall(TEXT)
    assert len(row.findall(printed)) == 3
