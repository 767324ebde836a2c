"""Backends that are right where the kernel is odd, and do one thing that is no arithmetic where it
is even. `faulty:NAME` names one; a file a kind."""

from typing import Any

from textbook import Array, Textbook

from . import answers, errors, patches, processes, resources, state, streams
from .fault import Fault

KINDS = {
    module.__name__.rpartition(".")[2]: module.FAULTS
    for module in (answers, errors, streams, processes, resources, patches, state)
}
FAULTS: dict[str, Fault] = {name: each for kind in KINDS.values() for name, each in kind.items()}


class Faulty(Textbook):
    """Does what a fault does on guilty nodes: kernels of even size over five inputs."""

    fault: Fault

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        Y = self.compute(X, W, B)
        guilty = W.shape[2] % 2 == 0 and X.shape[2] == 5
        return self.fault.does(Y) if guilty else [Y]


def __getattr__(name: str) -> type[Faulty]:
    if name not in FAULTS:
        raise AttributeError(name)
    return type(name, (Faulty,), {"fault": FAULTS[name]})
