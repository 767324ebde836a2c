"""What the names of a text are assigned, by the line in which they are read."""

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ..names.binding import bound_by
from ..scopes import Scope

MOST_KEPT = 64  # scopes of a text that is read call by call


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """The expressions of names: of those that are assigned `once`, and of those that are assigned
    several `in_turn`, in statements that are run one after the other."""

    once: Mapping[str, ast.expr] = field(default_factory=dict)
    in_turn: Mapping[str, Sequence[ast.expr]] = field(default_factory=dict)

    def to(self, name: str, line: int) -> ast.expr | None:
        """What a name stands for in a line; None where that is not known."""
        if name in self.once:
            return self.once[name]
        above = [each for each in self.in_turn.get(name, ()) if (each.end_lineno or 0) < line]
        return above[-1] if above else None

    def by(self, name: str, line: int, later: int) -> bool:
        """May a name stand in a `later` line for what this `line` assigns to it?"""
        if name not in self.in_turn:
            return True
        value = self.to(name, later)
        return value is not None and value.lineno <= line <= (value.end_lineno or line)


@lru_cache(maxsize=MOST_KEPT)
def assigned_in(scope: Scope) -> Assigned:
    """The names that a scope sees: its own, and those of outer scopes and of the class's methods
    that have one value."""
    once: dict[str, ast.expr] = {}
    chain = scope.chain()
    methods = [inner for each in chain if each.is_class for inner in each.inner]
    for each in (*methods, *chain):
        own = {n: v for n, v in each.bound.items() if each in chain or n.startswith("self.")}
        hidden = {*own, *each.parameters}
        once = {name: value for name, value in once.items() if name not in hidden}
        for name, (value, *more) in own.items():
            if value is not None and not more and name not in each.parameters:
                once[name] = value
    return Assigned(once=once, in_turn=_in_turn(scope))


def _in_turn(scope: Scope) -> dict[str, list[ast.expr]]:
    """The names to which nothing but statements in a straight line assign."""
    plain = Counter(name for each in scope.straight for name, _ in bound_by(each))
    turns = {n for n, v in scope.bound.items() if len(v) > 1 or n in scope.parameters}
    several = {n: v for n, v in scope.bound.items() if n in turns and plain[n] == len(v)}
    known = {n: [each for each in v if each is not None] for n, v in several.items()}
    return {name: values for name, values in known.items() if len(values) == len(several[name])}
