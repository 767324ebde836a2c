"""What gives a tensor other axes, or another order of them: `w.unsqueeze(0)`, `k[None, None]`,
`x.permute(0, 3, 1, 2)`, `np.transpose(w, (2, 3, 1, 0))`."""

import ast
from collections.abc import Mapping
from typing import Any

from ..fold import dotted, folded

_METHODS = ("unsqueeze", "permute", "transpose", "repeat", "expand_dims")
_LIBRARIES = ("torch", "tf", "np", "numpy", "jnp", "jax.numpy", "tensorflow", "paddle")
_ORDERS = ("perm", "dims", "axes", "dim", "axis")


def moves(node: ast.expr) -> ast.expr | None:
    """The tensor whose axes are moved; None for what moves none."""
    if isinstance(node, ast.Subscript):
        return node.value if _adds(node) else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr not in _METHODS:
        return None
    if dotted(node.func.value) not in _LIBRARIES:
        return node.func.value
    return node.args[0] if node.args else None


def moved(sizes: list[Any], node: ast.expr, names: Mapping[str, Any]) -> list[Any] | None:
    """The sizes behind it; None where that is not said."""
    if isinstance(node, ast.Subscript):
        return _added(sizes, _indices(node))
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    is_function = dotted(node.func.value) in _LIBRARIES
    given = [folded(each, names) for each in node.args[is_function:]]
    given += [folded(each.value, names) for each in node.keywords if each.arg in _ORDERS]
    if len(given) == 1 and isinstance(given[0], list | tuple):
        given = list(given[0])
    if not all(type(each) is int for each in given):
        return None
    return _called(sizes, node.func.attr, given)


def _called(sizes: list[Any], method: str, given: list[int]) -> list[Any] | None:
    rank = len(sizes)
    if method in ("unsqueeze", "expand_dims"):
        at = given[0] if len(given) == 1 else rank + 1
        at = at + rank + 1 if at < 0 else at
        return [*sizes[:at], 1, *sizes[at:]] if 0 <= at <= rank else None
    if method == "repeat":
        before = [1] * (len(given) - rank) + sizes
        known = len(given) >= rank and all(type(size) is int for size in before)
        return [s * n for s, n in zip(before, given, strict=True)] if known else None
    order = [each % rank for each in given if -rank <= each < rank] if rank else []
    if len(order) == 2 == len(given) and rank > 2 and method == "transpose":
        turned = list(sizes)  # PyTorch's, of two axes
        turned[order[0]], turned[order[1]] = sizes[order[1]], sizes[order[0]]
        return turned
    if not given and method == "transpose":
        return sizes[::-1]
    return [sizes[each] for each in order] if sorted(order) == list(range(rank)) else None


def _indices(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _adds(node: ast.Subscript) -> bool:
    """Are its indices new axes, and whole ones, only?"""
    several = _indices(node)
    return any(map(_is_new, several)) and all(_is_new(e) or _is_whole(e) for e in several)


def _is_new(index: ast.expr) -> bool:
    none = isinstance(index, ast.Constant) and index.value is None
    return none or dotted(index).endswith("newaxis")


def _is_whole(index: ast.expr) -> bool:
    if isinstance(index, ast.Constant):
        return index.value is ...
    return isinstance(index, ast.Slice) and not (index.lower or index.upper or index.step)


def _added(sizes: list[Any], indices: list[ast.expr]) -> list[Any] | None:
    taken = sum(isinstance(each, ast.Slice) for each in indices)
    if taken > len(sizes):
        return None
    rest, head = list(sizes), []
    for index in indices:
        if _is_new(index):
            head.append(1)
        elif isinstance(index, ast.Slice):
            head.append(rest.pop(0))
            taken -= 1
        else:
            count = len(rest) - taken
            head += rest[:count]
            rest = rest[count:]
    return [*head, *rest]
