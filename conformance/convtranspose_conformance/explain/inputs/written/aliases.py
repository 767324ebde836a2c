"""Other names of a text for layers: `from torch.nn import ConvTranspose2d as Deconv`,
`layer = nn.ConvTranspose2d`, `partial(nn.ConvTranspose2d, stride=2)`."""

import ast
import re
from collections.abc import Iterator

from .fold import dotted
from .scopes import Scope

_IMPORT = re.compile(
    r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?[^#\n]*?\b(\w+)[ \t]+as[ \t]+(\w+)",
    re.MULTILINE,
)
_OF_KERAS = re.compile(r"Conv[123]DTranspose$")
_CHANNELS = ("in_channels", "out_channels")


def aliases_in(text: str, module: Scope) -> dict[str, ast.Call]:
    """What each other name stands for, as the call of a layer with what a partial holds of its
    arguments. None of a name that stands for several things."""
    found: dict[str, list[ast.Call]] = {}
    for name, call in (*_imported(text), *_assigned(module)):
        found.setdefault(name, []).append(call)
    return {name: calls[0] for name, calls in found.items() if len(calls) == 1}


def with_alias(call: ast.Call, alias: ast.Call) -> ast.Call:
    """A call by another name, written out."""
    own = {each.arg for each in call.keywords}
    held = [each for each in alias.keywords if each.arg not in own]
    whole = ast.Call(
        func=alias.func, args=[*alias.args, *call.args], keywords=[*held, *call.keywords]
    )
    return ast.copy_location(whole, call)


def partials_in(module: Scope) -> Iterator[ast.Call]:
    """The calls of layers that a text's partials hold, with names for the first arguments that they
    leave to others."""
    for scope in module.every():
        for call in scope.calls:
            for _, layer in _standing("", call):
                first = ("filters",) if _OF_KERAS.search(dotted(layer.func)) else _CHANNELS
                said = {each.arg for each in layer.keywords}
                left = [name for name in first[len(layer.args) :] if name not in said]
                more = [ast.keyword(arg=name, value=ast.Name(id=name)) for name in left]
                whole = ast.Call(layer.func, layer.args, [*more, *layer.keywords])
                yield ast.copy_location(whole, call)


def _imported(text: str) -> Iterator[tuple[str, ast.Call]]:
    for match in _IMPORT.finditer(text):
        path = f"{match[1].strip('.') or 'nn'}.{match[2]}"
        if all(map(str.isidentifier, path.split("."))):
            layer = ast.parse(path, mode="eval").body
            yield match[3], ast.Call(func=layer, args=[], keywords=[])


def _assigned(module: Scope) -> Iterator[tuple[str, ast.Call]]:
    for scope in module.every():
        for name, values in scope.bound.items():
            for value in values:
                yield from _standing(name, value)


def _standing(name: str, value: ast.expr | None) -> Iterator[tuple[str, ast.Call]]:
    partial = isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] == "partial"
    if value is not None and dotted(value):
        yield name, ast.Call(func=value, args=[], keywords=[])
    elif partial and isinstance(value, ast.Call) and value.args and dotted(value.args[0]):
        yield name, ast.Call(func=value.args[0], args=value.args[1:], keywords=value.keywords)
