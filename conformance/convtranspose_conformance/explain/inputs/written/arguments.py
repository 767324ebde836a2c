"""What a call is handed: its arguments worked out, and the tensors that it is applied to."""

import ast
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..signature import Written
from ..subject import Unreadable
from .context import Context
from .find import Fragment
from .fold import NameInText, dotted, folded
from .names.set_later import set_later
from .place import Place
from .sizes.applied import by_name
from .sizes.outputs import Outputs

_TURNED = {
    "half": "float16",
    "double": "float64",
    "bfloat16": "bfloat16",
}


def written_at(fragment: Fragment, outputs: Outputs, place: Place) -> Written:
    """The call of a fragment, with what is known where it stands. Raises Unreadable."""
    node, names = fragment.node, place.names
    function, text = dotted(node.func), ast.unparse(node)
    positional, named, stars = _arguments(node, names)
    _refuse_set(function, fragment, outputs.context, text)
    applied, there = _applied(fragment, outputs.context, place)
    tensors = _tensors(node, applied)
    shapes = [None if each is None else outputs.sizes(each, there) for each in tensors]
    if function.endswith("make_node"):
        inputs = positional[1] if len(positional) > 1 else named.get("inputs")
        several = inputs if isinstance(inputs, list | tuple) else ()
        shapes = [_of_graph(name, outputs, place) for name in several][:2]
    fed = outputs.fed(fragment.line, text, place) if applied is None and not shapes else None
    more = applied.keywords if applied else []
    asked = [each.value for each in more if each.arg == "output_size"]
    return Written(
        function=function,
        positional=tuple(positional),
        named=named,
        stars=stars,
        text=text,
        x=_known(shapes or [fed], 0),
        w=_known(shapes, 1) if applied is None else None,
        kernel=_kernel(shapes) if applied is None else None,
        b=_known(shapes, 2) if applied is None else None,
        output_size=_size(asked[0], outputs, there) if asked else None,
        dtype=_turned(fragment),
        scoped=outputs.context.scoped(fragment.line, function, place),
        line=fragment.line,
    )


def _refuse_set(function: str, fragment: Fragment, context: Context, text: str) -> None:
    """Raises Unreadable for a layer whose sizes the text sets once it is made."""
    later = set_later(context.module, fragment.target, fragment.line, text)
    if later is not None and not function.rpartition(".")[2][:1].islower():
        line, name = later
        raise Unreadable(
            f"{function}: line {line} sets {name} once the layer is made: accepted is a "
            f"layer that is made with this {name.rpartition('.')[2]}"
        )


def _of_graph(name: Any, outputs: Outputs, place: Place) -> list[Any] | None:
    """The sizes of a graph's value: as the graph states them, or those of the array that the text
    makes by that name, in small letters too."""
    if (stated := outputs.stated(name, place)) is not None:
        return stated
    same = (name, name.lower()) if isinstance(name, str) and name.isidentifier() else ()
    made = (outputs.sizes(ast.Name(id=each), place) for each in same)
    return next((sizes for sizes in made if sizes is not None), None)


# of functions: what they call X, W and B
_TENSORS = (
    ("input", "inputs", "value", "x", "lhs"),
    ("weight", "weights", "filter", "filters", "kernel", "w", "rhs"),
    ("bias",),
)


def _tensors(node: ast.Call, applied: ast.Call | None) -> list[ast.expr | None]:
    """The expressions of X, W and B: what a layer is applied to, or the first arguments of a
    function, by position or name."""
    if applied is not None:
        return list(applied.args[:1])
    name = dotted(node.func)
    of_node = (
        name == "ConvTranspose" and node.args[:1] and not isinstance(node.args[0], ast.Constant)
    )
    if not of_node and not name.rpartition(".")[2][:1].islower():
        return []
    named = {each.arg: each.value for each in node.keywords}
    by_name = (next((named[n] for n in names if n in named), None) for names in _TENSORS)
    return [*node.args[: len(_TENSORS)], *list(by_name)[len(node.args) :]]


def _arguments(
    node: ast.Call, names: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any], tuple[str, str]]:
    """By position and by name, those behind * and ** too; and what is behind them where it is not
    known. Raises Unreadable for a name that is given twice."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    keywords: list[str] = []
    star, double = "", ""
    for each in node.args:
        inner = each.value if isinstance(each, ast.Starred) else each
        value = folded(inner, names)
        if inner is each:
            positional.append(value)
        elif isinstance(value, list | tuple):
            positional.extend(value)
        else:
            star = star or ast.unparse(inner)
    for word in node.keywords:
        value = folded(word.value, names)
        if word.arg is not None:
            keywords.append(word.arg)
            named[word.arg] = value
        elif isinstance(value, dict):
            named |= value
        else:
            double = double or ast.unparse(word.value)
    if twice := [name for name, count in Counter(keywords).items() if count > 1]:
        raise Unreadable(f"{dotted(node.func)}: {twice[0]} is given twice: accepted is once")
    return positional, named, (star, double)


def _size(node: ast.expr, outputs: Outputs, place: Place) -> Any:
    """What output_size says: sizes, or the tensor whose size() it is."""
    called = node.func if isinstance(node, ast.Call) and not node.args else None
    if isinstance(called, ast.Attribute) and called.attr == "size":
        return outputs.sizes(called.value, place) or NameInText("size()")
    if isinstance(node, ast.Attribute) and node.attr == "shape":
        return outputs.sizes(node.value, place) or NameInText("shape")
    return folded(node, place.names)


def _applied(fragment: Fragment, context: Context, place: Place) -> tuple[ast.Call | None, Place]:
    """The call on what the call makes, at once or by the name that it is assigned to, and where
    that stands."""
    for each in fragment.after:
        if isinstance(each, ast.Call) and not isinstance(each.func, ast.Attribute):
            return each, place
    return by_name(context, fragment.line, fragment.target, place)


def _turned(fragment: Fragment) -> str:
    methods = [each.func for each in fragment.after if isinstance(each, ast.Call)]
    turned = [_TURNED.get(each.attr, "") for each in methods if isinstance(each, ast.Attribute)]
    return next(filter(None, turned), "")


def _kernel(shapes: list[list[Any] | None]) -> tuple[Any, ...] | None:
    """The spatial sizes of weights in PyTorch's order, where each is a number or names; None where
    they are not all said."""
    sizes = (shapes[1] if len(shapes) > 1 else None) or ()
    said = all(isinstance(each, int | NameInText) for each in sizes[2:])
    return tuple(sizes[2:]) if len(sizes) > 2 and said else None


def _known(shapes: list[list[Any] | None], number: int) -> tuple[int | None, ...] | None:
    """A tensor's sizes, None for those that are not numbers."""
    sizes = shapes[number] if len(shapes) > number else None
    if sizes is None:
        return None
    return tuple(size if type(size) is int and size > 0 else None for size in sizes)
