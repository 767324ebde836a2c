"""Every mutant of the reference's geometry and scatter fails `seeds` and `core`, or is argued in
`support.mutation.argued`; an argument not needed fails too."""

import pytest

from support.mutation.argued import EQUIVALENT, NOT_ASKED, READ_OTHERWISE
from support.mutation.mutants import Fate, survey


@pytest.fixture(scope="module")
def fates() -> list[Fate]:
    return survey(whole=False)


def test_every_survivor_is_argued_and_every_argument_is_needed(fates: list[Fate]) -> None:
    survivors = {fate.name for fate in fates if fate.survives}
    argued = EQUIVALENT.keys() | NOT_ASKED.keys()
    assert survivors - argued == set(), (
        "survive without an argument: either equivalent, or a case is missing"
    )
    assert argued - survivors == set(), "are argued, but fail or exist no more"


def test_other_readings_are_told_apart(fates: list[Fate]) -> None:
    found = {
        fate.name: fate.reading.split(": ")[1].partition(":")[0] for fate in fates if fate.reading
    }
    assert found == READ_OTHERWISE


def test_the_tool_made_enough(fates: list[Fate]) -> None:
    assert len(fates) >= 500
    assert len({fate.name for fate in fates}) == len(fates)
    by_a_case = [fate for fate in fates if "/" in fate.failed]
    assert len(by_a_case) >= 0.8 * len(fates)
