"""A step of a model's chain, and why one is not reached."""

from dataclasses import dataclass
from typing import Any

from .names import escaped

JUDGED = ("ConvTranspose", "Conv", "Resize", "DepthToSpace")


class NotReached(Exception):
    """A step that nothing executes, or that stands behind such a one; the message says why."""


class TooLarge(NotReached):
    """A step that is not executed by anything else either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphStep:
    """A node of the graph: `inputs` and `outputs` by name, "" for one that is left out. `outer`:
    what the graphs in its attributes take of the graph's values. `op` is its operator, behind its
    domain where that is not ONNX's own."""

    name: str
    op: str
    proto: Any
    inputs: tuple[str, ...]
    outer: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def key(self) -> str:
        """What it is known by: names of nodes may repeat, those of values do not."""
        return next(filter(None, self.outputs), self.name)

    @property
    def shown(self) -> str:
        """The name as it is printed."""
        return escaped(self.name)

    @property
    def judged(self) -> bool:
        """Does the reference know the operator?"""
        return self.op in JUDGED

    @property
    def takes(self) -> tuple[str, ...]:
        """The values that it cannot do without."""
        return tuple(name for name in (*self.inputs, *self.outer) if name)
