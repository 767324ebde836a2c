"""What was found, in words that the text and the page share."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from math import isinf, isnan

from convtranspose_cases.notation import askable, called

from ...verdict.difference import shape_text
from ..model.names import escaped, quoted
from ..node_call import NodeCall
from ..parting import Parting
from ..result import OVERFLOW, SILENT, Checked, Drift, NodeAnswer, Standing, nodes_in_words
from ..trusted.draws import is_random

MOST_NAMED = 3
MEASURED = (Standing.INEXACT, Standing.DIFFERS)


def figure(value: float) -> str:
    """Two digits; none of a number that is none."""
    if isnan(value):
        return ""
    return "inf" if isinf(value) else f"{value:.2g}"


def sizes(node: NodeCall) -> str:
    """X -> Y as sizes."""
    Y = "refused" if node.refused else "x".join(map(str, node.case.y_shape()))
    return f"{'x'.join(map(str, node.case.x_shape))} -> {Y}"


def cell(answer: NodeAnswer) -> str:
    """One answer in a few words."""
    beside = ", ".join(filter(None, (answer.spelled, OVERFLOW * bool(answer.overflown))))
    return f"{_cell(answer)} ({beside})" if beside else _cell(answer)


def _cell(answer: NodeAnswer) -> str:
    standing = answer.standing
    if standing is Standing.WITHIN and answer.times is not None:
        return f"within bound, {figure(answer.times)} of it"
    if standing is Standing.DECLARED and answer.explained is not None:
        names = (name.rpartition("/")[2] for name in answer.explained.names)
        return f"declared: {' and '.join(names)}"
    if standing in MEASURED and answer.times is not None:
        return f"{standing}, {figure(answer.times)} x bound"
    return str(standing)


def drift_cell(drift: Drift | None) -> str:
    """Relative to the largest element, and in bounds of the node."""
    if drift is None:
        return "not reached"
    if drift.resumed:
        return "goes on from the reference"
    bounds = figure(drift.bounds)
    return f"{figure(drift.relative)} ({bounds} bounds)" if bounds else figure(drift.relative)


def fed(found: Checked) -> list[str]:
    """A line for each input of the model."""
    return [
        f"{escaped(name)} {value.dtype.name} {shape_text(value.shape)}: "
        + (f"drawn, seed {found.seed}" if name in found.drawn else "from a file")
        for name, value in found.feeds.items()
    ]


def notes(found: Checked) -> list[str]:
    """A line for each thing of the file that a reader of the figures has to know."""
    model = found.model
    random = [f"{s.shown} ({s.op})" for s in model.steps if is_random(s.proto, model.opset)]
    more = [f"{nodes_in_words(len(random) - MOST_NAMED)} more"] * (len(random) > MOST_NAMED)
    named = " and ".join((*random[:MOST_NAMED], *more))
    draw = "draws" if len(random) == 1 else "draw"
    drawn = [f"{named} {draw} random numbers: the same ones in every chain"] if random else []
    return [*drawn, *model.doubts]


def outcome(found: Checked, parting: Parting | None) -> str:
    """The sentence on where backends part, and those on what was not answered or not asked."""
    return " ".join((_parted(found, parting), *_unanswered(found)))


def _unanswered(found: Checked) -> Iterator[str]:
    """What of the model says nothing on a backend."""
    for each in found.backends:
        silent = sum(answer.standing in SILENT for answer in each.answers.values())
        if silent == len(each.answers):
            yield f"{each.entry.name} answered none of them."
        elif silent:
            yield f"{each.entry.name} answered {len(each.answers) - silent} of {len(each.answers)}."
    yield from _overflown(found)
    yield from _forbidden(found)
    for name in found.unanswered if len(found.backends) > 1 else ():
        yield f"No backend answered {name}."
    if found.unjudged:
        nodes, were = nodes_in_words(found.unjudged), "was" if found.unjudged == 1 else "were"
        yield f"{nodes} {were} not held against the reference, for the reasons below."


def _overflown(found: Checked) -> Iterator[str]:
    """Which nodes have answers that are not finite, and need not be."""
    names = [
        node.step.shown
        for node in found.nodes
        if any(each.answers[node.step.key].overflown for each in found.backends)
    ]
    if names:
        beside = f" and {nodes_in_words(len(names) - 1)} more" * (len(names) > 1)
        yield (
            f"{OVERFLOW.capitalize()} at {names[0]}{beside}, whose terms exceed the largest number "
            "where all are taken for positive: an infinity or NaN is no error there."
        )


def _forbidden(found: Checked) -> Iterator[str]:
    """Why nodes have no answer at all; where they are many, of the first."""
    if not found.forbidden:
        return
    first, *others = found.forbidden
    beside = f" and of {nodes_in_words(len(others))} more" * bool(others)
    yield (
        f"The text forbids the call of {first.step.shown}{beside}: {first.forbidden}; whoever "
        "refuses it conforms."
    )


def _parted(found: Checked, parting: Parting | None) -> str:
    if parting is None and not found.held:
        return "No node has an answer to hold against the reference."
    if parting is None and not found.is_complete:
        return "Of the answers that there are, none leaves the reference."
    if parting is None and any(_overflown(found)):
        return "No node where a backend leaves the reference."
    if parting is None:
        return (
            "No node where a backend leaves the reference: every answer lies within its bound, "
            "and what the chains differ by is rounding."
        )
    node = parting.node
    where = f"{node.step.shown} ({node.step.op}, {sizes(node)})"
    others = " and ".join(each.entry.name for each, _ in parting.others)
    if not parting.apart:
        return f"First node where a backend leaves the reference: {where}: {others}."
    right = " and ".join(each.entry.name for each in parting.right)
    against = f" against {right}" if right else " give different answers"
    return f"First node where backends part: {where}: {others}{against}."


def silences(found: Checked) -> list[tuple[str, list[str], str]]:
    """Who gives no answer, at which nodes, and why: what one call cannot say, or is declined."""
    rows: dict[tuple[str, str], list[str]] = {}
    for each in found.backends:
        for node in found.nodes:
            answer = each.answers[node.step.key]
            if answer.standing in SILENT:
                rows.setdefault((each.entry.name, answer.reason), []).append(node.step.shown)
    return [(backend, nodes, why) for (backend, why), nodes in rows.items()]


def explanation(answer: NodeAnswer) -> str:
    """What a backend does there, in a sentence."""
    explained = answer.explained
    if explained is None:
        return answer.reason or str(answer.standing)
    names = f" [{' or '.join(explained.names)}]" if explained.kind != "unexplained" else ""
    return f"{explained.kind}: {explained.sentence}{names}"


def commands(found: Checked, node: NodeCall, backend: str, answer: NodeAnswer) -> list[str]:
    """What shows more of a node and of one backend there, where the suite can ask such a call:
    `explain`, and `shrink` of what is not declared."""
    rounds = answer.standing is Standing.INEXACT
    data = "plain" if node.refused else "dense" if rounds else "integers"
    case = called(replace(node.case, data=data))
    lines = []
    if node.step.op == "ConvTranspose" and found.model.is_unique(node.step.name):
        lines = [f"convtranspose explain {_in_the_file(found, node)}"]
    elif node.step.op == "Conv" and askable(case):  # no more than convolutions are explained
        lines = [f"convtranspose explain {shlex.quote(case.id)}"]
    if answer.fails and not node.refused:
        smaller = answer.explained.smaller if answer.explained else ""
        shown = [smaller or case.id] if smaller or askable(case) else []
        arguments = (f"{shlex.quote(each)} --backend {shlex.quote(backend)}" for each in shown)
        lines += [f"convtranspose shrink {words}" for words in arguments]
    return lines


def _in_the_file(found: Checked, node: NodeCall) -> str:
    """The node as `explain` takes it, with the sizes that the file may leave open."""
    words = [f"--x {','.join(map(str, node.case.x_shape))}"]
    words += [f"--w {','.join(map(str, node.case.w_shape))}"] * (not node.case.initializer)
    return " ".join([quoted(f"{found.model.path}#{node.step.name}"), *words])
