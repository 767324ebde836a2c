"""Runs that others sent, held against their answers: `python benchmarks/given/submitted.py`.

`submitted/NAME/` holds `about.toml` (who sent it, and how it was made), `answers.jsonl.xz` and
`results.jsonl`, as `convtranspose run --keep-answers` leaves them. Each is judged here; one whose
records are not what its answers come to by the project's declarations and those beside it
(`deviations.toml`, if there), or of which it is not said who made it how, is refused, with what is
wrong, and the exit status is 1. `--out DIR` merges the others into one run with its pages.
"""

import argparse
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
from benchmarks.measured_of import ROOT

from convtranspose_reports import RunError

FOLDER = ROOT / "benchmarks" / "submitted"
STATUSES = (0, 1, 3)  # of a run: green, red, or a backend answered nothing
COMMAND = (sys.executable, "-m", "convtranspose_conformance")


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who sent a run: a name, an address of the web where they can be asked, the day, and how it
    was made: machine, installation, command."""

    who: str
    address: str
    date: str
    how: str


class RefusedError(RunError):
    """A submission that is not published; the message names it and says why."""


def about(directory: Path) -> About:
    """What a submission says of itself. Raises RefusedError."""
    path = directory / "about.toml"
    try:
        note = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), About)
    except (OSError, ValueError) as error:
        raise RefusedError(f"{path}: {error}") from error
    empty = [field for field in note.__struct_fields__ if not getattr(note, field).strip()]
    if empty or not note.address.startswith("https://"):
        raise RefusedError(f"{path}: says no {', '.join(empty) or 'address that begins https://'}")
    return note


def judge(directory: Path, out: Path) -> About:
    """Judges a submission into `out`; who sent it. Raises RefusedError where a record is not what
    its answers come to."""
    note = about(directory)
    own = directory / "deviations.toml"
    options = ["--deviations", str(own)] if own.exists() else []
    command = [*COMMAND, "judge", str(directory), "--claimed", str(directory), *options]
    done = subprocess.run(
        [*command, "--out", str(out)], check=False, capture_output=True, text=True
    )
    if done.returncode not in STATUSES:
        raise RefusedError(f"{directory}: {done.stderr.strip()}")
    return note


def main(arguments: Sequence[str] | None = None) -> int:
    """Judges all of them; the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="where the page of all of them goes")
    out = parser.parse_args(arguments).out
    refused, runs = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for directory in sorted(path for path in FOLDER.glob("*") if path.is_dir()):
            try:
                note = judge(directory, Path(folder) / directory.name)
            except RefusedError as error:
                refused += 1
                print(f"refused: {error}")
                continue
            runs.append(Path(folder) / directory.name)
            print(f"{directory.name}: from {note.who} ({note.address}), {note.date}: {note.how}")
        merged = out is None or not runs or _merged(runs, out)
    print(f"{len(runs)} submissions judged, {refused} refused")
    return int(refused > 0 or not merged)


def _merged(runs: Sequence[Path], out: Path) -> bool:
    """One run of all, with its pages; said where they do not merge."""
    done = subprocess.run([*COMMAND, "report", *map(str, runs), "--out", str(out)], check=False)
    return done.returncode in STATUSES


if __name__ == "__main__":
    sys.exit(main())
