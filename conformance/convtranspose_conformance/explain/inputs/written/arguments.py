"""What a call is handed: its arguments worked out, and the tensors that it is applied to."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..signature import Written
from .context import Context, Place
from .find import Fragment
from .fold import Name, dotted, folded
from .sizes.assigned import assigned_in
from .sizes.outputs import Outputs

_TURNED = {
    "half": "float16",
    "double": "float64",
    "bfloat16": "bfloat16",
}


def written_at(fragment: Fragment, outputs: Outputs, place: Place) -> Written:
    """The call of a fragment, with what is known where it stands."""
    node, names = fragment.node, place.names
    function, text = dotted(node.func), ast.unparse(node)
    positional, named, stars = _arguments(node, names)
    applied, there = _applied(fragment, outputs.context, place)
    shapes = [outputs.sizes(each, there) for each in _tensors(node, applied)]
    if function.endswith("make_node"):
        inputs = positional[1] if len(positional) > 1 else named.get("inputs")
        shapes = [outputs.stated(name, place) for name in inputs or ()][:2]
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
        output_size=_size(asked[0], outputs, there) if asked else None,
        dtype=_turned(fragment),
        scoped=outputs.context.scoped(fragment.line, function, place),
        line=fragment.line,
    )


def _tensors(node: ast.Call, applied: ast.Call | None) -> list[ast.expr]:
    """The expressions of X and of W: what a layer is applied to, or the first two arguments of a
    function."""
    if applied is not None:
        return applied.args[:1]
    is_function = dotted(node.func).rpartition(".")[2][:1].islower()
    return node.args[:2] if is_function else []


def _arguments(
    node: ast.Call, names: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any], tuple[str, str]]:
    """By position and by name, those behind * and ** too; and what is behind them where it is not
    known."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
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
            named[word.arg] = value
        elif isinstance(value, dict):
            named |= value
        else:
            double = double or ast.unparse(word.value)
    return positional, named, (star, double)


def _size(node: ast.expr, outputs: Outputs, place: Place) -> Any:
    """What output_size says: sizes, or the tensor whose size() it is."""
    called = node.func if isinstance(node, ast.Call) and not node.args else None
    if isinstance(called, ast.Attribute) and called.attr == "size":
        return outputs.sizes(called.value, place) or Name("size()")
    if isinstance(node, ast.Attribute) and node.attr == "shape":
        return outputs.sizes(node.value, place) or Name("shape")
    return folded(node, place.names)


def _applied(fragment: Fragment, context: Context, place: Place) -> tuple[ast.Call | None, Place]:
    """The call on what the call makes, at once or by the name that it is assigned to, and where
    that stands."""
    for each in fragment.after:
        if isinstance(each, ast.Call) and not isinstance(each.func, ast.Attribute):
            return each, place
    call = context.applied(fragment.line, fragment.target) if fragment.target else None
    if call is None or context.module.at(call.lineno) is context.module.at(fragment.line):
        return call, place if call is None else replace(place, line=call.lineno)
    there = [Place()] if _is_open(call, context) else context.places(call.lineno, place.given)
    return call, there[0] if len(there) == 1 else Place()


def _is_open(call: ast.Call, context: Context) -> bool:
    """Is all that a layer is applied to a name of which nothing is known where it stands?"""
    name = dotted(call.args[0]) if len(call.args) == 1 and not call.keywords else ""
    assigned = assigned_in(context.module.at(call.lineno))
    return bool(name) and assigned.to(name, call.lineno) is None


def _turned(fragment: Fragment) -> str:
    methods = [each.func for each in fragment.after if isinstance(each, ast.Call)]
    turned = [_TURNED.get(each.attr, "") for each in methods if isinstance(each, ast.Attribute)]
    return next(filter(None, turned), "")


def _known(shapes: list[list[Any] | None], number: int) -> tuple[int | None, ...] | None:
    """A tensor's sizes, None for those that are not numbers."""
    sizes = shapes[number] if len(shapes) > number else None
    if sizes is None:
        return None
    return tuple(size if type(size) is int and size > 0 else None for size in sizes)
