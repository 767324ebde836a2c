"""`python -m convtranspose_conformance` is the command."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("arguments", [["--version"], ["list", "suites"], ["list", "nothing"]])
def test_the_module_answers_as_the_command_does(arguments: list[str]) -> None:
    def answer(*command: str) -> tuple[int, str, str]:
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    module = answer(sys.executable, "-m", "convtranspose_conformance")
    assert module == answer("convtranspose")
    assert module[0] == (2 if "nothing" in arguments else 0)
