"""The calls of a text, each read by its framework's own rule with what the text says beside it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..signature import Written
from ..spellings.known import read_call
from ..subject import Subject, Unreadable
from .context import Context, context_of
from .find import Fragment, fragments
from .fold import Name, dotted, folded

_TURNED = {
    "half": "float16",
    "double": "float64",
    "bfloat16": "bfloat16",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of the text with its `function`'s name and `line`: its `subject`, or the `error` that
    says why there is none; neither for a name that is not known. `aside`: in a comment."""

    function: str
    line: int
    subject: Subject | None = None
    error: Unreadable | None = None
    aside: bool = False


def calls_in(
    text: str, x: Shape | None, w: Shape | None, dtype: str | None, names: Mapping[str, Any]
) -> Iterator[Call]:
    """Every call by a name that may be known. `x`, `w`, `dtype` go before what the text says, as
    `names` do. Raises Unreadable for too many calls."""
    context = context_of(text)
    for fragment in fragments(text):
        if not isinstance(fragment, Fragment):
            line, wrong = fragment
            if wrong:
                error = Unreadable(f"{wrong}; accepted is a whole call")
                yield Call(function=wrong.partition("(")[0], line=line, error=error)
            continue
        yield _read(fragment, text, context, (x, w, dtype), names)


def _read(
    fragment: Fragment,
    text: str,
    context: Context,
    given: tuple[Shape | None, Shape | None, str | None],
    names: Mapping[str, Any],
) -> Call:
    function = dotted(fragment.node.func)
    read = Call(function=function, line=fragment.line, aside=fragment.aside)
    try:
        call = _written(fragment, context, context.names_at(fragment.line, names))
        return replace(read, subject=read_call(call, text, *given))
    except Unreadable as error:
        return replace(read, error=error)
    except RecursionError:
        deep = f"{function}(...) is nested too deep; accepted is a plainer call"
        return replace(read, error=Unreadable(deep))


def _written(fragment: Fragment, context: Context, names: Mapping[str, Any]) -> Written:
    node = fragment.node
    function = dotted(node.func)
    if any(isinstance(each, ast.Starred) for each in node.args) or any(
        each.arg is None for each in node.keywords
    ):
        raise Unreadable(
            f"{function}(...): * and ** are not followed; accepted are arguments written out"
        )
    applied = _applied(fragment, context)
    tensors = applied.args if applied is not None else node.args
    shapes = [context.shape(each, names) for each in tensors[:2]]
    if applied is None and not function.rpartition(".")[2][:1].islower():
        shapes = []
    asked = (
        next((each.value for each in applied.keywords if each.arg == "output_size"), None)
        if (applied)
        else None
    )
    return Written(
        function=function,
        positional=tuple(folded(each, names) for each in node.args),
        named={str(each.arg): folded(each.value, names) for each in node.keywords},
        text=ast.unparse(node),
        x=_known(shapes, 0),
        w=_known(shapes, 1) if applied is None else None,
        output_size=None if asked is None else _size(asked, context, names),
        dtype=_turned(fragment),
        line=fragment.line,
    )


def _size(node: ast.expr, context: Context, names: Mapping[str, Any]) -> Any:
    """What output_size says: sizes, or the tensor whose size() it is."""
    called = node.func if isinstance(node, ast.Call) and not node.args else None
    if isinstance(called, ast.Attribute) and called.attr == "size":
        return context.shape(called.value, names) or Name("size()")
    if isinstance(node, ast.Attribute) and node.attr == "shape":
        return context.shape(node.value, names) or Name("shape")
    return folded(node, names)


def _applied(fragment: Fragment, context: Context) -> ast.Call | None:
    """The call on what the call makes: at once, or by the name that it is assigned to."""
    for each in fragment.after:
        if isinstance(each, ast.Call) and not isinstance(each.func, ast.Attribute):
            return each
    return context.calls.get(fragment.target) if fragment.target else None


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
