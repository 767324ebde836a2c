"""Steps that nobody could run: attributes said twice, inputs that nothing makes, too few or too
many."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ...explain.inputs.subject import Unreadable
from .step import GraphStep

MOST_NAMED = 3
_INPUTS = {  # how many an operator takes at least and at most, and which
    "ConvTranspose": (2, 3, "X, W and, where there is a bias, B"),
    "Conv": (2, 3, "X, W and, where there is a bias, B"),
    "Resize": (1, 4, "X, roi, scales and sizes"),
    "DepthToSpace": (1, 1, "X"),
}


def in_order(
    path: Path, steps: Sequence[GraphStep], given: frozenset[str]
) -> tuple[GraphStep, ...]:
    """The steps, each behind those that make what it takes, else in the file's order. `given`: the
    values that no step makes. Raises Unreadable for steps that nobody could run."""
    for step in steps:
        _require_attributes_once(path, step)
        _require_inputs(path, step)
    made = given | {name for step in steps for name in step.outputs}
    for step in steps:
        for name in filter(None, step.inputs):
            if name not in made:
                raise Unreadable(
                    f"{path}#{step.shown}: nothing makes its input {name!r}; accepted is an output "
                    "of a node, an input of the model or a weight"
                )
    return _sorted(path, steps, given)


def _sorted(path: Path, steps: Sequence[GraphStep], given: frozenset[str]) -> tuple[GraphStep, ...]:
    """Raises Unreadable where steps wait for each other."""
    makers = {name: step for step in steps for name in step.outputs if name}
    left, order, known = list(steps), list[GraphStep](), set(given)
    while left:
        later = []
        for step in left:
            if any(name in makers and name not in known for name in step.takes):
                later.append(step)
                continue
            order.append(step)
            known.update(step.outputs)
        if len(later) == len(left):
            names = ", ".join(step.shown for step in later[:MOST_NAMED])
            raise Unreadable(
                f"{path}: has a cycle: {names} wait for what they make themselves; accepted is a "
                "graph without one"
            )
        left = later
    return tuple(order)


def _require_attributes_once(path: Path, step: GraphStep) -> None:
    counts = Counter(each.name for each in step.proto.attribute)
    for name in (name for name, count in counts.items() if count > 1):
        raise Unreadable(
            f"{path}#{step.shown}: attribute {name} is given {counts[name]} times; accepted is once"
        )


def _require_inputs(path: Path, step: GraphStep) -> None:
    """Raises Unreadable for a judged step that lacks one it cannot do without, or has more than its
    operator takes."""
    if step.op not in _INPUTS:
        return
    least, most, names = _INPUTS[step.op]
    inputs = step.inputs
    if len(inputs) > most or len(inputs) < least or not all(inputs[:least]):
        count = sum(map(bool, inputs)) if len(inputs) <= most else len(inputs)
        raise Unreadable(f"{path}#{step.shown}: {count} inputs; accepted are {names}")
