"""How long the door, a run and the reference take, each beside its floor: `python
benchmarks/costs/pace.py`, some minutes.

CPU seconds (user and system) of one process after the other, with what Python compiled kept from
one to the next; walls where two run at once. A floor is measured in the same run of this script: a
bare interpreter, the same calls in a bare loop, torch in float64 on one thread. Writes `pace.json`,
from which `docs/refresh.py` makes the table.

`--tree DIR` (repeatable) measures other checkouts, too, one after the other, row by row; `--cases
GLOB` asks fewer cases; `--rows WORD` measures some rows and keeps the others as they were measured;
`--tests-log FILE` reads how long a run of pytest took from what it printed.
"""

import argparse
import atexit
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "figures" / "pace.json"
ROOMS = ("reference", "cases", "conformance", "reports")
CASES = "exhaustive-1d/x4_*"
SHAPES = (  # X, W, strides
    ((2, 16, 32, 32), (16, 16, 3, 3), 2),
    ((1, 8, 16, 16, 16), (8, 8, 3, 3, 3), 2),
    ((4, 64, 32, 32), (64, 32, 4, 4), 2),
    ((4, 64, 64, 64), (64, 32, 4, 4), 2),
)
REPEATED = 15  # commands
RUNS = 3
COMMAND = """
import atexit, json, resource, sys, time
try:
    from convtranspose_conformance.cli.main import main
except ImportError:  # an older tree
    from convtranspose_conformance.cli import main
begun = time.perf_counter()
def say():
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = [u.ru_utime + u.ru_stime for u in used]
    told = {"self": cpu[0], "workers": cpu[1], "wall": time.perf_counter() - begun}
    print("\\n" + json.dumps(told), file=sys.stderr)
atexit.register(say)
main()
"""
BARE = """
import fnmatch, json, sys, time
from importlib import import_module
from convtranspose_cases.suites import suite_cases
from convtranspose_cases.inputs import tensors
try:
    from convtranspose_conformance.backends.api import Call
except ImportError:  # an older tree
    from convtranspose_conformance.backend import Call
try:
    from convtranspose_conformance.backends.registry import registered
except ImportError:  # an older tree
    from convtranspose_conformance.backends import registered
entry = registered()["onnxruntime-cpu"]
module, _, name = entry.target.partition(":")
backend = getattr(import_module(module), name)(*entry.arguments)
cases = [c for c in suite_cases("exhaustive-1d") if fnmatch.fnmatchcase(c.id, sys.argv[1])]
calls = [Call.of(c, *tensors(c).arrays(c.dtype)) for c in cases]
backend.run(calls[0])
refused = 0
begun, cpu = time.perf_counter(), time.process_time()
for call in calls:
    for ask in (backend.run, backend.static_shape):
        try:
            ask(call)
        except Exception as error:  # ONNX Runtime's own errors have no base class but this one
            if not type(error).__module__.startswith(("onnxruntime", "convtranspose_")):
                raise
            refused += 1
told = {"self": time.process_time() - cpu, "wall": time.perf_counter() - begun}
print(json.dumps(told | {"cases": len(calls), "refused": refused}), file=sys.stderr)
"""
REFERENCE = """
import json, sys, time
import numpy as np, torch
from convtranspose_reference import conv_transpose
torch.set_num_threads(1)
x, w, s = json.loads(sys.argv[1])
stream, rank = np.random.default_rng(0), len(x) - 2
X, W = (stream.integers(-4, 5, shape).astype(np.float64) for shape in (x, w))
torches = [torch.from_numpy(each) for each in (X, W)]
function = getattr(torch.nn.functional, f"conv_transpose{rank}d")
ways = {
    "reference": lambda: conv_transpose(X, W, strides=(s,) * rank),
    "torch": lambda: function(*torches, stride=s).numpy(),
}
assert (ways["reference"]() == ways["torch"]()).all()
best = dict.fromkeys(ways, float("inf"))
for _ in range(60 if X.size < 2**17 else 8):
    for name, way in ways.items():
        begun = time.thread_time()
        way()
        best[name] = min(best[name], time.thread_time() - begun)
print(json.dumps(best), file=sys.stderr)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of each tree, beside what it should be at most (or at least)."""

    what: str
    unit: str
    goal: str
    measure: Callable[[Path, str], dict[str, float]]


@cache
def _bytecode() -> str:
    """Where what Python compiles is kept while this runs, as it is beside installed modules: else
    each process would compile the tree anew, where the environment forbids to keep it."""
    folder = tempfile.TemporaryDirectory(prefix="pace-")
    atexit.register(folder.cleanup)
    return folder.name


def _environment(tree: Path) -> dict[str, str]:
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    packages = os.pathsep.join(str(tree / room) for room in ROOMS)
    return inherited | one | {"PYTHONPATH": packages, "PYTHONPYCACHEPREFIX": _bytecode()}


def _said(tree: Path, code: str, *arguments: str) -> dict[str, float]:
    """The last line that a script prints to stderr, from a process with a tree's packages."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=_environment(tree),
        cwd=tempfile.gettempdir(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    try:
        found: dict[str, float] = json.loads(done.stderr.strip().splitlines()[-1])
    except (IndexError, ValueError):
        sys.exit(f"{tree}: exit status {done.returncode}\n{done.stderr[-2000:]}")
    return found


@cache
def _run(tree: Path, cases: str, *options: str) -> dict[str, float]:
    """CPU and wall of a run, the least of some; rows of one table speak of the same runs."""
    _compiled(tree, *options)
    return _least(lambda: _asked(tree, cases, *options))


def _least(measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    """The least of each figure: what else a machine does adds to it, and never takes from it."""
    found = [measure() for _ in range(RUNS)]
    return {name: min(each[name] for each in found) for name in found[0]}


@cache
def _compiled(tree: Path, *options: str) -> None:
    """Runs one case, so that no run that is measured has anything to compile."""
    _asked(tree, FIRST, *options)


def _asked(tree: Path, cases: str, *options: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as out:
        asked = ["--suite", "exhaustive-1d", "--case", cases, "--no-report", "--out", f"{out}/run"]
        return _said(tree, COMMAND, "run", *asked, *options)


@cache
def _bare(tree: Path, cases: str) -> dict[str, float]:
    return _least(lambda: _said(tree, BARE, cases))


@cache
def _count(cases: str) -> int:
    from fnmatch import fnmatchcase

    from convtranspose_cases.suites import suite_cases

    return sum(fnmatchcase(case.id, cases) for case in suite_cases("exhaustive-1d"))


def _interpreter() -> float:
    return min(_cpu_of([sys.executable, "-c", "pass"], os.environ) for _ in range(REPEATED))


def _cpu_of(command: list[str], environment: Any) -> float:
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command[3:])}: status {status}")
    return used.ru_utime + used.ru_stime


def door(*arguments: str) -> Callable[[Path, str], dict[str, float]]:
    """CPU seconds of a command, the best of some, and how many bare interpreters that is."""

    def measure(tree: Path, cases: str) -> dict[str, float]:
        command = [sys.executable, "-c", COMMAND, *arguments]
        cpu = min(_cpu_of(command, _environment(tree)) for _ in range(REPEATED))
        return {"value": cpu, "interpreters": cpu / _interpreter()}

    return measure


ONE = ("--backend", "onnxruntime-cpu", "--jobs", "1")


def own_cost(tree: Path, cases: str) -> dict[str, float]:
    """Milliseconds a case of the coordinator alone, less a run of one case; beside it, of the
    workers and of the bare loop."""
    first, whole, count = _run(tree, FIRST, *ONE), _run(tree, cases, *ONE), _count(cases)
    bare = _bare(tree, cases)
    return {
        "value": 1000 * (whole["self"] - first["self"]) / (count - 1),
        "workers": 1000 * (whole["workers"] - first["workers"]) / (count - 1),
        "bare": 1000 * bare["self"] / count,
    }


def further_backend(tree: Path, cases: str) -> dict[str, float]:
    """Milliseconds a case that another backend costs the coordinator."""
    more = ("--backend", "onnx-shape-inference", "--jobs", "1", "--backend", "onnxruntime-cpu")
    first = [_run(tree, FIRST, *options)["self"] for options in (ONE, more)]
    whole = [_run(tree, cases, *options)["self"] for options in (ONE, more)]
    return {"value": 1000 * (whole[1] - whole[0] - first[1] + first[0]) / (_count(cases) - 1)}


def wall(tree: Path, cases: str) -> dict[str, float]:
    """Wall of a run over that of the same calls in a bare loop, start and end included."""
    bare, run = _bare(tree, cases), _run(tree, cases, *ONE)
    return {"value": run["wall"] / bare["wall"], "run": run["wall"], "bare": bare["wall"]}


def jobs(tree: Path, cases: str) -> dict[str, float]:
    """How many times as quick two workers are, and what the CPU times allow two cores: the larger
    of worker and coordinator, over half of their sum."""
    one, two = _run(tree, cases, *ONE), _run(tree, cases, *ONE[:2], "--jobs", "2")
    most = max(one["self"], one["workers"]) / ((two["self"] + two["workers"]) / 2)
    return {"value": one["wall"] / two["wall"], "two cores allow": min(most, 2.0)}


def reference(shape: Any) -> Callable[[Path, str], dict[str, float]]:
    """CPU seconds of the reference over torch's, the best of many each, in turn."""

    def measure(tree: Path, cases: str) -> dict[str, float]:
        found = _said(tree, REFERENCE, json.dumps(shape))
        return {"value": found["reference"] / found["torch"], **found}

    return measure


FIRST = "exhaustive-1d/x4_k3_s2_d1_o0_p0_1"
LAYER = ("explain", "--x", "1,2,5,5", "--w", "2,3,3,3", "--strides", "2,2")


def rows() -> Iterator[Row]:
    """The table, in order."""
    for what, arguments, goal in (
        ("`convtranspose --help`", ("--help",), "10 interpreters"),
        ("`convtranspose list cases`", ("list", "cases"), "1"),
        ("`convtranspose explain`, one layer", LAYER, "0.4"),
    ):
        yield Row(what=what, unit="s CPU", goal=goal, measure=door(*arguments))
    asked = "`exhaustive-1d` on onnxruntime-cpu"
    yield Row(what=f"{asked}: coordinator", unit="ms a case", goal="0.35", measure=own_cost)
    yield Row(
        what=f"{asked}: a further backend", unit="ms a case", goal="0.12", measure=further_backend
    )
    yield Row(what=f"{asked}: wall / bare loop", unit="x", goal="1.5", measure=wall)
    yield Row(what=f"{asked}: --jobs 2", unit="x as quick", goal="1.8 or more", measure=jobs)
    for shape in SHAPES:
        x, w, s = shape
        what = f"reference / torch: X{list(x)} W{list(w)}, strides {s}"
        goal = "1.5" if x[1] < 64 else "1.2"
        yield Row(what=what, unit="x", goal=goal, measure=reference(shape))


def tests_row(log: Path) -> dict[str, Any]:
    """A row read from what pytest printed: its summary's seconds."""
    seconds = re.findall(r" in ([0-9.]+)s", log.read_text(encoding="utf-8"))
    value = float(seconds[-1]) / 60 if seconds else None
    return {
        "what": "`tox -e tests`",
        "unit": "min",
        "goal": "6",
        "trees": {"now": {"value": value}},
    }


def _kept() -> dict[str, dict[str, Any]]:
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"] if RESULTS.exists() else []
    return {row["what"]: row for row in rows}


def main() -> int:
    """A line for each row and tree, as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", action="append", type=Path, default=[], metavar="DIR")
    parser.add_argument("--cases", default=CASES, metavar="GLOB")
    parser.add_argument("--rows", default="", metavar="WORD")
    parser.add_argument("--tests-log", type=Path, metavar="FILE")
    given = parser.parse_args()
    trees = {"now": ROOT} | {tree.name: tree for tree in given.tree}
    table = _kept() if given.rows else {}
    for row in rows():
        if given.rows not in row.what:
            continue
        figures: dict[str, dict[str, float]] = {}
        for name, tree in trees.items():
            begun = time.monotonic()
            measured = row.measure(tree, given.cases)
            figures[name] = {key: float(f"{value:.3g}") for key, value in measured.items()}
            seconds = time.monotonic() - begun
            print(f"{row.what:60} {name:8} {figures[name]} ({seconds:.0f} s)", flush=True)
        table[row.what] = {"what": row.what, "unit": row.unit, "goal": row.goal, "trees": figures}
    if given.tests_log:
        table |= {"tests": tests_row(given.tests_log)}
    said = {"cases": given.cases, "cores": os.cpu_count(), "rows": list(table.values())}
    RESULTS.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
