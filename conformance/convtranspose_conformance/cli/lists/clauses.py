"""The clauses of the operator text."""

from collections.abc import Iterator, Sequence

from convtranspose_cases.clauses import CLAUSES


def lines(_: Sequence[str]) -> Iterator[str]:
    """Label, whether the text leaves it open, title, what the text says."""
    for clause in CLAUSES.values():
        openness = "open" if clause.open else "explicit"
        yield f"{clause.label}\t{openness}\t{clause.title}\t{clause.says}"
