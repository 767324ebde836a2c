"""The shapes of tensors as a text makes them: `torch.randn(1, 16, 8, 8)`, `tf.zeros`, Keras's
`Input`, a `view` or `Reshape`, and what keeps sizes behind them."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fold import NameInText, dotted, folded
from .assigned import Assigned
from .scaled import scales

MOST_STEPS = 32  # from a tensor back to what makes it
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
_MODULES = (
    "torch.",
    "tf.",
    "np.",
    "numpy.",
    "jnp.",
    "tf.compat.v1.",
    "tensorflow.",
    "mx.nd.",
    "chainer.",
    "mx.",
    "paddle.",
    "Tensor.",
)
_RESHAPING = ("view", "reshape", "expand", "broadcast_to")
_SHAPES = ("shape", "newshape", "new_shape", "size")
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
    r"Soft(?:plus|sign)|Identity|Dropout|(?:Batch|Instance|Layer|Group)Normalization|Clip|Cast"
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
    through: tuple[ast.Call, ...] = ()
    name: ast.Name | None = None


def source_of(
    node: ast.expr, assigned: Assigned, names: Mapping[str, Any], line: int
) -> Source | None:
    """Where the tensor that an expression of a `line` stands for comes from, through names and what
    keeps its sizes; None where that is not known."""
    through: list[ast.Call] = []
    for _ in range(MOST_STEPS):
        if name := dotted(node):
            value = assigned.to(name, line)
            if value is None:
                if isinstance(node, ast.Name) and hasattr(node, "lineno"):
                    return Source(name=node, through=tuple(through))
                return None
            node, line = value, min(line, value.lineno)
            continue
        if not isinstance(node, ast.Call):
            return None
        kind, layer = _maker(node), _layer(node, assigned, line)
        inner = node.args[0] if kind == "inner" and node.args else _kept(node, layer)
        if inner is None and scales(layer or node) and node.args:
            through.append(layer or node)
            inner = node.args[0]
        if inner is None:
            sizes = _sizes(node, kind, names) if kind else _reshaped(node, layer, names)
            if sizes is None and kind:
                return None
            return Source(sizes=sizes, layer=layer or node, through=tuple(through))
        node = inner
    return None


def stated_by(layer: ast.Call, names: Mapping[str, Any]) -> list[Any] | None:
    """The sizes of the output that a layer says by itself, the batch open: `Reshape((7, 7, 256))`,
    `Unflatten(1, (256, 7, 7))`, `Input((7, 7, 256))`."""
    if _maker(layer) == "batched":
        return _sizes(layer, "batched", names)
    last = dotted(layer.func).rpartition(".")[2]
    named = {each.arg: each.value for each in layer.keywords}
    given = [*layer.args, *(named[n] for n in _TARGETS if n in named)]
    at = {"Reshape": 0, "Unflatten": 1 if layer.args else 0}.get(last)
    if at is None or len(given) <= at:
        return None
    sizes = _whole(folded(given[at], names))
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
    if f"{dotted(function.value)}." in _MODULES:
        given = given[1:]
    given += [folded(each.value, names) for each in node.keywords if each.arg in _SHAPES]
    return _row(given) or None


def _maker(node: ast.Call) -> str:
    name = dotted(node.func)
    for module in sorted(_MODULES, key=len, reverse=True):
        name = name.removeprefix(module)
    return _MAKERS.get(name, "")


def _sizes(node: ast.Call, kind: str, names: Mapping[str, Any]) -> list[Any] | None:
    named = {each.arg: each.value for each in node.keywords}
    given = [folded(each, names) for each in node.args]
    if kind and "shape" in named:
        return _whole(folded(named["shape"], names), batched=kind == "batched")
    if kind == "sizes":
        given = [folded(named["size"], names)] if "size" in named else given
        return _row(given)
    at = {"first": 0, "batched": 0, "second": 1}.get(kind, len(given))
    return _whole(given[at], batched=kind == "batched") if len(given) > at else None


def _row(given: list[Any]) -> list[Any] | None:
    """Sizes by themselves, or in a list; None for one name, which may be a list of several."""
    if len(given) == 1 and isinstance(given[0], NameInText):
        return None
    return _whole(given[0] if given and not isinstance(given[0], int | NameInText) else given)


def _whole(sizes: Any, *, batched: bool = False) -> list[Any] | None:
    """The sizes where they are some, None for what is left open."""
    if not isinstance(sizes, list | tuple):
        return None
    if not all(size is None or isinstance(size, NameInText) or type(size) is int for size in sizes):
        return None
    return [*([None] * batched), *(None if size == -1 else size for size in sizes)]
