import base64
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import msgspec
import pytest

from convtranspose_reports import (
    Answered,
    Check,
    Outcome,
    Verdict,
    answered,
    exit_status,
    summary,
    too_few,
    write_report,
)
from convtranspose_reports.compatibility import compatibility
from convtranspose_reports.page.columns import columns, packed
from convtranspose_reports.runs.summary import readings_followed, shape_rules, state

CONFORMS, DEVIATES, FAILS, STALE, UNSUPPORTED, DECLINED = (
    Verdict[n] for n in ("CONFORMS", "DEVIATES", "FAILS", "STALE", "UNSUPPORTED", "DECLINED")
)
NONE = {"unsupported": 0, "declined": 0}
NASTY = 'a|b `c` <script>alert(1)</script>\n# *d* \0\x1b[31m \ufffe ]]> & "'


@pytest.fixture
def run(fake):
    cases = [fake.case("a", "group"), fake.case("b", "group", "strides"), fake.case("c")]
    records = [
        fake.record("a", follows={"A": ["text"]}),
        fake.record("b", follows={"A": ["text", "other"]}),
        fake.record("c", "right", UNSUPPORTED, reason=NASTY),
        fake.record(
            "a",
            "wrong",
            DEVIATES,
            finding="wrong-flip",
            follows={"A": ["text"]},
            note="unverified here",
        ),
        fake.record(
            "b",
            "wrong",
            FAILS,
            outcome=Outcome.SHAPE_DIFFERS,
            reason=NASTY,
            follows={"A": ["other"]},
        ),
        fake.record(
            "a",
            "wrong",
            FAILS,
            check=Check.OUTPUT_SHAPE,
            outcome=Outcome.REJECTED,
            finding="wrong-no",
        ),
    ]
    findings = (
        fake.finding(
            "flip", sentence=NASTY, upstream=["https://example.org/a_b", "javascript:alert(1)"]
        ),
        fake.finding("no", check=Check.OUTPUT_SHAPE, verdict=FAILS),
        fake.finding("gone", verdict=STALE, kind="stale"),
    )
    return fake.run(records, findings, cases)


def test_summary_counts(run):
    document = summary(run)
    assert document["backends"]["wrong"] == {
        "version": "1.0",
        "kernels": {},
        "verdicts": {"conforms": 0, "deviates": 1, "fails": 2, "stale": 1} | NONE,
        "checks": {
            "output": {"conforms": 0, "deviates": 1, "fails": 1, "stale": 1} | NONE,
            "output_shape": {"conforms": 0, "deviates": 0, "fails": 1, "stale": 0} | NONE,
        },
        "answered": 1.0,
    }
    assert document["backends"]["right"]["verdicts"] == {
        "conforms": 2,
        "deviates": 0,
        "fails": 0,
        "stale": 0,
        "unsupported": 1,
        "declined": 0,
    }
    assert document["backends"]["right"]["answered"] == 0.6667
    assert (
        document["cases"],
        document["suites"],
        document["exit_status"],
        document["partial"],
        document["state"],
    ) == (
        3,
        {"core": 3},
        1,
        "",
        "red",
    )


def test_state(fake):
    both = [fake.record("a"), fake.record("a", "wrong")]
    assert state(fake.run(both)) == "green"
    assert state(fake.run(both, (fake.finding("gone", verdict=STALE),))) == "red"
    assert state(fake.run([])) == "nothing"
    assert state(fake.run(both[:1])) == "unanswered"
    assert state(fake.run(both[:1], partial="--case a")) == "green"


@pytest.fixture
def silent(fake):
    """A run in which one backend answers one of two questions, and the other one none."""
    records = [
        fake.record("a"),
        fake.record("b", "right", UNSUPPORTED, reason="no word for it"),
        fake.record("a", "wrong", DECLINED, reason="no kernel"),
        fake.record("b", "wrong", DECLINED, reason="no kernel"),
    ]
    return fake.run(records)


def test_a_backend_that_answered_nothing_is_no_pass(silent):
    header, records = silent.header, silent.records
    assert {name: each.share for name, each in answered(header, records).items()} == {
        "right": 0.5,
        "wrong": 0.0,
    }
    ((name, told),) = too_few(header, records).items()
    assert (name, told.sentence()) == ("wrong", "answered nothing (2 declined)")
    assert exit_status(header, records, []) == 3
    assert exit_status(header, records[:2], []) == 3  # asked, and not a word of it
    assert exit_status(header, [*records, silent_failure(records[2])], []) == 1


def silent_failure(record):
    return msgspec.structs.replace(record, verdict=FAILS)


def test_a_share_may_be_asked_for(silent):
    header = msgspec.structs.replace(silent.header, min_answered=0.6)
    assert list(too_few(header, silent.records)) == ["right", "wrong"]
    assert list(too_few(header, silent.records[:1])) == ["wrong"]


def test_the_share_stands_beside_every_count(tmp_path, silent):
    write_report(tmp_path, silent)
    document = json.loads((tmp_path / "summary.json").read_text())
    assert document["state"] == "unanswered"
    assert document["too_few_answers"] == {"wrong": "answered nothing (2 declined)"}
    assert [document["backends"][name]["answered"] for name in ("right", "wrong")] == [0.5, 0.0]
    markdown = (tmp_path / "COMPATIBILITY.md").read_text()
    assert "| right | 1.0 | 50 % |" in markdown
    assert "**wrong answered nothing (2 declined): that is no pass.**" in markdown
    right, wrong = ET.parse(tmp_path / "junit.xml").getroot()
    shares = {
        each.get("name"): each.find("properties/property[@name='answered']").get("value")
        for each in (right, wrong)
    }
    assert shares == {
        "right": "answered 1 of 2 questions (1 unsupported)",
        "wrong": "answered nothing (2 declined)",
    }
    assert [wrong.get(key) for key in ("tests", "failures", "skipped")] == ["2", "1", "1"]
    assert [each.get("message")[:4] for each in wrong.iter("skipped")] == ["2 x "]


def test_what_is_computed_and_what_is_stated_are_not_counted_together(fake):
    cases = [fake.case("a", "group"), fake.case("b", "group")]
    records = [
        fake.record("a"),
        fake.record("b"),
        fake.record("a", check=Check.OUTPUT_SHAPE),
        fake.record("b", verdict=FAILS, outcome=Outcome.SHAPE_DIFFERS, check=Check.OUTPUT_SHAPE),
    ]
    text = compatibility(fake.run(records, cases=cases))
    rows = [line for line in text.splitlines() if line.startswith("| **group**")]
    assert [row.split(" | ")[1].rstrip(" |") for row in rows] == ["✓ 2", "1 of 2"]
    computed, stated = text.index("What is computed: "), text.index("What is stated ")
    assert computed < text.index(rows[0]) < stated < text.index(rows[1])


def test_readings_followed(run):
    followed = readings_followed(run)
    assert list(followed) == ["A"]
    assert (followed["A"]["right"].answers, followed["A"]["right"].readings) == (2, ["text"])
    assert (followed["A"]["wrong"].fits, followed["A"]["wrong"].readings) == (
        {"text": 1, "other": 1},
        [],
    )


def test_shape_rules(run):
    rules = {(rule.backend, rule.check): rule for rule in shape_rules(run)}
    assert list(rules) == [("right", "output"), ("wrong", "output"), ("wrong", "output_shape")]
    assert (
        rules["right", "output"].agrees,
        rules["right", "output"].other,
        rules["right", "output"].differences,
    ) == (
        2,
        1,
        [],
    )
    assert [d.sentence for d in rules["wrong", "output"].differences] == [NASTY]
    assert [d.sentence for d in rules["wrong", "output_shape"].differences] == ["does no"]


def test_junit(tmp_path, run):
    write_report(tmp_path, run)
    right, wrong = ET.parse(tmp_path / "junit.xml").getroot()
    assert [right.get(key) for key in ("name", "tests", "failures", "skipped", "errors")] == [
        "right",
        "3",
        "0",
        "1",
        "0",
    ]
    assert [wrong.get(key) for key in ("name", "tests", "failures", "skipped", "errors")] == [
        "wrong",
        "4",
        "3",
        "0",
        "0",
    ]
    cases = {
        (case.get("classname"), case.get("name")): [child.tag for child in case]
        for case in wrong.iter("testcase")
    }
    assert cases == {
        ("wrong.output", "a"): ["system-out"],
        ("wrong.output", "b"): ["failure"],
        ("wrong.output_shape", "a"): ["failure"],
        ("wrong.output", "stale: gone"): ["failure"],
    }
    said = wrong.findall("testcase")[1].find("failure")
    assert said.text == (
        'a|b `c` <script>alert(1)</script>\n# *d* \ufffd\ufffd[31m \ufffd ]]> & "\n'
        "to repeat: convtranspose run --backend wrong --suite core --case b"
    )
    assert (said.get("type"), said.get("message")) == (
        "SHAPE_DIFFERS",
        "a|b `c` <script>alert(1)</script>",
    )


def test_who_answered_all_is_said_no_more_of():
    assert Answered(asked=3).sentence() == "answered 3 of 3 questions"
    assert Answered(asked=0).sentence() == "answered nothing (nothing was asked)"


def test_junit_says_when_how_long_and_of_which_versions(tmp_path, run):
    write_report(tmp_path, run)
    root = ET.parse(tmp_path / "junit.xml").getroot()
    assert root.get("time") == "1.000"
    assert {suite.get("timestamp") for suite in root} == {"2025-12-31T23:59:59"}
    assert {suite.get("time") for suite in root} == {None}  # nobody knows it of this run
    version = root[0].find("properties/property[@name='version']")
    assert version.get("value") == run.header.backends[0].version


def timed(run, **seconds):
    return replace(run, footer=msgspec.structs.replace(run.footer, backend_seconds=seconds))


def test_a_suite_has_the_time_of_its_backend_and_a_testcase_none(tmp_path, run):
    write_report(tmp_path, timed(run, wrong=12.5))
    right, wrong = ET.parse(tmp_path / "junit.xml").getroot()
    assert (right.get("time"), wrong.get("time")) == (None, "12.500")
    assert {case.get("time") for case in right.iter("testcase")} == {None}
    assert {case.get("time") for case in wrong.iter("testcase")} == {None}


# element -> attributes that it has to have, and may have, by the schema of xunit2 (junit-10.xsd)
XUNIT2 = {
    "testsuites": ((), ("name", "time", "tests", "failures", "errors")),
    "testsuite": (("name", "tests", "failures", "errors"), ("skipped", "time", "timestamp")),
    "properties": ((), ()),
    "property": (("name", "value"), ()),
    "testcase": (("name",), ("time", "classname")),
    "failure": ((), ("type", "message")),
    "skipped": ((), ("type", "message")),
    "system-out": ((), ()),
}


def test_junit_has_what_xunit2_knows_and_asks_for(tmp_path, run):
    write_report(tmp_path, timed(run, right=1_234.5, wrong=0.001))
    root = ET.parse(tmp_path / "junit.xml").getroot()
    seen = {element.tag for element in root.iter()}
    assert seen == {*XUNIT2}
    for element in root.iter():
        needed, allowed = XUNIT2[element.tag]
        assert {*needed} <= {*element.attrib} <= {*needed, *allowed}
    for element in (root, *root):
        assert re.fullmatch(r"\d+\.\d{3}", element.get("time"))


def test_what_was_skipped_for_one_reason_is_one_test(tmp_path, fake):
    reasons = ["no word for it"] * 3 + ["no kernel"]
    records = [
        fake.record(f"case{i}", verdict=Verdict.UNSUPPORTED, reason=reason)
        for i, reason in enumerate(reasons)
    ]
    write_report(tmp_path, fake.run([*records, fake.record("answered")]))
    right = ET.parse(tmp_path / "junit.xml").getroot()[0]
    assert [right.get(key) for key in ("tests", "failures", "skipped")] == ["3", "0", "2"]
    assert [case.get("name") for case in right.iter("testcase")][1:] == [
        "3 x UNSUPPORTED: no word for it",
        "1 x UNSUPPORTED: no kernel",
    ]


def test_markdown_is_escaped(run):
    page = compatibility(run)
    assert r"a\|b \`c\` \<script\>alert(1)\</script\> # \*d\*" in page
    assert "<script>" not in page
    assert "<https://example.org/a_b> javascript:alert(1)" in page
    tables = [line for line in page.splitlines() if line.startswith("| **")]
    assert {line.count("|") - line.count(r"\|") for line in tables} == {3, 4}
    differences = _rows_of_differences(page)
    assert differences
    assert {line.count("|") - line.count(r"\|") for line in differences} == {3}


def test_embedded_records_hold_no_time_of_day(run):
    assert base64.b64decode("".join(packed(columns(run, {}))))[4:8] == bytes(4)


def test_report_files(tmp_path, run):
    index = write_report(tmp_path / "out", run)
    assert index == tmp_path / "out" / "index.html"
    assert sorted(path.name for path in index.parent.iterdir()) == [
        "COMPATIBILITY.md",
        "badge.svg",
        "badges",
        "index.html",
        "junit.xml",
        "summary.json",
    ]
    assert json.loads((index.parent / "summary.json").read_text()) == summary(run)
    before = {path.name: path.read_bytes() for path in index.parent.rglob("*.*")}
    write_report(tmp_path / "out", run)
    assert {path.name: path.read_bytes() for path in index.parent.rglob("*.*")} == before


def test_the_kernels_of_a_backend_are_shown_on_every_page(tmp_path, fake):
    kernels = {
        "onednn": "float32",
        "aten": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "isa": "avx2",
        "flags": "sse sse4_1 avx2 fma",
    }
    backends = [
        fake.backend("right", versions={"right": "1"}, kernels=kernels),
        fake.backend("wrong", versions={"wrong": "1"}, kernels={"flags": "sse4_1 ssse3 avx fma"}),
    ]
    write_report(tmp_path, fake.run([fake.record("a")], backends=backends))
    page = (tmp_path / "index.html").read_text()
    markdown = (tmp_path / "COMPATIBILITY.md").read_text()
    assert "<td>oneDNN: float32, ATen avx2, ONEDNN_MAX_CPU_ISA=AVX2, up to avx2</td>" in page
    assert "<td>avx, fma</td>" in page
    assert (
        r"right 1; oneDNN: float32, ATen avx2, ONEDNN\_MAX\_CPU\_ISA=AVX2, up to avx2 |" in markdown
    )


def _rows_of_differences(page):
    return [line for line in page.splitlines() if line.startswith("| In ")]


def test_a_difference_says_which_releases_show_it(tmp_path, fake):
    told = fake.finding("old", since="every release asked, 1.20.1 to 1.31.1")
    run = fake.run([fake.record("a", "wrong", Verdict.DEVIATES, finding=told.id)], [told])
    (row,) = _rows_of_differences(compatibility(run))
    assert row.endswith(" | every release asked, 1.20.1 to 1.31.1 |")
    page = write_report(tmp_path, run).read_text(encoding="utf-8")
    assert "<dt>releases that show it</dt><dd>every release asked, 1.20.1 to 1.31.1</dd>" in page


def test_a_difference_of_which_nothing_is_known_says_nothing_of_releases(fake):
    told = fake.finding("new")
    run = fake.run([fake.record("a", "wrong", Verdict.DEVIATES, finding=told.id)], [told])
    (row,) = _rows_of_differences(compatibility(run))
    assert row.endswith(" | – |")
    assert b"since" not in msgspec.json.encode(told)


def test_what_is_declined_under_one_condition_is_one_sentence(fake):
    neither = "not (dtype == 'float32') and not (dtype == 'float16')"
    rows = [
        ("a", Check.OUTPUT, neither, 639),
        ("b", Check.OUTPUT, neither, 7),
        ("c", Check.OUTPUT_SHAPE, neither, 1),
        ("d", Check.OUTPUT, "max(dilations) > 1", 2),
        ("e", Check.GRADIENT, "", 3),
    ]
    findings = tuple(
        fake.finding(name, verdict=Verdict.DECLINED, check=check, where=where, cases=cases)
        for name, check, where, cases in rows
    )
    lines = compatibility(fake.run([fake.record("a")], findings)).splitlines()
    assert [line for line in lines if line.startswith("| It declines")] == [
        "| It declines 646 outputs and 1 stated shape where dtype is neither float32 nor float16. "
        "| – |",
        "| It declines 3 gradients. | – |",
        "| It declines 2 outputs where `max(dilations) > 1`. | – |",
    ]


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("do(es)? not yet support rates|only supports 1", "do not yet support rates."),
        ("have the same (depth|number)|must match", r"have the same (depth\|number)."),
    ],
)
def test_of_a_declared_error_one_message_is_said(fake, declared, says):
    found = fake.finding("stops", reason=f"stops with ValueError, saying: {declared}")
    text = compatibility(fake.run([fake.record("a")], (found,)))
    assert f"It stops with ValueError, saying: {says} | – |\n" in text
