"""The suites."""

from collections.abc import Iterator, Sequence

from convtranspose_cases import SUITES, suite_cases

COLUMNS = ("name", "cases", "title")


def rows(_: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
    """Name, number of cases, what is asked."""
    for name, suite in SUITES.items():
        yield name, len(suite_cases(name)), suite.TITLE
