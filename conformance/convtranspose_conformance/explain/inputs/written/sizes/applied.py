"""What a layer, or a container of layers, is applied to, and where that stands."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from ..context import Context
from ..fold import dotted
from ..place import Place
from ..scopes import Scope
from .assigned import assigned_in


def by_name(context: Context, line: int, name: str, place: Place) -> tuple[ast.Call | None, Place]:
    """The call on what a `line` assigns to a name, and where that stands."""
    call = context.applied(line, name) if name else None
    if call is None or context.module.at(call.lineno) is context.module.at(line):
        return call, place if call is None else replace(place, line=call.lineno)
    there = [Place()] if _is_open(call, context) else context.places(call.lineno, place.given)
    return call, there[0] if len(there) == 1 else Place()


def of_container(context: Context, makes: ast.Call, place: Place) -> tuple[ast.Call | None, Place]:
    """The call on the container that a call makes, at once or by its name, and where that
    stands."""
    scope = context.module.at(makes.lineno)
    at_once = [each for each in scope.calls if _plain(each.func) is makes]
    if at_once:
        return at_once[0], place
    name = next(_names(scope, makes), "")
    return by_name(context, makes.lineno, name, place)


_FORWARD = ("forward", "call", "__call__")


def model_call(context: Context, node: ast.Name) -> ast.Call | None:
    """The one call, outside of it, of an object of the class in whose `forward` the name is the
    first argument: `model = Net()`, `model(x)` or `Net()(x)`; None where there is none, or are
    several."""
    scope = context.module.at(node.lineno)
    owner = scope.inside
    own = [name for name in scope.parameters if name != "self"][:1]
    if owner is None or not owner.is_class or scope.name not in _FORWARD or own != [node.id]:
        return None
    bound = scope.bound.get(node.id, ())
    if any(value is None or value.lineno < node.lineno for value in bound):
        return None
    if bound and any(each.first <= node.lineno <= each.last for each in scope.loops):
        return None
    around = context.module.every()
    calls = [c for each in around if owner not in each.chain() for c in _on(each, owner)]
    return calls[0] if len(calls) == 1 and calls[0].args else None


def _on(scope: Scope, owner: Scope) -> Iterator[ast.Call]:
    """The calls in a scope on an object of a class, by a name that it has there, or as it is
    made."""
    one = {name: values[0] for name, values in scope.bound.items() if len(values) == 1}
    names = {name for name, value in one.items() if _is(value, owner)}
    for call in scope.calls:
        if dotted(call.func) in names or _is(call.func, owner):
            yield call


def _is(node: ast.expr | None, owner: Scope) -> bool:
    """Is it an object of a class, as it is made, `.cuda()` or `.eval()` behind it?"""
    made = None if node is None else _plain(node)
    return isinstance(made, ast.Call) and dotted(made.func).rpartition(".")[2] == owner.name


def _names(scope: Scope, makes: ast.Call) -> Iterator[str]:
    """Those that a scope gives to what the call makes."""
    for each in scope.chain()[::-1]:
        for name, values in each.bound.items():
            if any(value is not None and _plain(value) is makes for value in values):
                yield name


def _plain(node: ast.expr) -> ast.expr:
    """Without the methods behind it: of `Sequential(...).cuda()` the `Sequential(...)`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if not isinstance(node.func.value, ast.Call):
            break
        node = node.func.value
    return node


def _is_open(call: ast.Call, context: Context) -> bool:
    """Is all that a layer is applied to a name of which nothing is known where it stands?"""
    name = dotted(call.args[0]) if len(call.args) == 1 and not call.keywords else ""
    assigned = assigned_in(context.module.at(call.lineno))
    return bool(name) and assigned.to(name, call.lineno) is None
