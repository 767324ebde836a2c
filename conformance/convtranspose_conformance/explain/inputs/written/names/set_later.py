"""Sizes of layers that a text sets once they are made: `layer.stride = 2`, `net[0].padding = 1`,
and those of every layer of a loop, `for m in net.modules(): m.stride = 2`."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeGuard

from ..fold import WithEntry
from ..scopes import Assignment, Scope

_SIZES = ("stride", "strides", "padding", "output_padding", "dilation", "dilation_rate", "groups")
_ALL_LAYERS = ("modules", "named_modules", "children", "named_children", "layers", "submodules")


def set_later(module: Scope, layer: str, line: int, text: str) -> tuple[int, str] | None:
    """Where a text sets a size of a layer once it is made, and what it sets; None where it sets
    none. `layer`: the name that it is assigned to, empty for none; `text`: the call that makes it,
    in its `line`."""
    step = _by_name(module).get(layer.rpartition(".")[2]) if layer else None
    if step is not None:
        return step.line, step.name
    for scope in module.every():
        for step, entry, size in _of_entries(scope):
            if any(_holds(each, entry, line, text) for each in scope.bound.get(step.name, ())):
                return step.line, f"{ast.unparse(entry)}.{size}"
    step = next(iter(_of_all(module)), None)
    return None if step is None else (step.line, step.name)


@lru_cache(maxsize=4)
def _by_name(module: Scope) -> dict[str, Assignment]:
    return {step.name.split(".")[-2]: step for scope in module.every() for step in _of_names(scope)}


def _of_names(scope: Scope) -> Iterator[Assignment]:
    for step in scope.steps:
        if "." in step.name and step.name.rpartition(".")[2] in _SIZES:
            yield step


@lru_cache(maxsize=4)
def _of_all(module: Scope) -> list[Assignment]:
    """Those of what a loop over all layers gives a name."""
    return [
        step
        for scope in module.every()
        for loop in scope.loops
        if _is_over_layers(loop.values)
        for step in _of_names(scope)
        if loop.first <= step.line <= loop.last
        and step.name.partition(".")[0] in {n.id for n in ast.walk(loop.target) if _is_name(n)}
    ]


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _is_over_layers(values: ast.expr) -> bool:
    called = values.func if isinstance(values, ast.Call) else values
    return isinstance(called, ast.Attribute) and called.attr in _ALL_LAYERS


def _of_entries(scope: Scope) -> Iterator[tuple[Assignment, ast.expr, str]]:
    """What is set of entries: the step, the entry as `net[0]`, and the size."""
    for step in scope.steps:
        value = step.value.value if isinstance(step.value, WithEntry) else None
        if not step.in_place or not isinstance(value, WithEntry):
            continue
        if isinstance(value.key, ast.Constant) and value.key.value in _SIZES:
            yield step, value.of, str(value.key.value)


def _holds(made: ast.expr | None, entry: ast.expr, line: int, text: str) -> bool:
    """Does what makes the container make the layer, as this entry of it?"""
    if made is None or not made.lineno <= line <= (made.end_lineno or made.lineno):
        return False
    at = entry.slice if isinstance(entry, ast.Subscript) else None
    row = made.args if isinstance(made, ast.Call) else getattr(made, "elts", [])
    if len(row) == 1 and isinstance(row[0], ast.List | ast.Tuple):
        row = row[0].elts
    number = at.value if isinstance(at, ast.Constant) and isinstance(at.value, int) else len(row)
    inside = row[number] if -len(row) <= number < len(row) else made
    return text in ast.unparse(inside)
