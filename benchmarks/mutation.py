"""Mutants of the reference's geometry and scatter, and how many `seeds` and `core` tell from it: `python benchmarks/mutation.py`."""

import importlib
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "mutation"))
survey = importlib.import_module("mutants").survey
arguments = importlib.import_module("test_mutants")


def main() -> None:
    """One row for each function, then every survivor with its argument, then what conforms by another reading."""
    fates = survey()
    made, failed, read, survived = (
        Counter(f.name.partition(":")[0] for f in fates if wanted(f))
        for wanted in (lambda f: True, lambda f: f.failed, lambda f: f.reading, lambda f: f.survives)
    )
    print(f"{'function':20}{'mutants':>9}{'fail':>9}{'read otherwise':>16}{'survive':>9}")
    for name in [*made, "all"]:
        row = [counts.total() if name == "all" else counts[name] for counts in (made, failed, read, survived)]
        print(f"{name:20}{row[0]:9}{row[1]:9}{row[2]:16}{row[3]:9}")
    print("\nSurvivors")
    for fate in filter(lambda f: f.survives, fates):
        why = arguments.EQUIVALENT.get(fate.name) or f"NOT EQUIVALENT: {arguments.NOT_ASKED.get(fate.name, 'not argued')}"
        print(f"  {fate.name}\n      {why}")
    print("\nConform by another reading")
    for fate in filter(lambda f: f.reading, fates):
        print(f"  {fate.name}\n      {fate.reading}")


if __name__ == "__main__":
    main()
