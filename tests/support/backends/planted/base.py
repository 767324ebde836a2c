"""What every mutant is made of."""

from typing import Any, ClassVar

from textbook_composed import Composed

PLANTED: list[type["Planted"]] = []


class Correct(Composed):
    """No fault. What a mutant remembers from call to call lies in `memory`, so that a judge can
    start afresh."""

    memory: ClassVar[dict[Any, Any]] = {}


class Planted(Correct):
    """Base of every mutant; each is registered as it is defined.

    `kind` is the class of its rule. `named`: the readings, faults and accuracy classes of the
    suite's library that describe it truly, two joined by " + " where it takes both; `partly`: those
    that do so in some of its wrong answers, and miss the others.
    """

    kind: ClassVar[str]
    named: ClassVar[tuple[str, ...]] = ()
    partly: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        cls.memory = {}
        if not abstract:
            PLANTED.append(cls)

    @classmethod
    def sentence(cls) -> str:
        """The first paragraph of its docstring: what it does wrong."""
        return " ".join((cls.__doc__ or "").partition("\n\n")[0].split())
