"""Renews everything here that is generated: `python docs/refresh.py`, or `tox -e refresh`.

`--check` renews nothing and names what is stale, in seconds and on any machine: figures are not
measured again for it, but held against what they were measured of (`benchmarks/measured_of/`).
`--cheap` leaves out the figures that take minutes. A figure that cannot be measured here stays as
it is, and stale; the others are renewed all the same, and the end says which failed. PARTs are what
is renewed or checked, by default all: grid, digests, figures, computes, schemas, architecture,
pictures, tables, upstream.
"""

import argparse
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from benchmarks.measured_of import (  # noqa: E402  before the packages
    FIGURES,
    Figures,
    of_other_versions,
    pins,
)
from made import compatibility, schemas, tables, upstream  # noqa: E402  they stand beside this script
from made.pictures import architecture, gallery, large_runs, lecture  # noqa: E402
from made.pictures.svg import DRAWN_BY  # noqa: E402

from convtranspose_cases import suite_cases  # noqa: E402
from convtranspose_cases.digests import (  # noqa: E402
    DigestFileError,
    digest,
    digested_suites,
    path_of,
    recorded,
)
from convtranspose_cases.suites.grids import covering  # noqa: E402
from convtranspose_conformance.measuring.recorded import recorded as recorded_of  # noqa: E402

PARTS_NAMED = 4  # parts of a key that are named before the rest is counted
ANEW = "python docs/refresh.py"


def stale_grid() -> Iterator[str]:
    """The rows of the grids, where they are not those of the covering arrays over their factors."""
    for path, text in covering.texts().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(ROOT)}: the factors have changed: {ANEW} grid"


def renew_grid() -> None:
    """Works the covering arrays out."""
    for path, text in covering.texts().items():
        path.write_text(text, encoding="utf-8")


def stale_digests() -> Iterator[str]:
    """Suites with other cases than digests are kept of. Whether a digest is right, `convtranspose
    goldens check` says."""
    for suite in digested_suites():
        names, kept = [case.name for case in suite_cases(suite)], list(recorded(suite))
        if names != kept:
            differ = len(set(names) ^ set(kept))
            what = f"{differ} cases are new or gone" if differ else "another order"
            yield f"{path_of(suite).relative_to(ROOT)}: {what}: {ANEW} digests"


def renew_digests() -> None:
    """Digests of new cases, in the suite's order. A digest that is kept stays: only `convtranspose
    goldens write` changes one."""
    for suite in digested_suites():
        cases, kept = suite_cases(suite), recorded(suite)
        if [case.name for case in cases] != list(kept):
            lines = [f"{case.name} {kept.get(case.name) or digest(case)}\n" for case in cases]
            path_of(suite).write_text("".join(lines), encoding="utf-8")


def _line(figures: Figures, changed: list[str]) -> str:
    kept, now = figures.kept(), figures.now()
    parts = [
        f"{part} ({kept.get(part, 'unknown')}, now {now.get(part, 'gone')})"
        for part in changed[:PARTS_NAMED]
    ]
    more = [f"and {len(changed) - PARTS_NAMED} more"] if len(changed) > PARTS_NAMED else []
    return (
        f"{figures.path}: measured of another {', '.join([*parts, *more])}: "
        f"{shlex.join(figures.command(changed))} (at most {figures.minutes} minutes)"
    )


def stale_figures() -> Iterator[str]:
    """Files of figures that were measured of other cases, mutants or versions."""
    for figures in FIGURES.values():
        changed = figures.changed()
        if changed:
            yield _line(figures, changed)


def renew_figures() -> list[str]:
    """Measures again what is stale, one after the other. A line for each whose command failed."""
    failed = []
    for figures in FIGURES.values():
        changed = figures.changed()
        if changed:
            print(_line(figures, changed), file=sys.stderr)
            command = figures.command(changed)
            status = subprocess.run([sys.executable, *command[1:]], cwd=ROOT).returncode
            if status:
                what = "not renewed" if figures.changed() else "renewed, and red"
                said = f"{figures.path}: {what} (exit status {status}): {shlex.join(command)}"
                failed.append(said)
    return failed


def stale_computes() -> Iterator[str]:
    """The page of what was measured of each backend, where it is not what is recorded."""
    page = compatibility.COMPUTES
    if not page.exists() or page.read_text(encoding="utf-8") != compatibility.computes():
        yield f"{page.relative_to(ROOT)}: something else is recorded: {ANEW} computes"


def renew_computes() -> None:
    """Writes the page, of what may have been measured just now."""
    recorded_of.cache_clear()
    compatibility.COMPUTES.write_text(compatibility.computes(), encoding="utf-8")


def stale_schemas() -> Iterator[str]:
    """JSON Schemas that say something else than the types that files are written from."""
    for path, text in schemas.texts().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(ROOT)}: the types have changed: {ANEW} schemas"


def renew_schemas() -> None:
    """Writes the schemas."""
    for path, text in schemas.texts().items():
        path.write_text(text, encoding="utf-8")


def stale_architecture() -> Iterator[str]:
    """The picture, where it is not what the imports say."""
    picture = architecture.PICTURE
    if not picture.exists() or picture.read_text(encoding="utf-8") != architecture.made():
        yield f"{picture.relative_to(ROOT)}: the imports have changed: {ANEW} architecture"


def renew_architecture() -> None:
    """Draws the picture."""
    architecture.PICTURE.write_text(architecture.made(), encoding="utf-8")


def _drawn() -> dict[Path, str]:
    return large_runs.texts() | lecture.texts() | gallery.texts()


def _drawn_otherwise() -> list[str]:
    """Why what is drawn here cannot be compared: other versions draw otherwise."""
    others = of_other_versions(pins(*DRAWN_BY))
    return [f"docs/pictures: {each}: pip install -c constraints.txt" for each in others]


def stale_pictures() -> Iterator[str]:
    """Pictures that are not what the figures and the reference say."""
    otherwise = _drawn_otherwise()
    yield from otherwise
    for path, text in () if otherwise else _drawn().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(ROOT)}: drawn otherwise: {ANEW} pictures"


def renew_pictures() -> list[str]:
    """Draws them, or says why not."""
    otherwise = _drawn_otherwise()
    for path, text in () if otherwise else _drawn().items():
        path.write_text(text, encoding="utf-8")
    return otherwise


def stale_tables() -> Iterator[str]:
    """Pages with a table that says something else than the code, or the figures, do."""
    for page in tables.pages():
        text = page.read_text(encoding="utf-8")
        if tables.filled(text) != text:
            yield f"{page.relative_to(ROOT)}: a table has drifted: {ANEW} tables"


def renew_tables() -> None:
    """Fills every table."""
    for page in tables.pages():
        text = page.read_text(encoding="utf-8")
        page.write_text(tables.filled(text), encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something generated: what of it is stale, a line each, and how it is made anew, which may
    say what failed."""

    stale: Callable[[], Iterator[str]]
    renew: Callable[[], list[str] | None]


PARTS = {  # in the order in which they are made of each other
    "grid": Part(stale=stale_grid, renew=renew_grid),
    "digests": Part(stale=stale_digests, renew=renew_digests),
    "figures": Part(stale=stale_figures, renew=renew_figures),
    "computes": Part(stale=stale_computes, renew=renew_computes),
    "schemas": Part(stale=stale_schemas, renew=renew_schemas),
    "architecture": Part(stale=stale_architecture, renew=renew_architecture),
    "pictures": Part(stale=stale_pictures, renew=renew_pictures),
    "tables": Part(stale=stale_tables, renew=renew_tables),
    "upstream": Part(stale=upstream.stale, renew=upstream.renew),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="*", help=f"one of {', '.join(PARTS)}; by default all")
    parser.add_argument("--check", action="store_true", help="renew nothing: name what is stale")
    parser.add_argument("--cheap", action="store_true", help="leave out what takes minutes")
    given = parser.parse_args()
    for part in given.part:
        if part not in PARTS:
            parser.error(f"unknown part {part!r}; known: {', '.join(PARTS)}")
    return given


def main() -> int:
    """0; 1 where something is stale, or a command failed; 2 for a file that cannot be read."""
    given = _arguments()
    parts = [PARTS[name] for name in PARTS if name in (given.part or PARTS)]
    failed: list[str] = []
    try:
        for part in parts:
            if not given.check and not (given.cheap and part is PARTS["figures"]):
                failed += part.renew() or ()
        stale = [line for part in parts for line in part.stale()]
    except DigestFileError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print("\n".join(stale) or "everything generated is as it would be made now")
    if failed:
        print("\n".join(["failed:", *failed]), file=sys.stderr)
    return int(bool(stale or failed))


if __name__ == "__main__":
    sys.exit(main())
