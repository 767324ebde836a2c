"""Conditions of declarations as nested lists, which a browser works out: `[kind, ...parts]`."""

import ast
from typing import Any

from ..rules.predicate import Expression

Compiled = list[Any]

_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%"}
_COMPARED = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


def compiled(expression: Expression) -> Compiled:
    """An expression's tree. Raises KeyError or TypeError for a construct that a browser does not
    know, which a test rules out for every declaration."""
    return _compiled(ast.parse(expression.text.strip(), mode="eval").body)


def _compiled(node: ast.AST) -> Compiled:
    match node:
        case ast.Constant(value):
            return ["is", value]
        case ast.Name(name):
            return ["name", name]
        case ast.BoolOp(operator, values):
            return ["and" if isinstance(operator, ast.And) else "or", *map(_compiled, values)]
        case ast.UnaryOp(operator, operand):
            return ["not" if isinstance(operator, ast.Not) else "minus", _compiled(operand)]
        case ast.BinOp(left, operator, right):
            return [_BINARY[type(operator)], _compiled(left), _compiled(right)]
        case ast.IfExp(test, one, other):
            return ["if", *map(_compiled, (test, one, other))]
        case ast.List(values) | ast.Tuple(values) | ast.Set(values):
            return ["list", *map(_compiled, values)]
    return _of_several(node)


def _of_several(node: ast.AST) -> Compiled:
    match node:
        case ast.Compare(left, operators, others):
            pairs = zip(operators, others, strict=True)
            rest = [part for op, other in pairs for part in (_COMPARED[type(op)], _compiled(other))]
            return ["compare", _compiled(left), *rest]
        case ast.Subscript(value, ast.Slice(lower, upper, None)):
            return [
                "slice",
                _compiled(value),
                *(part and _compiled(part) for part in (lower, upper)),
            ]
        case ast.Subscript(value, index):
            return ["at", _compiled(value), _compiled(index)]
        case ast.Call(ast.Name(name), given, named):
            by_name = {str(each.arg): _compiled(each.value) for each in named}
            return ["call", name, [*map(_compiled, given)], by_name]
        case ast.ListComp(made, [loop]) | ast.GeneratorExp(made, [loop]):
            return ["for", _compiled(made), *_loop(loop)]
    raise TypeError(f"no browser knows {ast.unparse(node)}")


def _loop(loop: ast.comprehension) -> Compiled:
    targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return [names, _compiled(loop.iter), [*map(_compiled, loop.ifs)]]
