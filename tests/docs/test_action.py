"""The steps of the GitHub Action do what its description says, run here as a runner runs them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from convtranspose_reports import read_run

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
# the console script lies beside the interpreter, or it is the module
SHIM = f"""#!/bin/bash
exec {sys.executable} -m convtranspose_conformance "$@"
"""


def ran(directory: Path, **inputs: str) -> tuple[int, dict[str, str], str]:
    """Exit status, outputs and summary of the step that asks, with `inputs` by name."""
    given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], text)

    programs = directory / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "convtranspose").write_text(SHIM, encoding="utf-8")
    (programs / "convtranspose").chmod(0o755)
    files = {name: directory / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("", encoding="utf-8")
    environment = os.environ | {name: str(file) for name, file in files.items()}
    environment |= {name: filled(value) for name, value in STEPS["Ask"]["env"].items()}
    environment["PATH"] = f"{programs}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS["Ask"]["run"]],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return done.returncode, outputs, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")


def test_every_input_reaches_a_step_and_every_output_comes_from_one() -> None:
    used: dict[str, Any] = STEPS["Ask"]["env"]
    named = {name for value in used.values() for name in re.findall(r"inputs\.([\w-]+)", value)}
    assert named == set(ACTION["inputs"])
    assert all(each["description"].endswith(".") for each in ACTION["inputs"].values())
    written = set(re.findall(r'echo "([\w-]+)=', STEPS["Ask"]["run"]))
    assert set(ACTION["outputs"]) == written
    assert "$ACTION_PATH" in STEPS["Install"]["run"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_green_then_red_for_news_only(tmp_path: Path) -> None:
    asked = {"suites": "seeds", "out": "right"}
    status, outputs, summary = ran(tmp_path, backend="planted:Correct", **asked)
    assert (status, outputs) == (0, {"report": "right/index.html", "exit-status": "0"})
    assert (tmp_path / "right" / "index.html").is_file()
    assert summary.startswith("#")
    worse = {"backend": "planted:KernelFlipped", "suites": "seeds", "out": "wrong"}
    status, outputs, _ = ran(tmp_path, **worse)
    assert (status, outputs["exit-status"]) == (1, "1")
    _, _, summary = ran(tmp_path, **worse, baseline="right")
    assert "planted:KernelFlipped" in summary


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_what_is_unusable_ends_the_step_as_the_command_does(tmp_path: Path) -> None:
    status, told, _ = ran(tmp_path, backend="planted:Correct", suites="tastes")
    assert (status, told["exit-status"]) == (2, "2")
    status, told, _ = ran(
        tmp_path, backend="skipping:Everything", suites="seeds", min_answered="0.5"
    )
    assert (status, told["exit-status"]) == (3, "3")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(("does", "expected"), [("true", 0), ("false", 1)])
def test_a_claim_that_is_wrong_is_red(tmp_path: Path, does: str, expected: int) -> None:
    claim = f'[[claim]]\nname = "float32"\ndoes = {does}\nsays = "it"\ntypes = ["float32"]\n'
    for number in (1, 2):  # more than one file, with blanks between them
        text = f'backend = "planted:Correct"\n{claim.replace("float32", f"float32_{number}", 1)}'
        (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
    asked = {"backend": "planted:Correct", "suites": "seeds", "claims": "1.toml 2.toml"}
    status, told, _ = ran(tmp_path, **asked, out="report")
    assert (status, told["exit-status"]) == (expected, str(expected))
    found = read_run(tmp_path / "report").findings
    assert [finding.name for finding in found] == ["float32_1", "float32_2"] * expected
