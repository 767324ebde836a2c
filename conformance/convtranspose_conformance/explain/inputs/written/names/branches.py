"""The lines of a function that are run under a condition only."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..fold import folded

MOST_INSIDE = 20  # conditions around a line
_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_Tests = tuple[tuple[ast.expr, bool], ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """From its `first` line to its `last` nothing is run where each test is what stands beside
    it (`unless`)."""

    unless: _Tests
    first: int
    last: int

    def excludes(self, line: int, names: Mapping[str, Any], turning: set[str]) -> bool:
        """Is a line not run under these `names`, none of the tests' `turning` in between?"""
        if not self.first <= line <= self.last:
            return False
        return all(_is(test, holds, names, turning) for test, holds in self.unless)


def _is(test: ast.expr, holds: bool, names: Mapping[str, Any], turning: set[str]) -> bool:
    inside = {ast.unparse(each) for each in ast.walk(test) if isinstance(each, ast.expr)}
    value = None if inside & turning else folded(test, names)
    return isinstance(value, int | float | str) and bool(value) is holds


def branches(
    body: Sequence[ast.stmt], behind: Sequence[ast.stmt] = (), path: _Tests = ()
) -> Iterator[Branch]:
    """Those of statements, inner ones too, not those of functions in them. `behind`: what is run
    after them, and `path`: where they are."""
    if len(path) > MOST_INSIDE:
        return
    for at, each in enumerate(body):
        if isinstance(each, ast.If):
            rest = (*body[at + 1 :], *behind)
            for inner, holds in ((each.body, True), (each.orelse, False)):
                here = (*path, (each.test, holds))
                yield from _under(((each.test, not holds),), inner)
                if inner and isinstance(inner[-1], _LEAVING):
                    yield from _under(here, rest)
                yield from branches(inner, rest, here)
        elif not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for name in ("body", "orelse", "finalbody"):
                yield from branches(getattr(each, name, ()))


def _under(unless: _Tests, lines: Sequence[ast.stmt]) -> Iterator[Branch]:
    if lines:
        yield Branch(unless, lines[0].lineno, lines[-1].end_lineno or lines[-1].lineno)
