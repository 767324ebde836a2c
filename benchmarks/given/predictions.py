"""How often `explain` is right about what a backend will do: `python
benchmarks/given/predictions.py [SEED] [CALLS]`, some minutes.

Draws fresh random calls over the whole space, predicts what each CPU backend that is usable here
does with each of them, and asks it. Writes `predictions.json`, from which `docs/refresh.py` makes
the published sentence. What was not as predicted is printed.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from convtranspose_cases import Case
from convtranspose_cases.strategies import legal
from convtranspose_conformance.backends.api import Call
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.processor import cpu_name
from convtranspose_conformance.prediction.borne_out import borne_out
from convtranspose_conformance.prediction.predict import PREDICTED, predicted
from convtranspose_conformance.prediction.sentences import sentence
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.worker.process import Limits, Worker
from convtranspose_reports import Check

RESULTS = ROOT / "benchmarks" / "figures" / "predictions.json"
SEED, CALLS, ROUND = 20261128, 2000, 200
MISSES_SHOWN = 40  # misses that are printed


def drawn(number: int, first: int) -> list[Case]:
    """`number` different legal calls."""
    cases: dict[str, Case] = {}
    while len(cases) < number:

        @seed(first)
        @settings(
            max_examples=ROUND,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(legal())
        def take(case: Case) -> None:
            if len(cases) < number:
                cases.setdefault(case.id, case)

        take()
        first += 1
    return list(cases.values())


def asked(entry: Entry, cases: list[Case]) -> Iterator[tuple[str, str, bool, str]]:
    """Check, what was predicted, whether it came so, and what to say of it where it did not."""
    with Worker(entry, Limits()) as worker:
        for case in cases:
            checks = tuple(name for name in entry.checks if name in case.checks)
            question = Asked(case)
            seen = worker.ask(Call.of(case, *question.arrays()), checks)
            for name, each in seen.items():
                told = predicted(entry, question, Check(name))
                right = borne_out(told, each)
                said = "" if right else f"{case.id}: {sentence(told)}; {each.kind} {each.message}"
                yield name, told.does.value, right, said


def row(entry: Entry, cases: list[Case]) -> dict[str, Any]:
    """What came of one backend."""
    counts, kinds, missed = Counter[bool](), Counter[str](), list[str]()
    for _, does, right, said in asked(entry, cases):
        counts[right] += 1
        kinds[does] += 1
        missed += [said] * (not right)
    print(f"{entry.name}: {counts[True]} of {counts.total()} as predicted", flush=True)
    print("\n".join(missed[:MISSES_SHOWN]), file=sys.stderr)
    return {
        "backend": entry.name,
        "version": entry.installed_version(),
        "answers": counts.total(),
        "right": counts[True],
        "predicted": dict(sorted(kinds.items())),
    }


def main() -> None:
    """Asks, writes, prints a line a backend."""
    first, number = [*map(int, sys.argv[1:]), *(SEED, CALLS)[len(sys.argv) - 1 :]]
    cases = drawn(number, first * 1_000_003)
    unusable = [f"{e.name}: {why}" for e in PREDICTED if (why := e.why_unusable())]
    rows = [row(entry, cases) for entry in PREDICTED if not entry.why_unusable()]
    figures = {
        "calls": len(cases),
        "seed": first,
        "cpu": cpu_name(),
        "measured_of": key_of("predictions"),
        "rows": rows,
    }
    keep_figures(RESULTS, figures, unusable)


if __name__ == "__main__":
    main()
