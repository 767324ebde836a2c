"""A call as Python text, read with `ast` and matched to a signature of the framework. Nothing in it
is ever evaluated."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .subject import Unreadable


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name in the text, such as `torch.float16`: kept as text."""

    text: str


class Opaque(Name):
    """An expression that is neither a literal nor a name; what it is worth is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A call as it is written: the `function`'s dotted name, positional and keyword arguments, and
    its `text`.

    `applied`: what it makes is called in turn, as in `Layer(...)(x)`; the arguments of that call
    are left out.
    """

    function: str
    positional: tuple[Any, ...]
    named: Mapping[str, Any]
    text: str = field(repr=False)
    applied: bool = False


def written(text: str) -> Written:
    """The one call in `text`, or the call behind `layer = `, or the layer that is called with an
    input. Raises Unreadable."""
    accepted = (
        "accepted is one call, such as nn.ConvTranspose2d(16, 8, 3, stride=2) or "
        "keras.layers.Conv2DTranspose(8, 3)"
    )
    try:
        body = ast.parse(text.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        what = error.msg if isinstance(error, SyntaxError) else "not Python"
        raise Unreadable(f"{_shown(text)}: {what}; {accepted}") from None
    node = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr | ast.Assign) else None
    if applied := isinstance(node, ast.Call) and isinstance(node.func, ast.Call):
        node = node.func
    if not isinstance(node, ast.Call) or not (function := _dotted(node.func)):
        raise Unreadable(f"{_shown(text)}: no call; {accepted}")
    if any(isinstance(each, ast.Starred) for each in node.args) or any(
        each.arg is None for each in node.keywords
    ):
        raise Unreadable(
            f"{function}(...): * and ** are not followed; accepted are arguments written out"
        )
    return Written(
        function=function,
        positional=tuple(_value(each) for each in node.args),
        named={str(each.arg): _value(each.value) for each in node.keywords},
        text=ast.unparse(node),
        applied=applied,
    )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        name = _dotted(node)
        return Name(name) if name else Opaque(ast.unparse(node))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Arguments by name, the signature's defaults filled in."""

    function: str
    values: Mapping[str, Any]

    def wrong(self, name: str, accepted: str) -> Unreadable:
        """The error for one argument: what was value, what is accepted."""
        value = self.values[name]
        return Unreadable(
            f"{self.function}: {name}={value.text if isinstance(value, Name) else repr(value)}: "
            f"accepted is {accepted}"
        )

    def integer(self, name: str, least: int) -> int:
        """An integer of at least `least`. Raises Unreadable."""
        value = self.values[name]
        if type(value) is not int or value < least:
            raise self.wrong(name, f"an integer of at least {least}")
        return value

    def per_axis(self, name: str, rank: int, least: int) -> tuple[int, ...]:
        """One integer for all axes, or one for each. Raises Unreadable."""
        value = self.values[name]
        each = (value,) * rank if type(value) is int else value
        whole = isinstance(each, tuple | list) and all(type(v) is int and v >= least for v in each)
        if not whole or len(each) not in (rank, 1) or (len(each) == 1 and rank > 1):
            raise self.wrong(
                name,
                f"an integer of at least {least}"
                + (f", or {rank} of them" if rank > 1 else ", or a tuple of one"),
            )
        return tuple(each)

    def truth(self, name: str) -> bool:
        value = self.values[name]
        if type(value) is not bool:
            raise self.wrong(name, "True or False")
        return value

    def word(self, name: str, words: tuple[str, ...]) -> str:
        """One of `words`, in any case of letters. Raises Unreadable."""
        value = self.values[name]
        if not isinstance(value, str) or value.lower() not in words:
            raise self.wrong(name, " or ".join(f'"{word}"' for word in words))
        return value.lower()


REQUIRED = Name("")


def bound(call: Written, signature: Mapping[str, Any], extra: tuple[str, ...] = ()) -> Bound:
    """The call's arguments by the signature's names, in its order; REQUIRED is a default that is
    none, `extra` are ignored keywords.

    Raises Unreadable for an argument too many, unknown, given twice or missing.
    """
    names = list(signature)
    if len(call.positional) > len(names):
        raise Unreadable(
            f"{call.function}: {len(call.positional)} positional arguments: accepted are "
            f"{len(names)}: {', '.join(names)}"
        )
    values = dict(signature) | dict(zip(names, call.positional, strict=False))
    for name, value in call.named.items():
        if name in names[: len(call.positional)]:
            raise Unreadable(
                f"{call.function}: {name} is given twice, by position and by name: accepted is once"
            )
        if name not in signature and name not in extra:
            raise Unreadable(
                f"{call.function}: {name}: no such argument: accepted are {', '.join(names)}"
            )
        values[name] = value
    missing = [name for name, value in values.items() if value is REQUIRED]
    if missing:
        raise Unreadable(
            f"{call.function}: {', '.join(missing)} missing: accepted are {', '.join(names)}"
        )
    return Bound(function=call.function, values=values)
