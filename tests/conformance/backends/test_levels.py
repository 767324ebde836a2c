"""A sample of `tox -e processors`: a level for each of three who hear a variable."""

import subprocess
import sys

import pytest

from convtranspose_conformance.backends.processor import cpu_flags
from support import ROOT

SCRIPT = ROOT / "benchmarks" / "environments" / "processors.py"
HEARD = {
    "ATen default": ("torch-cpu", ""),
    "oneDNN up to sse41": ("torch-cpu", "sse4_1"),
    "NumPy's baseline": ("onnx-reference", ""),
}


@pytest.mark.parametrize("level", HEARD)
def test_a_level_is_green_and_its_goldens_are_those_that_are_kept(level: str) -> None:
    backend, needed = HEARD[level]
    if needed and needed not in cpu_flags():
        pytest.skip(f"a processor without {needed}")
    options = ["--level", level, "--backend", backend, "--suite", "seeds"]
    command = [sys.executable, str(SCRIPT), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()[-1]
    assert told.startswith(level)
    assert backend in told
    assert "0 fails, 0 stale" in told
    assert told.endswith("goldens identical")
