"""The published score of the hand-written mutants holds: `core` measured anew, and every other
mutant's death seen again."""

import json

import pytest

from convtranspose_cases import SUITES, find_case, suite_cases
from convtranspose_conformance.rules.accuracy_classes import ACCURACY
from convtranspose_conformance.rules.faults import FAULTS
from convtranspose_reference.readings import READINGS
from support import BACKENDS, ROOT
from support.mutation import handwritten

PUBLISHED = json.loads(
    (ROOT / "benchmarks" / "figures" / "mutation.json").read_text(encoding="utf-8")
)
KILLED = {each["name"]: each["killed"] for each in PUBLISHED["mutants"]}
CLASSES = handwritten.planted.CLASSES
CORE_CLASSES = ("geometry", "layout", "group", "bias")
AGAIN = "measure anew: python benchmarks/alarms/mutation.py"


def test_the_file_is_about_these_mutants_and_suites() -> None:
    about = [
        {key: each[key] for key in ("name", "class", "sentence", "named")}
        for each in PUBLISHED["mutants"]
    ]
    assert about == handwritten.described(), AGAIN
    assert PUBLISHED["suites"] == {suite: len(suite_cases(suite)) for suite in SUITES}, AGAIN


def test_all_suites_together_kill_every_mutant() -> None:
    assert [name for name, killed in KILLED.items() if not killed] == []


@pytest.mark.parametrize("kind", CLASSES)
def test_core_kills_as_published(kind: str) -> None:
    names = handwritten.of_classes(kind)
    found = handwritten.first_kills(names, suite_cases("core"))
    assert found == {name: KILLED[name]["core"] for name in names if "core" in KILLED[name]}, AGAIN
    if kind in CORE_CLASSES:
        assert set(names) - found.keys() == set(), "core alone has to kill these"


@pytest.mark.parametrize("name", [name for name, killed in KILLED.items() if "core" not in killed])
def test_what_core_leaves_dies_where_it_is_published(name: str) -> None:
    """Asked one case alone: what a mutant of `state` kept from earlier cases is not there, so that
    one of its cases has to do."""
    deaths = [
        case for case in KILLED[name].values() if handwritten.first_kills([name], [find_case(case)])
    ]
    assert deaths, AGAIN
    assert handwritten.MUTANTS[name].kind == "state" or len(deaths) == len(KILLED[name]), AGAIN


def test_there_are_enough_and_each_says_what_it_does() -> None:
    mutants = handwritten.MUTANTS
    assert len(mutants) >= 90
    assert {mutant.kind for mutant in mutants.values()} == set(CLASSES)
    assert len({mutant.sentence() for mutant in mutants.values()}) == len(mutants)
    assert [name for name, mutant in mutants.items() if not mutant.sentence().endswith(".")] == []


def test_what_a_mutant_is_called_exists() -> None:
    known = READINGS.keys() | FAULTS.keys() | ACCURACY.keys()
    called = {
        name for mutant in handwritten.MUTANTS.values() for name in (*mutant.named, *mutant.partly)
    }
    assert {
        part for name in called for part in (name.split(" + ") if name not in known else [name])
    } <= known


def test_mutants_share_no_code_with_the_suite() -> None:
    sources = [*BACKENDS.glob("textbook*.py"), *(BACKENDS / "planted").glob("*.py")]
    assert len(sources) >= 15
    assert [
        path.name for path in sources if "convtranspose_" in path.read_text(encoding="utf-8")
    ] == []
