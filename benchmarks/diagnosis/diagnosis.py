"""How often diagnosis is right about mutants: `python benchmarks/diagnosis/diagnosis.py`, about
half an hour on two cores.

Writes `diagnosis.json`, from which `docs/refresh.py` makes the published tables. `--only NAME`, as
often as you like, measures these hand-written mutants anew, `--operator N` those that cosmic-ray
makes, `--operators` all of those, `--judge` none; the rest is kept. `--sample N` measures every
N-th hand-written mutant anew and, where all of them say what is kept, takes the rest for measured
of the code as it is: for a change that should change nothing. Mutants of calls composed with Resize
or DepthToSpace are not asked here: each is named in `tests/conformance/rules`.
"""

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

RESULTS = ROOT / "benchmarks" / "figures" / "diagnosis.json"
PROCESSES = 2
# mutants a process is asked before another takes its place: answers that it remembers take memory
TASKS_EACH = 12
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def _handwritten(name: str) -> dict[str, Any]:
    from support.mutation import diagnosed

    mutant, statements = diagnosed.handwritten.MUTANTS[name], diagnosed.said_of(name)
    return _judged(
        {
            "name": name,
            "class": mutant.kind,
            "sentence": mutant.sentence(),
            "said": [asdict(each) for each in statements],
        }
    )


def _operator(number: int) -> dict[str, Any] | None:
    from support.mutation import diagnosed_operators as operators

    found = operators.said_of(operators.sample()[number])
    return (
        _judged({"name": found[0], "said": [asdict(each) for each in found[1]]}) if found else None
    )


def _judged(mutant: dict[str, Any]) -> dict[str, Any]:
    """With what is true of it, and the verdict: these need no new measurement."""
    from support.mutation import diagnosed
    from support.mutation import diagnosed_operators as operators

    known = diagnosed.handwritten.MUTANTS.get(mutant["name"])
    named, partly = (
        (known.named, known.partly) if known else (operators.TRUE.get(mutant["name"], ()), ())
    )
    said = [diagnosed.Said.of(one) for one in mutant["said"]]
    reported = known is not None and ".reported" in known.__module__
    verdict = diagnosed.verdict(said, named, partly)
    return mutant | {
        "named": list(named),
        "partly": list(partly),
        "verdict": verdict,
        "reported": reported,
    }


def _ask(task: tuple[Callable[[Any], Any], str | int]) -> tuple[Any, Any]:
    """A task's key, and what it comes to."""
    measure, key = task
    return key, measure(key)


def _in_short(mutant: dict[str, Any] | None) -> str:
    if mutant is None:
        return "no mutant of this stretch is wrong"
    said = [
        f"{one['answers']} {' | '.join(one['names'])} {one['where']}".strip()
        for one in mutant["said"]
    ]
    return f"{mutant['name']} {mutant['verdict']}: {'; '.join(said)}"


def results(only: list[str], *, operators: list[int], whole: bool) -> dict[str, Any]:
    """The content of `diagnosis.json`, measured `whole`, or in part: `only` these hand-written
    mutants and these `operators`' ones."""
    from support.mutation.diagnosed_operators import SAMPLE
    from support.mutation.handwritten import OF_CONVOLUTIONS

    names = OF_CONVOLUTIONS
    before = (
        {"mutants": [], "operators": {}}
        if whole
        else json.loads(RESULTS.read_text(encoding="utf-8"))
    )
    by_hand: dict[Any, Any] = {each["name"]: each for each in before["mutants"]}
    by_operator: dict[Any, Any] = {
        int(number): each for number, each in before["operators"].items()
    }
    asked = [(_handwritten, name) for name in (names if whole else only)]
    measured = [
        *(f"mutant {name}" for name in only),
        *(["operators"] if set(operators) == set(range(SAMPLE)) else []),
    ]
    drawn = [(_operator, number) for number in (range(SAMPLE) if whole else operators)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES, maxtasksperchild=TASKS_EACH) as pool:
        for count, (key, mutant) in enumerate(pool.imap_unordered(_ask, [*asked, *drawn]), start=1):
            (by_hand if isinstance(key, str) else by_operator)[key] = mutant
            print(f"{count} of {len(asked) + len(drawn)}: {_in_short(mutant)}", file=sys.stderr)
    return {
        "mutants": [_judged(by_hand[name]) for name in names if name in by_hand],
        "operators": {
            str(number): _judged(by_operator[number])
            for number in sorted(by_operator)
            if by_operator[number]
        },
        "measured_of": key_of("diagnosis", None if whole else before, measured),
    } | {key: before[key] for key in ("sampled",) if key in before}


def _sampled(step: int) -> int:
    """Takes the file for measured of the code as it is where every `step`-th mutant says what is
    kept of it; else 1, and what differs."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    of_mutant = {each["name"]: each for each in kept["mutants"]}
    anew = results(list(of_mutant)[::step], operators=[], whole=False)
    as_kept = json.loads(json.dumps(anew["mutants"]))
    differing = [each["name"] for each in as_kept if each != of_mutant[each["name"]]]
    if differing:
        print(f"said otherwise of: {', '.join(differing)}; measure all: python {sys.argv[0]}")
        return 1
    kept |= {"measured_of": key_of("diagnosis"), "sampled": step}
    keep_figures(RESULTS, kept, ensure_ascii=False)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="measure this hand-written mutant anew",
    )
    parser.add_argument(
        "--operator",
        action="append",
        default=[],
        type=int,
        metavar="N",
        help="measure the N-th of cosmic-ray's sample anew",
    )
    parser.add_argument(
        "--operators", action="store_true", help="measure all of cosmic-ray's sample anew"
    )
    parser.add_argument(
        "--judge",
        action="store_true",
        help="measure nothing: only verdicts anew, after a change of what is true",
    )
    parser.add_argument("--sample", type=int, metavar="N", help="hold every N-th against the file")
    return parser


def _given() -> argparse.Namespace:
    """What is asked for; `operator` holds all of cosmic-ray's sample where that is."""
    parser = _parser()
    given = parser.parse_args()
    if given.operators or given.operator:
        from support.mutation.diagnosed_operators import SAMPLE

        given.operator = list(range(SAMPLE)) if given.operators else given.operator
        if not set(given.operator) <= set(range(SAMPLE)):
            parser.error(f"--operator: accepted are 0 to {SAMPLE - 1}")
    return given


def main() -> int:
    """Measures, writes the file, prints what is wrong."""
    given = _given()
    os.environ.update(dict.fromkeys(THREADS, "1"))
    if given.sample:
        return _sampled(given.sample)
    figures = results(
        given.only,
        operators=given.operator,
        whole=not (given.only or given.operator or given.judge),
    )
    keep_figures(RESULTS, figures, ensure_ascii=False)
    wrong = [
        each["name"]
        for each in (*figures["mutants"], *figures["operators"].values())
        if each["verdict"] == "wrong"
    ]
    print(f"named wrong: {', '.join(wrong) or 'none'}")
    print("Filled from it: python docs/refresh.py tables")
    return 0


if __name__ == "__main__":
    sys.exit(main())
