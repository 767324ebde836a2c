"""Colours are for terminals, and for people who did not say NO_COLOR."""

import os
import re
import subprocess
from pathlib import Path

import pytest

COLOUR = re.compile(r"\x1b\[(?:3[0-7]|38;|4[0-7]|48;|9[0-7])")
RUN = ("convtranspose", "run", "--backend", "onnx-shape-inference", "--suite", "seeds")


def colours(directory: Path, **asked: str) -> bool:
    """Does a run whose bars are drawn, and its summary, print any?"""
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    terminal = {"TERM": "xterm-256color", "FORCE_COLOR": "1"}
    run = subprocess.run(
        [*RUN, "--no-report", "--out", str(directory)],
        env=kept | terminal | asked,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b[" in run.stderr
    return COLOUR.search(run.stdout + run.stderr) is not None


@pytest.mark.parametrize(("asked", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_no_color_is_heeded(tmp_path: Path, asked: dict[str, str], coloured: bool) -> None:
    assert colours(tmp_path, **asked) == coloured
