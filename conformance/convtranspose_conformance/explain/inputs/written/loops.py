"""What a loop's names stand for, time after time: `for i, (u, k) in enumerate(zip(rates,
kernels))`, as far as the text says what is in them."""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from .fold import NameInText, dotted, folded

MOST_TIMES = 16
MOST = 10**6


def times(
    target: ast.expr, values: ast.expr, names: Mapping[str, Any]
) -> list[tuple[dict[str, Any], int]]:
    """The names of each time, and how many times they stand for: none for all at once where these
    are many, or where the text does not say, which is once."""
    each = _values(values, names)
    if each is None or not 0 < len(each) <= MOST_TIMES:
        return [({}, len(each) if each else 1)]
    return [(_taken(target, value), 1) for value in each]


def _values(node: ast.expr, names: Mapping[str, Any]) -> Sequence[Any] | None:
    function = dotted(node.func) if isinstance(node, ast.Call) else ""
    if isinstance(node, ast.Call) and function in ("enumerate", "zip", "reversed"):
        inner = [_values(each, names) for each in node.args]
        return _paired(function, inner)
    if isinstance(node, ast.Call) and function in ("range", "xrange"):
        bounds = [folded(each, names) for each in node.args]
        if not 0 < len(bounds) < 4 or not all(type(each) is int for each in bounds):
            return None
        return _counted(bounds)
    value = folded(node, names)
    return list(value) if isinstance(value, list | tuple) else None


def _counted(bounds: list[int]) -> Sequence[Any] | None:
    if len(bounds) == 3 and bounds[2] == 0:
        return None
    return range(*bounds) if max(map(abs, bounds)) < MOST else None


def _paired(function: str, inner: list[Sequence[Any] | None]) -> Sequence[Any] | None:
    """None within a zip is a list that the text does not say: as long as its neighbours."""
    known = [each for each in inner if each is not None]
    if not known:
        return None
    if min(map(len, known)) > MOST_TIMES:
        return min(known, key=len)  # of so many only the number is told
    if function == "enumerate":
        return [(number, value) for number, value in enumerate(known[0])]
    if function == "reversed":
        return known[0][::-1]
    shortest = min(map(len, known))
    return [tuple(None if e is None else e[n] for e in inner) for n in range(shortest)]


def _taken(target: ast.expr, value: Any) -> dict[str, Any]:
    if isinstance(target, ast.Tuple | ast.List):
        if not isinstance(value, list | tuple) or len(value) != len(target.elts):
            return {}
        return {
            name: own
            for each, part in zip(target.elts, value, strict=True)
            for name, own in _taken(each, part).items()
        }
    name = dotted(target)
    return {name: value} if name and value is not None and not isinstance(value, NameInText) else {}
