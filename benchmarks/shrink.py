"""How small the smallest case of each hand-written mutant is: `python benchmarks/shrink.py`, some minutes.

Every mutant of `tests/conformance/backends/planted/` that `core` shows is met on the first case that does, and shrunk from there. Writes
`shrink.json`, from which `docs/tables.py` makes the published sentence. `python benchmarks/shrink.py N` takes every N-th mutant.
"""

import importlib
import json
import sys
from collections.abc import Iterator
from math import prod
from pathlib import Path
from statistics import median

from convtranspose_cases import suite_cases
from convtranspose_cases.simpler import not_default
from convtranspose_conformance import worker
from convtranspose_conformance.backend import Call
from convtranspose_conformance.backends import Entry
from convtranspose_conformance.backends.onnx_backend import OnnxBackend
from convtranspose_conformance.interview import Answered, Interview, smallest
from convtranspose_conformance.outcome import Observation
from convtranspose_conformance.shrink import Shrunk

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "conformance" / "backends"))
SUITES = ("core",)
MOST_ATTRIBUTES, MOST_INPUTS = 2, 12  # what the medians have to stay within


def interview(name: str) -> Interview:
    """A backend of ONNX's Backend API, asked in this process."""
    backend = OnnxBackend(name, "CPU", "unknown")

    def answer(call: Call, checks: tuple[str, ...]) -> dict[str, Observation]:
        return {check: worker._answer(backend, call, check)[1] for check in checks}

    entry = Entry(name=name, title=name, route="", target="", distributions=(), version="unknown", checks=("output",))
    return Interview(entry, answer, [])


def shrunk(name: str) -> tuple[Answered, Shrunk] | None:
    """The first failure of a backend, and the smallest case found from it; None where no case shows it."""
    asking = interview(name)
    cases = (case for suite in SUITES for case in suite_cases(suite))
    first = next((answered for case in cases for answered in asking.ask(case) if answered.cause is not None), None)
    return None if first is None else (first, smallest(first, asking.ask))


def rows() -> Iterator[tuple[str, Answered, Shrunk]]:
    """Every mutant, or every N-th, that is shown."""
    every = int(sys.argv[1]) if sys.argv[1:] else 1
    for mutant in importlib.import_module("planted").PLANTED[::every]:
        if (found := shrunk(f"planted:{mutant.__name__}")) is not None:
            yield mutant.__name__, *found


def main() -> int:
    """A line for each fault, then the medians. Exit status 1 where they are too large."""
    figures = []
    for name, first, found in rows():
        figures.append((len(not_default(found.case)), prod(found.case.x_shape), found.questions))
        print(f"{name:32}{figures[-1][0]:3} attributes{figures[-1][1]:4} inputs{found.questions:5} questions  {found.case.id}")
        print(f"{'':32}  from {first.case.id}: {first.cause.name if first.cause else ''}")
    attributes, inputs, questions = (median(column) for column in zip(*figures, strict=True))
    said = {"mutants": len(figures), "attributes": attributes, "inputs": inputs, "questions": questions}
    Path(__file__).with_suffix(".json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    print(f"median over {len(figures)}: {attributes:g} attributes, {inputs:g} input elements, {questions:g} questions")
    return int(attributes > MOST_ATTRIBUTES or inputs > MOST_INPUTS)


if __name__ == "__main__":
    sys.exit(main())
