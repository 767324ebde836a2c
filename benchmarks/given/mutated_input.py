"""Each parser of what somebody else wrote is given mutants: `python
benchmarks/given/mutated_input.py`, a quarter of an hour; `--parser NAME` asks one anew, `--mutants
N` gives another number of them.

A parser is asked in a process of its own (`tests/support/mutated_input.py`), which says what went
wrong: an error that is none of ours, more than 5 seconds, more than a GiB. Writes
`figures/mutated_input.json`, from which `docs/refresh.py` makes a table of docs/faults.md. Exit
status 1, and nothing written, where anything went wrong.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

RESULTS = ROOT / "benchmarks" / "figures" / "mutated_input.json"
MUTANTS = 20_000
sys.path.append(str(ROOT / "tests"))


def asked(parser: str, mutants: int) -> tuple[dict[str, object], list[str]]:
    """The figures of one parser, and what went wrong."""
    command = [sys.executable, "-m", "support.mutated_input", parser, str(mutants), "--figures"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    *said, figures = done.stdout.splitlines() or ["nothing was said", "[0, 0, 0]"]
    refused, most_s, mib = json.loads(figures)
    row = {"parser": parser, "mutants": mutants, "refused": refused, "most_s": most_s, "mib": mib}
    return row, list(filter(None, said))


def main() -> int:
    """Asks the parsers; prints what went wrong, and keeps the figures where nothing did."""
    from support.mutated_input import PARSERS

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mutants", type=int, default=MUTANTS)
    options.add_argument("--parser", action="append", choices=PARSERS)
    given, wrong = options.parse_args(), list[str]()
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    key = key_of("mutated_input")
    kept = before["rows"] if before.get("measured_of") == key else []
    rows = {row["parser"]: row for row in kept}
    for name in given.parser or PARSERS:
        row, said = asked(name, given.mutants)
        print(json.dumps(row), *said, sep="\n", flush=True)
        wrong += said
        rows[name] = row
    figures = {"measured_of": key, "rows": [rows[each] for each in PARSERS if each in rows]}
    left = [f"{name}: not asked" for name in PARSERS if name not in rows]
    keep_figures(RESULTS, figures, [*wrong, *left])
    return 0


if __name__ == "__main__":
    sys.exit(main())
