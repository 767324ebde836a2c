"""What a run keeps of what it is told, until it ends: a few bytes a record."""

import gc
import tracemalloc
from collections.abc import Sequence
from copy import copy

import pytest

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.notation import find_call
from convtranspose_conformance.run import asked_cases
from convtranspose_conformance.run.asked_cases import AskedCases, CasesOf
from convtranspose_conformance.run.case_lines import CaseLines
from support.made_up import right, session_of

MOST_BYTES = 600  # of a case that three backends answer, each two checks; its name takes 150


def kept_of(cases: Sequence[Case]) -> int:
    """The bytes that are held when three right backends have answered the cases."""
    gc.collect()
    tracemalloc.start()
    try:
        session = session_of(cases, dict.fromkeys("abc", right))
        session.records()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        session.records()  # it was held until here


def test_a_case_and_its_answers_are_a_few_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST", "RECENT"):
        monkeypatch.setattr(asked_cases, name, 10)
    cases = suite_cases("exhaustive-1d")[20_000:21_200:4]
    kept_of(cases)  # what is worked out once
    few, many = kept_of(cases[:100]), kept_of(cases)
    assert many - few < MOST_BYTES * 200


def test_what_is_worked_out_is_kept_of_few_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked_cases, "MOST", 5)
    monkeypatch.setattr(asked_cases, "RECENT", 2)
    cases = [find_call(f"call/x_1_1_{size}_w_1_1_2") for size in range(1, 11)]
    few, many = AskedCases(cases[:5]), AskedCases(cases)
    assert all(one is other for one, other in zip([*few], [*few], strict=True))
    assert all(each.case is case for each, case in zip(few, cases, strict=False))
    first = [many[number] for number in range(10)]
    assert [each.case for each in first] == cases
    assert [number for number in reversed(range(10)) if many[number] is first[number]] == [9, 8]
    assert many[-1].case == cases[-1]
    assert [each.case for each in many[2:4]] == cases[2:4]
    with pytest.raises(IndexError):
        many[10]


def test_cases_by_number_are_taken_up_when_they_are_looked_at() -> None:
    cases = suite_cases("seeds")
    some = CasesOf(AskedCases(cases), [4, 1])
    assert [*some] == [cases[4], cases[1]]
    assert (some[-1], some[:1], len(some)) == (cases[1], [cases[4]], 2)


def test_a_copy_of_a_case_takes_along_what_is_worked_out_of_it() -> None:
    case = find_call("call/x_1_1_3_w_1_1_2")
    before, twin = set(vars(case)), copy(case)
    assert twin == case
    assert twin.refusal() is None
    assert "_refusal" in vars(twin)
    assert set(vars(case)) == before


def test_lines_of_cases_are_those_of_a_list() -> None:
    cases = suite_cases("seeds")
    lines = CaseLines(cases)
    assert lines == [*lines]
    assert lines != [*lines][1:]
    assert lines[-1].name == cases[-1].id
    assert [line.summary for line in lines[3:5]] == [case.summary() for case in cases[3:5]]
    assert lines.features() == {name for line in lines for name in line.features}
