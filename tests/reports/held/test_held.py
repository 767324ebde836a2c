"""What a run is held in: as lists and dictionaries, in memory that does not grow with it."""

import tempfile
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convtranspose_reports.held.column import RECENT, Column
from convtranspose_reports.held.index import Index
from convtranspose_reports.held.numbers import HeldNumbers
from convtranspose_reports.held.spill import BLOCK, Spill
from convtranspose_reports.held.texts import Texts, as_bytes

MANY = 5 * BLOCK // 4  # numbers of four bytes that go to disk


@given(
    st.lists(st.binary(max_size=40), max_size=30),
    st.integers(1, 3 * BLOCK),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=9),
)
def test_bytes_are_read_as_they_were_added(
    parts: list[bytes], longest: int, asked: list[tuple[float, float]]
) -> None:
    parts = [*parts, bytes(range(256)) * (longest // 256), *parts]
    spill, whole = Spill(), b"".join(parts)
    for part in parts:
        spill.add(part)
    assert len(spill) == len(whole)
    assert b"".join(spill.blocks()) == whole
    for one, other in asked:
        start, end = sorted((round(one * len(whole)), round(other * len(whole))))
        assert spill.read(start, end) == whole[start:end]


@pytest.mark.parametrize("count", [0, 1, RECENT - 1, RECENT, RECENT + 1, MANY])
@pytest.mark.parametrize("code", ["I", "Q"])
def test_numbers_are_read_as_they_were_added(count: int, code: str) -> None:
    numbers = [number * 7919 % 65_537 for number in range(count)]
    column = Column(numbers, code)
    assert [*column] == numbers
    assert len(column) == count
    assert column.largest == max(numbers, default=0)
    assert [column[place] for place in range(0, count, 997)] == numbers[::997]
    assert [*column.numbers()] == [*column.numbers()] == numbers
    with pytest.raises(OverflowError):
        column.append(2**64)


@pytest.mark.parametrize(("largest", "width"), [(0, 1), (255, 1), (256, 2), (65_536, 4)])
def test_numbers_take_no_more_bytes_than_the_largest_needs(largest: int, width: int) -> None:
    numbers = HeldNumbers.of([largest, 0, 1] * 5000)
    assert numbers.width == width
    content = b"".join(numbers.pieces())
    assert len(content) == width * len(numbers)
    assert content[:width] == largest.to_bytes(width, "little")


def test_texts_are_read_as_they_were_added() -> None:
    given = [f"{number} é \ud800 \N{GRINNING FACE}" * (number % 5) for number in range(9000)]
    texts = Texts()
    for text in given:
        texts.append(text)
    assert [*texts] == given
    assert [texts[number] for number in range(-9000, 9000, 613)] == (given + given)[::613]
    assert texts[8990:] == given[8990:]
    with pytest.raises(IndexError):
        texts[9000]


@given(st.lists(st.text(max_size=3)))
def test_a_text_has_the_number_that_it_was_added_with(texts: list[str]) -> None:
    texts = [*texts, *map(str, range(600))]
    index, numbers = Index(), dict[str, int]()
    for text in texts:
        expected = numbers.setdefault(text, len(numbers))
        assert index.add(as_bytes(text)) == expected
    assert {text: index.find(as_bytes(text)) for text in numbers} == numbers
    assert len(index) == len(numbers)
    assert index.find(b"never added") is None


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no room for another file."""

    def no_room(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", no_room)


@pytest.mark.usefixtures("full")
def test_where_no_file_can_be_written_nothing_is_lost() -> None:
    numbers = [*range(MANY)]
    assert [*Column(numbers)] == numbers


def _kept_of(make: Callable[[int], object], count: int) -> int:
    tracemalloc.start()
    try:
        made = make(count)
        kept = tracemalloc.get_traced_memory()[0]
        del made
        return kept
    finally:
        tracemalloc.stop()


def _texts(count: int) -> Texts:
    texts = Texts()
    for number in range(count):
        texts.append(f"a text of some length, number {number}")
    return texts


def _index(count: int) -> Index:
    index = Index()
    for number in range(count):
        index.add(b"%d" % number)
    return index


@pytest.mark.parametrize(
    ("make", "most"),
    [(lambda count: Column(range(count)), 0), (_texts, 0), (_index, 40)],
    ids=["numbers", "texts", "index"],
)
def test_memory_does_not_grow_with_what_is_held(make: Callable[[int], object], most: float) -> None:
    few, many = 30_000, 150_000
    make(few)
    assert _kept_of(make, many) - _kept_of(make, few) < most * (many - few) + 2 * BLOCK
