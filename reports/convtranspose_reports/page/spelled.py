"""Words that differ in their numbers alone, as what they share and the numbers apart: names of
cases, summaries and reasons of a large run compress to a fifth so."""

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"(?<![0-9])(?:0|[1-9][0-9]{0,8})(?![0-9])")  # digits again as they were


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """`pieces`: what stands before, between and behind the numbers of some word, each once; `of`:
    by word, the index of its pieces. `numbers`: the first one of each word, then the second of each
    that has a second, and so on, as bytes: all lowest ones, all second ones, ..."""

    pieces: Sequence[Sequence[str]]
    of: "array[int]"
    numbers: "list[array[int]]"


def spelled(words: Iterable[str]) -> Spelled:
    """The words taken apart."""
    known, of, columns = dict[tuple[str, ...], int](), array("I"), list["array[int]"]()
    for word in words:
        pieces, numbers = _apart(word)
        of.append(known.setdefault(pieces, len(known)))
        for at, number in enumerate(numbers):
            if at == len(columns):
                columns.append(array("I"))
            columns[at].append(number)
    whole = array("I")
    for column in columns:
        whole.extend(column)
    width = (max(whole, default=0).bit_length() + 7) // 8
    planes = [array("B", (number >> 8 * byte & 255 for number in whole)) for byte in range(width)]
    return Spelled(pieces=[*known], of=of, numbers=planes)


def _apart(word: str) -> tuple[tuple[str, ...], list[int]]:
    pieces, numbers, end = list[str](), list[int](), 0
    for match in _NUMBER.finditer(word):
        pieces.append(word[end : match.start()])
        numbers.append(int(match[0]))
        end = match.end()
    return (*pieces, word[end:]), numbers
