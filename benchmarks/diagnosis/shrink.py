"""How small the smallest case of each hand-written mutant is: `python
benchmarks/diagnosis/shrink.py`, some minutes.

Every mutant of `tests/support/backends/planted/` that `core` shows is met on the first case that
does, and shrunk from there. Writes `shrink.json`, from which `docs/refresh.py` makes the published
sentence. `python benchmarks/diagnosis/shrink.py N` takes every N-th mutant and writes nothing.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from math import prod
from multiprocessing import get_context
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

from convtranspose_cases import suite_cases
from convtranspose_cases.simpler import not_default
from convtranspose_conformance.backends.api import Call
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.onnx.backend_api import OnnxBackend
from convtranspose_conformance.examples.shrink import Shrunk
from convtranspose_conformance.run.asking.one_case import Interview, cause_of, smallest
from convtranspose_conformance.verdict.reply import Reply
from convtranspose_conformance.worker import serving
from convtranspose_conformance.worker.observation import Observation
from planted import PLANTED

SUITES = ("core",)
PROCESSES = 2
Figures = tuple[int, int, int]
MOST_ATTRIBUTES, MOST_INPUTS = 2, 12  # what the medians have to stay within


def interview(name: str) -> Interview:
    """A backend of ONNX's Backend API, asked in this process."""
    backend = OnnxBackend(name, "CPU", "unknown")

    def answer(call: Call, checks: tuple[str, ...]) -> dict[str, Observation]:
        return {check: serving.answer(backend, call, check)[1] for check in checks}

    entry = Entry(
        name=name,
        title=name,
        route="",
        target="",
        distributions=(),
        version="unknown",
        checks=("output",),
    )
    return Interview(entry, answer, [])


def shrunk(name: str) -> tuple[Reply, Shrunk] | None:
    """The first failure of a backend, and the smallest case found from it; None where no case shows
    it."""
    asking = interview(name)
    cases = (case for suite in SUITES for case in suite_cases(suite))
    first = next(
        (reply for case in cases for reply in asking.ask(case) if cause_of(reply) is not None),
        None,
    )
    return None if first is None else (first, smallest(first, asking.ask))


def lines(name: str) -> tuple[Figures, str] | None:
    """Of a mutant's smallest case: attributes that are not the default, input elements, questions;
    and lines that say so."""
    found = shrunk(f"planted:{name}")
    if found is None:
        return None
    first, small = found
    figures = len(not_default(small.case)), prod(small.case.x_shape), small.questions
    line = (
        f"{name:32}{figures[0]:3} attributes{figures[1]:4} inputs{figures[2]:5} questions  "
        f"{small.case.id}"
    )
    cause = cause_of(first)
    return figures, f"{line}\n{'':32}  from {first.case.id}: {cause.name if cause else ''}"


def rows() -> Iterator[Figures]:
    """Every mutant, or every N-th, that is shown; printed as it is found."""
    every = int(sys.argv[1]) if sys.argv[1:] else 1
    names = [mutant.__name__ for mutant in PLANTED[::every]]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for found in pool.map(lines, names):
            if found is not None:
                print(found[1], flush=True)
                yield found[0]


def main() -> int:
    """A line for each fault, then the medians. Exit status 1 where they are too large."""
    figures = list(rows())
    attributes, inputs, questions = (median(column) for column in zip(*figures, strict=True))
    medians = {
        "mutants": len(figures),
        "attributes": attributes,
        "inputs": inputs,
        "questions": questions,
        "measured_of": key_of("shrink"),
    }
    if not sys.argv[1:]:
        keep_figures(ROOT / "benchmarks" / "figures" / "shrink.json", medians)
    print(
        f"median over {len(figures)}: {attributes:g} attributes, {inputs:g} input elements, "
        f"{questions:g} questions"
    )
    return int(attributes > MOST_ATTRIBUTES or inputs > MOST_INPUTS)


if __name__ == "__main__":
    sys.exit(main())
