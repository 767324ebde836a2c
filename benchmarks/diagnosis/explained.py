"""How much of what the frameworks do differently is explained without any declaration: `python
benchmarks/diagnosis/explained.py`, some minutes.

Asks the CPU backends that are usable here the suites that judge answers, with no declaration in
force, and counts the discrepant answers that a diagnosis names. Writes `explained.json`, from which
`docs/refresh.py` makes the published sentence and table.
"""

import dataclasses
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import EXPLAINED, ROOT, keep_figures, key_of

from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Finding, Run, Verdict

RESULTS = ROOT / "benchmarks" / "figures" / "explained.json"


def explained(run: Run) -> list[dict[str, Any]]:
    """A row a backend: its version, how many answers differ, how many of them each kind of
    diagnosis covers."""
    failing = [finding for finding in run.findings if finding.verdict is Verdict.FAILS]
    rows = []
    for backend in (b for b in run.header.backends if b.asked):
        mine = [finding for finding in failing if finding.backend == backend.name]
        kinds = Counter(
            {kind: _answers(mine, kind) for kind in sorted({finding.kind for finding in mine})}
        )
        rows.append(
            {
                "backend": backend.name,
                "version": backend.version,
                "discrepant": kinds.total(),
                "kinds": dict(kinds),
            }
        )
    return rows


def _answers(findings: list[Finding], kind: str) -> int:
    return sum(finding.cases for finding in findings if finding.kind == kind)


def _unasked(rows: list[dict[str, Any]]) -> list[str]:
    """A line for each backend of the CPU that a run asks by itself and that is not in the rows."""
    asked = {row["backend"] for row in rows}
    owed = (entry for entry in BUILT_IN if entry.device == "cpu" and entry.by_default)
    return [f"{entry.name}: {entry.why_unusable()}" for entry in owed if entry.name not in asked]


def main() -> None:
    """Runs, writes, prints a line a backend."""
    plan = dataclasses.replace(
        selection.plan(backends=(), suites=EXPLAINED, limits=Limits(), jobs=2), deviations=[]
    )
    with tempfile.TemporaryDirectory() as directory:
        run = execute(plan, Path(directory))
    rows, cpu = explained(run), run.header.environment.get("cpu", "unknown")
    figures = {"suites": EXPLAINED, "cpu": cpu, "measured_of": key_of("explained"), "rows": rows}
    for row in rows:
        print(
            row["backend"],
            row["version"],
            f"{row['discrepant']} differ:",
            row["kinds"],
            file=sys.stderr,
        )
    keep_figures(RESULTS, figures, _unasked(rows))


if __name__ == "__main__":
    main()
