"""Issues and pull requests are linked by their short names, each with the state that it had when
somebody last looked."""

from datetime import date

import pytest

from convtranspose_reports import Check, Verdict, upstream, write_report
from convtranspose_reports.compatibility import compatibility, web_link
from convtranspose_reports.upstream import Read, State

GITHUB = "https://github.com/some-owner/a_b.c"
ISSUE, PULL, GONE, NEW = (
    f"{GITHUB}/{what}" for what in ("issues/1", "pull/22", "issues/3", "issues/4")
)
READ = {
    "some-owner/a_b.c#1": Read(state=State.OPEN, read=date(2026, 1, 2), copy=True),
    "some-owner/a_b.c#22": Read(state=State.MERGED, read=date(2026, 1, 2), copy=True),
    "some-owner/a_b.c#3": Read(state=State.UNKNOWN, read=date(2026, 3, 4)),
}
SAID = (
    "The states of issues and pull requests were read from 2026-01-02 to 2026-03-04, some of them "
    "in a stored copy of GitHub that may be older."
)


@pytest.fixture(autouse=True)
def _known(monkeypatch):
    monkeypatch.setattr(upstream, "states", lambda: READ)


@pytest.fixture
def run(fake):
    links = [ISSUE, PULL, GONE, NEW, "https://example.org/issues/1", "javascript:alert(1)"]
    found = fake.finding("flip", cases=1, upstream=links, example=fake.example())
    record = fake.record("a", "wrong", Verdict.DEVIATES, check=Check.OUTPUT, finding="wrong-flip")
    return fake.run([fake.record("a"), record], (found,))


def test_issues_pull_requests_and_commits_have_short_names():
    assert upstream.short_name(PULL) == "some-owner/a_b.c#22"
    for other in (f"{PULL}/files", "https://github.com/x/y", f"{PULL}#issue", "http://x", ""):
        assert upstream.short_name(other) == ""
    assert upstream.short_name("https://github.com/openxla/xla/commit/0123456789") == (
        "openxla/xla@0123456"
    )
    assert upstream.short_names(f"see {PULL}, {ISSUE}.") == [
        "some-owner/a_b.c#22",
        "some-owner/a_b.c#1",
    ]


def test_a_card_has_the_states_and_when_they_were_read(opened, tmp_path, run):
    view = opened(write_report(tmp_path, run).as_uri())
    told = view.locator("details.finding dt:text-is('upstream') + dd").all_text_contents()
    assert [" ".join(each.split()) for each in told] == [
        "some-owner/a_b.c#1 (open)",
        "some-owner/a_b.c#22 (merged)",
        "some-owner/a_b.c#3 (state unknown)",
        "some-owner/a_b.c#4",
        "example.org/issues/1",
        "javascript:alert(1)",
    ]
    assert view.locator(f"details.finding a[href='{PULL}']").count() == 1
    assert SAID in view.locator("#findings").text_content()


def test_markdown_has_the_states(run):
    text = compatibility(run)
    assert rf"[some-owner/a\_b.c#22]({PULL}) (merged)" in text
    assert rf"[some-owner/a\_b.c#4]({NEW})" in text
    assert f"{SAID}\n" in text
    assert web_link("https://example.org/a_b") == "<https://example.org/a_b>"


def test_without_a_known_state_no_day_is_named(fake):
    records = [fake.record("a"), fake.record("a", "wrong", Verdict.DEVIATES)]
    text = compatibility(fake.run(records, (fake.finding("flip", upstream=[NEW]),)))
    assert NEW in text
    assert "were read" not in text
    assert upstream.when_read([NEW, "javascript:alert(1)"]) == ""


@pytest.mark.parametrize(
    ("links", "ending"),
    [
        ([ISSUE, PULL], "on 2026-01-02 in a stored copy of GitHub that may be older."),
        ([GONE], "on 2026-03-04."),
    ],
)
def test_the_day_is_that_of_what_is_shown(links, ending):
    assert upstream.when_read(links).endswith(f" were read {ending}")
