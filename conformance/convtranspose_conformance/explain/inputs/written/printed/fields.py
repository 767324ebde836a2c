"""The text format of protobuf as fields of messages, each with all that is said of it."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r'#[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[{}<>\[\]:;,]|[-+\w./]+|(\S)')
_INTEGER = re.compile(r"-?\d{1,19}")

Message = dict[str, list[Any]]


def parsed(text: str, at: int) -> tuple[Message, int]:
    """The fields that begin there, up to what is none or is not closed, and where they end; nothing
    where it is the message of a node or layer itself that is not closed."""
    tokens = _Tokens(rest=(m for m in _TOKEN.finditer(text, at) if m[0][0] != "#"), end=at)
    message: Message = {}
    end = at
    with contextlib.suppress(RecursionError):
        try:
            while _field(tokens, message):
                end = tokens.end
        except _UnclosedError:
            if {"op_type", "type"} & set(message):
                return {}, at
        return message, end
    return {}, at


def inner(message: Message, key: str) -> list[Message]:
    """The messages of a field."""
    return [each for each in message.get(key, ()) if isinstance(each, dict)]


def words(message: Message, key: str) -> list[str]:
    """The strings and bare words of a field."""
    return [each for each in message.get(key, ()) if isinstance(each, str)]


def integers(message: Message, key: str) -> list[int]:
    """The integers of a field."""
    return [each for each in message.get(key, ()) if type(each) is int]


def scalars(message: Message, key: str) -> list[str | int | bool]:
    """What a field says without a message."""
    return [each for each in message.get(key, ()) if isinstance(each, str | int)]


def messages(message: Message) -> Iterator[Message]:
    """A message and all within it."""
    yield message
    for key in message:
        for each in inner(message, key):
            yield from messages(each)


class _UnclosedError(ValueError):
    """A message that something else than a field is in, or that ends with the text."""


@dataclass(slots=True, kw_only=True)
class _Tokens:
    """Tokens one by one, with where the last one ends."""

    rest: Iterator[re.Match[str]]
    end: int
    ahead: re.Match[str] | None = None

    def next(self) -> str:
        """The next one, which stays; empty at the end."""
        self.ahead = self.ahead or next(self.rest, None)
        return self.ahead[0] if self.ahead else ""

    def pop(self) -> str:
        token = self.next()
        if self.ahead is None:
            raise _UnclosedError
        self.end, self.ahead = self.ahead.end(), None
        return token


def _field(tokens: _Tokens, found: Message) -> bool:
    """Is a field next? It is then put to those that are found."""
    while tokens.next() and tokens.next() in ",;":
        tokens.pop()
    if not tokens.next().isidentifier():
        return False
    key = tokens.pop()
    if tokens.next() not in (":", "{", "<"):
        return False
    if tokens.next() == ":":
        tokens.pop()
    found.setdefault(key, []).extend(_values(tokens))
    return True


def _values(tokens: _Tokens) -> list[Any]:
    token = tokens.pop()
    if token in "{<":
        held: Message = {}
        while _field(tokens, held):
            pass
        if tokens.pop() != ("}" if token == "{" else ">"):
            raise _UnclosedError
        return [held]
    if token == "[":
        return _several(tokens)
    if token in "}>]:;,":
        raise _UnclosedError
    return [_scalar(token)]


def _several(tokens: _Tokens) -> list[Any]:
    several: list[Any] = []
    while tokens.next() != "]":
        if tokens.next() == ",":
            tokens.pop()
        else:
            several += _values(tokens)
    tokens.pop()
    return several


def _scalar(token: str) -> Any:
    if token[0] in "\"'":
        return token[1:-1]
    if _INTEGER.fullmatch(token):
        return int(token)
    return {"true": True, "false": False}.get(token, token)
