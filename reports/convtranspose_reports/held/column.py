"""Numbers that are added at their end, all but the last some thousand on disk."""

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain

from .numbers import HeldNumbers, width_of
from .spill import Spill

RECENT = 2**10  # numbers that memory holds before they go on


class Column:
    """Whole numbers from 0, of four bytes each, or of eight (`code` is `array`'s word for them)."""

    __slots__ = ("_code", "_recent", "_size", "_spill", "largest")

    def __init__(self, numbers: Iterable[int] = (), code: str = "I") -> None:
        self._code, self._recent, self._spill = code, array(code), Spill()
        self._size = self._recent.itemsize
        self.largest = 0
        for number in numbers:
            self.append(number)

    def append(self, number: int) -> None:
        """Puts a number behind the others. Raises OverflowError for one that has no room."""
        self._recent.append(number)
        if number > self.largest:
            self.largest = number
        if len(self._recent) >= RECENT:
            self._spill.add(self._recent.tobytes())
            del self._recent[:]

    def __len__(self) -> int:
        return len(self._spill) // self._size + len(self._recent)

    def numbers(self) -> HeldNumbers:
        """All of them, in as few bytes each as they need."""
        return HeldNumbers(lambda: self, len(self), width_of(self.largest))

    def __getitem__(self, place: int) -> int:
        before = len(self._spill) // self._size
        if place >= before:
            return self._recent[place - before]
        found = array(self._code)
        found.frombytes(self._spill.read(place * self._size, (place + 1) * self._size))
        return found[0]

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self._arrays())

    def _arrays(self) -> "Iterator[array[int]]":
        for block in self._spill.blocks():
            numbers = array(self._code)
            numbers.frombytes(block)
            yield numbers
        yield self._recent
