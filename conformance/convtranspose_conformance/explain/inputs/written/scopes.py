"""Where a text gives names their values: its module, classes and functions, each with its lines."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from .fold import dotted
from .names.binding import bound_by, changed_by
from .names.parsed import statements

Function = ast.FunctionDef | ast.AsyncFunctionDef
MAKER = "__init__"
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


@dataclass(frozen=True, slots=True)
class Assignment:
    """A `line` and column that gives a `name` its `value`, or changes it to that, None for what is
    not known (`in_place`); `straight`: whatever holds."""

    name: str
    value: ast.expr | None
    line: int
    column: int
    straight: bool
    in_place: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scope:
    """A module, class or function by its `node`, with its lines, what it is `inside` of, and what
    is inside of it (`inner`).

    `parameters` with their defaults; `fields`: those of a class that has annotated names in place
    of an `__init__`; `bound`: the expressions that a name is given, None for what
    is none, such as a loop's target; `steps`: these and what is changed in place, in order, and
    what inner functions change of it; `loops` and `arg_scopes` in order; `calls` in it, those of
    inner ones not; `straight`: the statements that are run one after the other, whatever holds.
    """

    node: ast.AST | None = None
    inside: "Scope | None" = None
    first: int = 1
    last: int = 10**9
    parameters: dict[str, ast.expr | None] = field(default_factory=dict)
    fields: dict[str, ast.expr | None] = field(default_factory=dict)
    bound: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    steps: list[Assignment] = field(default_factory=list)
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


def bases(scope: Scope) -> list[str]:
    """The names of a class's bases."""
    return [dotted(each) for each in getattr(scope.node, "bases", ())]


@lru_cache(maxsize=4)
def heirs(module: Scope) -> dict[str, list[Scope]]:
    """The classes that have a base, by its name."""
    found: dict[str, list[Scope]] = {}
    for each in module.inner:
        for base in bases(each):
            found.setdefault(base, []).append(each)
    return found


def scopes_of(text: str) -> Scope:
    """The module that a text is; of one that is no Python as a whole, what its parts say."""
    module = Scope()
    body, whole = statements(text)
    if whole:
        module.straight.extend(_straight(body))
    _gather(module, body)
    _change_handed(module)
    return module


def _change_handed(module: Scope) -> None:
    """What functions of the text change of their parameters is changed where it is handed over."""
    every = list(module.every())
    changing = {each.name for each in every if any(_is_handed(each, s) for s in each.steps)}
    for scope in every if changing else ():
        for call in scope.calls:
            if dotted(call.func).rpartition(".")[2] not in changing:
                continue
            for name in filter(None, map(dotted, call.args)):
                step = Assignment(name, None, call.lineno, call.col_offset, False, True)
                for each in scope.chain():
                    each.steps.append(step)


def _is_handed(function: Scope, step: Assignment) -> bool:
    first = step.name.partition(".")[0]
    return step.in_place and first in function.parameters and first not in ("self", "cls")


def _straight(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for each in body:
        yield each
        if isinstance(each, ast.With | ast.AsyncWith):
            yield from _straight(each.body)


def _gather(scope: Scope, roots: Iterable[ast.AST]) -> None:
    """Everything below the roots that is the scope's own, in the order of the text."""
    straight = {id(e.value if isinstance(e, ast.Expr) else e) for e in scope.straight}
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
        scope.steps.extend(_steps(node, id(node) in straight))
        scope.loops.extend(_loops(node))
        scope.arg_scopes.extend(_arg_scopes(node))
        if isinstance(node, ast.Call):
            scope.calls.append(node)
        waiting.extend(list(ast.iter_child_nodes(node))[::-1])
    scope.steps.extend(_of_others(scope))


def _steps(node: ast.AST, straight: bool) -> Iterator[Assignment]:
    placed = getattr(node, "target", getattr(node, "optional_vars", node))
    line, column = getattr(placed, "lineno", 1), getattr(placed, "col_offset", 0)
    for in_place, found in enumerate((bound_by(node), changed_by(node))):
        for name, value in found:
            yield Assignment(name, value, line, column, straight, bool(in_place))


def _of_others(scope: Scope) -> list[Assignment]:
    """What inner functions change of a scope's names, and what it changes by other names of it."""
    changed = {step.name for step in scope.steps if step.in_place}
    by_other_names = [
        replace(step, name=step.value.id, value=None, straight=False, in_place=True)
        for step in scope.steps
        if step.name in changed and not step.in_place and isinstance(step.value, ast.Name)
    ]
    inside = [
        replace(step, value=None, straight=False, in_place=True)
        for each in scope.inner
        for step in each.steps
        if _is_outer(each, step)
    ]
    return by_other_names + inside


def _is_outer(scope: Scope, step: Assignment) -> bool:
    """Does a step change a name that is none of the scope's own?"""
    stated = (e.names for e in scope.straight if isinstance(e, ast.Global | ast.Nonlocal))
    first = step.name.partition(".")[0]
    if first in (name for names in stated for name in names):
        return True
    return step.in_place and first not in ("self", "cls", *scope.bound, *scope.parameters)


def _inner(outer: Scope, node: Function | ast.ClassDef) -> Scope:
    parameters = {} if isinstance(node, ast.ClassDef) else dict(_parameters(node))
    last = node.end_lineno or node.lineno
    scope = Scope(node=node, inside=outer, first=node.lineno, last=last, parameters=parameters)
    scope.straight.extend(_straight(node.body))
    if isinstance(node, ast.ClassDef):
        scope.fields.update(_fields(node.body))
    _gather(scope, node.body)
    return scope


def _fields(body: list[ast.stmt]) -> dict[str, ast.expr | None]:
    """What makes an object of a class that says no more than `k: int = 4`."""
    if any(isinstance(each, Function) and each.name == MAKER for each in body):
        return {}
    return {
        each.target.id: each.value
        for each in body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }


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
        call = each.context_expr
        if not isinstance(call, ast.Call) or not call.args:
            continue
        functions, name = call.args[0], dotted(call.func).rpartition(".")[2]
        if name in ("arg_scope", "argscope"):
            several = functions.elts if isinstance(functions, ast.List | ast.Tuple) else [functions]
            yield ArgScope(
                functions=tuple(dotted(every).rpartition(".")[2] for every in several),
                arguments={word.arg: word.value for word in call.keywords if word.arg},
                first=node.lineno,
                last=node.end_lineno or node.lineno,
            )
