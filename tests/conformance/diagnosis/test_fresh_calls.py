"""The calls that diagnosis asks beside a run's: all can be asked and worked out, and the first few
are a sample."""

from itertools import islice

from convtranspose_cases.notation import find_call, is_call
from convtranspose_conformance.diagnosis.fresh_calls import fresh_cases
from convtranspose_conformance.rules.answers import Asked

CASES = list(fresh_cases())


def test_every_call_has_an_id_of_its_own() -> None:
    assert len({case.id for case in CASES}) > 0.95 * len(CASES)  # a few calls are met twice
    assert all(find_call(case.id) == case for case in CASES[::29] if is_call(case.id))


def test_every_call_can_be_worked_out() -> None:
    for case in CASES[::23]:
        answer = Asked(case).answer()
        assert answer.refused or answer.golden.shape == answer.shape, case.id


def test_the_first_few_are_a_sample() -> None:
    first = list(islice(fresh_cases(), 60))
    assert {case.suite for case in first} >= {"core", "random"}
    assert {case.group > 1 for case in first} == {True, False}
    assert {case.rank for case in first} == {1, 2, 3}
