"""The cases of some suites."""

from collections.abc import Iterator, Sequence

from convtranspose_cases import suite_cases


def lines(suites: Sequence[str]) -> Iterator[str]:
    """Id, and the call on one line. Raises UnknownName."""
    for name in suites:
        for case in suite_cases(name):
            yield f"{case.id}\t{case.summary()}"
