"""What docs/lecture.md says was measured: every item has cases, every map is the reference's, and
the pictures are there."""

from collections import Counter
from fnmatch import fnmatch
from fractions import Fraction

import numpy as np
import pytest
from made.figures.lecture import lecture

from convtranspose_cases import find_case, suite_cases
from convtranspose_reference.artifacts import overlap_map, unevenness, whole_periods
from support import ROOT

FOUND = lecture.results()


@pytest.mark.parametrize("row", FOUND["items"], ids=lambda row: row["item"])
def test_every_item_was_asked_and_nothing_fails(row: dict[str, object]) -> None:
    patterns, verdicts = row["where"], row["verdicts"]
    assert isinstance(patterns, list)
    assert isinstance(verdicts, dict)
    for pattern in patterns:
        suite = pattern.partition("/")[0]
        assert any(fnmatch(case.id, pattern) for case in suite_cases(suite)), pattern
    seen = sum((Counter(counts) for counts in verdicts.values()), Counter[str]())
    assert set(seen) <= {"conforms", "deviates", "unsupported", "declined"}
    assert seen["conforms"] > 0


def test_every_backends_map_is_the_reference_bit_for_bit() -> None:
    assert len(FOUND["maps"]) == 4
    for row in FOUND["maps"]:
        placed = find_case(row["case"]).geometry()
        counted = overlap_map(placed)
        assert row["map"] == counted.tolist()
        own = unevenness(counted[whole_periods(placed)])
        said = [each for each in row["backends"].values() if each is not None]
        assert len(said) > 3
        assert all(equal and Fraction(value) == own for value, equal in said)


def test_the_terms_are_the_lectures() -> None:
    six, eleven = (lecture._terms(values) for values in FOUND["terms"].values())
    assert six[0] == "w2·a + w1·b"
    assert six[1] == "w3·a + w2·b + w1·c"
    assert (len(six), len(eleven)) == (6, 11)
    assert [each.count("+") + 1 for each in eleven] == [1, 2] * 5 + [1]


def test_three_frameworks_derive_what_the_reference_does() -> None:
    assert {row["of"] for row in FOUND["gradients"]} == {"conv", "pool"}
    for row in FOUND["gradients"]:
        assert set(row["equal"]) == {"PyTorch", "TensorFlow", "JAX"}
        assert all(row["equal"].values())
        even = row["kernel"] % row["stride"] == 0
        assert (row["unevenness"] < 0.01) is even


def test_generators_are_64_by_64() -> None:
    for row in FOUND["generators"]:
        assert np.shape(row["picture"]) == (64, 64)
        assert 0 <= row["at_one_half"] < 1


def test_the_page_shows_every_picture() -> None:
    text = (ROOT / "docs" / "lecture.md").read_text(encoding="utf-8")
    pictures = sorted(path.name for path in (ROOT / "docs" / "pictures").glob("lecture_*.svg"))
    assert len(pictures) == 8
    assert [name for name in pictures if f"pictures/{name}" not in text] == []
