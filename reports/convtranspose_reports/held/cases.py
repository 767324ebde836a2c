"""The cases of a run that was read, each line made of its text when it is asked for."""

from collections.abc import Iterator, Sequence

import msgspec

from convtranspose_reports.runs.record import CaseLine

from .by_number import ByNumber
from .texts import Lines


class Cases(ByNumber[CaseLine]):
    """One line a case; `names` are theirs, which are held elsewhere."""

    __slots__ = ("_decode", "_encode", "_lines", "names")

    def __init__(self, names: Sequence[str]) -> None:
        self.names, self._lines = names, Lines()
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(CaseLine).decode

    def append(self, case: CaseLine) -> None:
        """Puts one behind the others, whose name is among the names."""
        self._lines.append(self._encode(case))

    def __len__(self) -> int:
        return len(self._lines)

    def _at(self, number: int) -> CaseLine:
        return self._decode(self._lines[number])

    def __iter__(self) -> Iterator[CaseLine]:
        return map(self._decode, self._lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment]  # as of a list
