"""What a planted fault is, and what is to be recorded of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Does = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`does` takes the right answer and returns what the backend returns. `outcome` is what the
    guilty cases come to, `reason` a part of what is said of it."""

    does: Does
    outcome: str
    reason: str = ""

    @property
    def sentence(self) -> str:
        return " ".join((self.does.__doc__ or "").split()).removesuffix(".")


def collected(faults: dict[str, Fault]) -> Callable[..., Callable[[Does], Does]]:
    """A decorator that puts a function among the `faults` of its kind, under its name."""

    def fault(outcome: str, reason: str = "") -> Callable[[Does], Does]:
        def put(does: Does) -> Does:
            faults[does.__name__] = Fault(does=does, outcome=outcome, reason=reason)
            return does

        return put

    return fault
