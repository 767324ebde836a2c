"""Does the suite ever accuse a right implementation? `python benchmarks/alarms/false_alarms.py
[SUITE]...` asks three of them everything.

Two processes. Writes `false_alarms.json`, the rows of the named suites alone where some are named;
`python docs/refresh.py tables` makes the tables from it. Exit status 1 where a check fails.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

from convtranspose_cases import SUITES, suite_cases
from support import right

RESULT = ROOT / "benchmarks" / "figures" / "false_alarms.json"
PROCESSES = 2
Rows = dict[tuple[str, str], dict[str, Any]]


@cache
def backends() -> dict[str, Any]:
    """The three, once for each process."""
    return {name: right.started(name) for name in right.RIGHT}


def part_of(suite: str, part: int) -> list[Any]:
    """The verdicts on one of as many parts of a suite as there are processes. Neighbours, which
    share JAX's programs, stay together."""
    cases = suite_cases(suite)
    return list(
        right.verdicts(
            backends(), cases[len(cases) * part // PROCESSES : len(cases) * (part + 1) // PROCESSES]
        )
    )


def versions() -> dict[str, dict[str, str]]:
    return {name: backend.versions() for name, backend in backends().items()}


def rows_of(found: Iterable[Any]) -> Rows:
    """A row for each implementation and suite: checks by verdict, why something cannot be asked,
    and what fails."""
    rows: Rows = {}
    for each in found:
        row = rows.setdefault(
            (each.implementation, each.suite),
            {"verdicts": Counter(), "unsupported": Counter(), "fails": []},
        )
        row["verdicts"][str(each.verdict)] += 1
        if each.verdict == "unsupported":
            row["unsupported"][each.reason] += 1
        if each.verdict == "fails":
            row["fails"].append(f"{each.case} {each.check}: {each.reason}")
    return rows


def measured(
    suites: Iterable[str], apply: Callable[..., Iterator[list[Any]]]
) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for suite in suites:
        found = [
            each for part in apply(part_of, [suite] * PROCESSES, range(PROCESSES)) for each in part
        ]
        for (name, _), row in rows_of(found).items():
            counts = " ".join(f"{verdict} {n}" for verdict, n in sorted(row["verdicts"].items()))
            print(f"{name:14} {suite:14} {row['verdicts'].total():6} checks: {counts}", flush=True)
            yield (name, suite), row


def kept() -> Rows:
    rows = json.loads(RESULT.read_text(encoding="utf-8"))["rows"] if RESULT.exists() else []
    return {(row.pop("implementation"), row.pop("suite")): row for row in rows}


def written(rows: Rows, versions: dict[str, dict[str, str]], named: list[str]) -> None:
    before = json.loads(RESULT.read_text(encoding="utf-8")) if named else None
    key = key_of("false_alarms", before, [f"suite {suite}" for suite in named])
    known = [(name, suite) for name in right.RIGHT for suite in SUITES if (name, suite) in rows]
    lines = [{"implementation": name, "suite": suite} | rows[name, suite] for name, suite in known]
    keep_figures(RESULT, {"versions": versions, "measured_of": key, "rows": lines}, sort_keys=True)


def main() -> int:
    """0, or 1 where the suite accuses one of the three."""
    unknown = [name for name in sys.argv[1:] if name not in SUITES]
    if unknown:
        print(f"unknown suite {', '.join(unknown)}; known: {', '.join(SUITES)}", file=sys.stderr)
        return 2
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        rows = kept() | dict(measured(sys.argv[1:] or SUITES, pool.map))
        written(rows, pool.submit(versions).result(), sys.argv[1:])
    failing = [line for row in rows.values() for line in row["fails"]]
    print(
        "\n".join(
            [
                *failing[:20],
                f"{len(failing)} of {sum(sum(r['verdicts'].values()) for r in rows.values())} "
                "checks fail",
            ]
        )
    )
    return int(bool(failing))


if __name__ == "__main__":
    sys.exit(main())
