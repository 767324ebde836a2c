"""The oldest releases that pyproject.toml promises, and the newest that can be had, each in an
environment of its own: `python benchmarks/environments/versions.py oldest newest`, or `tox -e
oldest`, `tox -e newest`; some minutes and some GB an environment.

`uv` resolves: each direct requirement at its lower bound, or everything at its newest, before
releases included for `prerelease`. Then the default suites are asked there, with the tests of what
has no framework; differences of old releases that are known stand in versions/*.toml. Prints a line
for each backend; exit status 1 where one is red, or an environment cannot be made, which costs
itself alone. Writes `versions.json`, from which `docs/refresh.py` makes the tables of
docs/versions.md: nothing where an environment could not be made, and some environments alone only
into a file of the same cases and bounds. `--suite` and `--backend` ask less, and write nothing.
`--issue` writes what the runs bring to light, as the text of an issue. Where UV_TORCH_BACKEND=cpu
is set, PyTorch comes without CUDA.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, VERSIONED, NotInFullError, keep_figures, key_of

from convtranspose_reports import Run, Verdict, issue_text, read_run, summary
from convtranspose_reports.runs.answered import answered

RESULTS = ROOT / "benchmarks" / "figures" / "versions.json"
KNOWN = Path(__file__).with_suffix("")  # the folder of declarations for old releases
PYTHONS = ("3.11", "3.12", "3.13")
PUBLISHED = ("oldest", "newest")
RESOLUTIONS = {
    "oldest": ("--resolution", "lowest-direct"),
    "newest": ("--resolution", "highest"),
    "prerelease": ("--resolution", "highest", "--prerelease", "allow"),
}
COMMAND = "from convtranspose_conformance.cli.main import main; main()"
TESTING = ("hypothesis", "jsonschema", "playwright")
TESTS = (
    *(f"tests/reference/test_{name}.py" for name in ("geometry_by_hand", "rounding", "refusals")),
    "tests/conformance/rules",
    "tests/conformance/verdict/test_judge.py",
    "tests/conformance/backends/test_cuda_proofs.py",
    "tests/reports/test_run_files.py",
    "tests/reports/test_run_merging.py",
)
# what protobuf 4.25 says on Python 3.12 of itself
OLD_NEWS = "ignore:Type google._upb._message:DeprecationWarning"
_COUNTED = re.compile(r"(\d+) (passed|failed|error)")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendAsked:
    """One backend in one environment. `unverified`: how many of `deviates` are declared for other
    versions; `fixed`: how many of `conforms` are declared to differ in others."""

    backend: str
    versions: dict[str, str]
    percent: str
    verdicts: dict[str, int]
    unverified: int
    fixed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One set of releases on one Python: what was asked there, and how its tests ended (passed,
    failed)."""

    releases: str
    python: str
    resolved: dict[str, str]
    asked: tuple[BackendAsked, ...]
    tests: tuple[int, int]

    @property
    def is_red(self) -> bool:
        verdicts = [each.verdicts for each in self.asked]
        return any(v["fails"] or v["stale"] for v in verdicts) or self.tests[1] > 0


def _uv(*words: str) -> None:
    subprocess.run(["uv", *words], check=True, cwd=ROOT)


def made(releases: str, python: str, folder: Path) -> tuple[Path, dict[str, str]]:
    """The interpreter of a new environment, and distribution -> version of what was resolved.
    Raises CalledProcessError where nothing resolves or installs."""
    folder.mkdir(parents=True, exist_ok=True)
    resolved = folder / f"{releases}-{python}.txt"
    named = ["--python", python]
    _uv(
        *("pip", "compile", "-q", "--no-build", *RESOLUTIONS[releases], "--extra", "all", *named),
        *("pyproject.toml", "-o", str(resolved)),
    )
    environment = folder / f"{releases}-{python}"
    _uv("venv", "-q", "--clear", *named, str(environment))
    interpreter = environment / "bin" / "python"
    into = ["--no-build", "--python", str(interpreter)]
    _uv("pip", "install", "-q", *into, "-r", str(resolved))
    _uv("pip", "install", "-q", *into, "-c", str(resolved), *TESTING)
    lines = resolved.read_text(encoding="utf-8").splitlines()
    return interpreter, dict(line.split("==") for line in lines if re.match(r"[\w.-]+==\S+$", line))


def run_in(interpreter: Path, releases: str, given: argparse.Namespace, out: Path) -> Run:
    """A run there. Raises CalledProcessError where it cannot be made."""
    known = sorted(KNOWN.glob("*.toml")) if releases == "oldest" else []
    options = [
        word
        for option, values in (
            ("--backend", given.backend or ()),
            ("--suite", given.suite or VERSIONED),
            ("--deviations", known),
        )
        for value in values
        for word in (option, str(value))
    ]
    command = [str(interpreter), "-c", COMMAND, "run", *options, "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode > 1:
        done.check_returncode()
    return read_run(out)


def tested_in(interpreter: Path) -> tuple[int, int]:
    """How many tests of what has no framework passed there, and how many did not."""
    command = [str(interpreter), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-W", OLD_NEWS, *TESTS]
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    counts = {word: int(n) for n, word in _COUNTED.findall(done.stdout.rpartition("\n=")[2])}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    return counts.get("passed", 0), failed or int(done.returncode != 0)


def asked_of(run: Run) -> tuple[BackendAsked, ...]:
    """What each backend of a run came to."""
    notes = Counter((r.backend, r.verdict, r.note) for r in run.records)
    counts = summary(run)["backends"]
    shares = answered(run.header, run.records)
    return tuple(
        BackendAsked(
            backend=line.name,
            versions=line.versions,
            percent=shares[line.name].percent,
            verdicts=counts[line.name]["verdicts"],
            unverified=notes[line.name, Verdict.DEVIATES, "unverified here"],
            fixed=notes[line.name, Verdict.CONFORMS, "fixed?"],
        )
        for line in run.header.backends
        if line.name in shares
    )


def asked_there(
    releases: str, python: str, given: argparse.Namespace, out: Path
) -> tuple[Environment, Run]:
    """What was asked in a new environment, and the run. Raises CalledProcessError where none can be
    made, or used."""
    try:
        interpreter, resolved = made(releases, python, given.environments)
        run = run_in(interpreter, releases, given, out)
        environment = Environment(
            releases=releases,
            python=python,
            resolved=resolved,
            asked=asked_of(run),
            tests=tested_in(interpreter),
        )
    finally:
        if not given.keep:
            shutil.rmtree(given.environments / f"{releases}-{python}", ignore_errors=True)
    return environment, run


def _said(environment: Environment) -> str:
    where = f"{environment.releases} on Python {environment.python}"
    passed, failed = environment.tests
    lines = [f"{where}: tests {passed} passed, {failed} failed"]
    for each in environment.asked:
        verdicts = ", ".join(f"{n} {verdict}" for verdict, n in each.verdicts.items())
        lines.append(f"{where}: {each.backend}: {verdicts} ({each.unverified} unverified here)")
    return "\n".join(lines)


def write(measured: list[dict[str, Any]], left_out: list[str]) -> None:
    """Keeps what was measured, and of other environments what was kept of the same key. Raises
    NotInFullError where some environment was `left_out`, or has neither."""
    here = {"measured_of": key_of("versions")}
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    anew = {(each["releases"], each["python"]) for each in measured}
    kept = before["environments"] if before.get("measured_of") == here["measured_of"] else []
    rows = [each for each in kept if (each["releases"], each["python"]) not in anew] + measured
    order = list(RESOLUTIONS)
    rows.sort(key=lambda each: (order.index(each["releases"]), each["python"]))
    there = {(each["releases"], each["python"]) for each in rows}
    lacking = [
        f"{releases} on Python {python}: not asked"
        for releases, python in product(PUBLISHED, PYTHONS)
        if (releases, python) not in there
    ]
    keep_figures(RESULTS, here | {"environments": rows}, left_out or lacking)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("releases", nargs="+", choices=RESOLUTIONS)
    parser.add_argument("--python", action="append", help="by default 3.11, 3.12 and 3.13")
    parser.add_argument("--suite", action="append", choices=VERSIONED)
    parser.add_argument("--backend", action="append")
    parser.add_argument("--out", type=Path, help="where to leave the runs, a directory each")
    parser.add_argument("--environments", type=Path, default=ROOT / ".tox" / "versions")
    parser.add_argument("--issue", type=Path, help="where to write the text, empty without news")
    parser.add_argument("--keep", action="store_true", help="keep the environments")
    return parser.parse_args()


def main() -> int:
    given = _given()
    environments, runs, left_out = [], [], []
    with tempfile.TemporaryDirectory() as directory:
        for releases, python in product(given.releases, given.python or PYTHONS):
            out = (given.out or Path(directory)) / f"{releases}-{python}"
            try:
                environment, run = asked_there(releases, python, given, out)
            except (subprocess.CalledProcessError, OSError) as error:
                left_out.append(f"{releases} on Python {python}: not asked: {error}")
            else:
                environments.append(environment)
                runs.append(run)
    print("\n".join([*map(_said, environments), *left_out]))
    if given.issue is not None:
        given.issue.write_text("\n".join(filter(None, map(issue_text, runs))), encoding="utf-8")
    if not (given.suite or given.backend or "prerelease" in given.releases):
        try:
            write([asdict(each) for each in environments], left_out)
        except NotInFullError as error:  # of some environments alone: what they say is said
            print(error, file=sys.stderr)
    return int(bool(left_out) or any(each.is_red for each in environments))


if __name__ == "__main__":
    sys.exit(main())
