"""What a run brings to light, as an issue's text."""

from dataclasses import replace

from convtranspose_reports import Verdict, issue_text
from convtranspose_reports.issue import MOST_CHARACTERS

FAILS, STALE, DEVIATES = Verdict.FAILS, Verdict.STALE, Verdict.DEVIATES


def test_a_run_without_news_is_no_issue(fake) -> None:
    run = fake.run([fake.record("a")], (fake.finding("flip", verdict=DEVIATES),))
    assert issue_text(run) == ""


def test_title_versions_findings_and_scripts(fake) -> None:
    found = fake.finding("flip", verdict=FAILS, cases=3, example=fake.example())
    backends = [fake.backend("right"), fake.backend("wrong", version="2.0rc1")]
    gone = fake.finding("gone", verdict=STALE)
    text = issue_text(fake.run([fake.record("a")], (gone, found), backends=backends))
    assert text.splitlines()[0] == (
        "# wrong 2.0rc1: a new difference, declarations that hold no more"
    )
    assert text.index("**fails** `wrong-flip`, 3 cases") < text.index("**stale** `wrong-gone`")
    assert "- `right`: 1.0" in text
    assert "print(1 < 2)" in text


def test_what_seems_repaired_is_news(fake) -> None:
    text = issue_text(fake.run([fake.record("a", note="fixed?"), fake.record("b", note="fixed?")]))
    assert text.startswith("# right 1.0: declared differences that are gone\n")
    assert "`right` conforms in 2 cases" in text


def test_a_run_that_was_cut_short_says_so(fake) -> None:
    text = issue_text(replace(fake.run([fake.record("a")]), footer=None))
    assert "the run was cut short" in text.splitlines()[0]


def test_many_findings_fit_into_one_issue(fake) -> None:
    long = fake.example(reproducer="x = 1\n" * 2000)
    found = [fake.finding(f"rule_{i}", verdict=FAILS, example=long) for i in range(100)]
    text = issue_text(fake.run([fake.record("a")], tuple(found)))
    assert len(text) < MOST_CHARACTERS + 200
    assert "... and 40 more" in text
    assert "96 more have no script here" in text
