"""Calls found anywhere in a text: by their names, up to the parenthesis that closes them."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ..subject import Unreadable
from .aliases import with_alias
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
    first, its `line`, the name that it is assigned to, and whether it stands in a comment or a
    docstring, where prose may look like it."""

    node: ast.Call
    after: tuple[ast.expr, ...]
    line: int
    target: str
    aside: bool


def is_known(name: str) -> bool:
    """May it be the name of a layer or function that is read?"""
    return bool(_CALL.fullmatch(f"{name}("))


def fragments(
    text: str, aliases: Mapping[str, ast.Call] | None = None
) -> Iterator[Fragment | tuple[int, str]]:
    """Every call by a name that may be known, or by one of its `aliases`, in order; a line and what
    is wrong for one that is not closed or is no Python. Raises Unreadable for too many."""
    known = {n: call for n, call in (aliases or {}).items() if is_known(dotted(call.func))}
    matches = list(_CALL.finditer(text))
    if known:
        others = "|".join(map(re.escape, known))
        by_another = re.compile(rf"(?<![\w.])(?P<name>{others})[ \t]*\(")
        matches = sorted([*matches, *by_another.finditer(text)], key=lambda match: match.start())
    for number, match in enumerate(matches):
        if number == MOST_CALLS:
            raise Unreadable(f"more than {MOST_CALLS} calls; accepted is a shorter text")
        start = text.rfind("\n", 0, match.start()) + 1
        before = text[max(start, match.start() - LONGEST_PREFIX) : match.start()]
        if _DEFINED.search(before):
            continue
        fragment = _fragment(text, match, before)
        if isinstance(fragment, Fragment) and match["name"] in known:
            node = with_alias(fragment.node, known[match["name"]])
            fragment = replace(fragment, node=node)
        yield fragment


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
