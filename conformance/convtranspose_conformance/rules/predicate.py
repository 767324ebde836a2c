"""Predicates of deviations: Python expressions over the facts of a case, or of a machine, without
Python's powers."""

import ast
import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from itertools import compress, takewhile
from types import MappingProxyType
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.facts import NAMES, PLAIN, Facts, plain_kind
from convtranspose_cases.limits import shown
from convtranspose_reference.errors import UserError

FUNCTIONS = {"any": any, "all": all, "len": len, "max": max, "min": min, "sum": sum, "zip": zip}
LONGEST_PREDICATE = 4000  # characters of an expression
# what stands for `*` and `%`, which Python has for text and lists, too, of any length
_ON_NUMBERS = {ast.Mult: "_times", ast.Mod: "_modulo"}


def _number(value: Any) -> int | float:
    if not isinstance(value, int | float):
        raise TypeError(f"{type(value).__name__} where a number is needed")
    return value


_POWERS: dict[str, Any] = {
    "__builtins__": {},
    **FUNCTIONS,
    "_times": lambda one, other: _number(one) * _number(other),
    "_modulo": lambda one, other: _number(one) % _number(other),
}
_FAILURES = (TypeError, ValueError, LookupError, ArithmeticError, NameError)
# No attributes, no powers, no functions but those above: what is left ends, and reaches nothing but
# the facts.
_ALLOWED = (
    ast.Expression,
    ast.BoolOp,
    ast.boolop,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.FloorDiv,
    ast.Mod,
    ast.Compare,
    ast.cmpop,
    ast.IfExp,
    ast.Constant,
    ast.Name,
    ast.expr_context,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.Subscript,
    ast.Slice,
    ast.ListComp,
    ast.GeneratorExp,
    ast.comprehension,
    ast.Call,
    ast.keyword,
)


def _runs_long(nodes: Sequence[ast.AST]) -> bool:
    """Could it take much longer than its length suggests?"""
    loops = [node for node in nodes if isinstance(node, ast.ListComp | ast.GeneratorExp)]
    nested = any(len(loop.generators) > 1 or any(map(_has_loop, loop.generators)) for loop in loops)
    lists = any(
        isinstance(side, ast.List | ast.ListComp)
        for node in nodes
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
        for side in (node.left, node.right)
    )
    return nested or lists


def _has_loop(generator: ast.comprehension) -> bool:
    return any(
        isinstance(inner, ast.ListComp | ast.GeneratorExp) for inner in ast.walk(generator.iter)
    )


class PredicateError(UserError, ValueError):
    """An expression that cannot be a predicate; the message says what is wrong and which names
    exist."""


class _Numbers(ast.NodeTransformer):
    """Products and remainders as calls that take numbers alone."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        name = _ON_NUMBERS.get(type(node.op))
        if name is None:
            return node
        function = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node)
        call = ast.Call(func=function, args=[node.left, node.right], keywords=[])
        return ast.copy_location(call, node)


def _of_numbers(tree: ast.Expression, nodes: Iterable[ast.AST]) -> ast.expr:
    """The body of an expression, its products and remainders as calls; `nodes` are all it has."""
    operators = {type(node.op) for node in nodes if isinstance(node, ast.BinOp)}
    return tree.body if operators.isdisjoint(_ON_NUMBERS) else _Numbers().visit(tree).body


class Expression:
    """`text` compiled once, over `names`. Raises PredicateError where it says more than it may."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text = text
        if len(text) > LONGEST_PREDICATE:
            raise PredicateError(
                f"{shown(text)!r} is too long; accepted are at most {LONGEST_PREDICATE} characters"
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                tree = ast.parse(text.strip(), mode="eval")
                nodes = list(ast.walk(tree))
                _check(text, nodes, names)
                self.names = names & {n.id for n in nodes if isinstance(n, ast.Name)}
                self._arguments = sorted(self.names, key=lambda name: (name not in NAMES, name))
                self._function = _function(_of_numbers(tree, nodes), self._arguments)
        except (SyntaxError, UnicodeEncodeError) as error:
            why = getattr(error, "msg", None) or "holds what is no text"
            raise PredicateError(f"{shown(text)!r} is no expression: {why}") from error
        except (RecursionError, MemoryError) as error:
            raise PredicateError(f"{shown(text)!r} is nested too deep") from error

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Is it true of these values? Raises PredicateError where it cannot be worked out."""
        return bool(self.value(values))

    def value(self, values: Mapping[str, Any]) -> Any:
        """What it comes to with these values. Raises PredicateError where it cannot be worked
        out."""
        try:
            return self._function(*[values[name] for name in self._arguments])
        except _FAILURES as error:
            raise PredicateError(f"{self.text!r} fails: {error}") from error


def _function(body: ast.expr, arguments: Sequence[str]) -> Callable[..., Any]:
    """An expression, each of its nodes with a place in a text, as a function of names: it is asked
    tens of times a case."""
    names = ast.arguments(
        posonlyargs=[ast.copy_location(ast.arg(arg=name), body) for name in arguments],
        args=[],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    made = ast.Expression(body=ast.copy_location(ast.Lambda(args=names, body=body), body))
    function: Callable[..., Any] = eval(compile(made, "<predicate>", "eval"), dict(_POWERS))
    return function


def _check(text: str, nodes: Sequence[ast.AST], names: frozenset[str]) -> None:
    used = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {node.id for node in used if isinstance(node.ctx, ast.Store)}
    unknown = {node.id for node in used} - bound - names - FUNCTIONS.keys()
    if unknown:
        raise PredicateError(
            f"unknown {', '.join(sorted(unknown))}; known: "
            f"{', '.join(sorted(names | FUNCTIONS.keys()))}"
        )
    for node in nodes:
        if not isinstance(node, _ALLOWED) or (
            isinstance(node, ast.Call) and not isinstance(node.func, ast.Name)
        ):
            raise PredicateError(
                f"{text!r}: {ast.unparse(node)} is more than a predicate may say; functions: "
                f"{', '.join(FUNCTIONS)}"
            )
    if _runs_long(nodes):
        raise PredicateError(
            f"{text!r}: one loop at a time, and no multiplied lists: a predicate is asked of "
            "every case"
        )


class Predicate(Expression):
    """An expression over the facts of a case and those of a `machine`. Calling it with a case gives
    True or False."""

    def __init__(self, text: str, machine: Mapping[str, Any] = MappingProxyType({})) -> None:
        super().__init__(text, NAMES | machine.keys())
        self._take(machine)

    def on(self, machine: Mapping[str, Any]) -> "Predicate":
        """The same expression on another machine."""
        other = copy(self)
        other._take(machine)
        return other

    def _take(self, machine: Mapping[str, Any]) -> None:
        """The arguments in order: facts of a case, then what the machine says."""
        self.machine = {name: machine[name] for name in self._arguments if name not in NAMES}
        self._facts = [name for name in self._arguments if name in NAMES]
        self._machine = list(self.machine.values())

    def __call__(self, case: Case) -> bool:
        return bool(self.of(case))

    def of(self, case: Case, known: Facts | None = None) -> Any:
        """What the expression comes to; the case's facts may be `known`. Raises PredicateError
        where it cannot be worked out."""
        known = _facts(case) if known is None else known
        values = [known[name] for name in self._facts]
        try:
            return self._function(*values, *self._machine)
        except _FAILURES as error:
            raise PredicateError(f"{self.text!r} fails on {case.id}: {error}") from error


MOST_KINDS = 4096


class Together:
    """Predicates that speak of one machine, asked of a case at once. What their first statements
    say of plain facts alone is worked out once for all cases that share these."""

    def __init__(self, predicates: Sequence[Predicate]) -> None:
        self._predicates = predicates
        self._machine = {name: said for each in predicates for name, said in each.machine.items()}
        first = [_first(each.text, {*PLAIN, *self._machine}) for each in predicates]
        every = ast.Tuple(elts=first, ctx=ast.Load())
        arguments = [*PLAIN, *self._machine]
        self._of_kind = _function(ast.fix_missing_locations(every), arguments)
        self._possible: dict[Hashable, list[tuple[int, Predicate]]] = {}

    def holding(self, case: Case) -> list[int]:
        """The numbers of those that hold. Raises PredicateError where one of them cannot be worked
        out."""
        known, kind = _latest(case), plain_kind(case)
        possible = self._possible.get(kind)
        if possible is None:
            possible = self._possible[kind] = self._possible_of(known)
        return [number for number, each in possible if each.of(case, known)]

    def _possible_of(self, known: Facts) -> list[tuple[int, Predicate]]:
        if len(self._possible) >= MOST_KINDS:
            self._possible.clear()
        try:
            may_hold = self._of_kind(*(known[name] for name in PLAIN), *self._machine.values())
        except _FAILURES:  # of which case, and of which predicate, is said when that is asked
            may_hold = (True,) * len(self._predicates)
        return list(compress(enumerate(self._predicates), may_hold))


def statements_of(text: str) -> list[str]:
    """The statements that an expression joins by "and", each as it is written: one may hold an
    "and" itself. None of an empty text. Raises SyntaxError where it is no expression."""
    if not text:
        return []
    body = ast.parse(text, mode="eval").body
    joined = isinstance(body, ast.BoolOp) and isinstance(body.op, ast.And)
    return [_written(text, each) for each in body.values] if joined else [text]  # type: ignore[attr-defined]


def _written(text: str, part: ast.expr) -> str:
    segment = ast.get_source_segment(text, part)
    assert segment is not None  # it was parsed of this text
    return f"({segment})" if isinstance(part, ast.BoolOp) else segment


def _first(text: str, names: set[str]) -> ast.expr:
    """The first of the statements that an expression joins by "and", as many as speak of these
    names alone; True where there are none. Where it is not true, neither is the whole, and no more
    of it would be looked at."""
    body = _Numbers().visit(ast.parse(text.strip(), mode="eval")).body
    joined = isinstance(body, ast.BoolOp) and isinstance(body.op, ast.And)
    statements = takewhile(
        lambda each: not _names_in(each) - names, body.values if joined else [body]
    )
    nothing = [ast.Constant(value=True)] * 2  # so that there are statements to join
    return ast.BoolOp(op=ast.And(), values=[*nothing, *statements])


def _names_in(node: ast.AST) -> set[str]:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names - FUNCTIONS.keys() - _POWERS.keys()


_LATEST: list[Facts] = []  # of the case that was asked about last


def _latest(case: Case) -> Facts:
    """One case is asked about several times in a row: its facts are kept no longer than that."""
    if not _LATEST or _LATEST[0].case is not case:
        _LATEST[:] = [Facts(case)]
    return _LATEST[0]


@lru_cache(maxsize=2**13)
def _facts(case: Case) -> Facts:
    """Many declarations in a row ask about one case, and diagnosis many conditions about the same
    thousands."""
    return Facts(case)
