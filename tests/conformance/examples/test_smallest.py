"""The example of a finding is smaller than any case of the run that shows it, ends as the first
did, and names what others answer."""

import re
from pathlib import Path

import numpy as np
import pytest

from convtranspose_cases import Case, find_case, make
from convtranspose_cases.notation import askable, find_call, is_call
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.examples.smallest import smallest_example
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.verdict.reply import Ask, Reply, judged
from convtranspose_conformance.worker.observation import Seen, returned, stopped
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Check, Finding, Outcome, Run, Verdict

LIMITS = Limits(case_s=4.0, start_s=120.0, memory_gib=2.0)
PLANTED = {
    "BiasOfFirstGroup": "bias_of_first_group",
    "KernelFlipped": "kernel_flipped",
    "OutputPaddingIgnored": "output_padding_ignored",
}
WRONG = [f"planted:{name}" for name in PLANTED]
RIGHT, CRASHES = "planted:Correct", "misbehaving:Segfaults"
CASES = [
    "core/x_4_k_3_n2_c2_m4_group_2_bias",
    "core/x_4_k_3_n2_c4_m2_group_2_bias",
    "core/x_5_k_3_output_padding_2_strides_3",
    "core/x_5_k_[1-4]_dilations_1_strides_2",
]
FEW_ELEMENTS = 12


def _run(names: list[str], directory: Path) -> Run:
    return execute(selection.plan(backends=names, patterns=CASES, limits=LIMITS, jobs=2), directory)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return _run([*WRONG, RIGHT, CRASHES], tmp_path_factory.mktemp("run"))


def _found(run: Run, backend: str) -> Finding:
    (found,) = [
        finding
        for finding in run.findings
        if finding.backend == backend and finding.verdict is Verdict.FAILS
    ]
    return found


def _elements(case: Case) -> int:
    tensors = Asked(case).tensors
    return sum(
        tensor.integers.size for tensor in (tensors.X, tensors.W, tensors.B) if tensor is not None
    )


@pytest.mark.parametrize("name", PLANTED)
def test_an_example_is_a_small_call_of_its_own(run: Run, name: str) -> None:
    finding = _found(run, f"planted:{name}")
    assert PLANTED[name] in finding.name.split(" | ")
    assert finding.example is not None
    assert is_call(finding.example.case)
    case = find_call(finding.example.case)
    assert len(case.attributes.given()) <= 2
    assert _elements(case) <= FEW_ELEMENTS
    recorded = [
        find_case(r.case)
        for r in run.records
        if r.backend == finding.backend and r.verdict is Verdict.FAILS
    ]
    assert recorded
    assert all(_elements(case) < _elements(each) for each in recorded)


@pytest.mark.parametrize("name", PLANTED)
def test_an_example_ends_as_the_recorded_cases_do(run: Run, name: str) -> None:
    finding = _found(run, f"planted:{name}")
    outcomes = {
        r.outcome
        for r in run.records
        if r.backend == finding.backend and r.verdict is Verdict.FAILS
    }
    assert finding.example is not None
    assert len(outcomes) == 1
    same_shape = finding.example.actual_shape == finding.example.expected_shape
    assert outcomes == {Outcome.VALUES_DIFFER if same_shape else Outcome.SHAPE_DIFFERS}
    assert finding.example.actual != finding.example.expected
    assert finding.example.arithmetic


@pytest.mark.parametrize("name", PLANTED)
def test_others_are_asked_the_example(run: Run, name: str) -> None:
    found = _found(run, f"planted:{name}")
    assert found.example is not None
    assert set(found.example.others) >= {*WRONG, RIGHT} - {found.backend}
    assert found.example.others[RIGHT] == "as expected"


def test_a_backend_alone_has_no_others(tmp_path: Path) -> None:
    example = _found(_run(WRONG[:1], tmp_path), WRONG[0]).example
    assert example is not None
    assert is_call(example.case)
    assert example.others == {}


def test_the_example_of_a_crash_that_nobody_declared_is_made_smaller(run: Run) -> None:
    found = _found(run, CRASHES)
    assert found.example is not None
    assert is_call(found.example.case)
    assert "SIGSEGV" in found.example.actual
    assert "What follows does not come back" in found.example.reproducer


BUILT_IN_HERE = [
    entry for entry in BUILT_IN if entry.name in ("onnx-reference", "torch-cpu", "onnxruntime-cpu")
]
ENTRY = next(entry for entry in BUILT_IN_HERE if entry.name == "onnx-reference")


def test_a_case_that_cannot_be_a_call_stays() -> None:
    case = make(
        "smallest", (2,), (1,), pads=(9, 9)
    )  # forbidden, and its numbers are not of the kind that an id of such a call can name
    assert not askable(case)
    asked = Asked(case)
    seen = returned(asked.tensors.X.array("float32"))
    first = judged(ENTRY, asked, Check.REJECTION, seen)

    def asks_nothing(entry: Entry, check: Check) -> Ask:
        return lambda cases: pytest.fail("it was asked")

    example, _ = smallest_example(first, lambda reply: True, asks_nothing, [ENTRY])
    assert (example.case, example.others) == (case.id, {})


def test_others_are_judged_by_the_numbers_that_they_were_asked_with() -> None:
    """In a run of another seed, where each backend adds a number of its own to every output."""
    added = {"onnx-reference": 1, "torch-cpu": 2, "onnxruntime-cpu": 0}
    asked: list[str] = []

    def ask_of(entry: Entry, check: Check) -> Ask:
        def reply(case: Case) -> Reply:
            asked.append(entry.name)
            each, more = Asked(case, seed=7), added[entry.name]
            seen = returned(each.answer().golden.expected() + np.float32(more))
            return judged(entry, each, check, seen)

        return lambda cases: map(reply, cases)

    (first,) = ask_of(ENTRY, Check.OUTPUT)([make("smallest", (3,), (2,))])
    others = smallest_example(first, lambda reply: True, ask_of, BUILT_IN_HERE)[0].others
    assert set(asked) == set(added)
    assert others["onnxruntime-cpu"] == "as expected"
    found, expected = re.findall(r"is (-?[0-9]+), expected (-?[0-9]+)", others["torch-cpu"])[0]
    assert int(found) == int(expected) + 2


def test_an_answer_that_a_reading_of_an_open_clause_allows_is_told_as_such() -> None:
    case = make(
        "smallest", (1,), (1,), pads=(0, 1)
    )  # no output elements: clause R leaves open whether that is refused

    def ask_of(entry: Entry, check: Check) -> Ask:
        seen = (
            returned(np.full((1, 1, 0), 0, np.float64))
            if entry is ENTRY
            else stopped(Seen.REFUSED, "call", "E", "is empty")
        )
        return lambda cases: [judged(entry, Asked(each), check, seen) for each in cases]

    (first,) = ask_of(ENTRY, Check.OUTPUT)([case])
    others = smallest_example(first, lambda reply: True, ask_of, BUILT_IN_HERE)[0].others
    assert others == dict.fromkeys(
        ("torch-cpu", "onnxruntime-cpu"),
        "call: E: is empty (a reading of an open clause allows it)",
    )


def test_a_case_with_outputs_is_not_made_smaller_to_one_without() -> None:
    def ask_of(entry: Entry, check: Check) -> Ask:
        seen = stopped(Seen.REFUSED, "call", "E", "no")
        return lambda cases: [judged(entry, Asked(each), check, seen) for each in cases]

    (first,) = ask_of(ENTRY, Check.OUTPUT)(
        [make("smallest", (3, 3), (2, 2), pads=(0, 1, 0, 1), dilations=(1, 2))]
    )
    example, _ = smallest_example(
        first,
        lambda reply: "pads" in reply.case.attributes.given(),
        ask_of,
        [ENTRY],
    )
    assert is_call(example.case)
    assert 0 not in find_call(example.case).y_shape()
