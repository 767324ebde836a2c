"""What a text says beside its calls: the constants, defaults and shapes that names in them stand
for."""

import ast
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .fold import Name, dotted, folded

MOST_CHARACTERS = 300_000  # a tree takes hundreds of times the memory of its text
Function = ast.FunctionDef | ast.AsyncFunctionDef
_MAKERS = {
    "randn": "sizes",
    "rand": "sizes",
    "random.rand": "sizes",
    "random.randn": "sizes",
    "zeros": "sizes",
    "ones": "sizes",
    "empty": "sizes",
    "rand_like": "",
    "random.normal": "first",
    "random.uniform": "first",
    "random_normal": "first",
    "random_uniform": "first",
    "truncated_normal": "first",
    "random.truncated_normal": "first",
    "placeholder": "second",
    "get_variable": "second",
    "Variable": "inner",
    "constant": "inner",
    "Parameter": "inner",
    "nn.Parameter": "inner",
    "Input": "batched",
    "keras.Input": "batched",
    "layers.Input": "batched",
    "keras.layers.Input": "batched",
}
_MODULES = ("torch.", "tf.", "np.", "numpy.", "jnp.", "tf.compat.v1.", "tensorflow.", "mx.nd.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """`values` of the names that are assigned once, `tensors` likewise, as the expressions that
    make them, `functions` whose parameters hide both, and `calls` on names."""

    values: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, ast.expr] = field(default_factory=dict)
    functions: tuple[Function, ...] = ()
    calls: Mapping[str, ast.Call] = field(default_factory=dict)

    def names_at(self, line: int, given: Mapping[str, Any]) -> dict[str, Any]:
        """What names stand for in a line: `given`, parameters' defaults, then constants."""
        names = dict(self.values)
        for function in self.functions:
            if function.lineno <= line <= (function.end_lineno or 0):
                for name, default in _parameters(function):
                    names.pop(name, None)
                    value = None if default is None else folded(default, {})
                    if _is_size(value):
                        names[name] = value
        names = {name: value for name, value in names.items() if _is_size(value)}
        return names | {f"self.{k}": v for k, v in given.items()} | dict(given)

    def shape(self, node: ast.expr, names: Mapping[str, Any]) -> list[Any] | None:
        """The sizes of a tensor as the text makes it: by the expression, or by the one that its
        name is assigned."""
        if (name := dotted(node)) in self.tensors:
            node = self.tensors[name]
        for _ in range(4):
            if not isinstance(node, ast.Call):
                return None
            kind = _maker(node)
            if kind != "inner" or not node.args:
                break
            node = node.args[0]
        return _sizes(node, kind, names) if isinstance(node, ast.Call) else None


def _maker(node: ast.Call) -> str:
    name = dotted(node.func)
    for module in sorted(_MODULES, key=len, reverse=True):
        name = name.removeprefix(module)
    return _MAKERS.get(name, "")


def _sizes(node: ast.Call, kind: str, names: Mapping[str, Any]) -> list[Any] | None:
    named = {each.arg: each.value for each in node.keywords}
    given = [folded(each, names) for each in node.args]
    if kind and "shape" in named:
        sizes = folded(named["shape"], names)
    elif kind == "sizes":
        sizes = given[0] if given and not isinstance(given[0], int | Name) else given
    elif kind in ("first", "batched") and given:
        sizes = given[0]
    elif kind == "second" and len(given) > 1:
        sizes = given[1]
    else:
        return None
    whole = isinstance(sizes, list | tuple) and all(
        size is None or isinstance(size, Name) or type(size) is int for size in sizes
    )
    return [*([None] * (kind == "batched")), *sizes] if whole else None


def _is_size(value: Any) -> bool:
    """A number, a word, or a list of them: what a name in a call may stand for."""
    if isinstance(value, list | tuple):
        return len(value) <= 64 and all(map(_is_size, value))
    return isinstance(value, int | str | None) and value is not None


def _parameters(function: Function) -> Iterator[tuple[str, ast.expr | None]]:
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
    defaults = [*missing, *given.defaults, *given.kw_defaults]
    for parameter, default in zip([*positional, *given.kwonlyargs], defaults, strict=True):
        yield parameter.arg, default


def context_of(text: str) -> Context:
    """What the text says by itself; of one that is no Python as a whole, what its lines say."""
    if len(text) > MOST_CHARACTERS:
        return Context()
    try:
        walked = list(ast.walk(ast.parse(textwrap.dedent(text))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        walked = [node for line in text.splitlines() for node in _line(line)]
    assigned = Counter(name for node in walked for name in _bound(node))
    once = {
        name: node.value
        for node in walked
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for name in _bound(node)
        if assigned[name] == 1
    }
    values: dict[str, Any] = {}
    for name, value in once.items():
        values[name] = folded(value, values)
    calls = {dotted(node.func): node for node in walked if isinstance(node, ast.Call)}
    return Context(
        values={name: value for name, value in values.items() if _is_size(value)},
        tensors={name: node for name, node in once.items() if isinstance(node, ast.Call)},
        functions=tuple(n for n in walked if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)),
        calls={name: node for name, node in calls.items() if name},
    )


def _line(line: str) -> list[ast.AST]:
    if len(line) > 1000 or not line.strip() or line.rstrip().endswith((",", "(", "[")):
        return []
    try:
        return list(ast.walk(ast.parse(line.strip())))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _bound(node: ast.AST) -> list[str]:
    """The names that a statement gives a value."""
    match node:
        case ast.Assign():
            targets = node.targets
        case ast.AnnAssign() | ast.For() | ast.comprehension():
            targets = [node.target]
        case ast.AugAssign():
            targets = [node.target, node.target]
        case _:
            return []
    several = [
        each
        for target in targets
        for each in (target.elts * 2 if isinstance(target, ast.Tuple | ast.List) else [target])
    ]
    twice = isinstance(node, ast.For | ast.comprehension)
    return [name for each in several if (name := dotted(each))] * (2 if twice else 1)
