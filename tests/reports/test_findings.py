"""Findings first: those that matter most, all by cause, as pictures, with what to do instead."""

import pytest
from playwright.sync_api import expect

from convtranspose_reports import Check, Outcome, Verdict, write_report
from convtranspose_reports.page.advice import advice
from convtranspose_reports.page.causes import causes, foremost
from convtranspose_reports.page.heat import pictures, planes

DEVIATES, FAILS = Verdict.DEVIATES, Verdict.FAILS


def differing(fake, finding, count, outcome=Outcome.VALUES_DIFFER, **changes):
    """A finding and its records."""
    group = fake.finding(
        finding, changes.pop("backend", "wrong"), cases=count, example=fake.example(), **changes
    )
    verdict = changes.get("verdict", DEVIATES)
    return group, [
        fake.record(
            f"{finding}{i}",
            group.backend,
            verdict,
            finding=group.id,
            outcome=outcome,
            check=group.check,
        )
        for i in range(count)
    ]


def run_of(fake, *given, **header):
    records = [record for _, some in given for record in some]
    return fake.run(records, tuple(found for found, _ in given), **header)


def test_what_says_the_same_is_one_cause(fake):
    run = run_of(
        fake,
        differing(fake, "flip", 2, sentence="flips"),
        differing(fake, "flip-there", 5, sentence="flips", backend="right"),
        differing(fake, "flip-stated", 9, sentence="flips", check=Check.OUTPUT_SHAPE),
        differing(fake, "other", 3),
        differing(fake, "gone", 1, verdict=Verdict.DECLINED),
    )
    one, other = causes(run)
    assert [(finding.name, finding.cases) for finding in one.findings] == [
        ("flip-stated", 9), ("flip-there", 5), ("flip", 2),
    ]  # fmt: skip
    assert (one.cases, one.backends, one.sentence) == (16, ["wrong", "right"], "flips")
    assert other.first.name == "other"


def test_mixed_readings_of_a_clause_are_one_cause_without_the_counts(fake):
    sentence = "follows no single reading of clause R: of {} cases, a on 1"
    mixed = [
        fake.finding(
            "R",
            name,
            verdict=Verdict.CONFORMS,
            kind="inconsistent",
            sentence=sentence.format(name),
        )
        for name in ("right", "wrong")
    ]
    (cause,) = causes(fake.run([fake.record("a")], tuple(mixed)))
    assert cause.sentence == "follows no single reading of clause R"


def test_red_is_first_and_silence_costs_more_than_a_refusal(fake):
    run = run_of(
        fake,
        differing(fake, "loud", 50, Outcome.REJECTED),
        differing(fake, "silent", 20, backend="right"),
        differing(fake, "inexact", 20, Outcome.INEXACT),
        differing(fake, "news", 1, verdict=FAILS, backend="third"),
        backends=[fake.backend(name) for name in ("right", "wrong", "third")],
    )
    found = causes(run)
    assert [cause.first.name for cause in found][:2] == ["news", "loud"]
    assert [cause.first.name for cause in foremost(found)] == ["news", "silent", "loud", "inexact"]


def test_no_backend_is_all_that_matters(fake):
    many = [differing(fake, f"rule{i}", 9) for i in range(6)]
    run = run_of(fake, *many, differing(fake, "there", 1, backend="right"))
    assert [cause.first.backend for cause in foremost(causes(run))] == ["wrong", "wrong", "right"]


ARRAYS = {
    "[[[1, -2. ,  0.5]]]": [[[1, -2, 0.5]]],
    "[[[1],\n  [2]]]": [[[1], [2]]],
    "[[[[1, 2],\n   [3, 4]]]]": [[[1, 2], [3, 4]]],
    "[[[[[1]],\n\n   [[2e-3]]]]]": [[[1]], [[0.002]]],
    "[[[nan, inf, -inf]]]": 1,
    "[[1 2]\n [3 4]]": [[[1, 2], [3, 4]]],
    "[1, 1, 2]": [],
    "[]": [],
    "[[[0, ..., 1]]]": [],
    "refused: E: no": [],
    "dX, of shape [1] =\n[[[1]]]": [],
    "[[[" + "1, " * 30 + "1]]]": [],
    "[[[1], [2, 3]]": [],
}


def test_arrays_are_read_as_they_are_printed():
    for text, wanted in ARRAYS.items():
        assert (len(planes(text)) if isinstance(wanted, int) else planes(text)) == wanted, text


def kinds(picture):
    return [part.split('"')[0] for part in str(picture.drawing).split('class="')[2:]]


def test_expected_actual_and_difference_are_drawn(fake):
    shown = pictures(fake.example(expected="[[[1, -2, 0]]]", actual="[[[1, 2]]]"))
    assert [picture.title for picture in shown] == ["expected", "actual", "difference"]
    assert [kinds(picture) for picture in shown] == [
        ["above", "below", "above"],
        ["above", "above"],
        ["same", "other", "missing"],
    ]


def test_a_refusal_stands_beside_what_was_expected_as_text(fake):
    shown = pictures(fake.example(actual="refused: <b>"))
    assert [(picture.title, picture.says) for picture in shown] == [
        ("expected", ""),
        ("actual", "refused: <b>"),
    ]
    assert pictures(fake.example(expected="[1, 2]", actual="[1]")) == []


@pytest.mark.parametrize(
    ("name", "changes", "word"),
    [
        ("C:clamped", {}, "pads out"),
        ("accumulates in dtype", {}, "float32"),
        ("no_groups_off_onednn", {"where": "group > 1"}, "groups"),
        ("no_dilations", {"where": "max(dilations) > 1"}, "kernel out"),
        ("anything", {"check": Check.REJECTION}, "forbids"),
        ("anything", {}, ""),
    ],
)
def test_what_to_do_instead_follows_from_what_it_is_about(fake, name, changes, word):
    said = advice(fake.finding(name, **changes))
    assert word in said
    assert bool(said) is bool(word)


def test_the_page_begins_with_what_matters_and_each_leads_to_its_numbers(opened, tmp_path, fake):
    given = [differing(fake, f"rule{i}", 6 - i, backend=f"b{i}") for i in range(6)]
    run = run_of(fake, *given, backends=[fake.backend(f"b{i}") for i in range(6)])
    view = opened(write_report(tmp_path, run).as_uri())
    firsts = view.locator(".foremost li")
    assert firsts.count() == 5
    assert firsts.first.locator("h3").text_content() == "Does rule0"
    assert firsts.first.locator("svg.heat").count() == 3
    firsts.first.locator("a").first.click()
    expect(view.locator("details.finding").first).to_have_attribute("open", "")
    assert view.locator("a[href^='#ask']").count() == 0  # no section of this page is asked


def test_an_address_opens_the_cause_around_a_card(opened, tmp_path, fake):
    given = [differing(fake, f"flip{i}", 1, sentence="flips") for i in range(2)]
    view = opened(write_report(tmp_path, run_of(fake, *given)).as_uri() + "#finding/wrong-flip1")
    assert view.locator("details.cause > details.finding").count() == 2
    expect(view.locator("details.cause")).to_have_attribute("open", "")
    assert view.locator("details.finding[open]").count() == 1


def test_a_cause_has_an_address_that_a_later_run_keeps(opened, tmp_path, fake):
    """It follows from what is said and the verdict, not from who says it, or of how many cases."""
    once = run_of(fake, *(differing(fake, f"flip{i}", 1, sentence="flips") for i in range(2)))
    later = run_of(fake, *(differing(fake, f"turn{i}", 7, sentence="flips") for i in range(3)))
    (cause,), (same,) = causes(once), causes(later)
    assert cause.address == same.address
    (red,) = causes(run_of(fake, differing(fake, "flip", 1, verdict=FAILS, sentence="flips")))
    assert red.address != cause.address
    view = opened(write_report(tmp_path, later).as_uri() + "#" + cause.address)
    expect(view.locator("details.cause")).to_have_attribute("open", "")
    expect(view.get_by_text("What they share")).to_be_in_viewport()
