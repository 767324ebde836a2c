"""The sections of the page that stand there for a run that asked about precision, or about
forbidden calls."""

import re
from xml.etree import ElementTree

import pytest

from convtranspose_reports import Check, Outcome, SuiteLine, Verdict, merge_runs
from convtranspose_reports.compatibility import compatibility
from convtranspose_reports.page.page import page
from convtranspose_reports.page.plot import panels
from convtranspose_reports.runs.accuracy import BEYOND, IN_DTYPE, UNKNOWN, accuracies
from convtranspose_reports.runs.rejections import Fate, rejections

CONFORMS, DEVIATES, FAILS, UNSUPPORTED = (
    Verdict[name] for name in ("CONFORMS", "DEVIATES", "FAILS", "UNSUPPORTED")
)
SIZES = (1, 36, 9216)
ATTACK = "<script>alert(1)</script>"


def probes(fake, backend="right", dtype="float16", fails=()):
    """The records of a backend; `fails` holds the probes and sizes that it does not pass."""
    records = []
    for data in ("integers", "sparse", "dense"):
        for n in SIZES:
            failed = (data, n) in fails
            figures = {"r": 300.0 if failed else 0.75} if data == "dense" else {}
            seen = {
                "outcome": Outcome.INEXACT if failed else Outcome.AGREES,
                "measured": fake.measured(data, n, dtype, **figures),
            }
            records.append(
                fake.record(
                    f"{dtype} {data} {n}", backend, DEVIATES if failed else CONFORMS, **seen
                )
            )
    return records


@pytest.fixture
def accurate(fake):
    wrong = {("sparse", 36), ("sparse", 9216), ("dense", 36)}
    return fake.run(
        [*probes(fake), *probes(fake, "wrong", fails=wrong), *probes(fake, dtype="float64")]
    )


@pytest.fixture
def forbidden(fake):
    def record(case, backend, outcome, verdict, reason):
        return fake.record(
            case, backend, verdict, check=Check.REJECTION, outcome=outcome, reason=reason
        )

    return fake.run(
        [
            record("group_0", "right", Outcome.REJECTED, CONFORMS, "call: ValueError: group"),
            record("group_0", "wrong", Outcome.CRASHED, DEVIATES, "run: killed by SIGFPE"),
            record("pads", "right", Outcome.REJECTED, CONFORMS, "call: ValueError: pads"),
            record("pads", "wrong", Outcome.ACCEPTED, FAILS, ATTACK),
            record("strides", "right", Outcome.REJECTED, CONFORMS, "call: ValueError: strides"),
            record("strides", "wrong", Outcome.UNSUPPORTED, UNSUPPORTED, "no strides"),
            record("hang", "right", Outcome.TIMED_OUT, FAILS, "no answer"),
        ],
        suites=[SuiteLine(name="invalid", title="invalid", cases=4)],
    )


def cells(view, rows):
    return view.locator(rows).evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
    )


def test_a_class_for_each_backend_and_dtype(accurate):
    classes = {(each.backend, each.dtype): each for each in accuracies(accurate)}
    assert {key: each.name for key, each in classes.items()} == {
        ("right", "float64"): "float64 accumulation",
        ("right", "float16"): "float32 accumulation",
        ("wrong", "float16"): IN_DTYPE,
    }
    assert list(classes) == [("right", "float64"), ("right", "float16"), ("wrong", "float16")]
    assert [result.passed for result in classes["wrong", "float16"].vector["sparse"].values()] == [
        True,
        False,
        False,
    ]
    assert classes["wrong", "float16"].largest("r") == 300
    assert classes["wrong", "float16"].largest("z") == 1.5


def test_the_class_waits_for_the_probes(fake):
    by_size = {n: [r for r in probes(fake) if r.measured.products == n] for n in SIZES}
    assert [each.name for each in accuracies(fake.run(by_size[36]))] == [UNKNOWN]
    merged = merge_runs([fake.run(by_size[n], partial=f"--case '* {n}'") for n in SIZES])
    assert [each.name for each in accuracies(merged)] == ["float32 accumulation"]
    assert merged.records == [r for n in SIZES for r in by_size[n]]


def test_wrong_small_integers_are_beyond_every_class(fake):
    run = fake.run(probes(fake, fails={("integers", 1)}))
    assert [each.name for each in accuracies(run)] == [BEYOND]


def test_other_runs_have_neither_section(fake):
    run = fake.run([fake.record("a")])
    assert accuracies(run) == []
    assert rejections(run).calls == []
    for text in (page(run), compatibility(run)):
        assert "Accuracy" not in text
        assert "Rejections" not in text


def test_the_plot_is_the_same_every_time_and_styles_nothing_itself(accurate):
    found = accuracies(accurate)
    drawn = panels(found)
    assert list(drawn) == ["float64", "float16"]
    assert panels(found) == drawn
    for dtype, svg in drawn.items():
        root = ElementTree.fromstring(svg)
        names = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(names) == len(set(names))
        assert all(dtype in name for name in names)
        assert not [
            element
            for element in root.iter()
            if "style" in element.attrib or element.tag.endswith("style")
        ]
        assert "#000000" not in svg
        assert root[0].text.startswith(dtype)


def test_each_backend_keeps_its_colour_in_every_panel(accurate):
    drawn = panels(accuracies(accurate))
    lines = {dtype: set(re.findall(r'class="(line-\d)"', svg)) for dtype, svg in drawn.items()}
    assert lines == {"float64": {"line-0"}, "float16": {"line-0", "line-1"}}


def test_forbidden_calls_by_what_became_of_them(forbidden):
    table = rejections(forbidden)
    assert table.counts == {
        "right": {Fate.REFUSED: 3, Fate.TIMED_OUT: 1},
        "wrong": {Fate.CRASHED: 1, Fate.ACCEPTED: 1, Fate.UNSUPPORTED: 1},
    }
    assert [case.name for case, _ in table.unclean] == ["group_0", "pads", "hang"]
    assert [case.name for case, _ in table.clean] == ["strides"]
    assert table.fates == [
        Fate.REFUSED,
        Fate.ACCEPTED,
        Fate.CRASHED,
        Fate.TIMED_OUT,
        Fate.UNSUPPORTED,
    ]


def test_both_are_in_the_markdown(accurate, forbidden):
    text = compatibility(accurate)
    assert "| backend | float64 | float16 |" in text
    assert "| wrong | · | accumulates in dtype |" in text
    text = compatibility(forbidden)
    said = "- Wrong refused 0 of 2 forbidden calls; 1 accepted, 1 took the process down."
    assert f"{said} One call cannot say 1 more." in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_accuracy_on_the_page(opened, written, accurate, width, scheme):
    view = opened(written(accurate), width)
    view.emulate_media(color_scheme=scheme)
    assert view.evaluate("document.documentElement.scrollWidth") == width
    rows = view.locator("#accuracy .accuracy tbody tr:not(.clause)").all_inner_texts()
    expected = [
        ["right", "float64 accumulation"],
        ["right", "float32 accumulation"],
        ["wrong", IN_DTYPE],
    ]
    assert [row.split("\t")[:2] for row in rows] == expected
    assert view.locator("#accuracy svg.plot").count() == 2
    assert view.locator("#accuracy svg.plot").first.bounding_box()["width"] <= width
    ink = view.evaluate("getComputedStyle(document.body).color")
    label = view.locator("svg.plot text").first
    assert label.evaluate("one => getComputedStyle(one).fill") == ink
    strokes = view.locator("svg.plot g.line-0 path, svg.plot g.line-1 path").evaluate_all(
        "all => all.map(one => getComputedStyle(one).stroke)"
    )
    assert len(set(strokes)) == 2
    assert ink not in strokes


def test_the_numbers_of_the_plot_stand_below_it(opened, written, accurate):
    view = opened(written(accurate))
    view.click("summary:text('numbers of the plots')")
    numbers = cells(view, "#accuracy .n-table tbody tr")
    assert numbers[-2] == ["float16", "wrong", "36", "300", "-1.5", "0.5"]
    assert len(numbers) == 9


def test_rejections_on_the_page(opened, written, forbidden):
    view = opened(written(forbidden))
    counts = cells(view, "#rejections .fates tr")
    assert counts[0] == [
        "Backend",
        "refused",
        "accepted",
        "took the process down",
        "timed out",
        "cannot be said",
    ]
    assert counts[2] == ["wrong", "0", "1", "1", "0", "1"]
    message = view.locator("#rejections p", has_text="alert")
    assert not message.is_visible()
    view.click("#rejections summary:has-text('accepted')")
    assert message.is_visible()
    assert message.inner_text() == ATTACK
    view.click("#rejections a:text-is('pads')")
    assert [row[1:4:2] for row in cells(view, "#answers tbody tr")] == [
        ["wrong", "rejection"],
        ["right", "rejection"],
    ]
