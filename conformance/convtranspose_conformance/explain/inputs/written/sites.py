"""The calls of a text's own functions, and what each hands to the parameters."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .fold import dotted
from .scopes import MAKER, Function, Scope, heirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A call of a function in a `line`, with what it gives to parameters, defaults too."""

    line: int
    given: dict[str, ast.expr]


def sites_of(module: Scope, function: Scope) -> Iterator[Site]:
    """Where the text itself calls a function, or makes an object of the class that it is, or whose
    `__init__` it is; none for a name that the text defines twice."""
    owner = function if function.is_class else function.inside
    method = owner is not None and owner.is_class
    makes = method and (function is owner or function.name == MAKER)
    name = owner.name if makes and owner else function.name
    within = owner if method and not makes and owner else module
    if not name or (within is module and _homes(module)[name] != 1):
        return
    names = {name, *_heirs(module, name)} if makes else {name}
    for each in sorted(names):
        for call in _calls(within).get(each, ()):
            if site := _site(function, call):
                yield site
    for heir in heirs(module).get(name, ()) if makes else ():
        for maker in (each for each in heir.inner if each.name == MAKER):
            for call in filter(_is_super, maker.calls):
                if site := _site(function, call):
                    yield site


@lru_cache(maxsize=4)
def _homes(module: Scope) -> Counter[str]:
    """How often a text defines each name."""
    return Counter(each.name for each in module.every())


@lru_cache(maxsize=64)
def _calls(within: Scope) -> dict[str, list[ast.Call]]:
    """The calls in a scope and in all inside of it, by the last name of what is called."""
    found: dict[str, list[ast.Call]] = {}
    for scope in within.every():
        for call in scope.calls:
            found.setdefault(dotted(call.func).rpartition(".")[2], []).append(call)
    return found


def _heirs(module: Scope, name: str) -> set[str]:
    """The classes that are made as a class of that name is."""
    names, waiting = {name}, [name]
    while waiting:
        for each in heirs(module).get(waiting.pop(), ()):
            makes = each.fields or any(inner.name == MAKER for inner in each.inner)
            if not makes and each.name not in names:
                names.add(each.name)
                waiting.append(each.name)
    return names


def _is_super(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr != MAKER:
        return False
    return isinstance(function.value, ast.Call) and dotted(function.value.func) == "super"


def _site(function: Scope, call: ast.Call) -> Site | None:
    """None where * and ** hide what is handed."""
    if any(isinstance(each, ast.Starred) for each in call.args):
        return None
    if any(each.arg is None for each in call.keywords):
        return None
    own, rest, more = _parameters(function)
    parameters = function.fields if function.is_class else function.parameters
    given = {name: node for name, node in parameters.items() if node is not None}
    given |= dict(zip(own, call.args, strict=False))
    words = {str(each.arg): each.value for each in call.keywords}
    given |= {name: node for name, node in words.items() if name in parameters}
    if rest:
        given[rest] = ast.List(elts=call.args[len(own) :], ctx=ast.Load())
    if more:
        others = {name: node for name, node in words.items() if name not in parameters}
        keys: list[ast.expr | None] = [ast.Constant(value=name) for name in others]
        given[more] = ast.Dict(keys=keys, values=list(others.values()))
    in_order = {name: given[name] for name in parameters if name in given}
    return Site(line=call.lineno, given=in_order)


def _parameters(function: Scope) -> tuple[list[str], str, str]:
    """Those that a call gives by position, and what takes the rest, by position and by name."""
    if not isinstance(function.node, Function):
        return list(function.fields), "", ""
    given = function.node.args
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    own = names[1:] if names[:1] in (["self"], ["cls"]) else names
    rest, more = (each.arg if each else "" for each in (given.vararg, given.kwarg))
    return own, rest, more
