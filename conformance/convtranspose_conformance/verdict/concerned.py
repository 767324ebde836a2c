"""Which sentences of the operator's text have a say about how an answer differs."""

from collections.abc import Iterator
from functools import cache

from convtranspose_cases.clauses import CLAUSES, About
from convtranspose_cases.facts import clauses
from convtranspose_reports import Check

from ..worker.observation import Seen
from .compare import shapes_agree
from .reply import Reply


def concerned(reply: Reply) -> list[str]:
    """Labels of the clauses that say what the answer should have been: its sizes, or its values;
    all that the case is about where it gave neither."""
    labels = clauses(reply.case)
    about = frozenset[str]().union(*_differing(reply))
    return [label for label in labels if label in about] or labels


def _differing(reply: Reply) -> Iterator[frozenset[str]]:
    """What the clauses are about that speak of the difference."""
    seen, text = reply.seen, reply.asked.answer()
    if seen.seen is not Seen.RETURNED or text.refused:
        return
    if reply.check is Check.GRADIENT or seen.shape == text.shape:
        yield _about("values")
        return
    mine = seen.shape or ()
    if len(mine) != len(text.shape) or not shapes_agree(text.shape[1:2], mine[1:2]):
        yield _about("channels")
    if not shapes_agree(text.shape[2:], mine[2:]):
        yield _about("sizes")


@cache
def _about(what: About) -> frozenset[str]:
    return frozenset(label for label, clause in CLAUSES.items() if what in clause.about)
