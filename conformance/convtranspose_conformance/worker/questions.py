"""Questions that wait in a worker."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass

from .observation import Observation
from .wire import Message

# Questions that wait in a worker, so that it never waits for its next one. Together they fit into a
# socket: to hand one over never blocks a coordinator whose worker waits for it to read.
MOST_WAITING, MOST_WAITING_BYTES = 32, 2**16
Believed = Callable[[str, Observation], bool]


def never(check: str, seen: Observation) -> bool:
    """Nothing is believed at once."""
    return False


@dataclass(slots=True)
class Waiting:
    """A question that was put, by its number, and its checks that are not answered yet. `first`:
    how the first of them ended before, where it is asked again alone."""

    number: int
    question: bytes
    checks: tuple[str, ...]
    believed: Believed
    first: Observation | None = None
    is_begun: bool = False  # is one of its checks answered?

    def message(self) -> Message:
        return Message(self.number, pickle.dumps((self.checks, self.question)))
