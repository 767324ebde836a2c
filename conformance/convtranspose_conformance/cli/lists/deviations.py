"""The deviations that the project declares."""

from collections.abc import Iterator, Sequence

from ...backends.registry import registered
from ...verdict.deviation_files import declared

COLUMNS = ("id", "versions", "when", "sentence")


def rows(_: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
    """Id, versions, which cases, what the backend does instead. Raises DeviationError."""
    for deviation in declared(registered()):
        yield deviation.id, deviation.versions, deviation.when.text, deviation.sentence()
