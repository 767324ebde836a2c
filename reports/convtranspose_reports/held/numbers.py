"""Numbers that are read as often as they are needed and never held."""

import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

PIECE = 2**12  # numbers that become bytes at once
_CODES = {1: "B", 2: "H", 4: "I"}


class HeldNumbers(Iterable[int]):
    """`count` whole numbers from 0, each of `width` bytes: 1, 2 or 4. `read` gives them, every time
    anew."""

    __slots__ = ("_count", "_read", "width")

    def __init__(self, read: Callable[[], Iterable[int]], count: int, width: int) -> None:
        self._read, self._count, self.width = read, count, width

    @classmethod
    def of(cls, held: Sequence[int]) -> "HeldNumbers":
        """Those that are held, in as few bytes each as they need."""
        return cls(lambda: held, len(held), width_of(max(held, default=0)))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        return iter(self._read())

    def pieces(self) -> Iterator[bytes]:
        """As bytes, little-endian."""
        numbers, code = iter(self), _CODES[self.width]
        while piece := array(code, islice(numbers, PIECE)):
            if sys.byteorder == "big":
                piece.byteswap()
            yield piece.tobytes()


def width_of(largest: int) -> int:
    """The bytes that hold a number."""
    return 1 if largest < 2**8 else 2 if largest < 2**16 else 4
