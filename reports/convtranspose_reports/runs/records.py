"""The records of a run, held so that a million of them take little memory: what several say alike,
apart from their case, is kept once, and what they are is two numbers a record, on disk."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from convtranspose_reports.held.by_number import ByNumber
from convtranspose_reports.held.column import Column
from convtranspose_reports.held.index import Index
from convtranspose_reports.held.kinds import Holds, Kinds
from convtranspose_reports.held.texts import Texts, as_bytes
from convtranspose_reports.runs.record import Record


class Records(ByNumber[Record]):
    """Records in the order in which they were added. Each is two numbers: of its case among `cases`
    and of what it says among `kinds`, which are records of no case."""

    __slots__ = ("_index", "cases", "kinds", "of_case", "of_kind")

    def __init__(self, records: Iterable[Record] = (), cases: Sequence[str] | None = None) -> None:
        """`cases`: their names, where they are known, for records that are put by number."""
        self.cases: Sequence[str] = Texts() if cases is None else cases
        self.kinds = Kinds()
        self.of_case, self.of_kind = Column(), Column()
        self._index = Index()  # of the names of the cases
        for record in records:
            self.add(record)

    @classmethod
    def of(cls, records: Sequence[Record]) -> "Records":
        """The same records, held like this."""
        return records if isinstance(records, cls) else cls(records)

    def add(self, record: Record) -> None:
        """Puts a record behind the others."""
        kind = msgspec.structs.replace(record, case="")
        self.put(record.case, self.kinds.number(kind))

    def put(self, case: str, kind: int) -> None:
        """Puts a record behind the others whose kind has this number."""
        number = self.number_of(case)
        if number is None:
            number = len(self.cases)
            self.foresee(case)
        self.put_at(number, kind)

    def put_at(self, number: int, kind: int) -> None:
        """Puts a record behind the others: of which case, and of which kind, by number."""
        self.of_case.append(number)
        self.of_kind.append(kind)

    def number_of(self, case: str) -> int | None:
        """Of a case among `cases`; None of one that is not there."""
        if len(self._index) != len(self.cases):
            self._index = Index()
            for name in self.cases:
                self._index.add(as_bytes(name))
        return self._index.find(as_bytes(case))

    def foresee(self, case: str) -> None:
        """Puts a case among `cases` of which records may follow."""
        assert isinstance(self.cases, Texts)  # those that are known are all
        self._index.add(as_bytes(case))
        self.cases.append(case)

    def counted(self, holds: Holds) -> Iterator[tuple[Record, int]]:
        """Each kind of whose frame this holds and how many records are of it, in the order in which
        they were first met."""
        counts = array("I", [0]) * len(self.kinds)
        for number in self.of_kind:
            counts[number] += 1
        mine = self.kinds.numbers_where(holds)
        return ((self.kinds[number], counts[number]) for number in mine if counts[number])

    def counted_frames(self) -> Iterator[tuple[Record, int]]:
        """What kinds have in common that differ in their reasons and figures, and how many records
        are of it, in the order in which they were first met."""
        frames = self.kinds.frames
        counts, of = [0] * len(frames), array("I", self.kinds.of_frame)
        for number in self.of_kind:
            counts[of[number]] += 1
        return ((frame, count) for frame, count in zip(frames, counts, strict=True) if count)

    def counted_by(self, of_case: Sequence[int]) -> Iterator[tuple[int, Record, int]]:
        """As `counted_frames`, apart for what `of_case` says of the cases, by number."""
        of_kind = array("I", self.kinds.of_frame)
        pairs = Counter(
            zip(
                map(of_case.__getitem__, self.of_case),
                map(of_kind.__getitem__, self.of_kind),
                strict=True,
            )
        )
        return ((said, self.kinds.frames[frame], n) for (said, frame), n in pairs.items())

    def where(self, holds: Holds) -> Iterator[Record]:
        """Those, in their order, of whose frame this holds."""
        return (self._record(case, kind) for case, kind in self.numbers_where(holds))

    def numbers_where(self, holds: Holds) -> Iterator[tuple[int, int]]:
        """Of those, in their order, of whose frame this holds, the numbers of case and kind."""
        mine = bytearray(len(self.kinds))
        for number in self.kinds.numbers_where(holds):
            mine[number] = True
        pairs = zip(self.of_case, self.of_kind, strict=True)
        return (pair for pair in pairs if mine[pair[1]])

    def to_case(self, case: str) -> Iterator[Record]:
        """What was said to one case, as kinds; nothing to one that nobody was asked."""
        number = self.number_of(case)
        for mine, kind in zip(self.of_case, self.of_kind, strict=True):
            if mine == number:
                yield self.kinds[kind]

    def _record(self, case: int, kind: int) -> Record:
        return msgspec.structs.replace(self.kinds[kind], case=self.cases[case])

    def __len__(self) -> int:
        return len(self.of_kind)

    def __iter__(self) -> Iterator[Record]:
        return map(self._record, self.of_case, self.of_kind)

    def _at(self, number: int) -> Record:
        return self._record(self.of_case[number], self.of_kind[number])

    def __add__(self, others: Sequence[Record]) -> list[Record]:
        return [*self, *others]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        raise TypeError("records that may still grow have no hash")

    def __repr__(self) -> str:
        return f"<{len(self)} records of {len(self.cases)} cases>"
