"""What is explained of backends with two or three hand-written faults at once: `python
benchmarks/diagnosis/together.py`, five minutes on two cores.

Mutants that the library holds are drawn into pairs and triples, of which no two change the same
step; each is asked every suite, as alone. Writes `together.json`, from which `docs/refresh.py`
makes a table of docs/diagnosis.md. Ends with status 1 where a name is false.
"""

import argparse
import multiprocessing
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

RESULTS = ROOT / "benchmarks" / "figures" / "together.json"
PROCESSES, TASKS_EACH = 2, 6
SEED, GROUPS = 20_261_129, 6


def drawn() -> Iterator[tuple[str, ...]]:
    """Pairs and triples in turn, of mutants of outputs that have a name, each in one at most."""
    from support.mutation import diagnosed

    mutants = diagnosed.handwritten.MUTANTS
    draw = random.Random(SEED)
    names = [n for n in diagnosed.handwritten.OF_CONVOLUTIONS if mutants[n].named]
    count = 0
    while count < GROUPS:
        chosen = tuple(draw.sample(names, 2 + count % 2))
        if diagnosed.handwritten.Living.of_several(chosen) is not None:
            yield chosen
            names = [name for name in names if name not in chosen]
            count += 1


def measured(names: tuple[str, ...]) -> dict[str, Any]:
    """What is said of some mutants in one, and whether it is true."""
    from support.mutation import diagnosed

    mutants = [diagnosed.handwritten.MUTANTS[name] for name in names]
    living = diagnosed.handwritten.Living.of_several(names)
    assert living is not None
    statements = diagnosed.said_of_living(living, diagnosed.cases_of())
    named, partly = ([n for m in mutants for n in getattr(m, w)] for w in ("named", "partly"))
    of_rules = [each for each in statements if each.check in diagnosed.OF_RULES]
    return {
        "mutants": names,
        "verdict": diagnosed.verdict(statements, named, partly),
        "wrong": sum(s.answers for s in of_rules if s.kind in (*diagnosed.BY_RULE, "unexplained")),
        "explained": sum(s.answers for s in of_rules if s.kind in diagnosed.BY_RULE),
        "said": [asdict(each) for each in statements],
    }


def main() -> None:
    """Measures, writes, prints a line each."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    rows = []
    with multiprocessing.get_context("spawn").Pool(PROCESSES, maxtasksperchild=TASKS_EACH) as pool:
        for row in pool.imap(measured, list(drawn())):
            rows.append(row)
            said = "; ".join(f"{s['answers']} {s['names']} {s['where']}" for s in row["said"])
            told = f"{row['explained']} of {row['wrong']}"
            print(" + ".join(row["mutants"]), row["verdict"], told, said, file=sys.stderr)
    content = {"measured_of": key_of("together"), "rows": rows}
    keep_figures(RESULTS, content)
    wrong, explained = (sum(row[word] for row in rows) for word in ("wrong", "explained"))
    print(f"{len(rows)} backends: {explained} of {wrong} explained")
    sys.exit(any(row["verdict"] == "wrong" for row in rows))


if __name__ == "__main__":
    main()
