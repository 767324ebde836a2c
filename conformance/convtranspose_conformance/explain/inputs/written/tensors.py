"""The shapes of tensors as a text makes them: `torch.randn(1, 16, 8, 8)`, `tf.zeros`, Keras's
`Input`."""

import ast
from collections.abc import Mapping
from typing import Any

from .fold import Name, dotted, folded

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


def shape_of(
    node: ast.expr, tensors: Mapping[str, ast.expr], names: Mapping[str, Any]
) -> list[Any] | None:
    """The sizes of a tensor: by the expression that makes it, or by the one of `tensors` that its
    name is assigned."""
    if (name := dotted(node)) in tensors:
        node = tensors[name]
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
