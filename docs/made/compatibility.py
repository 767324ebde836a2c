"""Writes `docs/compatibility.md` and `docs/computes.md`: `python docs/made/compatibility.py`, some
minutes; with `--computes` the second alone, of what was measured of each backend before, in a
second.

Asks the CPU backends, at the versions of constraints.txt, every suite that the page speaks of. The
page says on which processor.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "compatibility.md"
COMPUTES = ROOT / "docs" / "computes.md"
sys.path.insert(0, str(ROOT))

from benchmarks.measured_of import FRAMEWORKS, PUBLISHED, in_text, keep_text, key_of, pins  # noqa: E402

from convtranspose_conformance.backends.registry import BUILT_IN  # noqa: E402
from convtranspose_conformance.measuring.recorded import recorded  # noqa: E402
from convtranspose_conformance.run.execution import execute  # noqa: E402
from convtranspose_conformance.run.planning import selection  # noqa: E402
from convtranspose_conformance.worker.process import Limits  # noqa: E402
from convtranspose_reports import Run  # noqa: E402
from convtranspose_reports.compatibility import compatibility, computes_text  # noqa: E402

BACKENDS = tuple(entry.name for entry in BUILT_IN if entry.device == "cpu")
LIMITS = Limits(start_s=900.0)  # an import may wait for others on a busy machine


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
    more = "What each computes, read off its answers: [computes.md](computes.md).\n"
    return f"{title}\n{in_text(key_of('compatibility'))}\n{rest.rstrip()}\n\n{more}"


def computes() -> str:
    """What was measured of each backend, as it is recorded now."""
    mine = [line for name, line in recorded().items() if name in BACKENDS]
    return computes_text(mine).replace("## ", "# ", 1)


def main() -> int:
    """0, or 1 where the run is not of the pinned versions."""
    if "--computes" in sys.argv[1:]:
        COMPUTES.write_text(computes(), encoding="utf-8")
        return 0
    plan = selection.plan(backends=BACKENDS, suites=PUBLISHED, limits=LIMITS, jobs=2)
    with tempfile.TemporaryDirectory() as directory:
        run = execute(plan, Path(directory))
    others = not_pinned(run)
    if others:
        print(f"not the versions of constraints.txt: {', '.join(others)}", file=sys.stderr)
        return 1
    keep_text(PAGE, page(run), key_of("compatibility"))
    COMPUTES.write_text(computes(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
