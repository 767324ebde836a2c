"""The records of a run, held so that a million of them take some tens of megabytes: what several
say alike, apart from their case, is kept once."""

from array import array
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar, overload

import msgspec

from convtranspose_reports.runs.record import Record

T = TypeVar("T", bound=Hashable)


def digest(said: bytes) -> bytes:
    """What stands for a text among millions in 16 bytes."""
    return blake2b(said, digest_size=16).digest()


class Records(Sequence[Record]):
    """Records in the order in which they were added. Each is two numbers: of its case among `cases`
    and of what it says among `kinds`, which are records of no case. Numbers are of two bytes until
    one has no room in them."""

    __slots__ = (
        *("cases", "kinds", "of_case", "of_kind"),
        *("_encode", "_number_of_case", "_number_of_kind"),
    )

    def __init__(self, records: Iterable[Record] = (), cases: Sequence[str] | None = None) -> None:
        """`cases`: their names, where they are known, for records that are put by number."""
        self.cases: Sequence[str] = [] if cases is None else cases
        self.kinds: list[Record] = []
        self.of_case, self.of_kind = array("H"), array("H")
        self._number_of_case: dict[str, int] = {}
        self._number_of_kind: dict[bytes, int] = {}
        self._encode = msgspec.msgpack.Encoder().encode
        for record in records:
            self.add(record)

    @classmethod
    def of(cls, records: Sequence[Record]) -> "Records":
        """The same records, held like this."""
        return records if isinstance(records, cls) else cls(records)

    def add(self, record: Record) -> None:
        """Puts a record behind the others."""
        kind = msgspec.structs.replace(record, case="")
        self.put(record.case, self.kind(kind))

    def kind(self, kind: Record) -> int:
        """The number of what a record of no case says."""
        key = digest(self._encode(kind))
        number = self._number_of_kind.get(key)
        if number is None:
            number = self._number_of_kind[key] = len(self.kinds)
            self.kinds.append(kind)
        return number

    def put(self, case: str, kind: int) -> None:
        """Puts a record behind the others whose kind has this number."""
        number = self.number_of(case)
        if number is None:
            number = len(self.cases)
            self.foresee(case)
        self.put_at(number, kind)

    def put_at(self, number: int, kind: int) -> None:
        """Puts a record behind the others: of which case, and of which kind, by number."""
        try:
            self.of_case.append(number)
        except OverflowError:
            self.of_case = array("I", self.of_case)
            self.of_case.append(number)
        try:
            self.of_kind.append(kind)
        except OverflowError:
            self.of_kind = array("I", self.of_kind)
            self.of_kind.append(kind)

    def number_of(self, case: str) -> int | None:
        """Of a case among `cases`; None of one that is not there."""
        if len(self._number_of_case) != len(self.cases):
            self._number_of_case = {name: number for number, name in enumerate(self.cases)}
        return self._number_of_case.get(case)

    def foresee(self, case: str) -> None:
        """Puts a case among `cases` of which records may follow."""
        assert isinstance(self.cases, list)  # those that are known are all
        self._number_of_case[case] = len(self.cases)
        self.cases.append(case)

    def settle(self) -> None:
        """Lets go of what only adding needs."""
        self._number_of_kind.clear()

    def counted(self) -> Iterator[tuple[Record, int]]:
        """Each kind and how many records are of it, in the order in which they were first met."""
        counts = [0] * len(self.kinds)
        for number in self.of_kind:
            counts[number] += 1
        return ((kind, count) for kind, count in zip(self.kinds, counts, strict=True) if count)

    def counted_by(self, of: Mapping[str, T]) -> Iterator[tuple[T, Record, int]]:
        """As `counted`, apart for what `of` says of the cases."""
        numbers: dict[T, int] = {}
        of_case = [numbers.setdefault(of[name], len(numbers)) for name in self.cases]
        pairs = Counter(zip(map(of_case.__getitem__, self.of_case), self.of_kind, strict=True))
        said = list(numbers)
        return ((said[number], self.kinds[kind], n) for (number, kind), n in pairs.items())

    def of_backend(self, backend: str) -> Iterator[Record]:
        """Those of one backend, in their order."""
        mine = [kind.backend == backend for kind in self.kinds]
        for case, kind in zip(self.of_case, self.of_kind, strict=True):
            if mine[kind]:
                yield self._record(case, kind)

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

    @overload
    def __getitem__(self, which: int) -> Record: ...

    @overload
    def __getitem__(self, which: slice) -> list[Record]: ...

    def __getitem__(self, which: int | slice) -> Record | list[Record]:
        if isinstance(which, slice):
            return [*map(self._record, self.of_case[which], self.of_kind[which])]
        return self._record(self.of_case[which], self.of_kind[which])

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
