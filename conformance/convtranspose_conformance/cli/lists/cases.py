"""The cases of some suites."""

from collections.abc import Iterator, Sequence

from convtranspose_cases import suite_cases

COLUMNS = ("id", "call")


def rows(suites: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
    """Id, and the call on one line. Raises UnknownName."""
    for name in suites:
        for case in suite_cases(name):
            yield case.id, case.summary()
