"""The words of an id, taken from the left."""

import re
from collections.abc import Collection
from itertools import takewhile
from typing import Any
from urllib.parse import unquote

from convtranspose_reference.attributes import AUTO_PADS, Shape

from ..limits import is_int64, shown
from ..special import PREFIX
from .spelling import NotationError

_NUMBER = re.compile(r"-?[0-9]{1,20}(p[0-9]{1,40})?")
_NUMERIC = re.compile(r"-?[0-9]")  # how no keyword begins
_INTEGER = re.compile(r"-?[0-9]+")
_WORD = re.compile(r"([A-Za-z0-9]|%[0-9A-F]{2})*")
OF_A_NUMBER = "numbers such as -0p75, of 20 digits before the p and 40 behind it at most"
OF_A_SHAPE = "two sizes of channel axes and one of each spatial axis, none below 0"


class Words:
    """The words of an id, taken from the left."""

    def __init__(self, case_id: str, text: str) -> None:
        self.id, self._left = case_id, text.split("_")
        self.keyword = ""

    def __bool__(self) -> bool:
        return bool(self._left)

    def wrong(self, part: str, why: str) -> NotationError:
        return NotationError(f"case {shown(self.id)}: {shown(part)}: {why}")

    def next_keyword(self, keywords: Collection[str]) -> str:
        """The longest run of words that is one."""
        for length in (2, 1):
            self.keyword = "_".join(self._left[:length])
            if self.keyword in keywords:
                del self._left[:length]
                return self.keyword
        known = ", ".join(keyword for keyword in keywords if not keyword.startswith(PREFIX))
        raise self.wrong(
            f"part {self._left[0]!r}",
            f"accepted are {known}, and {PREFIX}THEME as in suite special",
        )

    def integers(self) -> Shape:
        end = next(
            (n for n, word in enumerate(self._left) if not _INTEGER.fullmatch(word)),
            len(self._left),
        )
        found, self._left = self._left[:end], self._left[end:]
        if not all(map(is_int64, found)):
            raise self.wrong(self.part(found), "accepted are integers of 64 bits")
        return tuple(map(int, found))

    def integer(self) -> int:
        found = self.integers()
        if len(found) != 1:
            raise self.wrong(self.part(found), "accepted is one integer")
        return found[0]

    def numbers(self) -> tuple[float, ...]:
        """Decimal numbers with p for the point."""
        return tuple(float(word.replace("p", ".")) for word in self._decimals())

    def _decimals(self) -> list[str]:
        found = list(takewhile(_NUMBER.fullmatch, self._left))
        del self._left[: len(found)]
        if self._left and _NUMERIC.match(self._left[0]):
            raise self.wrong(self.part([*found, self._left[0]]), f"accepted are {OF_A_NUMBER}")
        return found

    def number(self) -> float:
        found = self._decimals()
        if len(found) != 1:
            raise self.wrong(self.part(found), "accepted is one number, such as -0p75")
        return float(found[0].replace("p", "."))

    def word(self, known: Collection[str]) -> str:
        """One of the words of ONNX, its _ written as -."""
        found = self._left.pop(0) if self._left else ""
        by_spelling = {each.replace("_", "-"): each for each in known}
        if found not in by_spelling:
            raise self.wrong(self.part([found]), f"accepted is one of {', '.join(by_spelling)}")
        return by_spelling[found]

    def sizes(self) -> Shape:
        found = self.integers()
        if len(found) < 2 or min(found) < 0:
            raise self.wrong(self.part(found), f"accepted are {OF_A_SHAPE}")
        return found

    def part(self, values: Any) -> str:
        return f"part {'_'.join([self.keyword, *map(str, values)])!r}"

    def quoted(self) -> str:
        if self._left[:1] == ["SAME"] and self._left[1:2] in (["UPPER"], ["LOWER"]):
            return f"{self._left.pop(0)}_{self._left.pop(0)}"
        if not self._left or not _WORD.fullmatch(self._left[0]):
            raise self.wrong(
                self.part(self._left[:1]),
                f"accepted is one of {', '.join(AUTO_PADS)}, or any word, other signs as %XX",
            )
        return unquote(self._left.pop(0), errors="replace")

    def rest(self) -> str:
        taken, self._left = "_".join(self._left), []
        return taken
