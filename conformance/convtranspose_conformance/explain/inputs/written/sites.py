"""The calls of a text's own functions, and what each hands to the parameters."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .fold import dotted
from .scopes import Scope

_MAKERS = ("__init__", "build", "setup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A call of a function in a `line`, with what it gives to parameters, defaults too."""

    line: int
    given: dict[str, ast.expr]


def sites_of(module: Scope, function: Scope) -> Iterator[Site]:
    """Where the text itself calls a function, or makes an object of the class whose `__init__` it
    is; none for a name that the text defines twice."""
    owner = function.inside
    method = owner is not None and owner.is_class
    makes = method and owner is not None and function.name == "__init__"
    name = owner.name if makes and owner else function.name
    homes = [each for each in module.every() if each.name == name]
    within = owner if method and not makes and owner else module
    if not name or (within is module and len(homes) != 1):
        return
    for scope in within.every():
        for call in scope.calls:
            if dotted(call.func).rpartition(".")[2] == name and (site := _site(function, call)):
                yield site


def _site(function: Scope, call: ast.Call) -> Site | None:
    """None where * and ** hide what is handed."""
    if any(isinstance(each, ast.Starred) for each in call.args):
        return None
    if any(each.arg is None for each in call.keywords):
        return None
    names = list(function.parameters)
    own = names[1:] if names[:1] in (["self"], ["cls"]) else names
    given = {name: node for name, node in function.parameters.items() if node is not None}
    given |= dict(zip(own, call.args, strict=False))
    given |= {str(each.arg): each.value for each in call.keywords}
    return Site(line=call.lineno, given=given)
