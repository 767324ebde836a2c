"""The first node where backends part."""

from collections.abc import Sequence
from dataclasses import dataclass

from .node_call import NodeCall
from .result import RIGHT, SILENT, Checked, NodeAnswer, OfBackend


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """At `node` the `others` leave what the `right` ones give; each with its answer. `apart`: do
    two backends part, rather than all leave the reference in one way?"""

    node: NodeCall
    others: Sequence[tuple[OfBackend, NodeAnswer]]
    right: Sequence[OfBackend]
    apart: bool


def first_parting(found: Checked) -> Parting | None:
    """None where at every node every backend is right, or says nothing."""
    for node in found.nodes:
        answers = [(each, each.answers[node.step.key]) for each in found.backends]
        others = [pair for pair in answers if pair[1].standing not in RIGHT | SILENT]
        if others:
            right = [each for each, answer in answers if answer.standing in RIGHT]
            ways = {(answer.digest or answer.reason) for _, answer in others}
            return Parting(
                node=node, others=others, right=right, apart=bool(right) or len(ways) > 1
            )
    return None
