"""An expression with others in place of its parts."""

import ast
from collections.abc import Sequence


def as_node(value: int | float | str) -> ast.expr:
    """A number or word as an expression."""
    if not isinstance(value, str) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def with_parts(node: ast.expr, parts: Sequence[ast.expr | None]) -> ast.expr:
    """The operation, call or choice with each of its `parts` in order, None for one that stays as
    it is."""
    own = parts_of(node)
    several = [mine if part is None else part for mine, part in zip(own, parts, strict=True)]
    match node:
        case ast.BinOp():
            return ast.BinOp(several[0], node.op, several[1])
        case ast.UnaryOp():
            return ast.UnaryOp(node.op, several[0])
        case ast.Compare():
            return ast.Compare(several[0], node.ops, several[1:])
        case ast.IfExp():
            return ast.IfExp(*several)
        case ast.Call():
            return ast.Call(node.func, several, node.keywords)
    return node


def parts_of(node: ast.expr) -> list[ast.expr]:
    """What an operation, call or choice is made of."""
    match node:
        case ast.BinOp():
            return [node.left, node.right]
        case ast.UnaryOp():
            return [node.operand]
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.IfExp():
            return [node.test, node.body, node.orelse]
        case ast.Call():
            return list(node.args)
    return []
