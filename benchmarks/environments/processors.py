"""The suites at every level of instructions that this machine can imitate: `python
benchmarks/environments/processors.py`, or `tox -e processors`; some minutes a level.

A level is what frameworks are told by their environment. Those that a variable concerns are asked
the suites under it, and the goldens are worked out again. Prints a line for each level and backend;
exit status 1 where one is red or a golden is another. Writes `processors.json`, from which
`docs/refresh.py` makes the tables of docs/processors.md. `--level` (repeatable) measures some
levels anew; `--suite` and `--backend` ask less, and write nothing.
"""

import argparse
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import LEVELLED, ROOT, keep_figures, key_of

from convtranspose_conformance.backends.processor import cpu_flags, cpu_name, is_reached
from convtranspose_reports import read_run, summary
from convtranspose_reports.runs.accuracy import accuracies

TORCH = ("torch-cpu",)
TENSORFLOW = ("tensorflow-cpu", "tensorflow-cpu-backprop-input")
ONEDNN = (*TORCH, *TENSORFLOW)
OTHERS = ("onnxruntime-cpu", "onnx-reference", "onnx-shape-inference")
SUITES = ("seeds", "core", "accuracy", "special")
RESULTS = ROOT / "benchmarks" / "figures" / "processors.json"
# TensorFlow's own function, as it answers on a processor with AVX512F: preloaded, it comes first.
PRETENDING = """
namespace tensorflow {
enum DataType : int;  // 1: float32, 14: bfloat16
bool IsDataTypeSupportedByOneDNNOnThisCPU(const DataType& dtype) {
    return dtype == 1 || dtype == 14;
}
}
"""
COMMAND = "from convtranspose_conformance.cli.main import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What the backends that it concerns are told. `isa` is oneDNN's level that the processor has
    to reach, `flag` an instruction set that it has to have. `pretends`: TensorFlow takes the
    processor for one with AVX512F, which needs a C++ compiler."""

    tells: dict[str, str] = field(default_factory=dict)
    backends: tuple[str, ...] = ONEDNN
    suites: tuple[str, ...] = SUITES
    isa: str = ""
    flag: str = ""
    pretends: bool = False

    def is_possible(self) -> bool:
        """Can this machine imitate it?"""
        flags = cpu_flags()
        return (
            (not self.isa or is_reached(self.isa, flags))
            and (not self.flag or self.flag in flags)
            and (not self.pretends or shutil.which("c++") is not None)
        )


def _numpy_dispatched() -> str:
    """NumPy's names of the instruction sets beyond its baseline that this processor has."""
    from numpy._core import _multiarray_umath as umath

    return " ".join(name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name])


def _up_to(isa: str) -> Level:
    tells = {"TF_ENABLE_ONEDNN_OPTS": "1", "ONEDNN_MAX_CPU_ISA": isa.upper()}
    return Level(tells=tells, isa=isa)


ISAS = (
    "sse41",
    "avx",
    "avx2",
    "avx2_vnni",
    "avx2_vnni_2",
    "avx512_core",
    "avx512_core_vnni",
    "avx512_core_bf16",
    "avx512_core_fp16",
    "avx512_core_amx",
    "avx512_core_amx_fp16",
)
LEVELS = {
    "told nothing": Level(backends=(*ONEDNN, *OTHERS), suites=LEVELLED),
    "oneDNN off": Level(tells={"TF_ENABLE_ONEDNN_OPTS": "0"}, backends=TENSORFLOW),
    "oneDNN on": Level(tells={"TF_ENABLE_ONEDNN_OPTS": "1"}, backends=TENSORFLOW, suites=LEVELLED),
    **{f"oneDNN up to {isa}": _up_to(isa) for isa in ISAS},
    "AVX512F, oneDNN up to avx2": Level(
        tells={"TF_ENABLE_ONEDNN_OPTS": "1", "ONEDNN_MAX_CPU_ISA": "AVX2"},
        backends=TENSORFLOW,
        suites=(*SUITES, "gradients"),
        isa="avx2",
        pretends=True,
    ),
    "ATen default": Level(tells={"ATEN_CPU_CAPABILITY": "default"}, backends=TORCH),
    "ATen avx2": Level(tells={"ATEN_CPU_CAPABILITY": "avx2"}, backends=TORCH, flag="avx2"),
    "ATen avx512": Level(tells={"ATEN_CPU_CAPABILITY": "avx512"}, backends=TORCH, flag="avx512f"),
    "NumPy's baseline": Level(
        tells={"NPY_DISABLE_CPU_FEATURES": _numpy_dispatched()}, backends=("onnx-reference",)
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One backend at one level: its kernels, its verdicts, its accuracy class by dtype."""

    level: str
    backend: str
    suites: tuple[str, ...]
    kernels: dict[str, str]
    verdicts: dict[str, int]
    classes: dict[str, str]

    @property
    def is_red(self) -> bool:
        return bool(self.verdicts["fails"] or self.verdicts["stale"])


@cache
def _pretending() -> str:
    """The path of a library that pretends. Raises CalledProcessError where it does not compile."""
    directory = Path(tempfile.mkdtemp(prefix="convtranspose-"))
    atexit.register(shutil.rmtree, directory)
    source, library = directory / "pretending.cc", directory / "pretending.so"
    source.write_text(PRETENDING, encoding="utf-8")
    command = ["c++", "-O1", "-shared", "-fPIC", str(source), "-o", str(library)]
    subprocess.run(command, check=True)
    return str(library)


def told(level: Level) -> dict[str, str]:
    """The environment of the level's processes: without what this one was told."""
    variables = {name for each in LEVELS.values() for name in each.tells}
    preload = {"LD_PRELOAD": _pretending()} if level.pretends else {}
    kept = {k: v for k, v in os.environ.items() if k not in variables}
    return kept | level.tells | preload


def measured(
    name: str, backends: tuple[str, ...], suites: tuple[str, ...], out: Path
) -> Iterator[Measured]:
    """Asks a level's backends. Raises CalledProcessError where the run cannot be made."""
    options = [
        word
        for option, values in (("--backend", backends), ("--suite", suites))
        for value in values
        for word in (option, value)
    ]
    command = [sys.executable, "-c", COMMAND, "run", *options, "--no-report", "--out", str(out)]
    done = subprocess.run(command, env=told(LEVELS[name]), check=False)
    if done.returncode > 1:
        done.check_returncode()
    run = read_run(out)
    classes = {(each.backend, each.dtype): each.name for each in accuracies(run)}
    counts = summary(run)["backends"]
    for backend in backends:
        yield Measured(
            level=name,
            backend=backend,
            suites=suites,
            kernels=counts[backend]["kernels"],
            verdicts=counts[backend]["verdicts"],
            classes={
                dtype: accuracy for (who, dtype), accuracy in classes.items() if who == backend
            },
        )


def goldens_differ(name: str, suites: tuple[str, ...]) -> bool:
    """Are inputs or goldens other bytes at this level than those of which digests are kept?"""
    from convtranspose_cases.digests import digested_suites

    chosen = [suite for suite in suites if suite in digested_suites()]
    options = [word for suite in chosen for word in ("--suite", suite)]
    command = [sys.executable, "-c", COMMAND, "goldens", "check", *options]
    return bool(subprocess.run(command, env=told(LEVELS[name]), check=False).returncode)


def _line(each: Measured, goldens: str) -> str:
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in each.verdicts.items())
    return f"{each.level:28} {each.backend:30} {verdicts}; goldens {goldens}"


def write(rows: list[dict[str, Any]]) -> None:
    """Keeps what was measured, and of other levels what was kept on the same processor."""
    here = {"measured_of": key_of("processors"), "cpu": cpu_name(), "flags": cpu_flags()}
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    anew = {row["level"] for row in rows}
    kept = (
        [row for row in before["rows"] if row["level"] not in anew]
        if all(before.get(part) == value for part, value in here.items())
        else []
    )
    order = list(LEVELS)
    there = {row["level"] for row in (*kept, *rows)}
    possible = (name for name, level in LEVELS.items() if level.is_possible())
    lacking = [f"{name}: not asked" for name in possible if name not in there]
    figures = here | {
        "not_imitated": [name for name, level in LEVELS.items() if not level.is_possible()],
        "rows": sorted([*kept, *rows], key=lambda row: order.index(row["level"])),
    }
    keep_figures(RESULTS, figures, lacking)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    possible = [name for name, level in LEVELS.items() if level.is_possible()]
    parser.add_argument("--level", action="append", choices=possible)
    parser.add_argument("--suite", action="append", choices=LEVELLED)
    parser.add_argument("--backend", action="append", choices=(*ONEDNN, *OTHERS))
    parser.add_argument("--out", type=Path, help="where to leave the runs, a directory a level")
    return parser.parse_args()


def main() -> int:
    given = _given()
    rows: list[Measured] = []
    others: list[str] = []
    with tempfile.TemporaryDirectory() as directory:
        for name, level in LEVELS.items():
            backends = tuple(b for b in level.backends if b in (given.backend or level.backends))
            if not backends or not level.is_possible() or name not in (given.level or LEVELS):
                continue
            suites = tuple(given.suite or level.suites)
            others += [name] if goldens_differ(name, suites) else []
            rows += measured(name, backends, suites, (given.out or Path(directory)) / name)
    for each in rows:
        print(_line(each, "differ" if each.level in others else "identical"))
    if not (given.suite or given.backend):
        write([asdict(each) | {"goldens_differ": each.level in others} for each in rows])
    return int(bool(others) or any(each.is_red for each in rows))


if __name__ == "__main__":
    sys.exit(main())
