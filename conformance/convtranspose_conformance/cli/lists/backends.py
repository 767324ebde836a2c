"""Backends that have a name here."""

from collections.abc import Iterator, Sequence

from ...backends.registry import registered

COLUMNS = ("name", "version", "usable", "asked")


def rows(_: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
    """Name, version, whether it is usable here, and how it is asked. Raises Unusable for an entry
    point that is none."""
    for entry in registered().values():
        usable = "usable" if entry.by_default else "usable, on request"
        version, why = entry.installed_version() or "-", entry.why_unusable() or usable
        yield entry.name, version, why, f"{entry.title}: {entry.route}"
