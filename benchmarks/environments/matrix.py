"""Every backend that is known, each where its framework can be installed: `python
benchmarks/environments/matrix.py`, or `tox -e matrix`; they do not all install together.

`uv` makes an environment for each set that does, with the versions of constraints.txt, and what is
not in it at its newest; its backends are asked there, and what all sets answered becomes one page.
A set that cannot be installed or asked on this machine, or not in the time that is left of
`--minutes`, is said, and costs itself alone. Ends with 0 where all that was asked is green, with 1
where something is red, with 2 where the time was too short for a set, with 3 where no set was
asked.

Sets of which nothing is declared, so that they are red, are asked where `--set` names them;
`--suite` says what is asked. Environments are thrown away, one after the other, unless `--keep` is
given.
"""

import argparse
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environments.versions import COMMAND
from benchmarks.measured_of import ROOT, VERSIONED

from convtranspose_reports import Run, RunError, read_run
from convtranspose_reports.runs.answered import NOTHING_RAN_STATUS, answered

STRANGERS = ROOT / "benchmarks" / "strangers"
MINUTES = 25.0
_VERSION = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """A set of backends whose frameworks install beside each other: `extras` of this project, or
    another distribution, whose version is stated, installed as `needs` says where its name alone
    does not do. No `backends`: all that are usable there. `declared`: what differs in them is, by
    this project; the others are asked by name alone."""

    name: str
    extras: tuple[str, ...] = ()
    distribution: str = ""
    needs: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    declared: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a set: its run and how long it took, from nothing, or why there is none;
    `late`: for want of time."""

    name: str
    seconds: float
    run: Run | None = None
    why: str = ""
    late: bool = False


SETS = (
    Together(name="frameworks", extras=("all", "jax", "keras", "onnxscript")),
    Together(name="openvino", extras=("openvino",), backends=("openvino-cpu",)),
    Together(name="tinygrad", extras=("tinygrad",), backends=("tinygrad-cpu",)),
    Together(
        name="opencv",
        distribution="opencv-python-headless",
        backends=("opencv_dnn@CPU",),
        declared=False,
    ),
    # its ONNX importer, which has auto_pad and output_shape; an emulated device: hours
    Together(
        name="tinygrad_onnx",
        distribution="tinygrad",
        backends=("tinygrad_runtime@CPU",),
        declared=False,
    ),
)
LATE_STATUS = 2


def chosen_of(names: list[str] | None) -> list[Together]:
    """The sets of these names; without any, those that are declared."""
    return [each for each in SETS if (each.declared if names is None else each.name in names)]


def made(chosen: Together, folder: Path, end: float) -> Path:
    """The interpreter of a new environment with what the set needs, by the time `end`. Raises
    SubprocessError."""
    environment = folder / chosen.name
    interpreter = environment / "bin" / "python"
    extras = [word for extra in chosen.extras for word in ("--extra", extra)]
    needs = chosen.needs or ((chosen.distribution,) if chosen.distribution else ())
    for words in (
        ["venv", "-q", "--clear", str(environment)],
        [
            *("pip", "install", "-q", "--no-build", "--python", str(interpreter)),
            *("-c", "constraints.txt", "-r", "pyproject.toml", *extras, *needs),
        ],
    ):
        subprocess.run(["uv", *words], check=True, cwd=ROOT, timeout=_left(end))
    return interpreter


def _left(end: float) -> float:
    return max(end - time.monotonic(), 0.0)


def asked(chosen: Together, interpreter: Path, suites: list[str], out: Path, end: float) -> Run:
    """The run of the set's backends there, by the time `end`. Raises SubprocessError where it
    cannot be made, RunError where it left no run."""
    options = [word for suite in suites for word in ("--suite", suite)]
    options += [word for name in chosen.backends for word in ("--backend", name)]
    options += [] if chosen.backends else ["--all-backends"]
    if chosen.distribution:
        command = [str(interpreter), "-c", _VERSION, chosen.distribution]
        told = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, timeout=_left(end)
        )
        options += ["--backend-version", told.stdout.strip()]
    command = [str(interpreter), "-c", COMMAND, "run", *options, "--no-report", "--out", str(out)]
    shutil.rmtree(out, ignore_errors=True)  # of an earlier call
    done = subprocess.run(command, cwd=STRANGERS, check=False, timeout=_left(end))
    if done.returncode > 1 and done.returncode != NOTHING_RAN_STATUS:
        done.check_returncode()
    return read_run(out)


def outcome(
    chosen: Together, suites: list[str], folder: Path, out: Path, seconds: float = 60 * MINUTES
) -> Outcome:
    """What becomes of a set, from nothing, within `seconds`."""
    begun, run, why, late = time.monotonic(), None, "", False
    end = begun + seconds
    try:
        interpreter = made(chosen, folder, end)
        run = asked(chosen, interpreter, suites, out / "runs" / chosen.name, end)
    except (subprocess.SubprocessError, OSError, RunError) as error:
        why, late = str(error), isinstance(error, subprocess.TimeoutExpired)
    spent = time.monotonic() - begun
    return Outcome(name=chosen.name, seconds=spent, run=run, why=why, late=late)


def said(each: Outcome) -> str:
    """A line for each backend of the set, or why it was not asked."""
    if each.run is None:
        return f"{each.name}: not asked: {each.why}"
    shares = answered(each.run.header, each.run.records)
    lines = (f"{each.name}: {name}: {share.sentence()}" for name, share in shares.items())
    return "\n".join([*lines, f"{each.name}: {each.seconds:.0f} s"])


def merged(outcomes: list[Outcome], out: Path) -> int:
    """Draws one page of all runs; its exit status, that of nothing that ran, or, where all is green
    but a set was too late, that."""
    runs = [str(out / "runs" / each.name) for each in outcomes if each.run is not None]
    if not runs:
        return NOTHING_RAN_STATUS
    command = [sys.executable, "-c", COMMAND, "report", *runs, "--out", str(out / "page")]
    status = subprocess.run(command, check=False).returncode
    return status or (LATE_STATUS if any(each.late for each in outcomes) else 0)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", action="append", choices=[each.name for each in SETS])
    parser.add_argument("--suite", action="append", help="by default the default ones")
    parser.add_argument("--out", type=Path, default=ROOT / "report-matrix")
    parser.add_argument("--environments", type=Path, default=ROOT / ".tox" / "matrix")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all sets together")
    parser.add_argument("--keep", action="store_true", help="keep the environments")
    return parser.parse_args()


def main() -> int:
    given = _given()
    out, suites = given.out.resolve(), given.suite or list(VERSIONED)
    environments = given.environments.resolve()
    outcomes, end = [], time.monotonic() + 60 * given.minutes
    for chosen in chosen_of(given.set):
        outcomes.append(outcome(chosen, suites, environments, out, _left(end)))
        print(said(outcomes[-1]), flush=True)
        if not given.keep:
            shutil.rmtree(environments / chosen.name, ignore_errors=True)
    status = merged(outcomes, out)
    print("\n".join(map(said, outcomes)))
    if given.set is None:
        print(f"not asked unless named (--set NAME), since nothing is declared: {_by_name()}")
    return status


def _by_name() -> str:
    return ", ".join(each.name for each in SETS if not each.declared)


if __name__ == "__main__":
    sys.exit(main())
