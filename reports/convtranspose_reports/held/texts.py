"""Texts that are added at their end and read anywhere, on disk where they are many."""

from collections.abc import Iterator

from .by_number import ByNumber
from .column import Column
from .spill import Spill

_AS_THEY_ARE = "surrogatepass"  # half a character, too, comes back


def as_bytes(text: str) -> bytes:
    """Any text, without loss."""
    return text.encode(errors=_AS_THEY_ARE)


class Lines(ByNumber[bytes]):
    """Byte strings, each by its number."""

    __slots__ = ("_ends", "_spill")

    def __init__(self) -> None:
        self._spill, self._ends = Spill(), Column(code="Q")

    def append(self, line: bytes) -> None:
        """Puts one behind the others."""
        self._spill.add(line)
        self._ends.append(len(self._spill))

    def __len__(self) -> int:
        return len(self._ends)

    def _at(self, number: int) -> bytes:
        return self._spill.read(self._ends[number - 1] if number else 0, self._ends[number])

    def __iter__(self) -> Iterator[bytes]:
        start = 0
        for end in self._ends:
            yield self._spill.read(start, end)
            start = end


class Texts(ByNumber[str]):
    """Texts, each by its number."""

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        self._lines = Lines()

    def append(self, text: str) -> None:
        """Puts one behind the others."""
        self._lines.append(as_bytes(text))

    def __len__(self) -> int:
        return len(self._lines)

    def _at(self, number: int) -> str:
        return self._lines[number].decode(errors=_AS_THEY_ARE)

    def __iter__(self) -> Iterator[str]:
        return (line.decode(errors=_AS_THEY_ARE) for line in self._lines)
