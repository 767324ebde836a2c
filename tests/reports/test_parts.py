"""What fails of a report costs itself: it is named, and all else is written."""

from dataclasses import replace

import msgspec
import pytest

from convtranspose_reports import (
    SECTIONS,
    Outcome,
    PartsFailed,
    RunError,
    Verdict,
    exit_status,
    read_run,
    status_again,
    write_report,
    write_run,
)
from convtranspose_reports import write as written
from convtranspose_reports.page import page as drawing
from convtranspose_reports.page import sections


def _fails(*_):
    raise ZeroDivisionError("planted")


@pytest.fixture
def run(fake):
    finding = fake.finding("odd", "wrong", Verdict.FAILS, example=fake.example())
    record = fake.record("a", "wrong", Verdict.FAILS, finding="wrong-odd")
    return fake.run([record], [finding])


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.id)
def test_a_section_that_fails_is_named_in_its_place(run, section, tmp_path):
    planted = [replace(each, given=_fails) if each is section else each for each in SECTIONS]
    with pytest.raises(PartsFailed, match=r"planted.*test_parts\.py, line \d+"):
        write_report(tmp_path, run, planted)
    text = (tmp_path / "index.html").read_text()
    assert f"section &#39;{section.title}&#39;: ZeroDivisionError: planted" in text
    for each in SECTIONS:
        alone = write_report(tmp_path / each.id, run, [each]).read_text()
        assert (f'<section id="{each.id}"' in text) >= (f'<section id="{each.id}"' in alone)
    assert "This part could not be made" in text


def test_one_bug_report_that_fails_is_named_on_the_page(run, tmp_path, monkeypatch):
    monkeypatch.setattr(sections, "bug_report", _fails)
    with pytest.raises(PartsFailed, match="bug report of wrong-odd"):
        write_report(tmp_path, run)
    assert "bug report of wrong-odd: ZeroDivisionError" in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize(
    ("part", "where", "name"),
    [
        ("junit.xml", written, "write_junit"),
        ("the page", drawing, "_head"),
        ("the table of all answers", drawing, "packed"),
    ],
)
def test_another_part_that_fails_costs_itself(run, part, where, name, tmp_path, monkeypatch):
    monkeypatch.setattr(where, name, _fails)
    with pytest.raises(PartsFailed, match=f"failed: {part}: ZeroDivisionError: planted"):
        write_report(tmp_path, run)
    assert (tmp_path / "summary.json").exists()
    assert (tmp_path / "junit.xml").exists() is (part != "junit.xml")
    assert (tmp_path / "index.html").exists() is (part != "the page")


def test_what_failed_of_the_run_is_kept_and_decides_its_status(run, tmp_path):
    failed = {"the diagnosis of wrong": "ZeroDivisionError: planted"}
    kept = replace(run, footer=msgspec.structs.replace(run.footer, failed=failed, exit_status=2))
    write_run(tmp_path, kept)
    again = read_run(tmp_path)
    assert again.footer is not None
    assert exit_status(again.header, again.records, again.findings, again.footer.failed) == 2
    text = write_report(tmp_path, again).read_text()
    assert "the diagnosis of wrong: ZeroDivisionError: planted" in text


def test_nothing_failed_leaves_no_trace(run, tmp_path):
    write_run(tmp_path, run)
    assert b"failed" not in (tmp_path / "results.jsonl").read_bytes().splitlines()[-1]


def test_a_footer_that_another_run_had_is_told(run, tmp_path):
    red = replace(run, footer=msgspec.structs.replace(run.footer, exit_status=1))
    write_run(tmp_path, red)
    status_again(read_run(tmp_path))
    write_run(tmp_path, replace(red, footer=msgspec.structs.replace(run.footer, exit_status=0)))
    with pytest.raises(RunError, match=r"results\.jsonl: the footer says exit status 0, .* to 1"):
        status_again(read_run(tmp_path))


@pytest.mark.parametrize("verdict", [Verdict.UNSUPPORTED, Verdict.DECLINED])
def test_a_verdict_that_another_outcome_has_is_told(fake, verdict, tmp_path):
    write_run(tmp_path, fake.run([fake.record("a", "wrong", verdict, outcome=Outcome.CRASHED)]))
    with pytest.raises(RunError, match="on an answer that is CRASHED"):
        read_run(tmp_path)
