"""What the calls of a text make of each other's outputs: the sizes of a tensor, through the calls
that were read before."""

import ast
import contextlib
import io
import re
import textwrap
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from convtranspose_reference.attributes import InvalidInput

from ...subject import Subject
from ..context import Context
from ..fold import dotted, folded
from ..place import Place
from .applied import model_call, of_container
from .axes import moved, moves
from .containers import opened, standing
from .scaled import scaled, scales
from .tensors import Source, keeps_sizes, stated_by

_STATING = ("make_tensor_value_info", "make_tensor")
_CHANNELS_LAST = ("keras", "tensorflow", "flax", "jax")
_LAST = re.compile(r"""["']N[DHW]+C["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The calls that were `read` so far, by line and text; `lines`: those of the
    text, where there are several calls to read."""

    context: Context
    lines: Sequence[str] = ()
    read: dict[tuple[int, str], list[Subject]] = field(default_factory=dict)

    def add(self, line: int, text: str, subject: Subject) -> None:
        self.read.setdefault((line, text), []).append(subject)

    def prose(self, text: str) -> str:
        """What a text says in words: of Python its comments, and what an interpreter printed, since
        what its code says of tensors is followed."""
        straight = self.context.module.straight
        if not straight:
            return text
        shown = [ast.unparse(each) for each in straight if _is_shown(each)]
        return "\n".join([*shown, *_comments(text)])

    def sizes(self, node: ast.expr, place: Place) -> list[Any] | None:
        """The sizes of a tensor, in the order of the text; None where they are not known."""
        return self._of(place.source(node), place)

    def _handed(self, node: ast.Name) -> list[Any] | None:
        """The sizes of what the text's one model is called on, where the name is the input of its
        `forward`."""
        call = model_call(self.context, node)
        if call is None:
            return None
        places = self.context.places(call.lineno, {})
        return self.sizes(call.args[0], places[0]) if len(places) == 1 else None

    def fed(self, line: int, text: str, place: Place) -> list[Any] | None:
        """The sizes of what the container around a call feeds to it: what runs before it there, or
        what the container itself is applied to."""
        found = standing(self.context.module, line, text)
        if found is None:
            return None
        return self._behind(found.before, found.makes, place)

    def _behind(
        self, before: Sequence[ast.expr], makes: ast.Call | None, place: Place
    ) -> list[Any] | None:
        """The sizes behind what runs one after the other, the last first, in the container that a
        call makes."""
        through: list[ast.expr] = []
        for each in before:
            if not isinstance(each, ast.Call):
                return None
            if scales(each):
                through.append(each)
            elif not keeps_sizes(each):
                sizes = stated_by(each, place.names) or self._of(Source(layer=each), place)
                return _scaled(sizes, through, place)
        return _scaled(None if makes is None else self._into(makes, place), through, place)

    def _into(self, makes: ast.Call, place: Place) -> list[Any] | None:
        """The sizes of what a container is applied to."""
        if standing(self.context.module, makes.lineno, ast.unparse(makes)) is not None:
            return self.fed(makes.lineno, ast.unparse(makes), place)
        call, there = of_container(self.context, makes, place)
        return self.sizes(call.args[0], there) if call is not None and call.args else None

    def stated(self, name: Any, place: Place) -> list[Any] | None:
        """The sizes that the text states of a graph's value by its name: `make_tensor_value_info(
        "x", FLOAT, [1, 16, 8, 8])`; None where it states none, or several."""
        statements = [
            folded(call.args[2], place.names)
            for scope in self.context.module.every()
            for call in scope.calls
            if dotted(call.func).rpartition(".")[2] in _STATING
            and len(call.args) > 2
            and folded(call.args[0], place.names) == name
        ]
        sizes = [list(each) for each in statements if isinstance(each, list | tuple)]
        return sizes[0] if len(sizes) == 1 == len(statements) else None

    def _of(self, source: Source | None, place: Place) -> list[Any] | None:
        if source is None:
            return None
        return _scaled(self._made(source, place), source.through, place)

    def _made(self, source: Source, place: Place) -> list[Any] | None:
        if source.name is not None:
            return self._handed(source.name)
        if source.layer is None or source.sizes is not None:
            return source.sizes
        if row := opened(source.layer):
            return self._behind(row[::-1], source.layer, place)
        text = ast.unparse(source.layer)
        made = self.read.get((source.layer.lineno, text), [])
        if len(made) != 1:
            return None
        return _in_own_order(made[0], last="channels_first" not in text)


def _comments(text: str) -> list[str]:
    """Those of a text that is Python."""
    found: list[str] = []
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(textwrap.dedent(text)).readline):
            found += [token.string] * (token.type == tokenize.COMMENT)
    return found


def _scaled(sizes: list[Any] | None, through: Sequence[ast.expr], place: Place) -> list[Any] | None:
    """The sizes behind what changes them, the last of which is the first."""
    for each in reversed(through):
        if sizes is not None and moves(each) is not None:
            sizes = moved(sizes, each, place.names)
        elif sizes is not None:
            sizes = scaled(sizes, each, place.names) if isinstance(each, ast.Call) else None
    return sizes


def _is_shown(node: ast.stmt) -> bool:
    """Is it `x.shape`, or sizes alone, as a session shows them?"""
    value = node.value if isinstance(node, ast.Expr) else None
    name = dotted(value.func).rpartition(".")[2] if isinstance(value, ast.Call) else ""
    return name in ("Size", "TensorShape") or isinstance(
        value, ast.Attribute | ast.Tuple | ast.List
    )


def channels_last(subject: Subject) -> bool:
    """Has the call's framework the channels behind the spatial axes? JAX's convolution has them
    first, unless its dimension_numbers say otherwise."""
    if subject.origin.function.endswith("conv_general_dilated"):
        return bool(_LAST.search(subject.title))
    return subject.origin.framework in _CHANNELS_LAST


def _in_own_order(subject: Subject, *, last: bool) -> list[Any] | None:
    """Y's sizes as its framework has them, None for those that are assumed, or hang on some that
    are; None where all of them do."""
    try:
        n, m, *sizes = list[Any](subject.case.y_shape())
    except InvalidInput:
        return None
    channels = None if "M" in subject.assumed else m
    if "x" in subject.assumed:
        n, sizes = None, [None] * len(sizes)
        if channels is None:
            return None
    if last and channels_last(subject):
        return [n, *sizes, channels]
    return [n, channels, *sizes]
