"""The calls of a text's own functions, and what each hands to the parameters."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .fold import dotted
from .scopes import MAKER, Function, Scope, bases, heirs


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
    homes = [each for each in module.every() if each.name == name]
    within = owner if method and not makes and owner else module
    if not name or (within is module and len(homes) != 1):
        return
    names = {name, *_heirs(module, name)} if makes else {name}
    for scope in within.every():
        above = makes and _begins(scope, name)
        for call in scope.calls:
            here = dotted(call.func).rpartition(".")[2] in names or (above and _is_super(call))
            if here and (site := _site(function, call)):
                yield site


def _heirs(module: Scope, name: str) -> set[str]:
    """The classes that are made as a class of that name is."""
    found, waiting = {name}, [name]
    while waiting:
        for each in heirs(module).get(waiting.pop(), ()):
            makes = each.fields or any(inner.name == MAKER for inner in each.inner)
            if not makes and each.name not in found:
                found.add(each.name)
                waiting.append(each.name)
    return found


def _begins(scope: Scope, name: str) -> bool:
    """Does it make an object of a class that has that one for its base?"""
    owner = scope.inside
    return scope.name == MAKER and owner is not None and name in bases(owner)


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
