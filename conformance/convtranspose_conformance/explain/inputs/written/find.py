"""Calls found anywhere in a text: by their names, up to the parenthesis that closes them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..subject import Unreadable
from .aliases import Aliases, chosen_at_once, with_alias
from .fold import dotted

MOST_CALLS = 2000
LONGEST_CALL = 4000
LONGEST_PREFIX = 400
_CALL = re.compile(
    r"(?<![\w.])(?P<name>(?:[A-Za-z_]\w*\.)*"
    r"(?:(?:Lazy)?Conv(?:Transpose)?[123]d|(?:Conv|Convolution)[123]D(?:Transpose)?"
    r"|Conv[123]dTranspose|conv(?:_transpose)?[123]d|conv[123]d_transpose|convolution2d_transpose"
    r"|conv_transpose|conv_general_dilated|ConvTranspose|Deconvolution(?:[123]D)?"
    r"|(?:TransposedConv|Deconv)[23]DLayer|make_node"
    r"|(?<=(?:nn|nx)\.)Conv|(?<=en\.)Conv|(?<=\.)Convolution))[ \t]*\("
)
_DEFINED = re.compile(r"\b(?:class|def)[ \t]+$")
_TARGET = re.compile(r"(?<![\w.])([A-Za-z_][\w.]*)[ \t]*=[ \t]*(?:[\w.]+\([ \t]*)?$")
_QUOTED = re.compile(
    r"""\'\'\'.*?\'\'\'|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*\"""", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A call as text: the `node` of what makes it, the calls on what it makes (`after`), the first
    first, its `line`, the name that it is assigned to, whether it stands in a comment or a
    docstring, where prose may look like it, and what its name stands for besides (`others`)."""

    node: ast.Call
    after: tuple[ast.expr, ...]
    line: int
    target: str
    aside: bool
    others: tuple[str, ...] = ()


def is_known(name: str) -> bool:
    """May it be the name of a layer or function that is read?"""
    return bool(_CALL.fullmatch(f"{name}("))


def fragments(text: str, aliases: Aliases | None = None) -> Iterator[Fragment | tuple[int, str]]:
    """Every call by a name that may be known, or by one of its `aliases`, in order, several where
    that may be one of several layers; a line and what is wrong for one that is not closed or is no
    Python. Raises Unreadable for too many."""
    aliases = aliases or Aliases()
    matches = list(_CALL.finditer(text))
    stand = aliases.every().items()
    if known := [n for n, calls in stand if any(is_known(dotted(c.func)) for c in calls)]:
        by_another = re.compile(rf"(?<![\w.])(?P<name>{'|'.join(map(re.escape, known))})[ \t]*\(")
        others = (each for each in by_another.finditer(text) if not is_known(each["name"]))
        matches = sorted([*matches, *others], key=lambda match: match.start())
    for number, match in enumerate(matches):
        if number == MOST_CALLS:
            raise Unreadable(f"more than {MOST_CALLS} calls; accepted is a shorter text")
        start = text.rfind("\n", 0, match.start()) + 1
        before = text[max(start, match.start() - LONGEST_PREFIX) : match.start()]
        if _DEFINED.search(before):
            continue
        line = text.count("\n", 0, match.start()) + 1
        layers = [] if is_known(match["name"]) else list(aliases.of(match["name"], line))
        if layers and not any(is_known(dotted(layer.func)) for layer in layers):
            continue
        if layers or is_known(match["name"]):
            yield from _standing_for(_fragment(text, match, before), layers)
    for call, layers in chosen_at_once(aliases.module):
        whole = Fragment(node=call, after=(), line=call.lineno, target="", aside=False)
        yield from _standing_for(whole, layers)


def _standing_for(
    fragment: Fragment | tuple[int, str], layers: list[ast.Call]
) -> Iterator[Fragment | tuple[int, str]]:
    """The call with each of the layers that its name may stand for, those that may be known."""
    if not isinstance(fragment, Fragment) or not layers:
        yield fragment
        return
    names = list(dict.fromkeys(dotted(layer.func) for layer in layers))
    for layer in layers:
        if is_known(own := dotted(layer.func)):
            others = tuple(name for name in names if name != own)
            yield replace(fragment, node=with_alias(fragment.node, layer), others=others)


def _fragment(text: str, match: re.Match[str], before: str) -> Fragment | tuple[int, str]:
    line = text.count("\n", 0, match.start()) + 1
    comment = "#" in _QUOTED.sub("", before)
    behind = text[match.start() : match.end() + LONGEST_CALL]
    behind = re.sub(r"(?m)^[ \t]*#+ ?", "", behind) if comment else behind
    closed = _closed(behind)
    if closed is None:
        return (line, f"{match['name']}(...) is not closed")
    try:
        whole = ast.parse(closed.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (line, "" if comment else f"{match['name']}(...) is no Python")
    after: list[ast.expr] = []
    while not (isinstance(whole, ast.Call) and _is_named(whole.func)) or _method(whole):
        after.insert(0, whole)
        inner = whole.func if isinstance(whole, ast.Call) else getattr(whole, "value", None)
        if not isinstance(inner, ast.expr):
            return (line, "" if comment else f"{match['name']}(...) is no call of it")
        whole = inner
    target = _TARGET.search(before)
    return Fragment(
        node=whole,
        after=tuple(after),
        line=line,
        target=target[1] if target else "",
        aside=comment,
    )


def _is_named(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _method(node: ast.expr) -> bool:
    """Not the first call: one on what another makes."""
    return isinstance(node, ast.Call) and not _is_named(node.func)


def _closed(text: str) -> str | None:
    """From a name to the parenthesis that closes its call, and the calls behind it: `f(1).cuda()`,
    `f(1)(x)`. None where it is not closed."""
    end = _end(text, text.index("("))
    if end is None:
        return None
    for _ in range(4):
        more = re.compile(r"(?:\.\w+)?[ \t]*\(").match(text, end)
        further = _end(text, more.end() - 1) if more else None
        if further is None:
            break
        end = further
    return text[:end]


def _end(text: str, at: int) -> int | None:
    depth = 0
    while at < len(text):
        character = text[at]
        if character in "\"'":
            quoted = _QUOTED.match(text, at)
            if quoted is None:
                return None
            at = quoted.end()
            continue
        if character == "#":
            at = text.find("\n", at)
            if at < 0:
                return None
        depth += (character in "([{") - (character in ")]}")
        at += 1
        if depth == 0:
            return at
    return None
