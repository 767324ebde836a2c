"""The statements of a text, as far as it is Python: as a whole, or block by block where it is cut
off or has prose in it."""

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence

MOST_INSIDE = 6  # blocks around a block that is no Python
LONGEST_HEAD = 12  # lines of a `def`
LONGEST_LINE = 1000
MOST_LEFT_OUT = 2  # lines at the end of a block that is cut off
_FENCE = re.compile(r"(?m)^[ \t]*(?:```|~~~).*$")
_QUOTED = re.compile(r"""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|#[^\n]*""")
_BEGINS = re.compile(r"(?!(?:elif|else|except|finally)\b)[^\s)\]}]")
_HEAD = re.compile(r"(?:async[ ]+def|def|class)\b")
_WITH_BODY = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# of Python 2: `print "x", y`, `print >>f, x`, `raise E, "x"`, `except E, e:`, `exec "x"`
_PRINT = re.compile(
    r"(?m)^((?:.*[:;])?[ \t]*)print\b[ \t]*(?:>>[^,\n]*,?)?[ \t]*((?![(=,.)]).*?)[ \t]*$"
)
_RAISE = re.compile(r"(?m)^([ \t]*raise[ \t]+[\w.]+),[ \t]*(.+)$")
_EXEC = re.compile(r"(?m)^([ \t]*)exec[ \t]+((?![(=]).+)$")
_EXCEPT = re.compile(
    r"(?m)^([ \t]*except[ \t]+[\w.]+|[ \t]*except[ \t]*\([\w., ]+\)),[ \t]*(\w+)[ \t]*:"
)
_OPEN = {"(": ")", "[": "]", "{": "}"}


def statements(text: str) -> tuple[list[ast.stmt], bool]:
    """Those that can be read, and whether that is the whole text."""
    text = textwrap.dedent(_FENCE.sub("", text))
    whole = _parsed(text, 0)
    if whole is None:
        text = of_python_2(text)
        whole = _parsed(text, 0)
    if whole is not None:
        return whole, True
    return list(_in_blocks(text.split("\n"), 0, MOST_INSIDE)), False


def of_python_2(text: str) -> str:
    """With the statements of Python 2 that Python 3 has no more as it writes them, each in its own
    line."""
    text = _PRINT.sub(r"\1print(\2)", text)
    text = _RAISE.sub(r"\1(\2)", text)
    text = _EXEC.sub(r"\1exec(\2)", text)
    return _EXCEPT.sub(r"\1 as \2:", text)


def _parsed(text: str, above: int) -> list[ast.stmt] | None:
    try:
        body = ast.parse(text).body
        return [ast.increment_lineno(each, above) for each in body] if above else body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _in_blocks(lines: Sequence[str], above: int, depth: int) -> Iterator[ast.stmt]:
    """Of lines that have so many `above` them."""
    lines = _dedented(lines)
    starts = [at for at, line in enumerate(lines) if _BEGINS.match(line)] or [0]
    starts = sorted({0, *(at for at in starts if not at or lines[at - 1][:1] != "@")})
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield from _block(lines[start:end], above + start, depth)


def _dedented(lines: Sequence[str]) -> list[str]:
    """As far as the lines that begin something are: one that closes it may stand before them."""
    bare = [line.lstrip() for line in lines]
    pairs = list(zip(lines, bare, strict=True))
    margin = min((len(line) - len(own) for line, own in pairs if _BEGINS.match(own)), default=0)
    return [line[min(margin, len(line) - len(own)) :] for line, own in pairs]


def _block(lines: Sequence[str], above: int, depth: int) -> Iterator[ast.stmt]:
    if len(lines) == 1 and len(lines[0]) > LONGEST_LINE:
        return
    read = _parsed("\n".join(lines), above)
    if read is None and _HEAD.match(lines[0]):
        read = _cut_off(lines, above) or _by_head(lines, above, depth)
    if read is not None:
        yield from read
    elif len(lines) > 1:
        first = 1 if depth else len(lines)
        for at, line in enumerate(lines[:first]):
            yield from _block([line.strip()], above + at, 0)
        yield from _in_blocks(lines[1:], above + 1, depth - 1) if depth else ()


def _cut_off(lines: Sequence[str], above: int) -> list[ast.stmt] | None:
    """A function or class without its end: with the brackets closed that it leaves open."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    for left_out in range(min(MOST_LEFT_OUT + 1, len(lines))):
        text = "\n".join(lines[: len(lines) - left_out])
        closers = _closers(text)
        for end in (closers, f"{closers}: pass", " pass"):
            if read := _parsed(text + end, above):
                _extend(read[-1], above + len(lines))
                return read
    return None


def _extend(node: ast.stmt, last: int) -> None:
    """What is cut off goes on to the `last` line, with what stands last in it."""
    while isinstance(node, _WITH_BODY):
        node.end_lineno = last
        node = node.body[-1]


def _closers(text: str) -> str:
    waiting: list[str] = []
    for each in _QUOTED.sub("", text):
        if each in _OPEN:
            waiting.append(_OPEN[each])
        elif waiting and each == waiting[-1]:
            waiting.pop()
    return "".join(reversed(waiting))


def _by_head(lines: Sequence[str], above: int, depth: int) -> list[ast.stmt] | None:
    """A function or class with what can be read of its body."""
    for count in range(1, min(len(lines), LONGEST_HEAD) + 1):
        read = _parsed("\n".join(lines[:count]).rstrip() + " pass", above)
        if read and isinstance(read[0], _WITH_BODY):
            inside = _in_blocks(lines[count:], above + count, depth - 1) if depth else ()
            read[0].body = [*inside] or read[0].body
            read[0].end_lineno = above + len(lines)
            return read
    return None
