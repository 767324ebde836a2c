"""Writes `docs/compatibility.md`: `python docs/made/compatibility.py`, some minutes; with
`--computes` the section alone of what was measured of each backend before, in a second.

Asks the CPU backends, at the versions of constraints.txt, every suite that the page speaks of. The
page says on which processor.
"""

import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "compatibility.md"
sys.path.insert(0, str(ROOT / "benchmarks"))

from measured_of import FRAMEWORKS, PUBLISHED, in_text, key_of, pins  # noqa: E402

from convtranspose_conformance.backends.registry import BUILT_IN  # noqa: E402
from convtranspose_conformance.measuring.recorded import recorded  # noqa: E402
from convtranspose_conformance.run.execution import execute  # noqa: E402
from convtranspose_conformance.run.planning import selection  # noqa: E402
from convtranspose_conformance.worker.process import Limits  # noqa: E402
from convtranspose_reports import Run  # noqa: E402
from convtranspose_reports.compatibility import compatibility, computes_text  # noqa: E402

BACKENDS = tuple(entry.name for entry in BUILT_IN if entry.device == "cpu")


def not_pinned(run: Run) -> list[str]:
    """Backends of another version than constraints.txt has."""
    pinned = {name.removeprefix("version of "): v for name, v in pins(*FRAMEWORKS).items()}
    return [
        f"{backend.name} is {backend.version}"
        for backend in run.header.backends
        if backend.asked and backend.version.partition("+")[0] not in pinned.values()
    ]


def page(run: Run) -> str:
    """The run's COMPATIBILITY.md, with what it was measured of and on."""
    title, rest = compatibility(run).split("\n", 1)
    cpu = run.header.environment["cpu"]
    where = f"Measured on {cpu}; another may round otherwise: see [Environment](#environment)."
    return f"{title}\n{in_text(key_of('compatibility'))}\n{where}\n{rest}"


def with_computes(text: str) -> str:
    """The page with the section of what was measured of each backend as it is recorded now."""
    mine = [line for name, line in recorded().items() if name in BACKENDS]
    section = re.compile(r"## What each computes, measured\n.*?(?=^## )", re.DOTALL | re.MULTILINE)
    without = section.sub("", text)
    before, after = without.split("## Accuracy\n", 1)
    return f"{before}{computes_text(mine).rstrip()}\n\n## Accuracy\n{after}"


def main() -> int:
    """0, or 1 where the run is not of the pinned versions."""
    if "--computes" in sys.argv[1:]:
        PAGE.write_text(with_computes(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    plan = selection.plan(backends=BACKENDS, suites=PUBLISHED, limits=Limits(), jobs=2)
    with tempfile.TemporaryDirectory() as directory:
        run = execute(plan, Path(directory))
    others = not_pinned(run)
    if others:
        print(f"not the versions of constraints.txt: {', '.join(others)}", file=sys.stderr)
        return 1
    PAGE.write_text(page(run), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
