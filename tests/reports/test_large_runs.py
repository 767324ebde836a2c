"""Runs of many records: held in few bytes, read in one go, refused where they were edited."""

import tracemalloc

import msgspec
import pytest

from convtranspose_reports import (
    Check,
    Records,
    RunFileError,
    Verdict,
    compare,
    merge_runs,
    read_run,
    write_report,
    write_run,
)

DEVIATES = Verdict.DEVIATES
FEW_AND_MANY = 3000, 13_000  # cases
MOST_BYTES = 150  # of a case more, of which a record has a reason of its own


@pytest.fixture
def several(fake):
    """Records of which some say the same of other cases."""
    return [
        fake.record("a"),
        fake.record("b"),
        fake.record("a", "wrong", DEVIATES, finding="wrong-flip", reason="one"),
        fake.record("b", "wrong", DEVIATES, finding="wrong-flip", reason="two"),
        fake.record("c", "wrong", DEVIATES, finding="wrong-flip", reason="one"),
        fake.record("c", follows={"A": ["text"]}),
        fake.record("a", measured=fake.measured(), check=Check.GRADIENT),
    ]


def test_they_are_a_sequence_of_what_was_put_in(several):
    records = Records(several)
    assert [*records] == several
    assert records == several
    assert records == Records(several)
    assert records != several[1:]
    assert records != several[::-1]
    assert [records[i] for i in range(-7, 7)] == several * 2
    assert records[1:-1:2] == several[1:-1:2]
    assert records + several == several * 2
    assert [*records.where(lambda frame: frame.backend == "wrong")] == several[2:5]
    assert len(records.kinds) == 5


def test_what_several_say_is_counted_in_the_order_of_the_first(several):
    records = Records(several)
    assert [(kind.reason, count) for kind, count in records.counted(lambda frame: True)] == [
        ("", 2),
        ("one", 2),
        ("two", 1),
        ("", 1),
        ("", 1),
    ]
    frames = records.kinds.frames
    assert [frame.backend for frame in frames] == ["right", "wrong", "right", "right"]
    assert [(frames.index(frame), n) for frame, n in records.counted_frames()] == [
        (0, 2),
        (1, 3),
        (2, 1),
        (3, 1),
    ]
    is_a_vowel = [1, 0, 0]
    assert [
        (vowel, frames.index(frame), n) for vowel, frame, n in records.counted_by(is_a_vowel)
    ] == [(1, 0, 1), (0, 0, 1), (1, 1, 1), (0, 1, 2), (0, 2, 1), (1, 3, 1)]
    assert [kind.backend for kind in records.to_case("a")] == ["right", "wrong", "right"]
    assert [*records.to_case("d")] == []


def _read(before, after, out):
    return read_run(after)


def _written(before, after, out):
    write_report(out, read_run(after))


def _merged(before, after, out):
    write_run(out, merge_runs([read_run(before), read_run(after)]))


def _compared(before, after, out):
    compare(read_run(after), read_run(after))


def _kept(fake, folder, cases):
    """A run, and another one in which every fourth answer has its own reason."""
    names = [f"core/x_{number}_of_many" for number in range(cases)]
    lines = [
        fake.case(name, *["group", "strides"][: number % 3]) for number, name in enumerate(names)
    ]
    right = [fake.record(name, backend) for backend in ("right", "wrong") for name in names]
    wrong = [
        fake.record(name, "third", DEVIATES, finding="third-flip", reason=f"of size {number}")
        if number % 2
        else fake.record(name, "third")
        for number, name in enumerate(names)
    ]
    backends = [fake.backend("third")]
    finding = fake.finding("flip", "third", cases=cases // 2)
    return (
        write_run(folder / "before", fake.run(right, cases=lines)),
        write_run(folder / "after", fake.run(wrong, (finding,), lines, backends=backends)),
    )


@pytest.fixture(scope="module")
def few_and_many(fake, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    return [_kept(fake, folder / str(cases), cases) for cases in FEW_AND_MANY]


def _peak(does, files, out):
    tracemalloc.start()
    try:
        does(*files, out)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("does", [_read, _written, _merged, _compared])
def test_memory_does_not_grow_with_the_records(tmp_path, few_and_many, does):
    """But by what is found by its digest, and a byte for each answer that is there."""
    few, many = few_and_many
    does(*few, tmp_path / "out")  # what is made once
    grown = _peak(does, many, tmp_path / "out") - _peak(does, few, tmp_path / "out")
    assert grown < MOST_BYTES * (FEW_AND_MANY[1] - FEW_AND_MANY[0])


def lines_of(tmp_path, run):
    file = write_run(tmp_path, run)
    return file, file.read_bytes().splitlines(keepends=True)


def test_lines_that_are_written_otherwise_are_read_alike(tmp_path, several, fake):
    """Keys in another order, names with escapes, and spaces: the reader takes no short cut."""
    several += [fake.record('say "a"'), fake.record('say "b"'), fake.record("é"), fake.record("ü")]
    whole = fake.run(several, (fake.finding("flip", cases=3),))
    file, lines = lines_of(tmp_path, whole)
    assert read_run(file) == whole
    for spelled in (
        lambda line: msgspec.json.format(line, indent=1).replace(b"\n", b"") + b"\n",
        lambda line: msgspec.json.encode(dict(reversed(msgspec.json.decode(line).items()))) + b"\n",
    ):
        file.write_bytes(b"".join([lines[0], *map(spelled, lines[1:-1]), lines[-1]]))
        assert read_run(file) == whole


@pytest.mark.parametrize("which", [-1, -2, 0])
def test_a_line_that_comes_twice_is_refused_wherever(tmp_path, fake, which):
    """The second time by the short cut for what was said before, too."""
    records = [fake.record(name) for name in "abcd"]
    file, lines = lines_of(tmp_path, fake.run(records))
    written = lines[-5:-1]
    file.write_bytes(b"".join([*lines[:-1], written[which], lines[-1]]))
    with pytest.raises(RunFileError, match=r"the output of right to [abcd] a second time"):
        read_run(file)


def test_a_record_too_late_or_of_a_case_that_nobody_named_is_refused(tmp_path, fake):
    records = [fake.record("a"), fake.record("b")]
    file, lines = lines_of(tmp_path, fake.run(records, (fake.finding("flip", cases=0),)))
    file.write_bytes(b"".join([*lines, lines[-4].replace(b'"a"', b'"b"')]))
    with pytest.raises(RunFileError, match="a Record too late"):
        read_run(file)
    file.write_bytes(b"".join([*lines[:-2], lines[-3].replace(b'"case":"b"', b'"case":"c"')]))
    with pytest.raises(RunFileError, match="case 'c', which no earlier line names"):
        read_run(file)
