"""The import contracts: what they refuse, and by which name."""

import os
import shutil
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
OURS = ("reference", "cases", "conformance", "reports")
ROOMS = "conformance/convtranspose_conformance"


def _linted(directory: Path, changed: dict[str, str]) -> tuple[int, str]:
    for name, text in (HOUSE | {"pyproject.toml": PROJECT} | changed).items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return _lint(directory, str(ROOT))


def _lint(directory: Path, *paths: str) -> tuple[int, str]:
    """The exit status, and what is said. `paths`: where packages are looked for first."""
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "200"},
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


def _relinted(directory: Path, module: str, line: str) -> tuple[int, str]:
    """The project's own contracts, of a copy with one more import at the end of a module."""
    for name in OURS:
        source = ROOT / name / f"convtranspose_{name}"
        shutil.copytree(source, directory / name / source.name, ignore=_no_code)
    shutil.copy(ROOT / "pyproject.toml", directory)
    with (directory / module).open("a", encoding="utf-8") as file:
        file.write(line)
    return _lint(directory, *(str(directory / name) for name in OURS), str(ROOT))


def _no_code(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not (Path(folder, name).is_dir() or name.endswith(".py"))]


def test_the_projects_own_contracts_are_kept(tmp_path: Path) -> None:
    status, told = _relinted(tmp_path, f"{ROOMS}/rules/answers.py", "")
    assert status == 0, told
    assert ", 0 broken" in told


@pytest.mark.parametrize(
    ("module", "line", "words"),
    [
        (
            f"{ROOMS}/rules/predicate.py",
            "from ..worker import plain_text",
            "rules is not allowed to import convtranspose_conformance.worker",
        ),
        (
            f"{ROOMS}/measuring/formula.py",
            "from ..explain.geometry import steps",
            "measuring is not allowed to import convtranspose_conformance.explain",
        ),
        (
            f"{ROOMS}/explain/geometry/steps.py",
            "from ...measuring import formula",
            "explain is not allowed to import convtranspose_conformance.measuring",
        ),
        (
            f"{ROOMS}/explain/geometry/steps.py",
            "from ...prediction import predict",
            "geometry is not allowed to import convtranspose_conformance.prediction",
        ),
        (
            f"{ROOMS}/explain/beside.py",
            "from .geometry import steps",
            "not listed as layers: - convtranspose_conformance.explain.beside",
        ),
        (
            f"{ROOMS}/worker/confinement.py",
            "from .warden import END",
            "worker.confinement -> convtranspose_conformance.worker.warden -> ",
        ),
        (
            f"{ROOMS}/worker/confinement.py",
            "def late():\n    from .serving import live",
            "worker.confinement -> convtranspose_conformance.worker.serving -> ",
        ),
        (
            "cases/convtranspose_cases/measuring/witness.py",
            "import typing\nif typing.TYPE_CHECKING:\n    from ..inputs import Integers",
            "inputs -> convtranspose_cases.inputs.tensors -> convtranspose_cases.measuring.witness",
        ),
        (
            f"{ROOMS}/cli/screen/terminal.py",
            "def late():\n    from ..taken import completion",
            "No cycles are allowed in convtranspose_conformance.cli.",
        ),
    ],
)
def test_an_import_that_they_forbid_is_refused_by_name(
    module: str, line: str, words: str, tmp_path: Path
) -> None:
    status, told = _relinted(tmp_path, module, f"\n{line}\n")
    assert status == 1
    assert words in told
