"""The text of a TOML file that holds an array of tables, so that what is wrong with one of them is
said with file and line."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

from convtranspose_reference.errors import UserError


@dataclass(frozen=True)
class TomlText:
    """A file's text; `where` is its name in errors, which are of the class `error`. An entry is the
    number of a [[`table`]], or 0 for the file's head."""

    text: str
    where: str
    table: str
    error: type[UserError]

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def _head(self) -> re.Pattern[str]:
        return re.compile(rf"""\s*\[\[\s*["']?{self.table}["']?\s*\]\]""")

    def at(self, entry: int, key: str = "") -> str:
        """File and line of a key, of the entry's header where the key has none there."""
        return f"{self.where}:{self._line(entry, key)}"

    def stop(self, entry: int, key: str, message: object, why: Exception | None = None) -> NoReturn:
        raise self.error(f"{self.at(entry, key)}: {message}") from why

    def _line(self, entry: int, key: str) -> int:
        lines = self._lines
        heads = [i for i, line in enumerate(lines) if self._head.match(line)]
        if entry > len(heads):  # an array of tables written in one line
            in_one = (i for i, line in enumerate(lines) if line.lstrip().startswith(self.table))
            return next(in_one, 0) + 1
        start = heads[entry - 1] if entry else 0
        stop = next((i for i in heads if i > start), len(lines))
        named = (i for i in range(start, stop) if key and _key_in(lines[i]) == key)
        return next(named, start) + 1


def _key_in(line: str) -> str:
    return line.partition("=")[0].strip().strip("\"'")
