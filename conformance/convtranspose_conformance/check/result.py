"""What a check came to: of each judged node each backend's answer, where backends part, how far
their chains drift."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..backends.entry import Entry
from ..explain.inputs.subject import Unreadable
from .model.graph import Model
from .node_call import NodeCall
from .numbers import Array


class NothingReached(Unreadable):
    """No judged node of a model is reached: the message says of each why."""


def nodes_in_words(count: int) -> str:
    """`1 node`, `2 nodes`."""
    return "1 node" if count == 1 else f"{count} nodes"


class Standing(StrEnum):
    """How an answer stands to the reference's."""

    EQUAL = "equal"
    WITHIN = "within bound"
    CONFORMS = "conforms"  # as a reading of an open clause does, or a refusal that one allows
    DECLARED = "declared"
    INEXACT = "inexact"
    DIFFERS = "values differ"
    SHAPE = "shape differs"
    REFUSED = "refused"
    STOPPED = "stopped"  # a death, a hang, no memory
    UNSUPPORTED = "unsupported"
    DECLINED = "declined"


OVERFLOW = "a partial sum overflows"
RIGHT = frozenset({Standing.EQUAL, Standing.WITHIN, Standing.CONFORMS})
SILENT = frozenset({Standing.UNSUPPORTED, Standing.DECLINED})


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCause:
    """What a backend does instead: `kind` and `names` as a `Cause` has them, of declarations their
    ids. `smaller`: the id of a small call that differs too, "" where none did."""

    kind: str
    names: tuple[str, ...]
    sentence: str
    smaller: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAnswer:
    """A backend's answer to a node, fed what the reference's chain feeds it. `times`: its largest
    distance from the exact sums over the bound, None where there is none to measure. `reason`: one
    sentence of numbers, or of what it said; `digest` of what it returned. `spelled`: how the call
    was put where the API has no word for something in the file's; `overflown`: how many of its
    elements are not finite, as a partial sum may be that is summed up in another order."""

    standing: Standing
    reason: str = ""
    times: float | None = None
    explained: NodeCause | None = None
    digest: str = ""
    spelled: str = ""
    overflown: int = 0

    @property
    def fails(self) -> bool:
        """Is it wrong, and not declared?"""
        return self.standing not in RIGHT | SILENT and self.standing is not Standing.DECLARED


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far a chain is from the reference's at a value: the largest difference, `relative` to the
    largest element there, and in `bounds` of the node, NaN where there is none. `resumed`: the
    chain goes on from the reference's value, since the backend gave none of its shape."""

    relative: float
    bounds: float
    resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfBackend:
    """One backend: its answers and its chain's drift, by the node's key; `ends` is the drift at the
    model's outputs."""

    entry: Entry
    version: str
    answers: Mapping[str, NodeAnswer]
    drift: Mapping[str, Drift]
    ends: Mapping[str, Drift]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What was not reached, or is forbidden: its name, with its operator where it stands in the
    model's own graph, and why. `judged`: is it of those that would have been held against the
    reference?"""

    name: str
    why: str
    judged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A model, what it was fed, the judged nodes that backends were asked about, what was not
    reached, and every backend."""

    model: Model
    feeds: Mapping[str, Array]
    seed: int
    drawn: frozenset[str]
    nodes: Sequence[NodeCall]
    lost: Sequence[Lost]
    backends: Sequence[OfBackend]

    @property
    def fails(self) -> bool:
        """Is some answer wrong that no declaration predicts?"""
        return any(a.fails for each in self.backends for a in each.answers.values())

    @property
    def forbidden(self) -> list[NodeCall]:
        """The nodes whose calls the text forbids: backends are asked whether they refuse them, and
        there is no answer to hold."""
        return [node for node in self.nodes if node.forbidden]

    @property
    def held(self) -> int:
        """How many nodes have an answer that backends are held against."""
        return len(self.nodes) - len(self.forbidden)

    @property
    def unjudged(self) -> int:
        """How many nodes were not held against the reference that would have been: not reached, or
        forbidden."""
        return sum(each.judged for each in self.lost)

    @property
    def silent(self) -> list[str]:
        """The backends that answered no node at all."""
        return [
            each.entry.name
            for each in self.backends
            if all(answer.standing in SILENT for answer in each.answers.values())
        ]

    @property
    def unanswered(self) -> list[str]:
        """The names, as they are printed, of nodes to which no backend has an answer."""
        return [
            node.step.shown
            for node in self.nodes
            if all(each.answers[node.step.key].standing in SILENT for each in self.backends)
        ]

    @property
    def is_complete(self) -> bool:
        """Was every judged node reached, and answered by somebody, and did everybody answer?"""
        return not (self.unjudged or self.silent or self.unanswered)
