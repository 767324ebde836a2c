"""Some of the planted faults (docs/faults.md has all): each costs the guilty cases or nothing."""

from typing import Any

import pytest

import faulty
from support.faults import Recorded, recorded

SOME = (
    *("dtype_raises", "shape_lies", "class_lies", "list_without_truth", "dangling"),
    *("module_is_none", "name_has_a_surrogate", "metaclass_raises", "text_exits"),
    *("stdout_is_closed", "descriptor_1_closed", "all_closed", "writes_into_every_descriptor"),
    *("last_words", "forks_and_both_answer", "dies_with_a_child", "kills_its_parent"),
    *("thread_kills_later", "keeps_memory", "writes_scratch", "disk_is_full"),
    *("numpy_in_order", "os_files", "pickles", "instances", "traced", "shouts"),
)


@pytest.fixture(scope="module")
def all_recorded() -> dict[str, Recorded]:
    """One run of all of them."""
    return recorded(SOME)


@pytest.mark.parametrize("name", SOME)
def test_a_fault_costs_the_guilty_or_nothing(name: str, all_recorded: Any) -> None:
    fault, found = faulty.FAULTS[name], all_recorded[name]
    assert (found.missing, found.neighbours) == ((), ())
    assert found.outcome == fault.outcome, found
    assert fault.reason in found.reason


def test_a_death_that_does_not_repeat_says_so(all_recorded: Any) -> None:
    note = all_recorded["thread_kills_later"].note
    assert note in ("not repeated: SIGSEGV, asked after other cases", "")
    assert all_recorded["keeps_memory"].note in (
        "not repeated: MemoryError, asked after other cases",
        "",
    )


def test_last_words_hold_no_time_and_no_process(all_recorded: Any) -> None:
    assert all_recorded["last_words"].reason.endswith("SIGABRT; Check failed: nothing fits")
