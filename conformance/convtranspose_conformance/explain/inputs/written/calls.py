"""The calls of a text, each read by its framework's own rule with what the text says beside it."""

import ast
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from convtranspose_reference.attributes import InvalidInput, Shape

from ..asked import Asked
from ..signature import Written
from ..spellings.known import read_call
from ..subject import Subject, Unreadable
from .aliases import aliases_in
from .context import Context, Place, context_of
from .find import Fragment, fragments
from .fold import Name, dotted, folded
from .listing import call_of
from .possible import possible
from .sizes.assigned import assigned_in
from .sizes.outputs import Outputs
from .sizes.said import Sizes, in_own_order, said_of_input

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
    found = list(fragments(text, aliases_in(text, context.module)))
    outputs = Outputs(context=context, alone=len(found) == 1)
    if not found and (listed := call_of(text)):
        yield from calls_in(listed, x, w, dtype, names)
    for fragment in found:
        if not isinstance(fragment, Fragment):
            line, wrong = fragment
            if wrong:
                error = Unreadable(f"{wrong}; accepted is a whole call")
                yield Call(function=wrong.partition("(")[0], line=line, error=error)
            continue
        for call in _read(fragment, text, outputs, (x, w, dtype), names):
            if call.subject:
                outputs.add(fragment.line, ast.unparse(fragment.node), call.subject)
            yield call


def _read(
    fragment: Fragment,
    text: str,
    outputs: Outputs,
    given: tuple[Shape | None, Shape | None, str | None],
    names: Mapping[str, Any],
) -> list[Call]:
    """A call, as often as loops around it make it; where the text leaves names open, as its own
    calls of the function around it have them."""
    context = outputs.context
    here = _each(fragment, text, outputs, given, context.places(fragment.line, names))
    if any(isinstance(call.error, Asked) for call in here):
        called = context.called(fragment.line, names)
        read = _each(fragment, text, outputs, given, called)
        return [call for call in read if call.subject] or here
    return here


def _each(
    fragment: Fragment,
    text: str,
    outputs: Outputs,
    given: tuple[Shape | None, Shape | None, str | None],
    places: list[Place],
) -> list[Call]:
    """Those of the places that differ."""
    found: dict[object, Call] = {}
    for place in places:
        call = _at(fragment, text, outputs, given, place)
        case = call.subject.case if call.subject else str(call.error)
        found.setdefault(case, call)
    return list(found.values())


def _at(
    fragment: Fragment,
    text: str,
    outputs: Outputs,
    given: tuple[Shape | None, Shape | None, str | None],
    place: Place,
) -> Call:
    function = dotted(fragment.node.func)
    read = Call(function=function, line=fragment.line, aside=fragment.aside)
    try:
        written = _written(fragment, outputs, place)
        subject = read_call(written, text, *given)
        if subject is not None and "x" in subject.assumed:
            said = said_of_input(text, fragment.line, alone=outputs.alone)
            subject = _on_said(subject, written, text, given, said)
        if subject is not None:
            subject = replace(subject, notes=(*subject.notes, *_beside(written, place)))
        return replace(read, subject=subject)
    except Asked as asked:
        again = partial(_holds, fragment, text, outputs, given, place, asked)
        return replace(read, error=possible(asked, again))
    except Unreadable as error:
        return replace(read, error=error)
    except RecursionError:
        deep = f"{function}(...) is nested too deep; accepted is a plainer call"
        return replace(read, error=Unreadable(deep))


def _on_said(
    subject: Subject,
    written: Written,
    text: str,
    given: tuple[Shape | None, Shape | None, str | None],
    said: list[Sizes],
) -> Subject:
    """On the input that the text speaks of, where it is one of this layer, and no two are."""
    found: dict[Shape, Subject] = {}
    for sizes in said:
        x = in_own_order(sizes, subject)
        with contextlib.suppress(Unreadable):
            again = read_call(replace(written, x=x), text, *given)
            if again is not None and "x" not in again.assumed:
                found[again.case.x_shape] = again
    return next(iter(found.values())) if len(found) == 1 else subject


def _holds(
    fragment: Fragment,
    text: str,
    outputs: Outputs,
    given: tuple[Shape | None, Shape | None, str | None],
    place: Place,
    asked: Asked,
    names: Mapping[str, Any],
) -> bool:
    """Is it a call under these names, and the usual weights?"""
    x, w, dtype = given
    w = asked.weights.usual if asked.weights else w
    there = replace(place, names={**place.names, **names})
    try:
        subject = read_call(_written(fragment, outputs, there), text, x, w, dtype)
        return subject is not None and min(subject.case.y_shape()) > 0
    except (Unreadable, InvalidInput):
        return False


def _beside(written: Written, place: Place) -> Iterator[str]:
    """What is to be known of a call that could be read: how the text makes it, and what it leaves
    to stars."""
    if place.said:
        yield f"the text makes it with {place.said}"
    stars = [f"{'*' * count}{star}" for count, star in enumerate(written.stars, 1) if star]
    if stars:
        yield f"what {' and '.join(stars)} may say beside is not known, and is left aside"


def _written(fragment: Fragment, outputs: Outputs, place: Place) -> Written:
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
