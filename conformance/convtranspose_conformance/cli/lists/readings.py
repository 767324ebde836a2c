"""The readings of the text, and the faults beside them: what a deviation can be explained with."""

from collections.abc import Iterator, Sequence

from convtranspose_reference.readings import READINGS

from ...rules.faults import FAULTS


def lines(_: Sequence[str]) -> Iterator[str]:
    """Name, reading or fault, what it does."""
    for reading in READINGS.values():
        yield f"{reading.id}\treading\t{reading.sentence}"
    for fault in FAULTS.values():
        yield f"{fault.name}\tfault\t{fault.sentence}"
