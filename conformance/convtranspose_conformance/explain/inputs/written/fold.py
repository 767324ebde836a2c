"""Constants of an expression worked out, as far as numbers, lists and a few functions go. Nothing
in it is evaluated by Python."""

import ast
import contextlib
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .names.parts import as_node, parts_of, with_parts

MOST = 2**62
MOST_ENTRIES = 64
LONGEST = 200  # characters of an expression that stands for a name


@dataclass(frozen=True, slots=True)
class NameInText:
    """An expression that is not known, as text: a dotted name such as `torch.float16`, or what has
    such `leaves` in it."""

    text: str
    leaves: tuple[str, ...] = ()


class Opaque(NameInText):
    """An expression that is neither a literal nor a name."""


@dataclass(frozen=True, slots=True)
class Starred(NameInText):
    """An argument that what is behind a star may hold, its one leaf: by `keyword`, behind **, or by
    position; with the `default` that stands where it does not, unless it is `needed`."""

    keyword: bool = False
    needed: bool = False
    default: Any = None


class WithEntry(ast.expr):
    """A list or table `of` which one entry, by its `key`, is a `value`."""

    _fields = ("of", "key", "value")

    def __init__(self, of: ast.expr, key: ast.expr, value: ast.expr) -> None:
        super().__init__()
        self.of, self.key, self.value = of, key, value


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_TABLES = ("dict", "Namespace", "SimpleNamespace", "EasyDict", "edict", "AttrDict", "Config")


def _listed(kind: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Of one number for all axes, the number, as `--set` may say it."""
    return lambda value: value if isinstance(value, int) else kind(value)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "int": int,
    "abs": abs,
    "max": max,
    "min": min,
    "round": round,
    "len": len,
    "sorted": sorted,
    "tuple": _listed(tuple),
    "list": _listed(list),
    "math.ceil": math.ceil,
    "math.floor": math.floor,
    "np.ceil": math.ceil,
    "tf.stack": list,
    "tf.constant": list,
    "tf.TensorShape": list,
    "torch.Size": list,
}


def folded(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """What an expression is worth: a number, a word, a list with what is known of its entries, or
    the name that it is. `names`: what names, dotted ones and other expressions, stand for."""
    try:
        return _folded(node, names)
    except (RecursionError, MemoryError):
        return Opaque("an expression too deep to read")


def resolved(value: Any, names: Mapping[str, Any]) -> Any:
    """A value with what in it waits for `names` worked out."""
    if isinstance(value, dict):
        return {key: resolved(each, names) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(resolved(each, names) for each in value)
    if not isinstance(value, NameInText) or not set(value.leaves) & names.keys():
        return value
    try:
        return folded(ast.parse(value.text, mode="eval").body, names)
    except SyntaxError:  # `*rest` is no expression by itself
        return value


def dotted(node: ast.expr) -> str:
    """A dotted name; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _folded(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Tuple() | ast.List():
            entries = [_folded(each, names) for each in node.elts]
            return tuple(entries) if isinstance(node, ast.Tuple) else entries
        case ast.Dict() if None not in node.keys:
            keys = [_folded(each, names) for each in node.keys if each is not None]
            if all(isinstance(key, str | int) for key in keys):
                values = (_folded(each, names) for each in node.values)
                return dict(zip(keys, values, strict=True))
        case ast.BinOp() if type(node.op) in _BINARY:
            sides = [_folded(node.left, names), _folded(node.right, names)]
            return _applied(node, _BINARY[type(node.op)], sides)
        case ast.UnaryOp() if type(node.op) in _UNARY:
            return _applied(node, _UNARY[type(node.op)], [_folded(node.operand, names)])
        case ast.Compare() if len(node.ops) == 1 and type(node.ops[0]) in _COMPARED:
            sides = [_folded(node.left, names), _folded(node.comparators[0], names)]
            return _applied(node, _COMPARED[type(node.ops[0])], sides)
        case ast.IfExp():
            return _either(node, names)
        case WithEntry():
            return _with_entry(*(_folded(each, names) for each in (node.of, node.key, node.value)))
    return _looked_up(node, names)


def _either(node: ast.IfExp, names: Mapping[str, Any]) -> Any:
    test = _folded(node.test, names)
    if isinstance(test, NameInText):
        either = [_folded(each, names) for each in (node.body, node.orelse)]
        return _open(node, [test, *either])
    return _folded(node.body if test else node.orelse, names)


def _with_entry(of: Any, key: Any, value: Any) -> Any:
    if isinstance(of, dict) and isinstance(key, str | int):
        return {**of, key: value}
    if isinstance(of, list) and type(key) is int and -len(of) <= key < len(of):
        at = key % len(of)
        return [*of[:at], value, *of[at + 1 :]]
    return Opaque("what is changed in place")


def _looked_up(node: ast.expr, names: Mapping[str, Any]) -> Any:
    text = ast.unparse(node)
    for key in (text, f".{node.attr}") if isinstance(node, ast.Attribute) else (text,):
        if key in names:
            return names[key]
    if isinstance(node, ast.Call) and (entry := _of_table(node, names)) is not None:
        return entry
    if isinstance(node, ast.Call) and dotted(node.func) in _FUNCTIONS and not node.keywords:
        given = [_folded(each, names) for each in node.args]
        return _applied(node, _FUNCTIONS[dotted(node.func)], given)
    if isinstance(node, ast.Subscript | ast.Attribute):
        entry = _entry(node, names)
        if entry is not None:
            return entry
    return _itself(node)


def _of_table(node: ast.Call, names: Mapping[str, Any]) -> Any:
    """`dict(k=4)` and its kin, or `table.get("k", 4)`; None for another call."""
    if dotted(node.func).rpartition(".")[2] in _TABLES and not (node.args and node.keywords):
        if len(node.args) == 1:
            table = _folded(node.args[0], names)
            return table if isinstance(table, dict) else None
        return {str(each.arg): _folded(each.value, names) for each in node.keywords}
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "get" or not node.args:
        return None
    table, *given = (_folded(each, names) for each in (node.func.value, *node.args))
    if isinstance(table, dict) and isinstance(given[0], str):
        return table.get(*given[:2])
    return None


def _entry(node: ast.Subscript | ast.Attribute, names: Mapping[str, Any]) -> Any:
    """Of a list by its number, of a table by its word; None where it is not known."""
    of = _folded(node.value, names)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return _part(of, node.slice, names)
    at = node.attr if isinstance(node, ast.Attribute) else _folded(node.slice, names)
    if isinstance(of, list | tuple) and type(at) is int and -len(of) <= at < len(of):
        return of[at]
    return of.get(at) if isinstance(of, dict) and isinstance(at, str | int) else None


def _part(of: Any, part: ast.Slice, names: Mapping[str, Any]) -> Any:
    """Of a list between bounds; None where they are not known."""
    ends = (part.lower, part.upper, part.step)
    bounds = [None if each is None else _folded(each, names) for each in ends]
    numbers = all(each is None or type(each) is int for each in bounds) and bounds[2] != 0
    return of[slice(*bounds)] if isinstance(of, list | tuple) and numbers else None


def _applied(node: ast.expr, function: Callable[..., Any], given: list[Any]) -> Any:
    """The function's value; the expression as text where it has none or one out of bounds."""
    whole = not any(isinstance(each, NameInText) for each in given)
    if whole and all(map(_small, given)) and not _too_high(function, given):
        try:
            value = function(*given)
        except (ArithmeticError, TypeError, ValueError):
            return Opaque(ast.unparse(node))
        if _small(value):
            return value
    return _open(node, given)


def _open(node: ast.expr, given: list[Any]) -> Opaque:
    """The expression in the names that its parts, which are worth what is `given`, hang on; in its
    own names where that would be long."""
    text = ast.unparse(with_parts(node, [_as_node(each) for each in given]))
    if len(text) <= LONGEST:
        return Opaque(text, leaves(given))
    parts = zip(parts_of(node), given, strict=True)
    own = [_itself(part) if isinstance(value, NameInText) else value for part, value in parts]
    return Opaque(ast.unparse(node), leaves(own))


def _itself(node: ast.expr) -> NameInText:
    """An expression of which nothing is known."""
    text = ast.unparse(node)
    return (NameInText if dotted(node) else Opaque)(text, (text,))


def _as_node(value: Any) -> ast.expr | None:
    """None for what is written as it is."""
    if isinstance(value, NameInText):
        with contextlib.suppress(SyntaxError):  # `*rest` is no expression by itself
            return ast.parse(value.text, mode="eval").body
    return as_node(value) if isinstance(value, int | float | str) else None


def _too_high(function: Callable[..., Any], given: list[Any]) -> bool:
    """Would a power, or a list written out many times, be too much to work out?"""
    if function is operator.pow:
        base, power = given
        numbers = isinstance(base, int | float) and isinstance(power, int)
        return not (numbers and 0 <= power <= 62 and abs(base) <= MOST)
    if function is operator.mul and any(isinstance(each, list | tuple) for each in given):
        return max(each for each in (*given, 0) if isinstance(each, int)) > MOST_ENTRIES
    return False


def _small(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return len(value) <= MOST_ENTRIES
    return isinstance(value, int | float) and abs(value) < MOST


def leaves(value: Any) -> tuple[str, ...]:
    """The names that a value waits for, those of its entries too."""
    if isinstance(value, NameInText):
        return value.leaves
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(leaf for each in value for leaf in leaves(each)))
    return ()
