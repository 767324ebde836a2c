"""Where a text gives names their values: its module, classes and functions, each with its lines."""

import ast
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .fold import dotted

Function = ast.FunctionDef | ast.AsyncFunctionDef
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loop:
    """What a loop or a comprehension gives its `target`, from its `first` line to its `last`."""

    target: ast.expr
    values: ast.expr
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArgScope:
    """What `with slim.arg_scope([slim.conv2d_transpose], stride=2):` says for the calls of its
    `functions`, by their last names, from its `first` line to its `last`."""

    functions: tuple[str, ...]
    arguments: dict[str, ast.expr]
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scope:
    """A module, class or function by its `node`, with its lines, what it is `inside` of, and what
    is inside of it (`inner`).

    `parameters` with their defaults; `bound`: the expressions that a name is given, None for what
    is none, such as a loop's target; `loops` and `arg_scopes` in order; `calls` in it, those of
    inner ones not; `straight`: the statements that are run one after the other, whatever holds.
    """

    node: ast.AST | None = None
    inside: "Scope | None" = None
    first: int = 1
    last: int = 10**9
    parameters: dict[str, ast.expr | None] = field(default_factory=dict)
    bound: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    arg_scopes: list[ArgScope] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)
    inner: list["Scope"] = field(default_factory=list)
    straight: list[ast.stmt] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(getattr(self.node, "name", ""))

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_body(self) -> bool:
        """Is the text the body of a class without its first line: methods, and nothing that is
        none?"""
        methods = [next(iter(each.parameters), "") == "self" for each in self.inner]
        return self.node is None and bool(methods) and all(methods)

    def at(self, line: int) -> "Scope":
        """The innermost one with that line in it."""
        within = [each for each in self.inner if each.first <= line <= each.last]
        return within[-1].at(line) if within else self

    def chain(self) -> list["Scope"]:
        """From the module to this one."""
        return [*(self.inside.chain() if self.inside else []), self]

    def every(self) -> Iterator["Scope"]:
        yield self
        for each in self.inner:
            yield from each.every()


def scopes_of(text: str) -> Scope:
    """The module that a text is; of one that is no Python as a whole, what its lines say."""
    module = Scope()
    try:
        whole = ast.parse(textwrap.dedent(text))
        roots: list[ast.AST] = [whole]
        module.straight.extend(_straight(whole.body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = enumerate(text.splitlines())
        roots = [root for above, line in lines for root in _line(line, above)]
    _gather(module, roots)
    return module


def _straight(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for each in body:
        yield each
        if isinstance(each, ast.With | ast.AsyncWith):
            yield from _straight(each.body)


def _line(line: str, above: int) -> Iterator[ast.AST]:
    if len(line) > 1000 or not line.strip() or line.rstrip().endswith((",", "(", "[")):
        return
    try:
        yield ast.increment_lineno(ast.parse(line.strip()), above)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return


def _gather(scope: Scope, roots: Iterable[ast.AST]) -> None:
    """Everything below the roots that is the scope's own, in the order of the text."""
    waiting = list(roots)[::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.ClassDef):
            scope.inner.append(_inner(scope, node))
            continue
        if isinstance(node, ast.Lambda):
            continue
        for name, value in bound_by(node):
            scope.bound.setdefault(name, []).append(value)
        scope.loops.extend(_loops(node))
        scope.arg_scopes.extend(_arg_scopes(node))
        if isinstance(node, ast.Call):
            scope.calls.append(node)
        waiting.extend(list(ast.iter_child_nodes(node))[::-1])


def _inner(outer: Scope, node: Function | ast.ClassDef) -> Scope:
    parameters = {} if isinstance(node, ast.ClassDef) else dict(_parameters(node))
    last = node.end_lineno or node.lineno
    scope = Scope(node=node, inside=outer, first=node.lineno, last=last, parameters=parameters)
    scope.straight.extend(_straight(node.body))
    _gather(scope, node.body)
    return scope


def _parameters(function: Function) -> Iterator[tuple[str, ast.expr | None]]:
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
    defaults = [*missing, *given.defaults, *given.kw_defaults]
    for parameter, default in zip([*positional, *given.kwonlyargs], defaults, strict=True):
        yield parameter.arg, default
    for rest in filter(None, (given.vararg, given.kwarg)):
        yield rest.arg, None


def _loops(node: ast.AST) -> Iterator[Loop]:
    match node:
        case ast.For():
            last = node.body[-1].end_lineno or node.lineno
            yield Loop(target=node.target, values=node.iter, first=node.lineno, last=last)
        case _ if isinstance(node, _COMPREHENSIONS):
            for each in node.generators:
                yield Loop(
                    target=each.target,
                    values=each.iter,
                    first=node.lineno,
                    last=node.end_lineno or node.lineno,
                )


def _arg_scopes(node: ast.AST) -> Iterator[ArgScope]:
    if not isinstance(node, ast.With):
        return
    for each in node.items:
        made = each.context_expr
        if not isinstance(made, ast.Call) or not made.args:
            continue
        functions, name = made.args[0], dotted(made.func).rpartition(".")[2]
        if name in ("arg_scope", "argscope"):
            several = functions.elts if isinstance(functions, ast.List | ast.Tuple) else [functions]
            yield ArgScope(
                functions=tuple(dotted(every).rpartition(".")[2] for every in several),
                arguments={word.arg: word.value for word in made.keywords if word.arg},
                first=node.lineno,
                last=node.end_lineno or node.lineno,
            )


def bound_by(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a node gives a value, with the value where it is one name's alone."""
    match node:
        case ast.Assign():
            for target in node.targets:
                yield from _targets(target, node.value)
        case ast.AnnAssign() if node.value is not None:
            yield from _targets(node.target, node.value)
        case ast.AugAssign():
            yield from _targets(node.target, None)
        case ast.For() | ast.comprehension():
            yield from _targets(node.target, None)
        case ast.withitem() if node.optional_vars is not None:
            yield from _targets(node.optional_vars, None)
        case ast.NamedExpr():
            yield from _targets(node.target, None)


def _targets(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if not isinstance(target, ast.Tuple | ast.List):
        name = dotted(target)
        if name and not _keeps(name, value):
            yield name, value
        return
    several = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
    for number, each in enumerate(target.elts):
        own = value.elts[number] if several and isinstance(value, ast.Tuple | ast.List) else None
        yield from _targets(each, own)


def _keeps(name: str, value: ast.expr | None) -> bool:
    """Is it the name's own value in another form: `list(k)`, `[int(each) for each in k]`?"""
    if isinstance(value, ast.ListComp) and len(value.generators) == 1:
        inner = value.generators[0]
        same = dotted(inner.iter) == name and not inner.ifs
        return same and (each := dotted(inner.target)) != "" and _is_form(each, value.elt)
    return value is not None and not isinstance(value, ast.Name) and _is_form(name, value)


def _is_form(name: str, value: ast.expr) -> bool:
    while isinstance(value, ast.Call):
        method = value.func
        if dotted(method) in ("int", "list", "tuple", "round", "np.round") and value.args:
            value = value.args[0]
        elif isinstance(method, ast.Attribute) and method.attr == "astype":
            value = method.value
        else:
            return False
    return dotted(value) == name
