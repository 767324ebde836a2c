"""The readings of the text, and the faults beside them: what a deviation can be explained with."""

from collections.abc import Iterator, Sequence

from convtranspose_reference.readings import READINGS

from ...rules.faults import FAULTS

COLUMNS = ("name", "kind", "sentence")


def rows(_: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
    """Name, reading or fault, what it does."""
    for reading in READINGS.values():
        yield reading.id, "reading", reading.sentence
    for fault in FAULTS.values():
        yield fault.name, "fault", fault.sentence
