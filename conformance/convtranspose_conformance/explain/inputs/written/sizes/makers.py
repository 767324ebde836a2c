"""The shapes of tensors as a text makes them: `torch.randn(1, 16, 8, 8)`, `tf.zeros`, those of the
`Input` of Keras, arrays that are written out, weights of a layer."""

import ast
import re
from collections.abc import Mapping
from typing import Any

from ..fold import NameInText, dotted, folded

_MAKERS = {
    **dict.fromkeys(("randn", "rand", "random.rand", "random.randn", "zeros", "ones"), "sizes"),
    "empty": "sizes",
    "rand_like": "",
    "placeholder": "second",
    "get_variable": "second",
    **dict.fromkeys(("Variable", "Parameter", "nn.Parameter", "constant"), "held"),
    **dict.fromkeys(("tensor", "as_tensor", "from_numpy", "convert_to_tensor"), "held"),
    **dict.fromkeys(("array", "asarray", "from_dlpack", "to_tensor", "float32"), "held"),
    **dict.fromkeys(("Tensor", "FloatTensor", "DoubleTensor", "HalfTensor"), "held or sizes"),
    "cuda.FloatTensor": "held or sizes",
    **dict.fromkeys(("Input", "keras.Input", "layers.Input", "keras.layers.Input"), "batched"),
}
# of what makes a tensor: the shape is its first argument that is a list
_LISTED = re.compile(
    r"(?:\w+\.)*(?:full|fill|(?:random[._])?(?:(?:truncated_|standard_)?normal|uniform|random"
    r"|random_sample)|self\.(?:add_weight|param|create_parameter)|get_parameter|create_parameter)"
)
_INITIALIZER = re.compile(r"(?i)init(?:s|ializers?)?\b|_init|glorot|xavier|lecun|variance_scaling")
_MODULES = (
    *("torch.", "tf.", "np.", "numpy.", "jnp.", "tf.compat.v1.", "tensorflow.", "jax.numpy."),
    *("mx.nd.", "chainer.", "mx.", "paddle.", "Tensor.", "torch.nn.", "jax.", "hk."),
)
_HELD = ("initial_value", "value", "data", "object", "init")
_SHAPES = ("shape", "size")


def maker(node: ast.Call) -> str:
    """How a call that makes a tensor says its sizes; empty for another call."""
    inner = node.func.func if isinstance(node.func, ast.Call) else node.func
    name = dotted(inner)
    if _INITIALIZER.search(name) and (any(map(_is_list, node.args)) or _shape_of(node)):
        return "listed"
    for module in sorted(_MODULES, key=len, reverse=True):
        name = name.removeprefix(module)
    if isinstance(node.func, ast.Call):
        return ""
    return _MAKERS.get(name, "listed" if _LISTED.fullmatch(dotted(inner)) else "")


def held(node: ast.Call, kind: str) -> ast.expr | None:
    """The tensor, or list of numbers, that a call makes another of; None where it says sizes."""
    if not kind.startswith("held") or _shape_of(node) is not None:
        return None
    if kind != "held" and not (len(node.args) == 1 and not isinstance(node.args[0], ast.Tuple)):
        return None
    named = {each.arg: each.value for each in node.keywords}
    return next(iter([*node.args, *(named[name] for name in _HELD if name in named)]), None)


def sizes_of(node: ast.Call, kind: str, names: Mapping[str, Any]) -> list[Any] | None:
    """The sizes that the call says."""
    batched = kind == "batched"
    if kind in ("sizes", "held or sizes"):
        size = next((each.value for each in node.keywords if each.arg in _SHAPES), None)
        if size is not None:
            return whole(folded(size, names))
        return row([folded(each, names) for each in node.args])
    if (shape := _shape_of(node)) is not None:
        return whole(folded(shape, names), batched=batched)
    given = [folded(each, names) for each in node.args]
    if kind == "listed":
        return next((whole(each) for each in given if isinstance(each, list | tuple)), None)
    at = {"batched": 0, "second": 1}.get(kind, len(given))
    return whole(given[at], batched=batched) if len(given) > at else None


def sizes_of_list(node: ast.expr, names: Mapping[str, Any]) -> list[Any] | None:
    """The sizes of an array that is written out; None where entries may be lists themselves, or
    are not alike."""
    value = folded(node, names)
    return list(sizes) if (sizes := _nested(value)) is not None else None


def _nested(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list | tuple):
        return () if isinstance(value, int | float) else None
    inner = {_nested(each) for each in value}
    first = next(iter(inner), None)
    return None if first is None or len(inner) != 1 else (len(value), *first)


def _shape_of(node: ast.Call) -> ast.expr | None:
    return next((each.value for each in node.keywords if each.arg in _SHAPES), None)


def _is_list(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1


def row(given: list[Any]) -> list[Any] | None:
    """Sizes by themselves, or in a list; None for one name, which may be a list of several."""
    if len(given) == 1 and isinstance(given[0], NameInText):
        return None
    return whole(given[0] if given and not isinstance(given[0], int | NameInText) else given)


def whole(sizes: Any, *, batched: bool = False) -> list[Any] | None:
    """The sizes where they are some, None for what is left open."""
    if not isinstance(sizes, list | tuple):
        return None
    if not all(size is None or isinstance(size, NameInText) or type(size) is int for size in sizes):
        return None
    return [*([None] * batched), *(None if size == -1 else size for size in sizes)]
