"""The matrix: what a feature does by itself; two features at once."""

import pytest
from playwright.sync_api import expect

from convtranspose_reports import Check, Outcome, Verdict, write_report
from convtranspose_reports.page.matrix import (
    COMPUTED,
    STATED,
    about,
    cells,
    features_named,
    grouped,
    tables,
)

FEATURES = dict.fromkeys(("group", "float16", "strides", "kernel below stride"), "said")
DEVIATES = Verdict.DEVIATES


@pytest.fixture
def run(fake):
    """Two calls of groups in float16, where float16 is wrong, and what has other verdicts."""
    cases = [
        fake.case("both", "group", "float16"),
        fake.case("group", "group"),
        fake.case("strided", "strides", "kernel below stride"),
        fake.case("silent", "strides"),
    ]
    records = [
        fake.record("both", "wrong", DEVIATES, finding="wrong-float16"),
        fake.record("both", "right"),
        fake.record("group", "wrong"),
        fake.record("group", "right", Verdict.DECLINED),
        fake.record("strided", "wrong", DEVIATES, finding="wrong-C:clamped"),
        fake.record("strided", "wrong", check=Check.OUTPUT_SHAPE),
        fake.record("strided", "right", Verdict.FAILS),
        fake.record("silent", "wrong", Verdict.UNSUPPORTED),
    ]
    findings = (
        fake.finding("float16", where="op == 'ConvTranspose' and dtype == 'float16'"),
        fake.finding("C:clamped", where="len(output_shape) == 0"),
    )
    return fake.run(records, findings, cases, features=FEATURES)


def kinds(rows, backend):
    return {name: row[backend].kind for name, row in rows.items() if row[backend].counts}


def test_a_deviation_counts_against_what_its_condition_names(run):
    rows = cells(run, COMPUTED)
    assert kinds(rows, "wrong") == {
        "group": "right", "float16": "part-0", "strides": "unsaid",
        "kernel below stride": "part-0",
    }  # fmt: skip
    assert kinds(rows, "right") == {
        "group": "right", "float16": "right", "strides": "red", "kernel below stride": "red",
    }  # fmt: skip
    assert rows["group"]["wrong"].elsewhere == 1
    assert rows["group"]["wrong"].percent == "100 %"
    assert kinds(cells(run, STATED), "wrong") == {
        "strides": "right", "kernel below stride": "right",
    }  # fmt: skip


def test_a_finding_without_a_condition_is_about_what_all_its_cases_have(fake):
    cases = [fake.case("a", "group", "strides"), fake.case("b", "group")]
    records = [fake.record(name, "wrong", DEVIATES, finding="wrong-flip") for name in "ab"]
    rows = cells(fake.run(records, (fake.finding("flip"),), cases, features=FEATURES), COMPUTED)
    assert kinds(rows, "wrong") == {"group": "part-0", "strides": "unsaid"}


def test_a_deviation_is_not_about_what_is_named_but_changes_nothing(fake):
    """Strides that a condition compares something with: as often right as without them."""
    cases = [fake.case(f"{n}", "group", *["strides"] * (n % 2)) for n in range(4)]
    cases += [fake.case(f"{n}", *["strides"] * (n % 2)) for n in range(4, 8)]
    where = "group > 1 and any([o >= s for o, s in zip(output_padding, strides)])"
    records = [fake.record(f"{n}", "wrong", DEVIATES, finding="wrong-flip") for n in range(4)]
    records += [fake.record(f"{n}", "wrong") for n in range(4, 8)]
    run = fake.run(records, (fake.finding("flip", where=where),), cases, features=FEATURES)
    assert about(run) == {"wrong-flip": {"group"}}
    assert kinds(cells(run, COMPUTED), "wrong") == {"group": "part-0", "strides": "right"}


@pytest.mark.parametrize(
    ("where", "name", "features"),
    [
        ("group > 1 and bias", "x", {"group", "bias"}),
        ("dtype == 'bfloat16'", "x", {"bfloat16"}),
        ("auto_pad in ('VALID', 'SAME_LOWER')", "x", {"auto_pad VALID", "auto_pad SAME_LOWER"}),
        ("auto_pad in ('NOTSET', 'VALID') and rank > 1", "x", set()),
        ("rank == 3", "x", {"3-D"}),
        ("", "K:below_stride", {"output_padding"}),
        ("", "flip", set()),
    ],
)  # fmt: skip
def test_what_conditions_and_rules_speak_of(fake, where, name, features):
    assert features_named(fake.finding(name, where=where)) == features


def test_shares_are_rounded_to_neither_end(fake):
    cases = [fake.case(f"c{i}", "group") for i in range(300)]
    for wrong, percent, kind in ((1, "99 %", "part-3"), (299, "below 1 %", "part-0")):
        records = [
            fake.record(case.name, "wrong", DEVIATES, finding="wrong-flip")
            if i < wrong
            else fake.record(case.name, "wrong")
            for i, case in enumerate(cases)
        ]
        rows = cells(fake.run(records, (fake.finding("flip"),), cases), COMPUTED)
        assert (rows["group"]["wrong"].percent, rows["group"]["wrong"].kind) == (percent, kind)


def test_rows_stand_under_headings_and_none_is_lost():
    rows = dict(grouped(["mine", "group", "1-D", "float16"]))
    assert rows == {
        "Sizes": ["1-D"],
        "Channels": ["group"],
        "Types": ["float16"],
        "Others": ["mine"],
    }


def test_a_cell_says_in_words_what_differs_and_two_features_have_a_table(opened, tmp_path, run):
    view = opened(write_report(tmp_path, run).as_uri())
    cell = view.locator("td.cell.part-0").first
    cell.locator("summary").click()
    assert "differs: does C:clamped (1)" in " ".join(cell.text_content().split())
    view.click("#pairs summary")
    view.select_option("#pair-backend", "wrong")
    rows = view.eval_on_selector_all(
        "#pair-table tbody tr", "rows => rows.map(row => [...row.cells].map(c => c.textContent))"
    )
    assert rows == [
        ["group", "50", "0", "", ""],
        ["float16", "0", "0", "", ""],
        ["strides", "", "", "0", "0"],
        ["kernel below stride", "", "", "0", "0"],
    ]
    expect(view.locator("#pair-table td.part-2")).to_have_attribute(
        "title", "group, group: 1 of 2 right"
    )


STATES = ["group", "strides"]


@pytest.fixture
def stating(fake):
    """One backend computes, states and refuses; the other, `wrong`, computes nothing."""
    cases = [fake.case("legal", *STATES), fake.case("not", "forbidden calls")]
    records = [fake.record("legal", "right")]
    for name in ("right", "wrong"):
        records += [
            fake.record("legal", name, check=Check.OUTPUT_SHAPE),
            fake.record("not", name, check=Check.REJECTION, outcome=Outcome.REJECTED),
        ]
    features = dict.fromkeys((*STATES, "forbidden calls", "bias"), "said")
    return fake.run(records, (), cases, features=features)


def names(backends):
    return [backend.name for backend in backends]


def rows_of(table):
    return [feature for _, features in table.groups for feature in features]


def test_who_computes_nothing_has_no_column_of_what_is_computed(stating):
    computed, stated, alone = tables(stating)
    assert (names(computed.backends), names(stated.backends)) == (["right"], ["right", "wrong"])
    assert names(alone) == ["wrong"]
    assert rows_of(computed) == rows_of(stated) == ["strides", "group", "forbidden calls"]
    assert stated.rows["forbidden calls"]["wrong"].percent == "100 %"
    assert not stated.rows["forbidden calls"]["right"].counts  # it stands above
    assert computed.rows["forbidden calls"]["right"].percent == "100 %"


def test_who_was_asked_for_forbidden_calls_alone_may_compute(fake, stating):
    refusals = [record for record in stating.records if record.check is Check.REJECTION]
    run = fake.run(refusals, (), stating.cases, features=stating.header.features)
    computed, stated, alone = tables(run)
    assert (names(computed.backends), stated.backends, alone) == (["right", "wrong"], [], [])
    assert rows_of(computed) == ["forbidden calls"]


def test_the_page_says_who_computes_nothing_and_shows_its_shapes(opened, tmp_path, stating):
    view = opened(write_report(tmp_path, stating).as_uri())
    heads = view.locator("#matrix table.matrix thead").all_text_contents()
    assert ["wrong" in head for head in heads] == [False, True]
    assert "wrong computes no values; what it states is" in view.locator("#matrix").text_content()
    shapes = view.locator("#matrix > details:has(table.matrix)")
    expect(shapes).to_have_attribute("open", "")
    last = shapes.locator("tr", has_text="forbidden calls").locator("td")
    assert [each.split()[0] for each in last.all_text_contents()] == ["above", "forbidden"]
    view.click("#pairs summary")
    for backend in ("right", "wrong"):
        view.select_option("#pair-backend", backend)
        assert view.locator("#pair-table tbody th").all_text_contents() == [
            "group", "strides", "forbidden calls",
        ]  # fmt: skip


def test_where_nobody_computes_there_is_one_table(fake, opened, tmp_path, stating):
    records = [record for record in stating.records if record.backend == "wrong"]
    run = fake.run(
        records,
        (),
        stating.cases,
        features=stating.header.features,
        backends=[fake.backend("wrong")],
    )
    view = opened(write_report(tmp_path, run).as_uri())
    assert view.locator("#matrix table.matrix").count() == 1
    assert view.locator("#matrix td.cell.right").count() == 3
