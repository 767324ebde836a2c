import base64
import json
import xml.etree.ElementTree as ET

import pytest

from convtranspose_reports import Check, Outcome, Verdict, summary, write_report
from convtranspose_reports.compatibility import compatibility
from convtranspose_reports.page.columns import columns, packed
from convtranspose_reports.runs.summary import matrix, readings_followed, shape_rules, state

CONFORMS, DEVIATES, FAILS, STALE, UNSUPPORTED = (
    Verdict[n] for n in ("CONFORMS", "DEVIATES", "FAILS", "STALE", "UNSUPPORTED")
)
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
    told = summary(run)
    assert told["backends"]["wrong"] == {
        "version": "1.0",
        "kernels": {},
        "verdicts": {"conforms": 0, "deviates": 1, "fails": 2, "stale": 1, "unsupported": 0},
        "checks": {
            "output": {"conforms": 0, "deviates": 1, "fails": 1, "stale": 1, "unsupported": 0},
            "output_shape": {
                "conforms": 0,
                "deviates": 0,
                "fails": 1,
                "stale": 0,
                "unsupported": 0,
            },
        },
    }
    assert told["backends"]["right"]["verdicts"] == {
        "conforms": 2,
        "deviates": 0,
        "fails": 0,
        "stale": 0,
        "unsupported": 1,
    }
    assert (told["cases"], told["suites"], told["exit_status"], told["partial"], told["state"]) == (
        3,
        {"core": 3},
        1,
        "",
        "red",
    )


def test_state(fake):
    assert state(fake.run([fake.record("a")])) == "green"
    assert state(fake.run([fake.record("a")], (fake.finding("gone", verdict=STALE),))) == "red"
    assert state(fake.run([])) == "nothing"


def test_matrix(run):
    assert matrix(run) == {
        "group": {"right": {CONFORMS: 2}, "wrong": {DEVIATES: 1, FAILS: 2}},
        "strides": {"right": {CONFORMS: 1}, "wrong": {FAILS: 1}},
    }


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
        (case.get("classname"), case.get("name")): [child.tag for child in case] for case in wrong
    }
    assert cases == {
        ("wrong.output", "a"): ["system-out"],
        ("wrong.output", "b"): ["failure"],
        ("wrong.output_shape", "a"): ["failure"],
        ("wrong.output", "stale: gone"): ["failure"],
    }
    said = wrong[1].find("failure")
    assert said.text == 'a|b `c` <script>alert(1)</script>\n# *d* \ufffd\ufffd[31m \ufffd ]]> & "'
    assert (said.get("type"), said.get("message")) == (
        "SHAPE_DIFFERS",
        "a|b `c` <script>alert(1)</script>",
    )


def test_markdown_is_escaped(run):
    page = compatibility(run)
    assert r"a\|b \`c\` \<script\>alert(1)\</script\> # \*d\*" in page
    assert "<script>" not in page
    assert "<https://example.org/a_b> javascript:alert(1)" in page
    widths = {
        line.count("|") - line.count(r"\|") for line in page.splitlines() if line.startswith("| **")
    }
    assert widths == {4}


def test_embedded_records_hold_no_time_of_day(run):
    assert base64.b64decode(packed(columns(run, {})))[4:8] == bytes(4)


def test_report_files(tmp_path, run):
    index = write_report(tmp_path / "out", run)
    assert index == tmp_path / "out" / "index.html"
    assert sorted(path.name for path in index.parent.iterdir()) == [
        "COMPATIBILITY.md",
        "index.html",
        "junit.xml",
        "summary.json",
    ]
    assert json.loads((index.parent / "summary.json").read_text()) == summary(run)
    before = {path.name: path.read_bytes() for path in index.parent.iterdir()}
    write_report(tmp_path / "out", run)
    assert {path.name: path.read_bytes() for path in index.parent.iterdir()} == before


def test_the_kernels_of_a_backend_are_shown_on_every_page(tmp_path, fake):
    told = {
        "onednn": "float32",
        "aten": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "isa": "avx2",
        "flags": "sse sse4_1 avx2 fma",
    }
    backends = [
        fake.backend("right", versions={"right": "1"}, kernels=told),
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
