"""Backends that have a name here."""

from collections.abc import Iterator, Sequence

from ...backends.registry import registered


def lines(_: Sequence[str]) -> Iterator[str]:
    """Name, version, whether it is usable here, and how it is asked. Raises Unusable for an entry
    point that is none."""
    for entry in registered().values():
        version, why = entry.installed_version() or "-", entry.why_unusable() or "usable"
        yield f"{entry.name}\t{version}\t{why}\t{entry.title}: {entry.route}"
