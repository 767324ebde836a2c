"""The tutorial, followed to the letter: each command is run, in order, and says what it shows."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from support import ROOT

TEXT = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(python|console|diff)\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMAND = "from convtranspose_conformance.cli.main import main; main()"
STATUSES = {"seeds": 0, "few": 1, "again": 0}  # of runs, by where they are written


def _run(folder: Path, command: str) -> str:
    name, *words = shlex.split(command)
    assert name == "convtranspose"
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
    )
    if "--out" in words:
        assert done.returncode == STATUSES[words[-1]], done.stderr
    else:
        assert done.returncode in (0, 1), done.stderr
    return done.stdout


def _follow(folder: Path, block: str) -> int:
    """How many lines were shown, and said."""
    said, shown = "", 0
    for line in block.splitlines():
        if line.startswith("$ "):
            said = _run(folder, line[2:])
            continue
        assert " ".join(line.split()) in " ".join(said.split()), said
        shown += 1
    return shown


def test_each_step_says_what_the_tutorial_shows(tmp_path: Path) -> None:
    mine, shown = tmp_path / "mine.py", 0
    for kind, block in BLOCK.findall(TEXT):
        if kind == "python":
            mine.write_text(block, encoding="utf-8")
        elif kind == "diff":
            before, after = (line[1:] for line in block.splitlines())
            assert mine.read_text().count(before) == 1
            mine.write_text(mine.read_text().replace(before, after), encoding="utf-8")
        else:
            shown += _follow(tmp_path, block)
    assert shown > 5
