"""A finding as Markdown to paste into another project's bug tracker."""

import re

import pytest

from convtranspose_reports import Check, Outcome, Verdict
from convtranspose_reports.page.bug_report import bug_report

CONFORMS, DEVIATES, FAILS, UNSUPPORTED = (
    Verdict[name] for name in ("CONFORMS", "DEVIATES", "FAILS", "UNSUPPORTED")
)


def sections(text):
    """Title, sentence, and what stands under each heading."""
    title, sentence, rest = text.split("\n\n", 2)
    parts = re.split(r"^\*\*(.+)\*\*\n\n", rest, flags=re.MULTILINE)
    return (
        title,
        sentence,
        dict(zip(parts[1::2], (part.rstrip("\n") for part in parts[2::2]), strict=True)),
    )


def reported(fake, found, records=(), **header):
    return sections(bug_report(fake.run([*records], (found,), **header), found))


def test_a_bug_report_is_whole(fake):
    example = fake.example(
        summary="ConvTranspose X[1, 1, 1]",
        arithmetic="Y[0] = 2",
        others={"right": "as expected", "other": "differs"},
    )
    finding = fake.finding(
        "flip", sentence="flips the kernel", clauses=["A", "F", "unknown"], example=example
    )
    wrong = fake.backend(
        "wrong", title="Wrong, CPU", versions={"wrong": "2.5"}, kernels={"onednn": "float32"}
    )
    title, sentence, parts = reported(fake, finding, backends=[wrong])
    assert title == "# ConvTranspose: Wrong, CPU flips the kernel"
    assert sentence == "Wrong, CPU flips the kernel."
    assert parts == {
        "Versions": "- wrong: 2.5\n- kernels: oneDNN: float32",
        "Script (needs what it imports)": "```python\nprint(1 < 2)\n```",
        "Expected, of shape 1x1x2": "```\n[[[1 2]]]\n```",
        "How that comes about": "```\nY[0] = 2\n```",
        "Actual, of shape 1x1x2": "```\n[[[1 3]]]\n```",
        "The operator's text (labels are this "
        "suite's)": "- A, split: what the text says\n- F, shape: explicit",
        "What others answer to the same call": "- right: as expected\n- other: differs",
    }


def test_nothing_is_reported_without_an_example(fake):
    found = fake.finding("flip")
    assert bug_report(fake.run([], (found,)), found) == ""


def test_what_is_not_known_is_left_out(fake):
    found = fake.finding("flip", "unlisted", example=fake.example(reproducer="", arithmetic=""))
    title, _, parts = reported(fake, found)
    assert title == "# ConvTranspose: unlisted does flip"
    assert list(parts) == ["Expected, of shape 1x1x2", "Actual, of shape 1x1x2"]


def test_a_backend_without_library_versions_has_its_own(fake):
    assert reported(fake, fake.finding("flip", example=fake.example()))[2]["Versions"] == "- 1.0"


def test_others_are_those_of_the_run_where_the_case_is_one_of_its_own(fake):
    records = [
        fake.record("a", "wrong", DEVIATES),
        fake.record("a", "right"),
        fake.record("a", "third", UNSUPPORTED, reason="no word for it"),
        fake.record("a", "fourth", FAILS, reason="1 of 2 values differ"),
        fake.record("a", "fifth", DEVIATES, outcome=Outcome.REJECTED, reason="run: E: no"),
        fake.record("a", "sixth", reason="2 of 2 values are 0 of the other sign"),
        fake.record("b", "seventh"),
        fake.record("a", "eighth", check=Check.OUTPUT_SHAPE),
    ]
    parts = reported(fake, fake.finding("flip", example=fake.example()), records)[2]
    assert parts["What others answer to the same call"].splitlines() == [
        "- right: as expected",
        "- third: cannot say this call: no word for it",
        "- fourth: differs: 1 of 2 values differ",
        "- fifth: differs: run: E: no",
        "- sixth: as expected",
    ]


@pytest.mark.parametrize(
    ("ticks", "fence"), [("", "```"), ("``", "```"), ("```", "````"), ("`````", "``````")]
)
def test_a_fence_is_longer_than_any_inside(fake, ticks, fence):
    found = fake.finding("flip", example=fake.example(actual=f"says {ticks}\n{ticks}\nand goes on"))
    assert (
        reported(fake, found)[2]["Actual, of shape 1x1x2"]
        == f"{fence}\nsays {ticks}\n{ticks}\nand goes on\n{fence}"
    )


def test_a_shape_is_named_where_it_adds_something(fake):
    refused = fake.example(
        expected_shape="[1, 1, 2]",
        expected="[[[1, 2]]]",
        actual_shape="none",
        actual="refused: E: no",
    )
    assert {"Expected, of shape [1, 1, 2]", "Actual"} <= set(
        reported(fake, fake.finding("flip", example=refused))[2]
    )
    stated = fake.example(
        expected_shape="[1, 1, 2]", expected="[1, 1, 2]", actual_shape="[1, 1]", actual="[1, 1]"
    )
    assert {"Expected", "Actual"} <= set(reported(fake, fake.finding("flip", example=stated))[2])


def test_a_reason_is_a_sentence_of_its_own(fake):
    found = fake.finding(
        "flip", sentence="Groups work on some devices only.", example=fake.example()
    )
    assert reported(fake, found)[:2] == (
        "# ConvTranspose: Wrong: Groups work on some devices only",
        "Wrong: Groups work on some devices only.",
    )


def test_a_title_is_cut_and_the_sentence_is_not(fake):
    finding = fake.finding(
        "flip",
        sentence="does " + "this and " * 20 + "that",
        example=fake.example(summary="Conv X[1, 1, 1]"),
    )
    title, sentence, _ = reported(fake, finding)
    assert title.startswith("# Conv: Wrong does this and")
    assert title.endswith(" ...")
    assert len(title) < 130
    assert sentence == f"Wrong {finding.sentence}."
