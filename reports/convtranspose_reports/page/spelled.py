"""Words that differ in their numbers alone, as what they share and the numbers apart: names of
cases, summaries and reasons of a large run compress to a fifth so."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from convtranspose_reports.held.column import Column
from convtranspose_reports.held.numbers import HeldNumbers

_NUMBER = re.compile(r"(?<![0-9])(?:0|[1-9][0-9]{0,8})(?![0-9])")  # digits again as they were


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """`pieces`: what stands before, between and behind the numbers of some word, each once; `of`:
    by word, the index of its pieces. `numbers`: the first one of each word, then the second of each
    that has a second, and so on, as bytes: all lowest ones, all second ones, ..."""

    pieces: Sequence[Sequence[str]]
    of: HeldNumbers
    numbers: Sequence[HeldNumbers]


def spelled(words: Iterable[str]) -> Spelled:
    """The words taken apart."""
    known, of, columns = dict[tuple[str, ...], int](), Column(), list[Column]()
    for word in words:
        pieces, numbers = _apart(word)
        of.append(known.setdefault(pieces, len(known)))
        for at, number in enumerate(numbers):
            if at == len(columns):
                columns.append(Column())
            columns[at].append(number)
    count, largest = sum(map(len, columns)), max((each.largest for each in columns), default=0)
    width = (largest.bit_length() + 7) // 8
    planes = [HeldNumbers(partial(_plane, columns, byte), count, 1) for byte in range(width)]
    return Spelled(pieces=[*known], of=HeldNumbers(lambda: of, len(of), 4), numbers=planes)


def _plane(columns: Sequence[Column], byte: int) -> Iterator[int]:
    return (number >> 8 * byte & 255 for column in columns for number in column)


def _apart(word: str) -> tuple[tuple[str, ...], list[int]]:
    pieces, numbers, end = list[str](), list[int](), 0
    for match in _NUMBER.finditer(word):
        pieces.append(word[end : match.start()])
        numbers.append(int(match[0]))
        end = match.end()
    return (*pieces, word[end:]), numbers
