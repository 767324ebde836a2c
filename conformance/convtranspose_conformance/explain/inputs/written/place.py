"""What is known where a call stands."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .fold import resolved
from .sizes.assigned import Assigned
from .sizes.tensors import Source, source_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is known where a call stands, in its `line`: what `names` stand for, those among them
    that are `given` by hand, what is `assigned` to names, and the names that stand for several
    things, with those of this time (`said`)."""

    line: int = 1
    names: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    assigned: Assigned = field(default_factory=Assigned)
    said: str = ""
    times: int = 1

    def with_given(self, names: Mapping[str, Any]) -> "Place":
        """With names that are given by hand: by themselves, in lists and tables, and as attributes
        of anything."""
        known = {name: resolved(value, names) for name, value in self.names.items()}
        known |= by_hand(names)
        return replace(self, names=known, given={**self.given, **names}) if names else self

    def source(self, node: ast.expr) -> Source | None:
        """Where a tensor comes from, as the text makes it."""
        return source_of(node, self.assigned, self.names, self.line)


def by_hand(names: Mapping[str, Any]) -> dict[str, Any]:
    """Names that are given by hand, by themselves and as attributes of anything."""
    return {f".{name}": value for name, value in names.items()} | dict(names)
