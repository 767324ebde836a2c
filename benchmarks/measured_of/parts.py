"""The parts of a key: suites, mutants, scripts, rooms and versions, each as a count or a digest."""

import ast
import hashlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks import ROOT
from benchmarks.environments.older_releases import kept, releases
from convtranspose_cases import suite_cases
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.digests import path_of
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.rules.accuracy_classes import ACCURACY
from convtranspose_conformance.rules.faults import FAULTS
from convtranspose_conformance.rules.faults.composed import RESIZE, SHUFFLE
from convtranspose_reference.readings import READINGS

from .code import statements, written

Key = dict[str, str]
_RANGE = re.compile(r"^versions = .*\n", re.MULTILINE)
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
    "resize",
    "subpixel",
)
LEVELLED = ("seeds", "core", "accuracy", "special", "invalid", "gradients", "repeatability")
VERSIONED = ("seeds", "core", "accuracy")
EXPLAINED = ("seeds", "core", "accuracy", "special", "gradients")
DIAGNOSED = (
    "seeds",
    "core",
    "accuracy",
    "special",
    "gradients",
    "repeatability",
    "invalid",
)
LECTURED = ("seeds", "gradients", "convolution", "artifacts", "resize", "subpixel")
WORDS = (
    "patterns.py",
    "value_patterns.py",
    "unexplained.py",
    "survey.py",
    "told.py",
    "recorded.py",
    "as_data.py",
)
JUDGING = ("compare.py", "concerned.py", "deviations.py", "deviation_files.py", "machine.py")
LENGTH = 12  # hexadecimal digits kept of SHA-256


def _short(text: str) -> str:
    return _digest(text.encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:LENGTH]


def _of_text(text: str) -> str:
    """The same for the same words on other lines."""
    return _short("".join(text.split()))


def _of_code(paths: Iterable[Path], *, without: str = "") -> str:
    """Of modules, but for a function of this name."""
    every = (each for path in paths for each in statements(path))
    return _short("".join(written(code) for name, code in every if not without or name != without))


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


@cache
def mutants(*, composed: bool = True) -> Key:
    """Every hand-written mutant, or every one but those of calls `composed` with Resize or
    DepthToSpace; what those of a module share; the right backend that all break."""
    key: Key = {}
    for path in _under_tests("planted/*.py"):
        if path.stem == "composed" and not composed:
            continue
        shared = ""
        for name, code in statements(path):
            if isinstance(code, ast.ClassDef) and path.stem != "base" and not _is_abstract(code):
                key[f"mutant {name}"] = _short(written(code))
            else:
                shared += written(code)
        key[f"script planted/{path.name}"] = _short(shared)
    return key | scripts("textbook*.py")


def _is_abstract(mutant: ast.ClassDef) -> bool:
    """Do others alone derive from it?"""
    return "abstract" in {each.arg for each in mutant.keywords}


def scripts(*patterns: str) -> Key:
    """Modules under tests/, without their imports."""
    paths = [path for pattern in patterns for path in _under_tests(pattern)]
    return {f"script {path.name}": _of_code([path]) for path in paths}


def of_script(name: str) -> str:
    """The code of a module of `benchmarks/`, without `main`: how what was measured is written."""
    return _of_code([ROOT / "benchmarks" / name], without="main")


def strangers() -> Key:
    """The code through which other runtimes are asked."""
    names = sorted(path.name for path in (ROOT / "benchmarks" / "strangers").glob("*.py"))
    return {f"script {name}": of_script(f"strangers/{name}") for name in names}


def rooms(*names: str) -> Key:
    """The code of rooms that figures follow from, without what only words the unexplained, or what
    `convtranspose measure` prints."""
    return {part: code for name in names for part, code in modules(name, without=WORDS).items()}


def modules(room: str, *, of: Iterable[str] = (), without: Iterable[str] = ()) -> Key:
    """The code of a folder of `convtranspose_conformance`, of some of its modules alone or
    `without` some. Raises FileNotFoundError for one that is not there."""
    folder = ROOT / "conformance" / "convtranspose_conformance" / room
    there = sorted(folder.rglob("*.py"))
    missing = {*of} - {path.name for path in there}
    if missing or not there:
        raise FileNotFoundError(f"{folder}: no {', '.join(missing) or 'module'} there")
    chosen = [p for p in there if p.name not in {*without} and (not of or p.name in {*of})]
    return {f"code of {room}": _of_code(chosen)}


def operators(asked: Iterable[str]) -> Key:
    """The mutants that cosmic-ray makes, and what they are asked: the functions of the reference
    that it changes, and suites."""
    source = ROOT / "reference" / "convtranspose_reference"
    code = _of_code(source / name for name in MUTATED)
    return {"operators": _short(" ".join([code, *(suite(name) for name in asked)]))}


def library() -> Key:
    """The names that a diagnosis may give of a convolution: those of calls composed with Resize or
    DepthToSpace say nothing of it."""
    names = {
        "readings": [
            name for name, each in READINGS.items() if "Resize" not in CLAUSES[each.clause].of
        ],
        "faults": [
            name for name in FAULTS if name not in {fault.name for fault in (*RESIZE, *SHUFFLE)}
        ],
        "accuracy classes": list(ACCURACY),
    }
    return {
        f"library of {kind}": f"{len(known)}, {_short(' '.join(sorted(known)))}"
        for kind, known in names.items()
    }


def predicted_by() -> Key:
    """What predictions follow from: the declarations, what backends follow besides, and the code
    that works an answer out of them and holds it against what came. Of which versions a
    declaration speaks is no part: predictions are of the pinned ones."""
    source = ROOT / "conformance" / "convtranspose_conformance"
    folders = {"declarations": source / "verdict" / "declared", "habits": source / "prediction"}
    asked = {entry.name for entry in BUILT_IN}
    texts = {
        name: "".join(
            p.read_text(encoding="utf-8") for p in sorted(of.rglob("*.toml")) if p.stem in asked
        )
        for name, of in folders.items()
    }
    texts["declarations"] = _RANGE.sub("", texts["declarations"])
    return {
        **{name: _of_text(text) for name, text in texts.items()},
        **modules("prediction", without=("asking.py", "runtimes.py", "sentences.py")),
        **modules("rules"),
        **modules("verdict", of=JUDGING),
    }


def words_of_the_page() -> Key:
    """What makes COMPATIBILITY.md of a run."""
    source = ROOT / "reports" / "convtranspose_reports"
    template = source / "page" / "templates" / "COMPATIBILITY.md.j2"
    modules = ("compatibility.py", "sentences.py")
    code = _of_code(source / name for name in modules)
    return {"words of the page": _of_text(template.read_text(encoding="utf-8") + code)}


def pins(*distributions: str) -> Key:
    """Versions as pinned in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line)
    return {f"version of {name}": pinned[name] for name in distributions}


@cache
def kept_answers() -> Key:
    """The answers of older releases that are kept, by distribution."""
    found: dict[str, Any] = defaultdict(hashlib.sha256)
    for name, answers in kept():
        found[name.rpartition("-")[0]].update(answers)
    return {f"answers {name}": digest.hexdigest()[:LENGTH] for name, digest in found.items()}


def declared_of_older() -> Key:
    """What is declared of the backends that older releases were asked as, of today's releases and
    of older ones."""
    answered = {part.removeprefix("answers ") for part in kept_answers()}
    asked = [name for each in releases() if each.distribution in answered for name in each.backends]
    folders = (
        ROOT / "conformance" / "convtranspose_conformance" / "verdict" / "declared",
        ROOT / "benchmarks" / "environments" / "versions",
    )
    return {
        f"declared {name}": _short("".join(p.read_text(encoding="utf-8") for p in there))
        for name in dict.fromkeys(asked)
        if (there := [p for f in folders if (p := f / f"{name}.toml").exists()])
    }


def bounds() -> dict[str, str]:
    """Distribution -> what pyproject.toml promises, of what runs need on every Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *(r for name in FRAMEWORKS[:3] for r in extras[name])]
    everywhere = (each for each in needed if "python_version" not in each)
    named = (each.partition(";")[0].strip() for each in everywhere)
    return dict(re.split(r"(?=[<>=~!])", each, maxsplit=1) for each in named)
