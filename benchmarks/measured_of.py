"""What each file of figures was measured of, in words and digests that are compared in seconds: a
figure of other cases or other mutants is red, and nothing has to be measured to see it.

A file keeps its key under "measured_of": what was asked (a suite: how many cases, and a digest of
their names and of their kept goldens) and who (a mutant, a script, a framework's version). The code
that judges and diagnoses is no part of most: cutting it another way changes no figure, and tests
measure a sample anew. Of random rules no sample stands for the rest, and it is part of the key.
"""

import ast
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from checkout import ROOT

from convtranspose_cases import SUITES, suite_cases
from convtranspose_cases.digests import path_of
from convtranspose_conformance.rules.accuracy_classes import ACCURACY
from convtranspose_conformance.rules.faults import FAULTS
from convtranspose_reference.readings import READINGS

Key = dict[str, str]
MUTATED = ("geometry.py", "window.py", "conv_transpose.py")  # of the reference, by cosmic-ray
RIGHT = ("im2col.py", "jax_conv.py", "torch_float64.py", "from_text.py")
RULES = ("seeds", "core")  # what cosmic-ray's mutants are asked
FRAMEWORKS = ("torch", "tensorflow", "onnxruntime", "onnx")
PUBLISHED = (
    "seeds",
    "core",
    "accuracy",
    "special",
    "invalid",
    "gradients",
    "convolution",
    "artifacts",
)
LEVELLED = ("seeds", "core", "accuracy", "special", "invalid", "gradients", "repeatability")
VERSIONED = ("seeds", "core", "accuracy")
EXPLAINED = ("seeds", "core", "accuracy", "special", "gradients")
DIAGNOSED = ("seeds", "core", "special", "gradients", "repeatability", "invalid")
LECTURED = ("seeds", "gradients", "convolution", "artifacts")
WORDS = ("patterns.py", "value_patterns.py")
LENGTH = 12  # hexadecimal digits kept of SHA-256
_KEPT_IN_TEXT = re.compile(r"<!-- measured of: (.*) -->\n")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def _of_code(text: str) -> str:
    """The same for the same code on other lines."""
    return _short("".join(text.split()))


@cache
def suite(name: str) -> str:
    """How many cases, and a digest of their names and of what is kept of their goldens."""
    cases, kept = suite_cases(name), path_of(name)
    goldens = kept.read_text(encoding="utf-8") if kept.exists() else ""
    return f"{len(cases)} cases, {_short(chr(10).join([*(c.name for c in cases), goldens]))}"


def suites(names: Iterable[str]) -> Key:
    return {f"suite {name}": suite(name) for name in names}


@cache
def _under_tests(pattern: str) -> tuple[Path, ...]:
    found = tuple(sorted((ROOT / "tests").rglob(pattern)))
    if not found:
        raise FileNotFoundError(f"nothing under tests/ is called {pattern}")
    return found


def _code_of(path: Path) -> Iterator[tuple[str, str]]:
    """Name and text of each statement of a module but its docstring and imports."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            yield getattr(node, "name", ""), "\n".join(lines[first - 1 : node.end_lineno])


@cache
def mutants() -> Key:
    """Every hand-written mutant; what those of a module share; the right backend that all break."""
    key: Key = {}
    for path in _under_tests("planted/*.py"):
        shared = ""
        for name, code in _code_of(path):
            if code.startswith("class ") and "abstract=True" not in code and path.stem != "base":
                key[f"mutant {name}"] = _of_code(code)
            else:
                shared += code
        key[f"script planted/{path.name}"] = _of_code(shared)
    return key | scripts("textbook*.py")


def scripts(*patterns: str) -> Key:
    """Modules under tests/, without their imports."""
    paths = [path for pattern in patterns for path in _under_tests(pattern)]
    return {
        f"script {path.name}": _of_code("".join(code for _, code in _code_of(path)))
        for path in paths
    }


def _of_file(name: str) -> str:
    """The code of a module beside this one."""
    path = Path(__file__).with_name(name)
    return _of_code("".join(code for _, code in _code_of(path)))


def rooms(*names: str) -> Key:
    """The code of rooms that figures follow from, without what only words the unexplained."""
    source = ROOT / "conformance" / "convtranspose_conformance"
    files = {name: sorted((source / name).rglob("*.py")) for name in names}
    return {
        f"code of {name}": _of_code(
            "".join(code for path in paths if path.name not in WORDS for _, code in _code_of(path))
        )
        for name, paths in files.items()
    }


def operators(asked: Iterable[str]) -> Key:
    """The mutants that cosmic-ray makes, and what they are asked: the functions of the reference
    that it changes, and suites."""
    source = ROOT / "reference" / "convtranspose_reference"
    code = "".join(code for name in MUTATED for _, code in _code_of(source / name))
    return {"operators": _of_code(code + " ".join(suite(name) for name in asked))}


def library() -> Key:
    """The names that a diagnosis may give."""
    names = {"readings": READINGS, "faults": FAULTS, "accuracy classes": ACCURACY}
    return {
        f"library of {kind}": f"{len(known)}, {_short(' '.join(sorted(known)))}"
        for kind, known in names.items()
    }


def predicted_by() -> Key:
    """What predictions follow from: the declarations, and what backends follow besides."""
    source = ROOT / "conformance" / "convtranspose_conformance"
    folders = {"declarations": source / "verdict" / "declared", "habits": source / "prediction"}
    return {
        name: _of_code("".join(p.read_text(encoding="utf-8") for p in sorted(of.rglob("*.toml"))))
        for name, of in folders.items()
    }


def pins(*distributions: str) -> Key:
    """Versions as pinned in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line)
    return {f"version of {name}": pinned[name] for name in distributions}


def bounds() -> dict[str, str]:
    """Distribution -> what pyproject.toml promises, of what runs need on every Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *(r for name in FRAMEWORKS[:3] for r in extras[name])]
    everywhere = (each for each in needed if "python_version" not in each)
    named = (each.partition(";")[0].strip() for each in everywhere)
    return dict(re.split(r"(?=[<>=~!])", each, maxsplit=1) for each in named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A file of figures: its path from the root, what it would be measured of now, and how to
    measure it. `anew` makes the command's arguments of the parts of the key that differ; `minutes`
    is what all of it takes on two cores."""

    path: str
    now: Callable[[], Key]
    minutes: int
    anew: Callable[[list[str]], list[str]] = lambda changed: []
    script: str = ""

    def kept(self) -> Key:
        """The key in the file; empty where it has none, or no file is there."""
        file = ROOT / self.path
        text = file.read_text(encoding="utf-8") if file.exists() else "{}"
        if self.path.endswith(".md"):
            found = _KEPT_IN_TEXT.search(text)
            return dict(part.split(": ", 1) for part in found[1].split("; ")) if found else {}
        key: Key = json.loads(text).get("measured_of", {})
        return key

    def changed(self) -> list[str]:
        """The parts of the key that are not as they were when the figures were measured."""
        kept, now = self.kept(), self.now()
        return [part for part in sorted(kept | now) if kept.get(part) != now.get(part)]

    def command(self, changed: list[str]) -> list[str]:
        """What measures again no more than it has to."""
        script = self.script or self.path.replace(".json", ".py")
        return ["python", script, *self.anew(changed)]


def in_text(key: Key) -> str:
    """The key as a comment in a page."""
    return f"<!-- measured of: {'; '.join(f'{part}: {value}' for part, value in key.items())} -->\n"


def merged(kept: Key, now: Key, measured: Iterable[str]) -> Key:
    """The key of a file of which only the parts `measured` were measured now."""
    parts = set(measured)
    return {part: now[part] if part in parts else kept.get(part, "") for part in now}


def _flags(**flags: str) -> Callable[[list[str]], list[str]]:
    """Arguments that measure no more than these kinds of parts anew, where no others have changed:
    `suite="--suite"` gives `--suite core`, `operators="--operators"` that alone. Else none, which
    measures everything."""

    def arguments(changed: list[str]) -> list[str]:
        words: list[str] = []
        for kind, _, name in (part.partition(" ") for part in changed):
            if kind not in flags:
                return []
            words += [word for word in (flags[kind], name) if word]
        return words

    return arguments


def _kinds(changed: list[str]) -> list[str]:
    """The kinds of planted faults whose scripts have changed; none, for all of them, where what
    they share has."""
    kinds = [part.removeprefix("script ").removesuffix(".py") for part in changed]
    return [] if {"__init__", "fault"} & set(kinds) else kinds


FIGURES: dict[str, Figures] = {
    "mutation": Figures(
        path="benchmarks/mutation.json",
        now=lambda: suites(SUITES) | mutants() | operators(RULES),
        minutes=10,
        anew=_flags(suite="--suite", operators="--operators"),
    ),
    "false_alarms": Figures(
        path="benchmarks/false_alarms.json",
        now=lambda: suites(SUITES) | scripts(*RIGHT) | pins("jax", "torch"),
        minutes=12,
        anew=_flags(suite=""),
    ),
    "faults": Figures(
        path="benchmarks/faults.json",
        now=lambda: scripts("faulty/*.py"),
        minutes=6,
        anew=_kinds,
    ),
    "shrink": Figures(
        path="benchmarks/shrink.json",
        now=lambda: suites(["core"]) | mutants(),
        minutes=5,
    ),
    "diagnosis": Figures(
        path="benchmarks/diagnosis.json",
        now=lambda: suites(DIAGNOSED) | mutants() | operators(RULES) | library(),
        minutes=30,
        anew=_flags(mutant="--only", operators="--operators"),
    ),
    "random_rules": Figures(
        path="benchmarks/random_rules.json",
        now=lambda: (
            suites(RULES)
            | {"script hidden_rules.py": _of_file("hidden_rules.py")}
            | rooms("measuring", "diagnosis")
        ),
        minutes=40,
    ),
    "measured": Figures(
        path="benchmarks/measured.json",
        now=lambda: pins("torch", "onnxruntime", "onnx"),
        minutes=3,
    ),
    "scale": Figures(
        path="benchmarks/scale.json",
        now=lambda: suites(("core",)) | pins(*FRAMEWORKS),
        minutes=3,
    ),
    "explained": Figures(
        path="benchmarks/explained.json",
        now=lambda: suites(EXPLAINED) | library() | pins(*FRAMEWORKS),
        minutes=5,
    ),
    "predictions": Figures(
        path="benchmarks/predictions.json",
        now=lambda: predicted_by() | pins(*FRAMEWORKS),
        minutes=5,
    ),
    "processors": Figures(
        path="benchmarks/processors.json",
        now=lambda: suites(LEVELLED) | pins(*FRAMEWORKS),
        minutes=30,
    ),
    "versions": Figures(
        path="benchmarks/versions.json",
        now=lambda: suites(VERSIONED) | {f"bound of {name}": b for name, b in bounds().items()},
        minutes=60,
        anew=lambda changed: ["oldest", "newest"],
    ),
    "lecture": Figures(
        path="benchmarks/lecture.json",
        now=lambda: suites(LECTURED) | pins(*FRAMEWORKS),
        minutes=5,
    ),
    "compatibility": Figures(
        path="docs/compatibility.md",
        now=lambda: suites(PUBLISHED) | pins(*FRAMEWORKS),
        minutes=6,
        script="docs/made/compatibility.py",
    ),
}


def key_of(name: str, before: dict[str, Any] | None = None, measured: Iterable[str] = ()) -> Key:
    """What a file's figures are measured of; with the file as it was `before`, of which these parts
    alone were `measured` anew."""
    now = FIGURES[name].now()
    return now if before is None else merged(before.get("measured_of", {}), now, measured)
