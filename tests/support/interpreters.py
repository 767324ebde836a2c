"""Interpreters that know nothing of this project, for scripts that users paste.

An import of TensorFlow takes seconds. So the interpreter that has a framework is started once, and
every program runs in a process of its own, forked from it after the imports and before any call:
what a program leaves behind, no other one finds. `fresh` starts an interpreter for one program.
"""

import atexit
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# a name that a script imports -> what is imported for it: of Keras and TensorFlow both have both
FRAMEWORKS = {
    "torch": ("torch",),
    "tensorflow": ("tensorflow", "keras"),
    "keras": ("tensorflow", "keras"),
    "onnxruntime": ("onnxruntime",),
    "onnx": ("onnx",),
}
SECONDS = 500
# what leads to this project, and what has Python write at once
OURS = ("PYTHONPATH", "PYTHONUNBUFFERED", "PYTEST_CURRENT_TEST")
_IMPORT = re.compile(r"\b(?:import|from) +([a-z]\w*)")

FORKING = """
import importlib, json, os, signal, sys

replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for name in sys.argv[1:]:
    importlib.import_module(name)


def run(asked):
    for descriptor, name, mode in (
        (0, "given", os.O_RDONLY), (1, "printed", os.O_WRONLY), (2, "complained", os.O_WRONLY)
    ):
        os.dup2(os.open(asked[name], mode), descriptor)
    os.chdir(asked["directory"])
    sys.path[:0] = asked["paths"]
    signal.alarm(asked["seconds"])
    exec(compile(asked["program"], "<program>", "exec"), {"__name__": "__main__"})


for line in sys.stdin:
    pid = os.fork()
    if not pid:
        status = 1
        try:
            run(json.loads(line))
            status = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=replies, flush=True)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A program that ran: what it wrote, and its exit status, negative for a signal."""

    printed: str
    complained: str
    status: int


def run(
    program: str,
    given: str,
    sources: Sequence[str],
    directory: Path,
    *,
    environment: Mapping[str, str] | None = None,
    modules: Path | None = None,
) -> Done:
    """A program that reads `given` on its standard input, in a process that has imported the
    frameworks that `sources` name; `modules` are found by it."""
    named = {name for source in sources for name in _IMPORT.findall(source)}
    wanted = dict.fromkeys(name for n, names in FRAMEWORKS.items() if n in named for name in names)
    forking = _forking(tuple(wanted), tuple(sorted(clean(environment).items())))
    with tempfile.TemporaryDirectory() as files:
        paths = {name: Path(files) / name for name in ("given", "printed", "complained")}
        for name, path in paths.items():
            path.write_text(given if name == "given" else "", encoding="utf-8")
        asked = {name: str(path) for name, path in paths.items()} | {
            "program": program,
            "directory": str(directory),
            "paths": [] if modules is None else [str(modules)],
            "seconds": SECONDS,
        }
        status = _ask(forking, json.dumps(asked))
        return Done(
            printed=paths["printed"].read_text(encoding="utf-8"),
            complained=paths["complained"].read_text(encoding="utf-8", errors="replace"),
            status=status,
        )


def fresh(
    program: str, given: str, directory: Path, *, environment: Mapping[str, str] | None = None
) -> Done:
    """The same in an interpreter started for it."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=given,
        capture_output=True,
        text=True,
        cwd=directory,
        env=clean(environment),
        timeout=SECONDS,
        check=False,
    )
    return Done(printed=done.stdout, complained=done.stderr, status=done.returncode)


def clean(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without what is ours, and with more."""
    return {k: v for k, v in os.environ.items() if k not in OURS} | dict(more or {})


@cache
def _forking(
    frameworks: tuple[str, ...], environment: tuple[tuple[str, str], ...]
) -> subprocess.Popen[str]:
    """The interpreter that has these frameworks; it ends with the process that asks."""
    forking = subprocess.Popen(
        [sys.executable, "-c", FORKING, *frameworks],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(environment),
        text=True,
    )
    atexit.register(forking.communicate)
    return forking


def _ask(forking: subprocess.Popen[str], line: str) -> int:
    assert forking.stdin is not None
    assert forking.stdout is not None
    print(line, file=forking.stdin, flush=True)
    said = forking.stdout.readline()
    if not said:
        raise RuntimeError(f"an interpreter with a framework ended: {forking.args!r}")
    return int(said)
