"""Older releases of the frameworks, asked once, and judged again whenever that is wanted: `python
benchmarks/environments/history.py`, or `tox -e history`.

`uv` makes an environment for each release, asks the default suites and `invalid` there, keeps the
answers, as `convtranspose run --answers-only` leaves them, in `history/answers.tar.xz`, a member a
release, and throws the environment away, one after the other. Then all that is kept is judged by
today's rules, and what each release does is written to `figures/history.json`, from which
`docs/refresh.py` makes the tables of docs/history.md, and to `since.json` of the package, from
which findings say since which release they hold.

`--judge` does the second part alone, some minutes, and with `--of` for one distribution or backend
only; `--release` asks only those named, `--missing` only those of which nothing is kept; `--anew`
asks and judges nothing, and writes what is kept in today's form, in which it says the same to the
bit. A release that cannot be installed or asked on this machine is said, and costs itself alone;
exit status 1 then, and where one contradicts what is declared of it. PyTorch's wheels on PyPI bring
CUDA, 4 to 6 GB an environment: UV_TORCH_BACKEND=cpu, or UV_FIND_LINKS with wheels at hand, leaves
it out.
"""

import argparse
import json
import lzma
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.environments.known_since import RESULTS, SINCE, text
from benchmarks.environments.older_releases import Release, date_of, keep, kept, releases
from benchmarks.environments.versions import COMMAND, KNOWN
from benchmarks.measured_of import ROOT, VERSIONED, keep_figures, key_of, merged
from benchmarks.measured_of.parts import kept_answers

from convtranspose_conformance.run.kept.anew import anew
from convtranspose_conformance.run.kept.form import KEPT, encoded
from convtranspose_conformance.run.kept.judging import judge_kept
from convtranspose_reports import BackendLine, Finding, Run, Verdict
from convtranspose_reports.runs.answered import answered

STRANGERS = ROOT / "benchmarks" / "strangers"
SUITES = (*VERSIONED, "invalid")
SECONDS = "15"  # for one case: old releases hang where newer ones refuse
SAID = {Verdict.DEVIATES, Verdict.FAILS}


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
    """Keeps a release's answers, in place of earlier ones."""
    keep(dict(kept()) | {name: in_todays_form(answers)})


def in_todays_form(answers: bytes) -> bytes:
    """A file of answers, uncompressed, as it would be written today."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / KEPT
        path.write_bytes(answers)
        return b"".join(map(encoded, anew(path)))


def write_anew() -> None:
    """What is kept in today's form; figures that were of it are so still."""
    history, before = json.loads(RESULTS.read_text(encoding="utf-8")), kept_answers()
    keep({name: in_todays_form(answers) for name, answers in kept()})
    kept_answers.cache_clear()
    history["measured_of"] |= {
        part: now
        for part, now in kept_answers().items()
        if history["measured_of"].get(part) == before[part]
    }
    keep_figures(RESULTS, history)


def judged(of: list[str] | None = None) -> Iterator[Run]:
    """What the answers of each release come to today; those `of` some distributions or backends
    alone."""
    known, named = sorted(KNOWN.glob("*.toml")), {each.name: each for each in releases()}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in kept():
            if named[name].is_of(of or []):
                path = Path(folder) / f"{name}.jsonl"
                path.write_bytes(content)
                yield judge_kept(path, known)


def figures(runs: Iterable[Run]) -> Iterator[dict[str, Any]]:
    """Of each backend and release: verdicts, the share that was answered, and every difference with
    its number of cases."""
    for run in runs:
        for line in run.header.backends:
            if line.was_asked:
                yield _figures(run, line)


def _figures(run: Run, line: BackendLine) -> dict[str, Any]:
    version = line.version.partition("+")[0]  # `+cu128` tells one build of PyTorch from another
    return {
        "backend": line.name,
        "version": version,
        "date": date_of(line.name, version),
        "answered": answered(run.header, run.records)[line.name].percent,
        "verdicts": dict(Counter(r.verdict for r in run.records if r.backend == line.name)),
        **_stale(run, line.name),
        "differences": {
            f.id: {"cases": f.cases, "sentence": f.sentence, "fails": f.verdict is Verdict.FAILS}
            for f in _differences(run, line.name)
        },
    }


def _stale(run: Run, backend: str) -> dict[str, list[str]]:
    """What is declared of the release and does not hold, each in a sentence; nothing where all of
    it does."""
    stale = [f for f in run.findings if f.backend == backend and f.verdict is Verdict.STALE]
    return {"stale": [f.sentence for f in stale]} if stale else {}


def _differences(run: Run, backend: str) -> list[Finding]:
    return [f for f in run.findings if f.backend == backend and f.verdict in SAID]


def written(rows: list[dict[str, Any]], of: list[str]) -> None:
    """Keeps what was judged, and where that was only of some distributions or backends what is kept
    of the others."""
    history, key = json.loads(RESULTS.read_text(encoding="utf-8")), key_of("history")
    if of:
        these = [release for release in releases() if release.is_of(of)]
        parts = [f"answers {release.distribution}" for release in these]
        parts += [f"declared {name}" for release in these for name in release.backends]
        key = merged(history["measured_of"], key, parts)
        anew = {(row["backend"], row["version"]): row for row in rows}
        before = {(row["backend"], row["version"]): row for row in history["releases"]}
        rows = [row for place in _places() if (row := (before | anew).get(place))]
    history = {"measured_of": key, "releases": rows}
    keep_figures(RESULTS, history)
    SINCE.write_text(text(rows), encoding="utf-8")


def _places() -> Iterator[tuple[str, str]]:
    """The backends and versions of which answers are kept, in that order."""
    named = {each.name: each for each in releases()}
    for release in (named[name] for name, _ in kept()):
        yield from ((backend, release.version) for backend in release.backends)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [release.name for release in releases()]
    parser.add_argument("--release", action="append", choices=names, metavar="NAME-VERSION")
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--judge", action="store_true", help="ask nothing")
    parser.add_argument("--anew", action="store_true", help="write what is kept anew, and end")
    parser.add_argument("--of", action="append", default=[], help="judge what is of these alone")
    parser.add_argument("--environments", type=Path, default=ROOT / ".tox" / "history")
    return parser.parse_args()


def main() -> int:
    given = _given()
    if given.anew:
        write_anew()
        return 0
    there = {name for name, _ in kept()}
    failed = 0
    for release in () if given.judge else releases():
        if given.release and release.name not in given.release:
            continue
        if given.missing and release.name in there:
            continue
        why = asked(release, given.environments.resolve())
        failed += bool(why)
        print(f"{release.name}: {'not asked: ' + why if why else 'asked'}", flush=True)
    rows = []
    for row in figures(judged(given.of)):
        verdicts = ", ".join(f"{n} {verdict}" for verdict, n in row["verdicts"].items())
        told = "; ".join(
            [verdicts, f"{len(row['differences'])} differences", *row.get("stale", ())]
        )
        print(f"{row['backend']} {row['version']}: {told}", flush=True)
        rows.append(row)
    written(rows, given.of)
    return int(failed > 0 or any("stale" in row for row in rows))


if __name__ == "__main__":
    sys.exit(main())
