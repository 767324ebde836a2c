"""The recipes of CONTRIBUTING.md, taken from its text and followed on a copy of the checkout."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("reference", "cases", "conformance", "reports")
COPIED = (*PACKAGES, "tests", "docs", "benchmarks")
FILES = ("pyproject.toml", "constraints.txt", "README.md", "CONTRIBUTING.md")
_RECIPE = re.compile(r"^### (.+?)$(.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE)
_EDIT = re.compile(r"<!-- (edit|new): (\S+?)(?:, after: (.*?))? -->\n```\w*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A step of a recipe: lines put after the line `after` of a file, or a file that is new."""

    path: str
    after: str
    text: str

    def apply(self, root: Path) -> None:
        """Raises ValueError where the line does not stand in the file, or stands there twice."""
        file = root / self.path
        if not self.after:
            file.write_text(self.text, encoding="utf-8")
            return
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [i for i, line in enumerate(lines) if line.strip() == self.after]
        if len(places) != 1:
            raise ValueError(f"{self.path}: {len(places)} lines say {self.after!r}")
        lines.insert(places[0] + 1, self.text)
        file.write_text("".join(lines), encoding="utf-8")


def recipes(page: str) -> dict[str, list[Edit]]:
    """Title -> edits, of the recipes that a page has."""
    return {
        title: [
            Edit(path=path, after=after, text=text) for _, path, after, text in _EDIT.findall(body)
        ]
        for title, body in _RECIPE.findall(page)
    }


def copy(into: Path) -> Path:
    """A copy of the checkout without what is not kept."""
    left_out = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info")
    for name in COPIED:
        shutil.copytree(ROOT / name, into / name, ignore=left_out)
    for name in FILES:
        shutil.copy(ROOT / name, into / name)
    return into


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command on the copy came to."""

    status: int
    said: str


def python(root: Path, arguments: Sequence[str | Path]) -> Done:
    """`python ARGUMENTS` in the copy, with its packages and not with the installed ones."""
    paths = [*(root / name for name in PACKAGES), root / "tests"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Done(status=done.returncode, said=done.stdout + done.stderr)
