"""What was found as plain values, for JSON."""

from math import isfinite
from typing import Any

from ..node_call import NodeCall
from ..parting import first_parting
from ..result import Checked, Drift, Lost, NodeAnswer, NodeCause, OfBackend
from .words import commands, explanation, notes, outcome


def told(found: Checked) -> dict[str, Any]:
    """All of it, by names; figures that are none are null."""
    return {
        "model": str(found.model.path),
        "opset": found.model.opset,
        "notes": notes(found),
        "inputs": [_input(found, name) for name in found.feeds],
        "backends": [{"name": e.entry.name, "version": e.version} for e in found.backends],
        "nodes": [_node(found, node) for node in found.nodes],
        "outputs": [_output(found, name) for name in found.model.outputs],
        "parting": _parting(found),
        "not_reached": [_lost(each) for each in found.lost],
        "unanswered": found.unanswered,
        "complete": found.is_complete,
        "fails": found.fails,
    }


def _lost(lost: Lost) -> dict[str, Any]:
    return {"node": lost.name, "why": lost.why, "judged": lost.judged}


def _input(found: Checked, name: str) -> dict[str, Any]:
    value = found.feeds[name]
    seed = found.seed if name in found.drawn else None
    return {"name": name, "dtype": value.dtype.name, "shape": list(value.shape), "seed": seed}


def _node(found: Checked, node: NodeCall) -> dict[str, Any]:
    return {
        "name": node.step.name,
        "op": node.step.op,
        "x_shape": list(node.case.x_shape),
        "y_shape": None if node.refused else list(node.case.y_shape()),
        "refused": node.forbidden or None,
        "answers": {e.entry.name: _answer(e, node) for e in found.backends},
    }


def _answer(backend: OfBackend, node: NodeCall) -> dict[str, Any]:
    answer = backend.answers[node.step.key]
    return {
        "standing": str(answer.standing),
        "spelled": answer.spelled or None,
        "times_bound": _number(answer.times),
        "overflown": answer.overflown or None,
        "reason": answer.reason or None,
        "explained": _explained(answer.explained),
        "drift": _drift(backend.drift.get(node.step.key)),
    }


def _explained(explained: NodeCause | None) -> dict[str, Any] | None:
    if explained is None:
        return None
    return {
        "kind": explained.kind,
        "names": list(explained.names),
        "sentence": explained.sentence,
        "smaller": explained.smaller or None,
    }


def _drift(drift: Drift | None) -> dict[str, Any] | None:
    if drift is None:
        return None
    return {
        "relative": _number(drift.relative),
        "bounds": _number(drift.bounds),
        "from_reference": drift.resumed,
    }


def _output(found: Checked, name: str) -> dict[str, Any]:
    drifts = {e.entry.name: _drift(e.ends.get(name)) for e in found.backends}
    return {"name": name, "drift": drifts}


def _parting(found: Checked) -> dict[str, Any] | None:
    parting = first_parting(found)
    if parting is None:
        return None
    others: list[tuple[OfBackend, NodeAnswer]] = list(parting.others)
    return {
        "node": parting.node.step.name,
        "sentence": outcome(found, parting),
        "backends": {
            each.entry.name: {
                "explanation": explanation(answer),
                "commands": commands(found, parting.node, each.entry.name, answer),
            }
            for each, answer in others
        },
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
