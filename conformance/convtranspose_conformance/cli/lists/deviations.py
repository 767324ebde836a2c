"""The deviations that the project declares."""

from collections.abc import Iterator, Sequence

from ...backends.registry import registered
from ...verdict.deviation_files import declared


def lines(_: Sequence[str]) -> Iterator[str]:
    """Id, versions, which cases, what the backend does instead. Raises DeviationError."""
    for deviation in declared(registered()):
        yield (
            f"{deviation.id}\t{deviation.versions}\t{deviation.when.text}\t{deviation.sentence()}"
        )
