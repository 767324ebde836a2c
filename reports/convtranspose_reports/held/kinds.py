"""What records say apart from their case, each thing once: of a million records some hundred
thousand things, which differ in their reasons."""

from collections.abc import Callable, Iterator

import msgspec

from convtranspose_reports.runs.record import Measured, Record

from .by_number import ByNumber
from .column import Column
from .index import Index
from .texts import Lines

OPENING, BACKEND = b'{"type":"record","case":"', b'","backend":"'  # of a record's line
Holds = Callable[[Record], bool]  # of a record without case, reason and figures
_RECENT = 2**10  # of which it is known at once what they are
_FIGURES = Measured(dtype="", data="", products=0, outputs=0, rounded=0)


class Kinds(ByNumber[Record]):
    """Records of no case, each by its number. `frames` are those without reason, and with blank
    figures in place of any: there are few of them, in memory."""

    __slots__ = (
        *("frames", "of_frame"),
        *("_decode", "_encode", "_frame_numbers", "_index", "_lines", "_numbers", "_recent"),
    )

    def __init__(self) -> None:
        self.frames: list[Record] = []
        self.of_frame = Column()
        self._frame_numbers: dict[bytes, int] = {}
        self._lines, self._index = Lines(), Index()
        self._numbers: dict[bytes, int] = {}  # of what was said lately
        self._recent: dict[int, Record] = {}
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Record).decode

    def number(self, kind: Record) -> int:
        """Of a record of no case, which is put behind the others where it is new."""
        said = self._encode(kind)[len(OPENING) + len(BACKEND) :]
        number = self.known(said)
        if number is None:
            number = self._index.add(said)
            self._lines.append(said)
            self.of_frame.append(self._frame(kind))
        return number

    def known(self, said: bytes) -> int | None:
        """The number of what the line of a record says behind its case, as `RunWriter` writes it;
        None of what is new."""
        number = self._numbers.get(said)
        if number is None:
            number = self._index.find(said)
            if number is not None:
                if len(self._numbers) >= _RECENT:
                    self._numbers.clear()
                self._numbers[said] = number
        return number

    def _frame(self, kind: Record) -> int:
        told = isinstance(kind.measured, Measured)
        frame = msgspec.structs.replace(
            kind, reason="", measured=_FIGURES if told else msgspec.UNSET
        )
        number = self._frame_numbers.setdefault(self._encode(frame), len(self.frames))
        if number == len(self.frames):
            self.frames.append(frame)
        return number

    def frame(self, number: int) -> Record:
        """That of a kind."""
        return self.frames[self.of_frame[number]]

    def settle(self) -> None:
        """Lets go of what only adding needs."""
        self._numbers.clear()
        self._index = Index()

    def numbers_where(self, holds: Holds) -> Iterator[int]:
        """The numbers of those of whose frame this holds."""
        mine = [holds(frame) for frame in self.frames]
        return (number for number, frame in enumerate(self.of_frame) if mine[frame])

    def where(self, holds: Holds) -> Iterator[Record]:
        """Those of whose frame this holds."""
        return map(self.__getitem__, self.numbers_where(holds))

    def __len__(self) -> int:
        return len(self.of_frame)

    def _at(self, number: int) -> Record:
        kind = self._recent.get(number)
        if kind is None:
            if len(self._recent) >= _RECENT:
                self._recent.clear()
            kind = self._recent[number] = self._kind(self._lines[number])
        return kind

    def _kind(self, said: bytes) -> Record:
        return self._decode(OPENING + BACKEND + said)

    def __iter__(self) -> Iterator[Record]:
        return map(self._kind, self._lines)
