"""The clauses of the operator text."""

from collections.abc import Iterator, Sequence

from convtranspose_cases.clauses import CLAUSES

COLUMNS = ("label", "openness", "title", "says")


def rows(_: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
    """Label, whether the text leaves it open, title, what the text says."""
    for clause in CLAUSES.values():
        openness = "open" if clause.open else "explicit"
        yield clause.label, openness, clause.title, clause.says
