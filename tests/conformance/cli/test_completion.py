"""What a shell completes: commands, options, and the names that options take."""

import os
import subprocess
import sys

import pytest


def completed(line: str) -> list[str]:
    words = line.split(" ")
    asked = {
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "_CONVTRANSPOSE_COMPLETE": "complete_bash",
    }
    script = "from convtranspose_conformance.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.argv[0] = 'convtranspose'; {script}"],
        env=os.environ | asked,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("convtranspose ex", ["explain", "export"]),
        ("convtranspose run --backend-v", ["--backend-version"]),
        ("convtranspose run --backend torch-cp", ["torch-cpu"]),
        ("convtranspose run --suite se", ["seeds"]),
        ("convtranspose run --case sp", ["special/"]),
        ("convtranspose run --case seeds/decod", [f"seeds/decoder_layer_{n}" for n in (1, 2, 3)]),
        ("convtranspose list re", ["readings"]),
        ("convtranspose list cases --suite grad", ["gradients"]),
        ("convtranspose export out --suite exh", ["exhaustive-1d"]),
        ("convtranspose run --suite nothing", []),
    ],
)
def test_what_begins_so_is_named(line: str, names: list[str]) -> None:
    assert completed(line) == names
