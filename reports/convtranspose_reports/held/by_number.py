"""Sequences whose items are made when they are asked for."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class ByNumber(Sequence[T]):
    """`_at` makes one item, `__len__` says how many there are; a slice is a list, as of a list, and
    a number below 0 counts from the end."""

    __slots__ = ()

    @abstractmethod
    def _at(self, number: int) -> T:
        """The item of a number from 0 to before the length."""

    @overload
    def __getitem__(self, number: int) -> T: ...

    @overload
    def __getitem__(self, number: slice) -> list[T]: ...

    def __getitem__(self, number: int | slice) -> T | list[T]:
        if isinstance(number, slice):
            return [*map(self._at, range(*number.indices(len(self))))]
        return self._at(range(len(self))[number])

    def __iter__(self) -> Iterator[T]:
        return map(self._at, range(len(self)))
