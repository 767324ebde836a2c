"""TOML files, one a backend, that hold an array of tables: what is wrong with one of them is said
with file and line."""

import re
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, Self, TypeVar

import msgspec

from convtranspose_cases.limits import LimitError, plain, shown, text_of
from convtranspose_reference.errors import UserError

from ..rules.predicate import PredicateError

T = TypeVar("T")
M = TypeVar("M")


class Wrong(UserError, ValueError):
    """What is wrong with the value of one `key` of an entry."""

    def __init__(self, key: str, message: object) -> None:
        self.key = key
        super().__init__(str(message))


@dataclass(frozen=True)
class TomlText:
    """A file's text; `where` is its name in errors, which are of the class `error`. An entry is the
    number of a [[`table`]], or 0 for the file's head."""

    text: str
    where: str
    table: str
    error: type[UserError]

    @classmethod
    def read(cls, path: Path, table: str, error: type[UserError]) -> Self:
        """The text of a file. Raises `error`."""
        try:
            return cls(text_of(path), plain(str(path)), table, error)
        except OSError as why:
            raise error(f"{path}: {why.strerror}") from why
        except LimitError as why:
            raise error(str(why)) from why

    def content(self, kind: type[T]) -> T:
        """What the file holds, its entries not yet looked at. Raises `error`."""
        try:
            return msgspec.convert(tomllib.loads(self.text), kind)
        except RecursionError as why:
            raise self.error(f"{self.where}: values are nested too deep") from why
        except msgspec.ValidationError as why:
            self.stop(0, _key_of(why), why, why)
        except ValueError as why:  # TOMLDecodeError is one; another is an integer of many digits
            raise self.error(f"{self.where}: {shown(str(why))}") from why

    def require_known(self, backend: str, known: Collection[str]) -> None:
        """Raises `error` for a backend that is neither `known` nor named as a module's is."""
        if backend not in known and not set(backend) & {":", ".", "@"}:
            accepted = ", ".join(sorted(known))
            self.stop(0, "backend", f"unknown backend {backend!r}; known: {accepted}")

    def made(
        self, number: int, entry: dict[str, Any], kind: type[T], make: Callable[[T, str], M]
    ) -> M:
        """What is made of an entry and of where it stands. Raises `error`."""
        try:
            return make(msgspec.convert(entry, kind), self.at(number))
        except (msgspec.ValidationError, PredicateError, Wrong) as why:
            self.stop(number, _key_of(why), why, why)

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def _heads(self) -> list[int]:
        """The lines, from 0, with which entries begin."""
        head = re.compile(rf"""\s*\[\[\s*["']?{self.table}["']?\s*\]\]""")
        return [i for i, line in enumerate(self._lines) if head.match(line)]

    def at(self, entry: int, key: str = "") -> str:
        """File and line of a key, of the entry's header where the key has none there."""
        return f"{self.where}:{self._line(entry, key)}"

    def stop(self, entry: int, key: str, message: object, why: Exception | None = None) -> NoReturn:
        raise self.error(f"{self.at(entry, key)}: {message}") from why

    def _line(self, entry: int, key: str) -> int:
        lines, heads = self._lines, self._heads
        if entry > len(heads):  # an array of tables written in one line
            in_one = (i for i, line in enumerate(lines) if line.lstrip().startswith(self.table))
            return next(in_one, 0) + 1
        start = heads[entry - 1] if entry else 0
        stop = next((i for i in heads if i > start), len(lines))
        named = (i for i in range(start, stop) if key and _key_in(lines[i]) == key)
        return next(named, start) + 1


def _key_in(line: str) -> str:
    return line.partition("=")[0].strip().strip("\"'")


def _key_of(error: Exception) -> str:
    """The key that an error is about, "" for the entry as a whole."""
    if isinstance(error, Wrong):
        return error.key
    if isinstance(error, PredicateError):
        return "when"
    named = re.search(r"\$\.(\w+)", str(error)) or re.search(r"unknown field `(\w+)`", str(error))
    return named[1] if named else ""
