"""A whole model, checked: the reference's chain, then each backend node by node and as a chain of
its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..backends.entry import Entry
from ..verdict.deviations import Deviation
from ..worker.process import Limits, Worker
from .answering import Answering
from .chain import Chain
from .model.graph import Model
from .model.names import escaped
from .model.step import GraphStep, NotReached
from .node_call import NodeCall, node_call, require_type_of_opset
from .numbers import Array
from .result import Checked, Drift, Lost, NodeAnswer, NothingReached, OfBackend, nodes_in_words
from .trusted.executor import Executor

MOST_SHOWN = 8  # integers of an input
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """The chain in which the reference answers judged nodes; `nodes`: those that backends are asked
    about."""

    model: Model
    executor: Executor
    chain: Chain
    nodes: list[NodeCall] = field(default_factory=list)

    def answer(self, step: GraphStep, taken: list[Array | None]) -> Array:
        node = node_call(self.model, step, taken)
        require_type_of_opset(node)
        if self.model.asks(step.name):
            self.nodes.append(node)
        return legal_answer(node)

    def node(self, step: GraphStep) -> NodeCall | None:
        """What backends are asked at a step; None where it is left out here."""
        return next((each for each in self.nodes if each.step.key == step.key), None)

    def value(self, key: str) -> NDArray[np.float64]:
        return np.asarray(self.chain.values[key], np.float64)


def legal_answer(node: NodeCall) -> Array:
    """The reference's. Raises NotReached where the text forbids the call."""
    if node.forbidden:
        raise NotReached(f"the text forbids the call: {node.forbidden}")
    return node.Y


def checked(
    model: Model,
    feeds: Mapping[str, Array],
    entries: Sequence[Entry],
    deviations: Sequence[Deviation],
    limits: Limits,
    *,
    seed: int = 0,
    drawn: frozenset[str] = frozenset(),
    progress: Progress = lambda line: None,
) -> Checked:
    """Every judged node that is reached, put to every backend. Raises NothingReached where none is,
    Unreadable for a node that says what no text knows, and as `Worker.ask` does."""
    executor = Executor(model, limits.case_s)
    reference = _Reference(model=model, executor=executor, chain=Chain(model, feeds, executor))
    reference.chain.run(reference.answer)
    lost = list(_lost(model, reference, drawn))
    if not reference.nodes:
        why = "; ".join(f"{each.name}: {each.why}" for each in lost)
        raise NothingReached(f"{model.path}: none of its nodes is reached: {why}")
    nodes = nodes_in_words(len(reference.nodes))
    progress(f"reference: {nodes}")
    backends = []
    for entry in entries:
        with Worker(entry, limits) as worker:
            backends.append(_of_backend(reference, feeds, worker, deviations))
        progress(f"{entry.name}: {nodes} asked")
    return Checked(
        model=model,
        feeds=feeds,
        seed=seed,
        drawn=drawn,
        nodes=reference.nodes,
        lost=lost,
        backends=backends,
    )


def _lost(model: Model, reference: _Reference, drawn: frozenset[str]) -> Iterator[Lost]:
    """Judged nodes that have no answer to hold, and steps that nothing executes; where they take
    integers that were `drawn`, that is said."""
    for step in model.steps:
        why, judged = reference.chain.lost.get(step.key, ""), step.judged and model.asks(step.name)
        if why and (judged or not why.startswith("behind ")):
            why += "".join(_drawn_integers(step, reference.chain, drawn))
            yield Lost(name=f"{step.shown} ({step.op})", why=why, judged=judged)
    for name in filter(model.asks, model.inner):
        yield Lost(name=escaped(name), why="in the body of another node", judged=True)


def _drawn_integers(step: GraphStep, chain: Chain, drawn: frozenset[str]) -> Iterator[str]:
    """What to say of integers, which may be sizes, of which nobody said any."""
    if chain.lost.get(step.key, "").startswith("behind "):
        return
    for name in dict.fromkeys(step.takes):
        value = chain.values.get(name)
        if name in drawn and isinstance(value, np.ndarray) and value.dtype.kind in "iu":
            shown = value.ravel()[:MOST_SHOWN].tolist()
            yield f"; its {name!r} was drawn: {shown}; --input {name}=FILE.npy says another"


def _of_backend(
    reference: _Reference,
    feeds: Mapping[str, Array],
    worker: Worker,
    deviations: Sequence[Deviation],
) -> OfBackend:
    answering = Answering(worker, list(deviations))
    answers: dict[str, NodeAnswer] = {
        node.step.key: answering.answer(node) for node in reference.nodes
    }
    own = _OwnChain(reference=reference, answering=answering)
    chain = Chain(reference.model, feeds, reference.executor)
    chain.run(own.answer)
    ends = {
        name: _drift(reference.value(name), chain.values[name], None)
        for name in reference.model.outputs
        if _comparable(reference.chain.values.get(name)) and name in chain.values
    }
    return OfBackend(
        entry=worker.entry,
        version=worker.entry.installed_version(),
        answers=answers,
        drift=own.drift,
        ends=ends,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnChain:
    """The chain in which a backend answers judged nodes, each fed what it made before."""

    reference: _Reference
    answering: Answering
    drift: dict[str, Drift] = field(default_factory=dict)

    def answer(self, step: GraphStep, taken: list[Array | None]) -> Array:
        node = node_call(self.reference.model, step, taken)
        if not self.reference.model.asks(step.name):
            return legal_answer(node)
        first = self.reference.node(step)
        owed: Array | None = self.reference.chain.values.get(step.key)
        if first is None or owed is None:  # it was fed what the suite has no call of
            raise NotReached("is no node that the reference's chain has")
        if node.forbidden:
            raise NotReached("the text forbids the call")
        Y = self.answering.heard(node).Y(node)
        if Y is None or Y.shape != owed.shape:
            self.drift[step.key] = Drift(relative=0.0, bounds=0.0, resumed=True)
            return owed
        bound = None if first.case.is_composed else first.bound  # of pixels that are moved it is 0
        self.drift[step.key] = _drift(owed, Y, bound)
        return Y


def _comparable(value: object) -> bool:
    """Is it an array of numbers?"""
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiuV"


def _drift(owed: Array, found: Array, bound: NDArray[np.float64] | None) -> Drift:
    """The largest difference of two arrays of one shape; elements that are alike, be they infinite
    or NaN, differ by 0."""
    a, b = owed.astype(np.float64), found.astype(np.float64)
    if a.shape != b.shape:
        return Drift(relative=float("inf"), bounds=float("nan"))
    with np.errstate(invalid="ignore", divide="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        apart = np.where(same, 0.0, np.nan_to_num(np.abs(a - b), nan=np.inf, posinf=np.inf))
        largest = float(np.abs(a[np.isfinite(a)]).max(initial=0.0))
        top = float(apart.max(initial=0.0))
        relative = top / largest if largest else (float("inf") if top else 0.0)
        if bound is None:
            return Drift(relative=relative, bounds=float("nan"))
        times = np.where(apart == 0, 0.0, apart / bound)
    return Drift(relative=relative, bounds=float(times.max(initial=0.0)))
