"""What a run records of every planted fault: `python benchmarks/alarms/faults.py [KIND]...`.

A process at a time. Writes `faults.json`, the rows of the named kinds alone where some are named;
`python docs/refresh.py tables` makes the table from it. Exit status 1 where a fault costs more than
the guilty cases, or is recorded as something else than it is.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

from faulty import FAULTS, KINDS
from support.faults import Recorded, recorded
from support.peak import large_calls, peak_mib, small_calls

RESULT = ROOT / "benchmarks" / "figures" / "faults.json"
AT_ONCE = 20  # backends of one run


def rows_of(kind: str) -> list[dict[str, Any]]:
    """A row for each fault of a kind."""
    names, rows = list(KINDS[kind]), []
    for first in range(0, len(names), AT_ONCE):
        found = recorded(names[first : first + AT_ONCE])
        rows += [_row(kind, name, each) for name, each in found.items()]
    return rows


def _row(kind: str, name: str, found: Recorded) -> dict[str, Any]:
    fault = FAULTS[name]
    return {
        "kind": kind,
        "fault": name,
        "does": fault.sentence,
        "outcome": found.outcome,
        "costs": found.costs,
        "as_expected": found.outcome == fault.outcome and fault.reason in found.reason,
    }


def memory() -> dict[str, list[int]]:
    """MiB at most of runs with 2 and with 21 large wrong answers, to large calls and to small."""
    return {
        "4 MiB each, to calls as large": [peak_mib("large:Wrong", large_calls(n)) for n in (2, 21)],
        "64 MiB each, to small calls": [peak_mib("large:TooMuch", small_calls(n)) for n in (2, 21)],
    }


def main() -> int:
    kinds = sys.argv[1:] or list(KINDS)
    before = json.loads(RESULT.read_text(encoding="utf-8")) if sys.argv[1:] else None
    kept: dict[str, Any] = before or {"rows": []}
    rows = [row for row in kept["rows"] if row["kind"] not in kinds]
    for kind in kinds:
        rows += rows_of(kind)
    order = list(FAULTS)
    figures = {
        "measured_of": key_of("faults", before, [f"script {kind}.py" for kind in kinds]),
        "memory": kept.get("memory") or memory(),
        "rows": sorted(rows, key=lambda row: order.index(row["fault"])),
    }
    keep_figures(RESULT, figures)
    bad = [row for row in rows if not row["as_expected"] or row["costs"] not in COSTS]
    for row in bad:
        print(f"{row['fault']}: {row['outcome']}, costs {row['costs']}", file=sys.stderr)
    return int(bool(bad))


COSTS = ("nothing", "the guilty")

if __name__ == "__main__":
    sys.exit(main())
