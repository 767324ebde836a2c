"""The import contract that reads what is declared: what it refuses, and by which name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

PROJECT = """
[project]
dependencies = ["numpy>=2"]
optional-dependencies = {torch = ["torch"], jax = ["jax"]}

[tool.importlinter]
root_package = "house"
include_external_packages = true
contract_types = ["declared_imports: tests.support.declared_imports.DeclaredImports"]

[[tool.importlinter.contracts]]
name = "declared"
type = "declared_imports"
adapters = "house.backends"
rooms = ["house: numpy"]
"""
HOUSE = {
    "house/__init__.py": "",
    "house/verdict.py": "import json\n\nimport numpy\n",
    "house/backends/__init__.py": "",
    "house/backends/torch/__init__.py": "",
    "house/backends/torch/adapter.py": "def run():\n    import torch\n",
}


def _linted(directory: Path, changed: dict[str, str]) -> tuple[int, str]:
    for name, text in (HOUSE | {"pyproject.toml": PROJECT} | changed).items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, " ".join(ran.stdout.split())


def test_what_is_declared_and_the_framework_of_an_adapter_may_be_imported(tmp_path: Path) -> None:
    jax = {"house/backends/jax.py": "import jax\nimport numpy\n"}
    status, told = _linted(tmp_path, jax)
    assert status == 0, told


@pytest.mark.parametrize(
    ("module", "text", "words"),
    [
        ("house/verdict.py", "import numpy\nimport jax", "house.verdict (line 2) imports jax,"),
        (
            "house/rules.py",
            "def f():\n    from jax import lax",
            "house.rules (line 2) imports jax,",
        ),
        ("house/backends/jax.py", "import torch", "house.backends.jax (line 1) imports torch,"),
        ("house/backends/api.py", "import torch", "house.backends.api (line 1) imports torch,"),
        ("house/backends/keras.py", "import keras", "keras is imported, and no dependency"),
        ("house/verdict.py", "import json", "house has numpy declared and does not import it"),
    ],
)
def test_any_other_import_is_refused_by_name(
    module: str, text: str, words: str, tmp_path: Path
) -> None:
    status, told = _linted(tmp_path, {module: text + "\n"})
    assert status == 1
    assert words in told
