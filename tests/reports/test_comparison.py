"""Two runs beside each other."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from convtranspose_reports import (
    FORMATS,
    Check,
    ComparisonError,
    Footer,
    Outcome,
    Verdict,
    add_entry,
    compare,
    with_changes,
    write_report,
)
from convtranspose_reports.comparison.change import (
    KINDS,
    REGRESSIONS,
    Kind,
)
from convtranspose_reports.comparison.changes import kind_of

CONFORMS, DEVIATES, FAILS, STALE = (
    Verdict.CONFORMS,
    Verdict.DEVIATES,
    Verdict.FAILS,
    Verdict.STALE,
)
UNSUPPORTED, DECLINED = Verdict.UNSUPPORTED, Verdict.DECLINED


def changes(comparison, backend="right"):
    (found,) = [each for each in comparison.backends if each.name == backend]
    return [(change.kind, change.cases) for change in found.changes]


@pytest.mark.parametrize(
    ("was", "now", "kind"),
    [
        (CONFORMS, DEVIATES, Kind.BROKEN),
        (CONFORMS, FAILS, Kind.BROKEN),
        (CONFORMS, DECLINED, Kind.NO_LONGER_ANSWERED),
        (DEVIATES, UNSUPPORTED, Kind.NO_LONGER_ANSWERED),
        (FAILS, DECLINED, Kind.CHANGED),
        (DEVIATES, FAILS, Kind.UNDECLARED),
        (UNSUPPORTED, FAILS, Kind.UNDECLARED),
        (UNSUPPORTED, DECLINED, Kind.CHANGED),
        (DECLINED, CONFORMS, Kind.NOW_ANSWERED),
        (DECLINED, DEVIATES, Kind.NOW_ANSWERED),
        (DEVIATES, CONFORMS, Kind.FIXED),
        (FAILS, CONFORMS, Kind.FIXED),
        (FAILS, DEVIATES, Kind.DECLARED),
        (DEVIATES, DEVIATES, Kind.CHANGED),
        (FAILS, FAILS, Kind.CHANGED),
    ],
)
def test_what_became_of_an_answer(was, now, kind):
    assert kind_of(was, now) is kind


def test_every_kind_has_its_sentence_and_is_worse_or_not():
    assert set(KINDS) == set(Kind)
    assert set(Kind) > REGRESSIONS


def test_the_same_run_twice_changes_nothing(fake):
    run = fake.run([fake.record("a"), fake.record("a", "wrong", FAILS, reason="3 is 4")])
    comparison = compare(run, run)
    assert not comparison.regressed
    assert [(b.same, b.both, b.changes) for b in comparison.backends] == [(1, 1, [])] * 2


def test_changes_of_one_kind_are_one_with_all_their_cases(fake):
    declared = fake.finding("flips", "right", cases=2)
    differs = {"finding": declared.id}
    old = fake.run([fake.record(name) for name in "abc"])
    new = fake.run(
        [
            fake.record("a", "right", DEVIATES, **differs),
            fake.record("b"),
            fake.record("c", "right", DEVIATES, **differs),
        ],
        (declared,),
    )
    assert changes(compare(old, new)) == [(Kind.BROKEN, ["a", "c"])]
    assert compare(old, new).regressed
    assert changes(compare(new, old)) == [(Kind.FIXED, ["a", "c"])]
    assert not compare(new, old).regressed


def test_declared_answers_are_the_same_where_their_explanation_is(fake):
    """What was seen of an explained case may be worded otherwise in another version."""
    flips = fake.finding("flips", "right")
    old = fake.run(
        [fake.record("a", "right", DEVIATES, finding=flips.id, reason="1 is 2")], (flips,)
    )
    new = fake.run(
        [fake.record("a", "right", DEVIATES, finding=flips.id, reason="1 is 3")], (flips,)
    )
    assert changes(compare(old, new)) == []
    crops = fake.finding("crops", "right")
    other = fake.run([fake.record("a", "right", DEVIATES, finding=crops.id)], (crops,))
    (right, _) = compare(old, other).backends
    assert [(c.kind, c.was, c.now) for c in right.changes] == [
        (Kind.CHANGED, "deviates: does flips", "deviates: does crops")
    ]


def test_undeclared_answers_are_the_same_only_where_they_were_seen_so(fake):
    old = fake.run([fake.record("a", "right", FAILS, reason="1 is 2")])
    new = fake.run([fake.record("a", "right", FAILS, reason="1 is 3")])
    assert changes(compare(old, new)) == [(Kind.CHANGED, ["a"])]


def test_what_both_say_is_said_once(fake):
    old, new = (
        fake.run([fake.record("a", "right", verdict, reason="no kernel: double")])
        for verdict in (UNSUPPORTED, DECLINED)
    )
    (change,) = compare(old, new).backends[0].changes
    assert (change.was, change.now) == ("unsupported", "declined: no kernel: double")


def test_a_declaration_that_holds_no_more_is_worse(fake):
    stale = fake.finding("flips", "right", STALE, cases=0)
    old, new = fake.run([fake.record("a")]), fake.run([fake.record("a")], (stale,))
    assert changes(compare(old, new)) == [(Kind.STALE, [stale.id])]
    assert compare(old, new).regressed
    assert changes(compare(new, old)) == [(Kind.NO_LONGER_STALE, [stale.id])]


def test_questions_that_one_run_asked_are_counted_and_not_judged(fake):
    old = fake.run([fake.record("a"), fake.record("gone", "right", FAILS)])
    shape = fake.record("a", check=Check.OUTPUT_SHAPE, outcome=Outcome.SHAPE_DIFFERS)
    new = fake.run([fake.record("a"), fake.record("fresh", "right", FAILS), shape])
    right = compare(old, new).backends[0]
    assert (right.both, right.new_questions, right.vanished_questions) == (1, 2, 1)
    assert right.changes == []


def test_versions_and_backends_of_one_run_alone_are_told(fake):
    old = fake.run(
        [fake.record("a"), fake.record("a", "gone")],
        backends=[fake.backend("right"), fake.backend("gone", version="0.9")],
    )
    new = fake.run(
        [fake.record("a"), fake.record("a", "fresh")],
        backends=[fake.backend("fresh"), fake.backend("right", version="1.1")],
    )
    comparison = compare(old, new)
    assert [b.name for b in comparison.backends] == ["fresh", "right", "gone"]
    said = FORMATS["text"](comparison)
    assert "right 1.0 -> 1.1: 1 of 1 the same" in said
    assert "gone 0.9, asked by the old run alone" in said
    assert "fresh 1.0, asked by the new run alone" in said
    assert said.endswith("nothing is worse than before\n")


def test_runs_with_other_numbers_or_no_backend_in_common_are_refused(fake):
    run = fake.run([fake.record("a")])
    with pytest.raises(ComparisonError, match="--seed 1, the new one --seed 2"):
        compare(run, fake.run([fake.record("a")], seed=2))
    other = fake.run([fake.record("a", "other")], backends=[fake.backend("other")])
    with pytest.raises(ComparisonError, match="asked right, wrong, the new one other"):
        compare(run, other)
    with pytest.raises(ComparisonError, match="backend torch was not asked by both"):
        compare(run, run, ["torch"])


@pytest.fixture
def worse(fake):
    old = fake.run([fake.record(name) for name in "abcde"])
    new = fake.run(
        [fake.record(name, "right", FAILS, reason="<b>1</b> | 2") for name in "abcd"]
        + [fake.record("e")]
    )
    return compare(old, new)


def test_text_names_examples_and_what_is_worse(worse):
    lines = FORMATS["text"](worse).splitlines()
    assert lines[0] == "right 1.0: 1 of 5 the same, 4 broken"
    assert lines[1:5] == [
        "! broken, output, 4 cases:",
        "    was: conforms",
        "    now: fails: <b>1</b> | 2",
        "    a b c and 1 more",
    ]
    assert lines[-1] == "worse than before: right"


def test_markdown_is_a_table_in_which_nothing_is_markup(worse):
    said = FORMATS["markdown"](worse)
    assert "| backend | versions | broken | the same |" in said
    assert "| right | 1.0 | 4 | 1 of 5 |" in said
    assert r"\<b\>1\</b\> \| 2" in said


def test_json_has_every_case_and_what_the_exit_status_says(worse):
    data = json.loads(FORMATS["json"](worse))
    assert data["regressed"] is True
    (change,) = data["backends"][0]["changes"]
    assert (change["kind"], change["cases"]) == ("broken", ["a", "b", "c", "d"])


def test_the_page_tells_it_first(opened, tmp_path, fake, worse):
    run = fake.run([fake.record(name, "right", FAILS) for name in "abcd"])
    view = opened(write_report(tmp_path, run, with_changes(worse)).as_uri())
    section = view.locator("main > section").first
    assert section.get_attribute("id") == "changes"
    assert "Worse than before: right." in section.text_content()
    assert "fails: <b>1</b> | 2" in section.text_content()
    section.locator("details summary").click()
    section.get_by_text("b", exact=True).click()
    assert "#cases?q=b" in view.url


ATOM = "{http://www.w3.org/2005/Atom}"


def entries(path):
    return [entry.findtext(f"{ATOM}title") for entry in ET.parse(path).iter(f"{ATOM}entry")]


def test_the_feed_has_each_comparison_once_the_newest_first(tmp_path, fake, worse):
    path = tmp_path / "changes.xml"
    run = fake.run([fake.record("a")])
    assert not add_entry(path, compare(run, run))
    assert not path.exists()
    assert add_entry(path, worse)
    assert add_entry(path, worse)
    assert entries(path) == ["worse than before: right (right)"]
    newer = fake.run([fake.record("a")], backends=[fake.backend("right", version="\x002")])
    later = Footer(records=1, exit_status=0, finished="2027-01-01T00:00:00Z", seconds=1.0)
    newer = replace(newer, footer=later)
    assert add_entry(path, compare(run, newer))
    assert entries(path) == [
        "nothing is worse than before (right)",
        "worse than before: right (right)",
    ]
    assert ET.parse(path).getroot().findtext(f"{ATOM}updated") == "2027-01-01T00:00:00Z"


@pytest.mark.parametrize("content", ["", "no xml", "<feed/>", "\x00"])
def test_a_file_that_is_no_feed_is_refused_and_stays(tmp_path, worse, content):
    path = tmp_path / "other.xml"
    path.write_text(content)
    with pytest.raises(ComparisonError, match=r"other\.xml: is no Atom feed"):
        add_entry(path, worse)
    assert path.read_text() == content
