"""How many mutants each suite and each official ONNX node test kills: `python
benchmarks/alarms/mutation.py`, about ten minutes on two cores.

Writes `mutation.json`, from which `docs/refresh.py` makes the published tables. `--suite NAME`
measures that suite anew, `--operators` the mutants that cosmic-ray makes; the rest is kept. Of
`exhaustive-1d` every 19th case is asked, which the tables say; `--whole` asks all of it, an hour.
`--sample N` asks every N-th mutant everything and, where each is killed by what the file says,
takes the file for measured of the code as it is: for a change that should change nothing.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

RESULTS = ROOT / "benchmarks" / "figures" / "mutation.json"
PROCESSES = 2
MEMORY_BYTES = 4 * 2**30
EVERY = {
    "exhaustive-1d": 19
}  # a prime, longer than any loop of the suite, so that all values come up
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def _confine() -> None:
    """What swallows memory is killed by it, as in a worker."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES,) * 2)


def _kills(suite: str, every: int, names: list[str]) -> dict[str, str]:
    from convtranspose_cases import suite_cases
    from support.mutation.handwritten import first_kills

    return first_kills(names, suite_cases(suite)[::every])


def _official(names: list[str]) -> dict[str, list[str]]:
    from support.mutation.handwritten import official_kills

    return official_kills(names)


def measure(
    suites: dict[str, int], names: list[str]
) -> tuple[dict[str, dict[str, str]], dict[str, list[str]]]:
    """Suite -> mutant -> the first case that kills it, of every so many; mutant -> the official
    tests that do."""
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn"), _confine) as pool:
        parts = [names[first::PROCESSES] for first in range(PROCESSES)]
        asked: dict[Future[Any], str] = {
            pool.submit(_kills, suite, every, part): suite
            for suite, every in suites.items()
            for part in parts
        }
        official = pool.submit(_official, names)
        killed: dict[str, dict[str, str]] = {suite: {} for suite in suites}
        for done in as_completed(asked):
            killed[asked[done]] |= done.result()
            print(f"{asked[done]}: {len(killed[asked[done]])} killed so far", file=sys.stderr)
        return killed, official.result()


def operator_level() -> dict[str, Any]:
    """The mutants that cosmic-ray makes: how many each suite that they are asked, and each official
    test, tells from the reference."""
    from support.mutation import argued, mutants, official

    fates = mutants.survey()
    survivors = [fate.name for fate in fates if fate.survives]
    return {
        "mutants": len(fates),
        "killed": {
            suite: sum(suite in fate.killed for fate in fates) for suite in mutants.SUITES_ASKED
        },
        "killed_by_any_suite": sum(bool(fate.killed) for fate in fates),
        "official": {
            test: sum(test in fate.official for fate in fates) for test in official.node_tests()
        },
        "killed_by_any_official": sum(bool(fate.official) for fate in fates),
        "other_readings": [fate.name for fate in fates if fate.reading],
        "equivalent": [name for name in survivors if name in argued.EQUIVALENT],
        "survivors": {
            name: argued.NOT_ASKED.get(name, "not argued")
            for name in survivors
            if name not in argued.EQUIVALENT
        },
    }


def results(only: list[str], *, operators: bool, whole: bool) -> dict[str, Any]:
    """The content of `mutation.json`; with `only` or `operators`, measured anew for these suites,
    or for cosmic-ray's mutants."""
    from convtranspose_cases import SUITES, suite_cases
    from support.mutation import handwritten
    from support.mutation.official import node_tests

    before = json.loads(RESULTS.read_text(encoding="utf-8")) if only or operators else None
    every = {suite: 1 if whole else EVERY.get(suite, 1) for suite in (only if before else SUITES)}
    killed, official = measure(every, list(handwritten.MUTANTS))
    known = {each["name"]: each["killed"] for each in before["mutants"]} if before else {}
    mutants = []
    for described in handwritten.described():
        name = described["name"]
        now = {
            suite: killed[suite].get(name, "")
            if suite in killed
            else known.get(name, {}).get(suite, "")
            for suite in SUITES
        }
        mutants.append(
            described
            | {
                "killed": {suite: case for suite, case in now.items() if case},
                "official": official[name],
            }
        )
    measured = [*(f"suite {name}" for name in only), *(["operators"] if operators else [])]
    return {
        "suites": {suite: len(suite_cases(suite)) for suite in SUITES},
        "every": (before["every"] if before else {}) | every,
        "official": list(node_tests()),
        "mutants": mutants,
        "operator_level": operator_level()
        if operators or before is None
        else before["operator_level"],
        "measured_of": key_of("mutation", before, measured),
    }


def _sampled(step: int) -> int:
    """Takes the file for measured of the code as it is where every `step`-th mutant is killed as
    the file says; else 1, and who is not."""
    from convtranspose_cases import SUITES

    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    mutants = {each["name"]: each for each in kept["mutants"][::step]}
    killed, official = measure({suite: EVERY.get(suite, 1) for suite in SUITES}, list(mutants))
    differing = [
        name
        for name, each in mutants.items()
        if each["killed"] != {suite: by[name] for suite, by in killed.items() if by.get(name)}
        or each["official"] != official[name]
    ]
    if differing:
        print(f"killed otherwise: {', '.join(differing)}; measure all: python {sys.argv[0]}")
        return 1
    kept |= {"measured_of": key_of("mutation"), "sampled": step}
    keep_figures(RESULTS, kept, ensure_ascii=False)
    print(f"{len(mutants)} mutants are killed as the file says")
    return 0


def main() -> int:
    """Measures, writes the file, prints who survives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--suite", action="append", default=[], help="measure this suite alone anew"
    )
    parser.add_argument("--operators", action="store_true", help="cosmic-ray's mutants anew")
    parser.add_argument("--whole", action="store_true", help="ask every case of exhaustive-1d")
    parser.add_argument("--sample", type=int, metavar="N", help="hold every N-th against the file")
    given = parser.parse_args()
    os.environ.update(dict.fromkeys(THREADS, "1"))
    if given.sample:
        return _sampled(given.sample)
    found = results(given.suite, operators=given.operators, whole=given.whole)
    keep_figures(RESULTS, found, ensure_ascii=False)
    survivors = [each["name"] for each in found["mutants"] if not each["killed"]]
    print(
        f"{len(found['mutants'])} hand-written mutants; survive: {', '.join(survivors) or 'none'}"
    )
    print("Filled from it: python docs/refresh.py tables")
    return 0


if __name__ == "__main__":
    sys.exit(main())
