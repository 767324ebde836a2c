"""A suite in families of cases, each a function that says what its cases are about."""

from collections.abc import Callable, Iterable, Iterator

from ..case import Case

Family = Callable[[], Iterator[Case]]


def each_once(families: Iterable[Family]) -> list[Case]:
    """The cases of all families in order, each name once."""
    return list({case.name: case for family in families for case in family()}.values())
