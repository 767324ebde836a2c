"""Where a tensor of a text comes from: what makes it, a `view` or `Reshape`, and what keeps sizes
behind them."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fold import dotted, folded
from .assigned import Assigned
from .axes import moves
from .makers import held, maker, row, sizes_of, sizes_of_list, whole
from .scaled import scales

MOST_STEPS = 32  # from a tensor back to what makes it
_RESHAPING = ("view", "reshape", "expand", "broadcast_to")
_NEW_SHAPES = ("shape", "newshape", "new_shape", "size")
_LIBRARIES = (
    *("torch", "tf", "np", "numpy", "jnp", "tensorflow", "tf.compat.v1"),
    *("paddle", "mx.nd", "mx", "chainer", "jax.numpy"),
)
_TARGETS = ("target_shape", "unflattened_size", "shape")
_SAME_SIZES = re.compile(
    r"(?:Leaky|P|R)?ReLU6?|S?ELU|CELU|GELU|SiLU|Swish|Mish|Tanh|Sigmoid|Hard\w+|Softplus|Softsign|"
    r"Activation|(?:Spatial|Alpha|Gaussian)?Dropout[123]?[dD]?|GaussianNoise|Identity|"
    r"(?:Sync)?(?:Batch|Instance|Layer|Group)Norm(?:alization)?[123]?[dD]?"
)
_SAME_FUNCTIONS = re.compile(
    r"(?:leaky_|p)?relu6?|s?elu|celu|gelu|silu|swish|mish|(?:hard)?tanh|sigmoid|softplus|dropout|"
    r"identity|(?:zeros|ones|rand|randn)_like|"
    r"(?:Leaky|P|Thresholded)?Relu|S?Elu|Celu|Gelu|Mish|Hard(?:Swish|Sigmoid)|Tanh|Sigmoid|"
    r"Soft(?:plus|sign)|Identity|Dropout|(?:Batch|Instance|Layer|Group)Normalization|Clip|Cast|"
    r"(?:xavier|kaiming|trunc)_(?:normal|uniform)_|"
    r"(?:normal|uniform|constant|ones|zeros|orthogonal)_"
)
_SAME_METHODS = re.compile(
    r"to|cuda|cpu|float|half|double|bfloat16|contiguous|detach|clone|requires_grad_|type|astype"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a tensor comes from: the `sizes` that the text says, None for those that it leaves
    open; or the call that makes the `layer` of which it is the output, or makes it itself.
    `through`: what changes the sizes behind that, the last one first. `name`: one that the text
    gives no value where it stands, such as a parameter."""

    sizes: list[Any] | None = None
    layer: ast.Call | None = None
    through: tuple[ast.expr, ...] = ()
    name: ast.Name | None = None


def source_of(
    node: ast.expr, assigned: Assigned, names: Mapping[str, Any], line: int
) -> Source | None:
    """Where the tensor that an expression of a `line` stands for comes from, through names and what
    keeps its sizes; None where that is not known."""
    through: list[ast.expr] = []
    for _ in range(MOST_STEPS):
        if name := dotted(node):
            value = assigned.to(name, line)
            if value is None:
                if isinstance(node, ast.Name) and hasattr(node, "lineno"):
                    return Source(name=node, through=tuple(through))
                return None
            node, line = value, min(line, value.lineno)
            continue
        if isinstance(node, ast.List | ast.Tuple):
            return Source(sizes=sizes_of_list(node, names), through=tuple(through))
        inner = moves(node) or _scaled_by_number(node, names)
        if inner is not None:
            through += [node] if moves(node) else []
            node = inner
            continue
        if not isinstance(node, ast.Call):
            return None
        kind, layer = maker(node), _layer(node, assigned, line)
        inner = held(node, kind) or _kept(node, layer)
        if inner is None and scales(layer or node) and node.args:
            through.append(layer or node)
            inner = node.args[0]
        if inner is None:
            sizes = sizes_of(node, kind, names) if kind else _reshaped(node, layer, names)
            if sizes is None and kind:
                return None
            return Source(sizes=sizes, layer=layer or node, through=tuple(through))
        node = inner
    return None


def _scaled_by_number(node: ast.expr, names: Mapping[str, Any]) -> ast.expr | None:
    """Of a tensor times, or divided by, a number the tensor."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.Div):
        return None
    left, right = (isinstance(folded(e, names), int | float) for e in (node.left, node.right))
    if left == right:
        return None
    return node.right if left else node.left


def stated_by(layer: ast.Call, names: Mapping[str, Any]) -> list[Any] | None:
    """The sizes of the output that a layer says by itself, the batch open: `Reshape((7, 7, 256))`,
    `Unflatten(1, (256, 7, 7))`, `Input((7, 7, 256))`."""
    if maker(layer) == "batched":
        return sizes_of(layer, "batched", names)
    last = dotted(layer.func).rpartition(".")[2]
    named = {each.arg: each.value for each in layer.keywords}
    given = [*layer.args, *(named[n] for n in _TARGETS if n in named)]
    at = {"Reshape": 0, "Unflatten": 1 if layer.args else 0}.get(last)
    if at is None or len(given) <= at:
        return None
    sizes = whole(folded(given[at], names))
    return None if sizes is None else [None, *sizes]


def keeps_sizes(layer: ast.Call) -> bool:
    """Is it an activation, a normalization or another layer whose output has its input's sizes?"""
    return bool(_SAME_SIZES.fullmatch(dotted(layer.func).rpartition(".")[2]))


def _layer(node: ast.Call, assigned: Assigned, line: int) -> ast.Call | None:
    """The call that makes what is called: `Layer(...)(x)`, or by the name that it is assigned."""
    name = dotted(node.func)
    made = assigned.to(name, line) if name else node.func
    return made if isinstance(made, ast.Call) else None


def _kept(node: ast.Call, layer: ast.Call | None) -> ast.expr | None:
    """The tensor whose sizes the call's output has; None where they may be others."""
    if layer is not None:
        return node.args[0] if node.args and keeps_sizes(layer) else None
    function = node.func
    last = function.attr if isinstance(function, ast.Attribute) else dotted(function)
    if isinstance(function, ast.Attribute) and _SAME_METHODS.fullmatch(last):
        return function.value
    if not _SAME_FUNCTIONS.fullmatch(last):
        return None
    if node.args:
        return node.args[0]
    return function.value if isinstance(function, ast.Attribute) else None


def _reshaped(node: ast.Call, layer: ast.Call | None, names: Mapping[str, Any]) -> list[Any] | None:
    """The sizes that a tensor is given: `x.view(-1, 16, 8)`, `tf.reshape(x, [-1, 8, 16])`,
    `w.expand(c, 1, 12)`."""
    if layer is not None:
        return stated_by(layer, names)
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in _RESHAPING:
        return None
    given = [folded(each, names) for each in node.args]
    if dotted(function.value) in _LIBRARIES:
        given = given[1:]
    given += [folded(each.value, names) for each in node.keywords if each.arg in _NEW_SHAPES]
    return row(given) or None
