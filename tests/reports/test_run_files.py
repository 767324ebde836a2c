from dataclasses import replace

import msgspec
import pytest

from convtranspose_reports import (
    CutShortWarning,
    RunFileError,
    RunWriter,
    Verdict,
    read_run,
    write_run,
)


@pytest.fixture
def run(fake):
    records = [
        fake.record("a", follows={"A": ["text"]}),
        fake.record("a", "wrong", Verdict.DEVIATES, finding="wrong-flip", reason="é\n\0"),
    ]
    return fake.run(records, (fake.finding("flip", example=fake.example()),))


def test_what_is_written_is_read(tmp_path, run):
    file = write_run(tmp_path / "new" / "dir", run)
    assert read_run(file) == run
    assert read_run(file.parent) == run
    assert [path.name for path in file.parent.iterdir()] == ["results.jsonl"]


def test_figures_survive_and_are_left_out_where_there_are_none(tmp_path, fake):
    run = fake.run(
        [
            fake.record("a", measured=fake.measured(products=100_008, worst=None)),
            fake.record("a", "wrong"),
        ]
    )
    file = write_run(tmp_path, run)
    assert read_run(file) == run
    lines = [line for line in file.read_text().splitlines() if '"type":"record"' in line]
    assert ["measured" in line for line in lines] == [True, False]


def test_same_run_same_bytes_and_the_matrix_keeps_its_row_order(tmp_path, fake):
    def written(follows):
        return write_run(
            tmp_path,
            fake.run([fake.record("a", follows=follows)], features={"z": "", "a": "", "group": ""}),
        ).read_bytes()

    assert written({"A": ["text"], "C": []}) == written({"C": [], "A": ["text"]})
    assert list(read_run(tmp_path).header.features) == ["z", "a", "group"]


def test_torn_last_line_is_dropped_aloud(tmp_path, run):
    file = write_run(tmp_path, run)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:3]) + lines[3][:40])
    with pytest.warns(CutShortWarning) as told:
        cut = read_run(file)
    assert cut.records == run.records[:1]
    assert cut.footer is None
    assert "line 4: torn, dropped" in str(told[0].message)
    assert "no footer" in str(told[1].message)


def test_bad_line_in_the_middle_is_an_error(tmp_path, run):
    file = write_run(tmp_path, run)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:2], b'{"type":"record","case":"a"\n', *lines[3:]]))
    with pytest.raises(RunFileError, match=r"results\.jsonl, line 3"):
        read_run(file)


def test_an_exception_keeps_what_was_written(tmp_path, run):
    with pytest.raises(KeyboardInterrupt), RunWriter(tmp_path) as writer:
        writer.write(run.header)
        writer.write(run.cases[0])
        raise KeyboardInterrupt
    with pytest.warns(CutShortWarning, match="no footer"):
        assert read_run(tmp_path).cases == run.cases
    write_run(tmp_path / "later", run)
    (tmp_path / "results.jsonl.part").rename(tmp_path / "later" / "results.jsonl.part")
    with pytest.warns(CutShortWarning, match="did not finish"):
        assert read_run(tmp_path / "later") == run


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"[1]",
        b"PK\x03\x04\xff\xfe",
        b'{"a": 1}\n',
        b'{"type":"record"}\n',
        b'{"type":"header"',
    ],
)
def test_foreign_file(tmp_path, content):
    (tmp_path / "results.jsonl").write_bytes(content)
    with pytest.raises(RunFileError, match=r"line 1: not a run: (.|\n)*accepted: a first line"):
        read_run(tmp_path)


@pytest.mark.parametrize("path", ["nothing", "."])
def test_no_file(tmp_path, path):
    with pytest.raises(
        RunFileError, match=r"No such file or directory\n  accepted: a run directory"
    ):
        read_run(tmp_path / path)


def edited(tmp_path, run, number, **changes):
    file = write_run(tmp_path, run)
    lines = file.read_bytes().splitlines(keepends=True)
    lines[number] = msgspec.json.encode(msgspec.json.decode(lines[number]) | changes) + b"\n"
    file.write_bytes(b"".join(lines))
    return file


@pytest.mark.parametrize(
    ("number", "changes", "message"),
    [
        (0, {"format": 2}, "line 1: a run of format 2\n  accepted: format 1"),
        (1, {"features": ["gruop"]}, "line 2: feature 'gruop'"),
        (2, {"backend": "rihgt"}, "line 3: backend 'rihgt'"),
        (2, {"case": "b"}, "line 3: case 'b'"),
        (2, {"verdict": "fine"}, r"line 3: Invalid enum value 'fine' - at `\$.verdict`"),
        (2, {"colour": "red"}, "line 3: Object contains unknown field `colour`"),
        (5, {"records": 7}, "line 6: the footer counts 7 records, the file holds 2"),
    ],
)
def test_a_line_that_does_not_fit(tmp_path, run, number, changes, message):
    with pytest.raises(RunFileError, match=message):
        read_run(edited(tmp_path, run, number, **changes))


@pytest.mark.parametrize("verdict", [Verdict.DEVIATES, Verdict.FAILS])
@pytest.mark.parametrize("name", ["", "wrong-flap"])
def test_a_difference_of_no_finding_was_edited(tmp_path, fake, verdict, name):
    """But in a run that was cut short before anything was explained."""
    records = [fake.record("a"), fake.record("b", "wrong", verdict, finding=name)]
    run = fake.run(records, (fake.finding("flip", cases=0),))
    with pytest.raises(RunFileError, match=rf"of wrong on b, of finding '{name}', which no line"):
        read_run(write_run(tmp_path, run))
    with pytest.warns(CutShortWarning):
        assert len(read_run(write_run(tmp_path, replace(run, footer=None))).records) == 2


def test_twice_the_same_line(tmp_path, fake):
    with pytest.raises(RunFileError, match="line 3: case 'a' a second time"):
        read_run(write_run(tmp_path, fake.run([], cases=[fake.case("a"), fake.case("a")])))
    with pytest.raises(RunFileError, match="line 5: finding 'wrong-flip' a second time"):
        read_run(
            write_run(
                tmp_path, fake.run([fake.record("a")], (fake.finding("flip"), fake.finding("flip")))
            )
        )


def test_writer_refuses_disorder(tmp_path, run):
    with (
        pytest.raises(ValueError, match="a CaseLine after a Record"),
        RunWriter(tmp_path) as writer,
    ):
        for line in (run.header, run.cases[0], run.records[0], run.cases[0]):
            writer.write(line)
    with pytest.raises(ValueError, match="a Record after nothing"), RunWriter(tmp_path) as writer:
        writer.write(run.records[0])
    with pytest.raises(ValueError, match="counts 2 records after 0"), RunWriter(tmp_path) as writer:
        writer.write(run.header)
        writer.write(run.footer)
