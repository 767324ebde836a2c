"""Formulas over integers, as a measured rule states them: + - *, floor(x / y), ceil(x / y),
trunc(x / y), remainders, max and min, over named quantities."""

import ast
from collections.abc import Mapping
from functools import lru_cache, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.errors import UserError

Column = NDArray[np.int64]

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Mod)
_ROUNDINGS = ("floor", "ceil", "trunc")
_FUNCTIONS: dict[str, Any] = {"__builtins__": {}, "max": max, "min": min}
_OF_COLUMNS: dict[str, Any] = {
    "__builtins__": {},
    "max": lambda *parts: reduce(np.maximum, parts),
    "min": lambda *parts: reduce(np.minimum, parts),
}
LONGEST_FORMULA = 400  # characters: what measuring finds has under a hundred


class FormulaError(UserError, ValueError):
    """A text that is no formula; the message says what is wrong and what is accepted."""


class Formula:
    """`text` compiled once. Raises FormulaError where it is no formula over these `names`."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text = text.strip()
        if len(self.text) > LONGEST_FORMULA:
            raise FormulaError(
                f"a formula of {len(self.text)} characters; accepted are {LONGEST_FORMULA}"
            )
        try:
            tree = ast.parse(self.text, mode="eval")
        except (SyntaxError, ValueError) as error:
            raise FormulaError(f"{text!r} is no formula: {error}") from error
        checked = ast.Expression(_checked(tree.body, self.text, names))
        self.names = {n.id for n in ast.walk(checked) if isinstance(n, ast.Name)} & names
        self._code = compile(ast.fix_missing_locations(checked), "<formula>", "eval")

    def __call__(self, values: Mapping[str, int]) -> int:
        """Its value. Raises FormulaError where one of the quantities is not there, or something is
        divided by 0."""
        try:
            return int(eval(self._code, _FUNCTIONS, dict(values)))
        except (ZeroDivisionError, NameError) as error:
            raise FormulaError(f"{self.text!r}: {error}") from error

    def column(self, columns: Mapping[str, Column], count: int) -> Column:
        """Its values where each quantity is a column of `count` numbers; 0 where something is
        divided by 0. Raises FormulaError where one of them is not there."""
        try:
            with np.errstate(divide="ignore", invalid="ignore"):
                made = eval(self._code, _OF_COLUMNS, dict(columns))
        except (ZeroDivisionError, NameError) as error:
            raise FormulaError(f"{self.text!r}: {error}") from error
        return np.broadcast_to(np.asarray(made, np.int64), (count,))


@lru_cache(maxsize=512)
def formula(text: str, names: frozenset[str]) -> Formula:
    """A formula, compiled once for each text."""
    return Formula(text, names)


def _checked(node: ast.expr, text: str, names: frozenset[str]) -> ast.expr:
    """The node with its roundings as divisions of integers. Raises FormulaError."""

    def inside(other: ast.expr) -> ast.expr:
        return _checked(other, text, names)

    match node:
        case ast.Constant(value=int()) if not isinstance(node.value, bool):
            return node
        case ast.Name(id=name) if name in names:
            return node
        case ast.Name(id=name):
            known = ", ".join(sorted(names))
            raise FormulaError(f"unknown {name!r} in {text!r}; known: {known}")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ast.UnaryOp(op=ast.USub(), operand=inside(operand))
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
            return ast.BinOp(left=inside(left), op=op, right=inside(right))
        case ast.Call(func=ast.Name(id=name), args=[ast.BinOp(op=ast.Div()) as ratio]) if (
            name in _ROUNDINGS and not node.keywords
        ):
            return _rounded(name, inside(ratio.left), inside(ratio.right))
        case ast.Call(func=ast.Name(id=("max" | "min") as name), args=[_, _, *_] as args) if (
            not node.keywords
        ):
            return ast.Call(
                func=ast.Name(id=name, ctx=ast.Load()), args=list(map(inside, args)), keywords=[]
            )
    raise FormulaError(
        f"{ast.unparse(node)!r} in {text!r}: accepted are integers, quantities, + - * %, "
        "floor(x / y), ceil(x / y), trunc(x / y), max(x, y) and min(x, y)"
    )


def _rounded(name: str, above: ast.expr, below: ast.expr) -> ast.expr:
    down = ast.BinOp(left=above, op=ast.FloorDiv(), right=below)
    if name == "floor":
        return down
    negative = ast.UnaryOp(op=ast.USub(), operand=above)
    up = ast.UnaryOp(
        op=ast.USub(), operand=ast.BinOp(left=negative, op=ast.FloorDiv(), right=below)
    )
    if name == "ceil":
        return up
    # towards 0, as integers are divided in C: what is rounded down, where that is above 0, or up
    return ast.BinOp(left=_held("max", down), op=ast.Add(), right=_held("min", up))


def _held(name: str, value: ast.expr) -> ast.expr:
    return ast.Call(
        func=ast.Name(id=name, ctx=ast.Load()), args=[value, ast.Constant(value=0)], keywords=[]
    )
