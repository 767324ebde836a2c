"""In which releases, of those that were asked, a backend shows a difference."""

import pytest

from convtranspose_conformance.run.findings.since import in_words

RELEASES = ["1.20", "1.22", "1.24", "1.26", "1.31"]


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        ([0, 1, 2, 3, 4], "every release asked, 1.20 to 1.31"),
        ([2, 3, 4], "since 1.24, not in 1.22"),
        ([4], "since 1.31, not in 1.26"),
        ([0, 1], "in 1.20 to 1.22, not in 1.24"),
        ([0], "in 1.20, not in 1.22"),
        ([0, 1, 4], "in 1.20 to 1.22 and 1.31"),
        ([1, 3], "in 1.22 and 1.26, not in 1.31"),
    ],
)
def test_in_words(shown: list[int], says: str) -> None:
    assert in_words(RELEASES, shown) == says
