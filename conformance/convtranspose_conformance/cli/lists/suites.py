"""The suites."""

from collections.abc import Iterator, Sequence

from convtranspose_cases import SUITES, suite_cases


def lines(_: Sequence[str]) -> Iterator[str]:
    """Name, number of cases, what is asked."""
    for name, suite in SUITES.items():
        yield f"{name}\t{len(suite_cases(name))}\t{suite.TITLE}"
