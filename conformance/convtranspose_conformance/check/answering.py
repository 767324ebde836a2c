"""One backend asked about nodes: what it returns, and how that stands to the reference."""

from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from convtranspose_cases import Case
from convtranspose_reports import Check, Outcome, Verdict

from ..backends.api import Call
from ..rules.answers import Asked
from ..run.asking.one_case import Interview, interview_with
from ..run.credit import Credit
from ..verdict.deviations import Deviation
from ..verdict.difference import how_it_stopped
from ..verdict.reply import Reply, judged
from ..worker.observation import Observation, Seen
from ..worker.process import Worker
from .explaining import explained
from .node_call import NodeCall
from .numbers import Array
from .result import OVERFLOW, RIGHT, NodeAnswer, NodeCause, Standing
from .spellings import Spelling, spellings

MOST_EXPLAINED = 3  # nodes: each takes seconds, and what strikes more of them strikes these
_OF_OUTCOME = {
    Outcome.AGREES: Standing.CONFORMS,
    Outcome.INEXACT: Standing.INEXACT,
    Outcome.VALUES_DIFFER: Standing.DIFFERS,
    Outcome.DTYPE_DIFFERS: Standing.DIFFERS,
    Outcome.SHAPE_DIFFERS: Standing.SHAPE,
    Outcome.ACCEPTED: Standing.SHAPE,
    Outcome.REJECTED: Standing.REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How a call was put, and what was seen then."""

    spelling: Spelling
    seen: Observation

    def Y(self, node: NodeCall) -> Array | None:
        """The output that a node goes on with, a bias that was left out added; None where there is
        none of the text's dtype and shape."""
        Y, B = array_like(self.spelling.node, self.seen), node.B
        if Y is None or B is None or self.spelling.node.B is not None:
            return Y
        return np.asarray(Y + B.reshape(1, -1, *(1,) * node.case.rank))


class Answering:
    """Asks a backend through its worker, and judges with its declarations."""

    def __init__(self, worker: Worker, deviations: list[Deviation]) -> None:
        self._worker, self._credit = worker, Credit()
        self._declared = [d for d in deviations if d.backend == worker.entry.name]
        self._interview: Interview = interview_with(worker, deviations)
        self._known: dict[tuple[str, bytes], Heard] = {}
        self._explained = 0

    def heard(self, node: NodeCall) -> "Heard":
        """What the backend does with a node's call, in the first spelling that its API has words
        for; asked once for the same numbers. Raises as `Worker.ask` does."""
        numbers = b"".join(each.tobytes() for each in node.call.arrays)
        key = node.step.key, sha256(numbers).digest()
        if key not in self._known:
            self._known[key] = self._first_sayable(node)
        return self._known[key]

    def _first_sayable(self, node: NodeCall) -> "Heard":
        first: Heard | None = None
        for spelling in spellings(node):
            seen = self._asked(spelling.node.call, _check_of(spelling.node))
            heard = Heard(spelling=spelling, seen=seen)
            if seen.seen is not Seen.UNSUPPORTED:
                return heard
            first = first or heard
        if first is None:
            raise ValueError(f"{node.step.name}: no spelling")
        return first

    def _asked(self, call: Call, check: Check = Check.OUTPUT) -> Observation:
        return self._worker.ask(call, (check.value,))[check.value]

    def answer(self, node: NodeCall) -> NodeAnswer:
        """How the backend's output of a node stands. Raises as `Worker.ask` does."""
        heard = self.heard(node)
        asked, seen = heard.spelling.node, heard.seen
        if asked.forbidden and seen.refuses:
            return NodeAnswer(standing=Standing.CONFORMS, reason=how_it_stopped(seen))
        kept, overflown = _without_overflow(asked, seen)
        node_answer = _shown_right(asked, kept) or self._by_integers(asked, kept)
        if overflown and node_answer.standing in RIGHT:
            node_answer = replace(
                node_answer,
                standing=Standing.CONFORMS,
                reason=f"{overflown} of {asked.Y.size} values are not finite: {OVERFLOW}",
                overflown=overflown,
                digest=_digest(seen),
            )
        return replace(node_answer, spelled=heard.spelling.how)

    def _by_integers(self, node: NodeCall, seen: Observation) -> NodeAnswer:
        """Against the exact integers, the readings of open clauses, and the declarations."""
        declared = [d.told(self._worker.kernels) for d in self._declared]
        reply = self._credit.settled(
            judged(self._worker.entry, node.asked, _check_of(node), seen, declared),
            self._plainer,
            declared,
        )
        return NodeAnswer(
            standing=_standing(node, reply),
            reason=reply.judgement.reason,
            times=_times(node, reply),
            explained=self._why(node, reply),
            digest=_digest(seen),
        )

    def _why(self, node: NodeCall, reply: Reply) -> NodeCause | None:
        """Of an answer that is declared, or is among the first that fail. Raises as `Worker.ask`
        does."""
        deviation = reply.judgement.deviation
        if deviation is not None:
            names = reply.judgement.reproduces
            return NodeCause(kind="declared", names=names, sentence=deviation.sentence())
        if reply.judgement.verdict is not Verdict.FAILS or self._explained == MOST_EXPLAINED:
            return None
        self._explained += 1
        return explained(node, reply, self._interview)

    def _plainer(self, case: Case) -> Observation:
        return self._asked(Call.of(case, *Asked(case).arrays()))


def _check_of(node: NodeCall) -> Check:
    """A call that the text forbids is to be refused."""
    return Check.REJECTION if node.refused else Check.OUTPUT


def _without_overflow(node: NodeCall, seen: Observation) -> tuple[Observation, int]:
    """What was seen, with what is owed where a partial sum may have overflowed, and in how many
    elements that is."""
    Y = array_like(node, seen)
    if Y is None or np.isfinite(Y.astype(np.float64)).all():
        return seen, 0
    overflown = node.overflown(Y)
    kept = np.where(overflown, node.Y, Y).astype(Y.dtype)
    return replace(seen, data=kept.tobytes()), int(overflown.sum())


def _shown_right(node: NodeCall, seen: Observation) -> NodeAnswer | None:
    """Where float64 is enough to see that it is right."""
    Y = array_like(node, seen)
    if Y is None or node.enclosure is None or not node.enclosure.shows_right(Y):
        return None
    is_equal = bool((node.enclosure.expected == Y).all())
    return NodeAnswer(
        standing=Standing.EQUAL if is_equal else Standing.WITHIN,
        times=node.enclosure.off_by(Y),
        digest=_digest(seen),
    )


def array_like(node: NodeCall, seen: Observation) -> Array | None:
    """What was returned, where it is of the dtype and shape that the text asks for."""
    if seen.seen is not Seen.RETURNED or node.refused:
        return None
    like_it = (seen.dtype, seen.shape) == (node.case.dtype, node.case.y_shape())
    return seen.array() if like_it else None


def _times(node: NodeCall, reply: Reply) -> float | None:
    Y = array_like(node, reply.seen)
    if Y is None or not Y.size:
        return None
    if node.enclosure is not None and node.enclosure.is_finite:
        return node.enclosure.off_by(Y)
    compared = reply.compared.of(node.asked.answer().golden)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(compared.equal, 0.0, compared.error / compared.bound)
    return float(np.nan_to_num(ratio, nan=np.inf, posinf=np.inf).max())


def _standing(node: NodeCall, reply: Reply) -> Standing:
    judgement = reply.judgement
    if judgement.verdict is Verdict.CONFORMS:
        Y = array_like(node, reply.seen)
        if Y is None or any(judgement.follows.values()):
            return Standing.CONFORMS
        is_equal = bool(reply.compared.of(node.asked.answer().golden).equal.all())
        return Standing.EQUAL if is_equal else Standing.WITHIN
    by_verdict = {
        Verdict.DEVIATES: Standing.DECLARED,
        Verdict.UNSUPPORTED: Standing.UNSUPPORTED,
        Verdict.DECLINED: Standing.DECLINED,
    }
    return by_verdict.get(judgement.verdict) or _OF_OUTCOME.get(reply.outcome, Standing.STOPPED)


def _digest(seen: Observation) -> str:
    return sha256(seen.data).hexdigest() if seen.seen is Seen.RETURNED else ""
