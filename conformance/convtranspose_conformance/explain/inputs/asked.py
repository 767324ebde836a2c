"""What a text leaves open of a call, to be asked for."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from convtranspose_reference.attributes import Shape

from .subject import Unreadable, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What `--w` takes where a text names its weights, not their shape: the `order` of their
    axes, and a `usual` shape."""

    order: str
    usual: Shape

    def of(self, kernel: int) -> Shape:
        """The usual shape, with `kernel` for each spatial axis."""
        return (*self.usual[:2], *(kernel,) * (len(self.usual) - 2))


class NamesOpen(Unreadable):
    """A call whose sizes hang on what the text leaves open: `names`, each with a value that is
    usual for what it says, and `weights`; `rule`: Y's size in these names; `values`: the
    arguments that hang on them; `stars`: those that are behind a star, by it."""

    def __init__(
        self,
        function: str,
        names: Mapping[str, str],
        rule: str = "",
        *,
        weights: Weights | None = None,
        values: Mapping[str, Any] | None = None,
        stars: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.function = function
        self.names, self.rule, self.weights = dict(names), rule, weights
        self.values, self.stars = dict(values or {}), dict(stars or {})
        options = [f"--w {listed(weights.usual)}"] if weights else []
        options += [f"--set {shlex.quote(f'{name}={value}')}" for name, value in names.items()]
        self.options = " ".join(options)
        open_ = [f"leaves {', '.join(names)} open"] if names else []
        if weights:
            open_.append(f"names its weights, not their shape ({weights.order})")
        super().__init__(
            f"{function}: {f'{rule}; ' if rule else ''}the text {' and '.join(open_)}: accepted is "
            f"the call with {self.options}, each with your own value"
        )

    def with_names(self, names: Mapping[str, str]) -> "NamesOpen":
        """The same with other values for the names."""
        return self.with_usual(names, None)

    def with_usual(self, names: Mapping[str, Any], w: Shape | None) -> "NamesOpen":
        """The same with other values for the names, and another shape for the weights."""
        return NamesOpen(
            self.function,
            names,
            self.rule,
            weights=replace(self.weights, usual=w) if self.weights and w else self.weights,
            values=self.values,
            stars=self.stars,
        )
