"""What stands before a layer in the container that runs it: `Sequential(...)`, `model.add(...)`."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..fold import dotted
from ..scopes import Scope
from .assigned import MOST_KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInContainer:
    """A call in a container: what runs `before` it there, the nearest first, and the call that
    `makes` the container; None for one that is added to."""

    before: list[ast.expr]
    makes: ast.Call | None


def standing(module: Scope, line: int, text: str) -> CallInContainer | None:
    """Where the call of that `text` in a `line` stands, in the innermost container; None for one
    that stands in none, or several times in it."""
    for makes, row in _rows(module.at(line)):
        stars = any(isinstance(each, ast.Starred) for each in row)
        at = [n for n, each in enumerate(row) if not stars and _has(each, line, text)]
        if len(at) == 1 and not _is_made(row[at[0]], text):
            return None
        if len(at) == 1:
            return CallInContainer(before=_flat(row[: at[0]])[::-1], makes=makes)
    return None


def opened(call: ast.Call) -> list[ast.expr]:
    """What a container runs, one after the other; nothing for another call, or where a star may
    hold anything."""
    row = _flat(_elements(call))
    return [] if any(isinstance(each, ast.Starred) for each in row) else row


def _flat(row: Sequence[ast.expr]) -> list[ast.expr]:
    """What runs, one after the other, with the containers among it opened."""
    inside = (_elements(each) if isinstance(each, ast.Call) else () for each in row)
    return [e for each, inner in zip(row, inside, strict=True) for e in _flat(inner) or [each]]


@lru_cache(maxsize=MOST_KEPT)
def _rows(scope: Scope) -> list[tuple[ast.Call | None, Sequence[ast.expr]]]:
    """What stands in each container that is made in a scope, or around it, inner ones first."""
    made = [(call, _elements(call)) for each in scope.chain() for call in each.calls]
    rows = [*made[::-1], *((None, row) for row in _added(scope))]
    return [(makes, row) for makes, row in rows if row]


def _elements(call: ast.Call) -> Sequence[ast.expr]:
    if dotted(call.func).rpartition(".")[2] != "Sequential":
        return ()
    if len(call.args) == 1 and isinstance(call.args[0], ast.List | ast.Tuple):
        return call.args[0].elts
    if len(call.args) == 1 and (named := _named(call.args[0])):
        return named
    return call.args


def _named(node: ast.expr) -> list[ast.expr]:
    """The values of `OrderedDict([("up", layer), ...])`, or of one made of a table; none of another
    expression."""
    if not isinstance(node, ast.Call) or dotted(node.func).rpartition(".")[2] != "OrderedDict":
        return []
    held = node.args[0] if len(node.args) == 1 else None
    if isinstance(held, ast.Dict):
        return list(held.values)
    pairs = held.elts if isinstance(held, ast.List | ast.Tuple) else []
    several = [each for each in pairs if isinstance(each, ast.Tuple | ast.List)]
    values = [each.elts[1] for each in several if len(each.elts) == 2]
    return values if len(values) == len(pairs) else []


def _is_made(node: ast.expr, text: str) -> bool:
    """Is it the call of that text itself, a container, or what wraps one: `weight_norm(...)`?"""
    inner: ast.expr | None = node
    while isinstance(inner, ast.Call):
        if ast.unparse(inner) == text or dotted(inner.func).rpartition(".")[2] == "Sequential":
            return True
        method = inner.func.value if isinstance(inner.func, ast.Attribute) else None
        inner = method if isinstance(method, ast.Call) else next(iter(inner.args), None)
    return False


def _added(scope: Scope) -> list[list[ast.expr]]:
    """Of each model what is added to it, where nothing of it is under a condition or in a loop."""
    straight = [each.value for each in scope.straight if isinstance(each, ast.Expr)]
    rows: dict[str, list[ast.expr]] = {}
    for call in scope.calls:
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "add":
            continue
        plain = len(call.args) == 1 and call in straight
        none = ast.Starred(value=call)  # as a star, it may be anything
        rows.setdefault(dotted(call.func.value), []).append(call.args[0] if plain else none)
    return list(rows.values())


def _has(node: ast.expr, line: int, text: str) -> bool:
    within = node.lineno <= line <= (node.end_lineno or node.lineno)
    return within and text in ast.unparse(node)
