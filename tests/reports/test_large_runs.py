"""Runs of many records: held in few bytes, read in one go, refused where they were edited."""

import tracemalloc

import msgspec
import pytest

from convtranspose_reports import Check, Records, RunFileError, Verdict, read_run, write_run
from convtranspose_reports.page.columns import columns, packed

DEVIATES = Verdict.DEVIATES
MOST_BYTES = 100  # of a record, all in all, while it is read, and of its part of a case


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
    assert [*records.of_backend("wrong")] == several[2:5]
    assert len(records.kinds) == 5


def test_what_several_say_is_counted_in_the_order_of_the_first(several):
    records = Records(several)
    of = {"a": "vowel", "b": "consonant", "c": "consonant"}
    assert [(kind.reason, count) for kind, count in records.counted()] == [
        ("", 2),
        ("one", 2),
        ("two", 1),
        ("", 1),
        ("", 1),
    ]
    assert [(word, kind.reason, n) for word, kind, n in records.counted_by(of)][:4] == [
        ("vowel", "", 1),
        ("consonant", "", 1),
        ("vowel", "one", 1),
        ("consonant", "two", 1),
    ]
    assert [kind.backend for kind in records.to_case("a")] == ["right", "wrong", "right"]
    assert [*records.to_case("d")] == []


def test_a_record_takes_few_bytes(tmp_path, fake):
    """Of 30,000 cases, and the page's table of them, which is written in pieces."""
    names = [f"core/case_{number}" for number in range(30_000)]
    records = [fake.record(name, backend) for backend in ("right", "wrong") for name in names]
    file = write_run(tmp_path, fake.run(records, cases=[fake.case(name) for name in names]))
    tracemalloc.start()
    try:
        run = read_run(file)
        of_cases = sum(len(case.name) + len(case.summary) + 300 for case in run.cases)
        assert tracemalloc.get_traced_memory()[1] < of_cases + MOST_BYTES * len(records)
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        text = packed(columns(run, {}))
        taken = tracemalloc.get_traced_memory()[1] - before - 3 * len(text)
        assert taken < MOST_BYTES * len(records)
    finally:
        tracemalloc.stop()
    assert run.records == records


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
