"""Other names of a text for layers: `from torch.nn import ConvTranspose2d as Deconv`,
`layer = nn.ConvTranspose2d`, `partial(nn.ConvTranspose2d, stride=2)`, and those that stand for one
of several layers, as a condition says."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from .fold import dotted
from .scopes import Scope

_IMPORT = re.compile(
    r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?[^#\n]*?\b(\w+)[ \t]+as[ \t]+(\w+)",
    re.MULTILINE,
)
_OF_KERAS = re.compile(r"Conv[123]DTranspose$")
_CHANNELS = ("in_channels", "out_channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliases:
    """What names stand for, each as the call of a layer with what a partial holds of its arguments:
    those that are `imported`, and those of the scopes of a `module`."""

    imported: Mapping[str, Sequence[ast.Call]] = field(default_factory=dict)
    module: Scope = field(default_factory=Scope)

    def every(self) -> dict[str, list[ast.Call]]:
        """Of each name all that it stands for anywhere."""
        found = {name: list(calls) for name, calls in self.imported.items()}
        for scope in self.module.every():
            for name, layers in _layers(scope).items():
                found.setdefault(name, []).extend(call for call, _, _ in layers)
        return found

    def of(self, name: str, line: int) -> Sequence[ast.Call]:
        """What a name stands for in a line: several where a condition says which."""
        for scope in self.module.at(line).chain()[::-1]:
            if seen := _seen(scope, name):
                return _last(seen, line)
            if name in scope.parameters:
                return ()
        others = [each for scope in self.module.every() for each in _layers(scope).get(name, ())]
        found = [call for call, _, _ in others] if len(others) == 1 else []
        return self.imported.get(name, found)


_Layer = tuple[ast.Call, int, bool]


def _last(found: Sequence[_Layer], line: int) -> list[ast.Call]:
    """Of what is said one after the other the last above the line."""
    straight = all(each[2] for each in found)
    above = [each for each in found if each[1] <= line] if straight else []
    chosen = [each for each in above if each[1] == above[-1][1]] or found
    return [call for call, _, _ in chosen]


def _seen(scope: Scope, name: str) -> list[_Layer]:
    """What a name stands for in a scope; in a class what its methods say of `self.`."""
    methods = scope.inner if scope.is_class and name.startswith("self.") else []
    return [each for own in (scope, *methods) for each in _layers(own).get(name, ())]


@lru_cache(maxsize=64)
def _layers(scope: Scope) -> dict[str, list[_Layer]]:
    """By name: what it stands for, in which line it is said, and whether that holds in any case."""
    found: dict[str, list[_Layer]] = {}
    for step in scope.steps:
        for call in _standing(step.value):
            found.setdefault(step.name, []).append((call, step.line, step.straight))
    return found


def aliases_in(text: str, module: Scope) -> Aliases:
    """What the names of a text stand for. None of one that is imported as several things."""
    imported: dict[str, list[ast.Call]] = {}
    for name, call in _imported(text):
        imported.setdefault(name, []).append(call)
    single = {name: calls for name, calls in imported.items() if len(calls) == 1}
    return Aliases(imported=single, module=module)


def chosen_at_once(module: Scope) -> Iterator[tuple[ast.Call, list[ast.Call]]]:
    """The calls of one of several layers, `(nn.ConvTranspose2d if up else nn.Conv2d)(16, 8, 4)`,
    each with these."""
    for scope in module.every():
        for call in scope.calls:
            if isinstance(call.func, ast.IfExp | ast.Subscript):
                yield call, list(_standing(call.func))


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
            for layer in _standing(call):
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


def _standing(value: ast.expr | None) -> Iterator[ast.Call]:
    """The layers that an expression may be."""
    if isinstance(value, ast.IfExp):
        yield from (*_standing(value.body), *_standing(value.orelse))
    elif isinstance(value, ast.Subscript) and isinstance(value.value, ast.Dict | ast.List):
        table = value.value
        for each in table.values if isinstance(table, ast.Dict) else table.elts:
            yield from _standing(each)
    elif isinstance(value, ast.Call):
        yield from _made(value)
    elif value is not None and dotted(value):
        yield ast.Call(func=value, args=[], keywords=[])


def _made(value: ast.Call) -> Iterator[ast.Call]:
    """`partial(layer, ...)` and `getattr(nn, "ConvTranspose2d")`."""
    match dotted(value.func).rpartition(".")[2], value.args:
        case "partial", [layer, *rest] if dotted(layer):
            yield ast.Call(func=layer, args=rest, keywords=value.keywords)
        case "getattr", [of, ast.Constant(str(name)), *_] if dotted(of) and name.isidentifier():
            layer = ast.copy_location(ast.Attribute(of, name, ast.Load()), value)
            yield ast.Call(func=layer, args=[], keywords=[])
