"""What was found as plain text."""

from collections.abc import Iterator

from ...explain.pages.columns import columns
from ...explain.pages.wrapped import wrapped
from ...worker.plain_text import plain_text
from ..model.names import escaped
from ..parting import first_parting
from ..result import Checked, nodes_in_words
from .words import cell, commands, drift_cell, explanation, fed, notes, outcome, silences, sizes


def text(found: Checked) -> str:
    """The table of answers, that of drift, where backends part, and what was not reached."""
    parts = [_head(found), _answers(found), _drift(found), list(_parting(found))]
    parts += [_silent(found), _lost(found)]
    return plain_text("\n\n".join("\n".join(lines) for lines in parts if lines))


def _head(found: Checked) -> list[str]:
    model = found.model
    versions = ", ".join(f"{each.entry.name} {each.version}".strip() for each in found.backends)
    return [
        f"{model.path}, opset {model.opset}: {nodes_in_words(found.held)} held against the "
        "reference",
        *(f"  {line}" for line in fed(found)),
        f"  {versions}",
        *(wrapped(line, "  ", "    ") for line in notes(found)),
    ]


def _answers(found: Checked) -> list[str]:
    names = [each.entry.name for each in found.backends]
    rows = [["node", "operator", "X -> Y", *names]]
    for node in found.nodes:
        answers = [cell(each.answers[node.step.key]) for each in found.backends]
        rows.append([node.step.shown, node.step.op, sizes(node), *answers])
    return ["Each node by itself, fed what the reference feeds it:", *columns(rows)]


def _drift(found: Checked) -> list[str]:
    names = [each.entry.name for each in found.backends]
    rows = [["after", *names]]
    for node in found.nodes:
        drifts = [drift_cell(each.drift.get(node.step.key)) for each in found.backends]
        rows.append([node.step.shown, *drifts])
    for name in found.model.outputs:
        drifts = [drift_cell(each.ends.get(name)) for each in found.backends]
        rows.append([f"output {escaped(name)}", *drifts])
    return [
        "Each backend's own chain, its largest difference from the reference's chain over the",
        "largest element there (and in bounds of the node):",
        *columns(rows),
    ]


def _parting(found: Checked) -> Iterator[str]:
    parting = first_parting(found)
    yield wrapped(outcome(found, parting), "", "")
    if parting is None:
        return
    for each, answer in parting.others:
        name = each.entry.name
        yield wrapped(f"{name}: {cell(answer)}; {answer.reason}", "  ", "    ")
        yield wrapped(explanation(answer), "    ", "    ")
        yield from (f"    {line}" for line in commands(found, parting.node, name, answer))


def _silent(found: Checked) -> list[str]:
    lines = [
        wrapped(f"{backend}, {' and '.join(nodes)}: {why}", "  ", "    ")
        for backend, nodes, why in silences(found)
    ]
    return ["Not answered:", *lines] if lines else []


def _lost(found: Checked) -> list[str]:
    lines = [wrapped(f"{each.name}: {each.why}", "  ", "    ") for each in found.lost]
    return ["Not held against the reference:", *lines] if lines else []
