"""Older releases of the frameworks, asked once, and judged again whenever that is wanted: `python
benchmarks/history.py`, or `tox -e history`.

`uv` makes an environment for each release, asks the default suites and `invalid` there, keeps the
answers, as `convtranspose run --answers-only` leaves them, in `history/NAME.tar.xz`, a member a
release, and throws the environment away, one after the other. Then all that is kept is judged by
today's rules, and what each release does is written to `figures/history.json`, from which
`docs/refresh.py` makes the tables of docs/history.md, and to `since.json` of the package, from
which findings say since which release they hold.

`--judge` does the second part alone, some minutes; `--release` asks only those named, `--missing`
only those of which nothing is kept. A release that cannot be installed or asked on this machine is
said, and costs itself alone; exit status 1 then.
"""

import argparse
import io
import json
import lzma
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from known_since import RESULTS, SINCE, text
from measured_of import ROOT, VERSIONED, key_of
from packaging.version import Version
from versions import COMMAND, KNOWN

from convtranspose_conformance.run.kept.form import KEPT
from convtranspose_conformance.run.kept.judging import judge_kept
from convtranspose_reports import BackendLine, Finding, Run, Verdict
from convtranspose_reports.runs.answered import answered

FOLDER = ROOT / "benchmarks" / "history"
STRANGERS = ROOT / "benchmarks" / "strangers"
SUITES = (*VERSIONED, "invalid")
ENDING = ".tar.xz"
SECONDS = "15"  # for one case: old releases hang where newer ones refuse
SAID = {Verdict.DEVIATES, Verdict.FAILS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release: what is installed beside this project's own requirements, the first of which names
    it; when it came out (on PyPI); who is asked."""

    needs: tuple[str, ...]
    date: str
    backends: tuple[str, ...]

    @property
    def name(self) -> str:
        """`onnxruntime-1.20.1`."""
        return self.needs[0].replace("==", "-")


def _releases(
    distribution: str, backends: tuple[str, ...], dates: dict[str, str], *beside: str
) -> list[Release]:
    return [
        Release(needs=(f"{distribution}=={version}", *beside), date=date, backends=backends)
        for version, date in dates.items()
    ]


RELEASES = (
    *_releases(
        "onnxruntime",
        ("onnxruntime-cpu",),
        {
            "1.20.1": "2024-11-21",
            "1.22.1": "2025-07-10",
            "1.23.2": "2025-10-27",
            "1.24.4": "2026-03-17",
            "1.26.0": "2026-05-08",
            "1.27.0": "2026-06-15",
            "1.28.0": "2026-07-25",
            "1.30.0": "2026-09-10",
            "1.31.1": "2026-10-26",
            "1.32.0": "2026-11-13",
        },
        "onnx==1.23.2",
    ),
    *_releases(
        "onnx",
        ("onnx-reference", "onnx-shape-inference"),
        {
            "1.17.0": "2024-10-01",
            "1.19.1": "2025-10-10",
            "1.21.0": "2026-03-27",
            "1.22.0": "2026-06-15",
            "1.23.2": "2026-10-06",
        },
    ),
    *_releases(
        "tensorflow",
        ("tensorflow-cpu", "tensorflow-cpu-backprop-input"),
        {"2.18.1": "2025-03-12", "2.20.0": "2025-08-13", "2.21.0": "2026-03-06"},
    ),
    *_releases("jax", ("jax-cpu",), {"0.10.0": "2026-04-16", "0.10.2": "2026-06-17"}),
    *_releases(
        "keras",
        ("keras-torch-cpu",),
        {"3.15.0": "2026-06-24", "3.15.1": "2026-07-29"},
        "torch==2.13.0",
    ),
)


def asked(release: Release, folder: Path) -> str:
    """Asks a release in an environment of its own and keeps its answers. Returns why that cannot be
    done, or ""."""
    environment, python = folder / release.name, folder / release.name / "bin" / "python"
    options = [word for name in release.backends for word in ("--backend", name)]
    options += [word for suite in SUITES for word in ("--suite", suite)]
    run = partial(subprocess.run, check=True, cwd=STRANGERS)
    try:
        run(["uv", "venv", "-q", "--clear", str(environment)])
        into = ["uv", "pip", "install", "-q", "--no-build", "--python", str(python)]
        run([*into, "-r", str(ROOT / "pyproject.toml"), *release.needs])
        with tempfile.TemporaryDirectory() as out:
            command = [str(python), "-c", COMMAND, "run", *options, "--answers-only"]
            run([*command, "--timeout", SECONDS, "--out", out])
            add(release.name, lzma.decompress((Path(out) / KEPT).read_bytes()))
    except (subprocess.CalledProcessError, OSError) as error:
        return str(error)
    finally:
        shutil.rmtree(environment, ignore_errors=True)
    return ""


def add(name: str, answers: bytes) -> None:
    """Keeps a release's answers among those of its distribution, in place of earlier ones."""
    distribution, _, version = name.rpartition("-")
    path = FOLDER / f"{distribution}{ENDING}"
    there = dict(_members(path)) | {f"{version}.jsonl": answers}
    FOLDER.mkdir(exist_ok=True)
    written = path.with_suffix(".part")
    with tarfile.open(written, "w:xz", preset=9) as archive:
        for member, content in sorted(there.items(), key=_by_version):
            header = tarfile.TarInfo(member)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    written.replace(path)


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.exists():
        with tarfile.open(path, "r:xz") as archive:
            for member in archive:
                if (file := archive.extractfile(member)) is not None:
                    yield member.name, file.read()


def _by_version(member: tuple[str, bytes]) -> Version:
    return Version(member[0].removesuffix(".jsonl"))


def kept() -> Iterator[tuple[str, bytes]]:
    """The releases of which answers are kept, each distribution's by version, and the answers."""
    for path in sorted(FOLDER.glob(f"*{ENDING}")):
        for member, content in sorted(_members(path), key=_by_version):
            yield f"{path.name.removesuffix(ENDING)}-{member.removesuffix('.jsonl')}", content


def judged() -> Iterator[Run]:
    """What the answers of each release come to today."""
    known = sorted(KNOWN.glob("*.toml"))
    with tempfile.TemporaryDirectory() as folder:
        for name, content in kept():
            path = Path(folder) / f"{name}.jsonl"
            path.write_bytes(content)
            yield judge_kept(path, known)


def figures(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """Of each backend and release: verdicts, the share that was answered, and every difference with
    its number of cases."""
    return [
        {
            "backend": line.name,
            "version": line.version,
            "date": _date(line),
            "answered": answered(run.header, run.records)[line.name].percent,
            "verdicts": dict(Counter(r.verdict for r in run.records if r.backend == line.name)),
            "differences": {
                f.id: {
                    "cases": f.cases,
                    "sentence": f.sentence,
                    "fails": f.verdict is Verdict.FAILS,
                }
                for f in _differences(run, line.name)
            },
        }
        for run in runs
        for line in run.header.backends
        if line.was_asked
    ]


def _date(line: BackendLine) -> str:
    """When the release came out, "" where it is none of these."""
    return next(
        (
            r.date
            for r in RELEASES
            if line.name in r.backends and r.name.endswith(f"-{line.version}")
        ),
        "",
    )


def _differences(run: Run, backend: str) -> list[Finding]:
    return [f for f in run.findings if f.backend == backend and f.verdict in SAID]


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [release.name for release in RELEASES]
    parser.add_argument("--release", action="append", choices=names, metavar="NAME-VERSION")
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--judge", action="store_true", help="ask nothing")
    parser.add_argument("--environments", type=Path, default=ROOT / ".tox" / "history")
    return parser.parse_args()


def main() -> int:
    given = _given()
    there = {name for name, _ in kept()}
    failed = 0
    for release in () if given.judge else RELEASES:
        if given.release and release.name not in given.release:
            continue
        if given.missing and release.name in there:
            continue
        why = asked(release, given.environments.resolve())
        failed += bool(why)
        print(f"{release.name}: {'not asked: ' + why if why else 'asked'}", flush=True)
    rows = figures(judged())
    for row in rows:
        verdicts = ", ".join(f"{n} {verdict}" for verdict, n in row["verdicts"].items())
        print(
            f"{row['backend']} {row['version']}: {verdicts}; {len(row['differences'])} differences"
        )
    told = {"measured_of": key_of("history"), "releases": rows}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    SINCE.write_text(text(rows), encoding="utf-8")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
