"""Calls beside a call: what is asked to learn where a backend stops."""

import pytest

from convtranspose_cases import make, suite_cases
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.conditions.neighbours import neighbours
from convtranspose_conformance.diagnosis.search import diagnose
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.verdict.reply import judged
from convtranspose_conformance.worker.observation import Seen, stopped
from convtranspose_reports import Check


def test_the_neighbours_of_a_legal_call_are_legal_and_others() -> None:
    case = make("beside", (4, 3), (3, 2), strides=(2, 1), pads=(1, 0, 0, 1))
    found = neighbours([case])
    assert len(found) > 10
    assert all(each.refusal() is None and each.id != case.id for each in found)


def test_a_call_of_another_size_asked_for_is_beside() -> None:
    """What grows with output_shape is seen there alone."""
    case = make("beside", (4,), (3,), output_shape=(5,))
    sizes = {each.attributes.output_shape for each in neighbours([case])}
    assert (6,) in sizes


def test_a_forbidden_call_has_none() -> None:
    """X may have more axes than W, or fewer: one more along an axis is no call of anything."""
    assert neighbours(suite_cases("invalid")) == []


@pytest.mark.parametrize("seen", [Seen.CRASHED, Seen.TIMED_OUT, Seen.OUT_OF_MEMORY])
def test_forbidden_calls_that_end_the_process_are_diagnosed(seen: Seen) -> None:
    """However they are written: each gets a diagnosis, and the death is what it says."""
    died = stopped(seen, "run", "SIGFPE", "")
    wrong = [
        judged(BUILT_IN[0], Asked(case), Check.REJECTION, died) for case in suite_cases("invalid")
    ]
    found = diagnose(wrong, [], Check.REJECTION, ask=lambda cases: (), pool=lambda: ())
    assert len(found) == len(wrong)
    assert all(each.pattern is not None and seen.name in each.pattern.name for each in found)
