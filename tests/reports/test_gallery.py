"""The section of checkerboards: what is drawn is the reference's, who adds it up is the run's."""

import re
from fractions import Fraction

import numpy as np
import pytest

from convtranspose_cases import find_case
from convtranspose_conformance.ask.section import PAGE
from convtranspose_conformance.gallery.drawn import bars, squares
from convtranspose_conformance.gallery.section import CALLS, GALLERY, remedies, shown
from convtranspose_reference.artifacts import overlap_map, unevenness
from convtranspose_reports import CaseLine, Check, Verdict, write_report
from support import ROOT

_PATH = re.compile(r'<path data-value="(-?\d+)" fill-opacity="([\d.]+)" d="([^"]*)"/>')
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z")


def _read(svg, shape):
    """The numbers that an SVG shows."""
    numbers, times = np.full(shape, 10**6), np.zeros(shape, int)
    side = int(re.search(r'width="(\d+)"', svg)[1]) // shape[1]
    for value, _, runs in _PATH.findall(svg):
        for x, y, across, down, back in _RUN.findall(runs):
            assert (int(down), across) == (side, back)
            where = (int(y) // side, slice(int(x) // side, (int(x) + int(across)) // side))
            numbers[where], times[where] = int(value), times[where] + 1
    assert (times == 1).all()
    return numbers


@pytest.fixture
def run(fake):
    cases = [
        CaseLine(name=name, suite="seeds", summary="one", features=[], clauses=[])
        for _, name in CALLS
    ]
    records = [
        fake.record(case.name, backend, verdict, check=check)
        for case in cases
        for backend, verdict, check in (
            ("right", Verdict.CONFORMS, Check.OUTPUT),
            ("wrong", Verdict.DEVIATES, Check.OUTPUT),
            ("silent", Verdict.UNSUPPORTED, Check.OUTPUT),
            ("right", Verdict.CONFORMS, Check.OUTPUT_SHAPE),
        )
    ]
    backends = [fake.backend(name) for name in ("right", "wrong", "silent")]
    return fake.run(records, (), cases, backends=backends)


def test_maps_are_the_references_and_verdicts_the_runs(run):
    calls = [*shown(run)]
    assert [each.name for each in calls] == [
        "filter 3, stride 1",
        "filter 6, stride 3",
        "filter 5, stride 2",
        "filter 3, stride 2",
    ]
    assert [each.unevenness for each in calls] == [0, 0, Fraction(51, 676), Fraction(19, 100)]
    for each in calls:
        counts = overlap_map(find_case(each.case).geometry())
        np.testing.assert_array_equal(_read(str(each.map), counts.shape), counts)
        assert each.returned == {"right": True, "wrong": False}
        assert bool(each.spectrum) is bool(each.unevenness)


def test_both_cases_of_a_call_lay_down_the_same():
    for ones, seed in CALLS:
        one, other = (overlap_map(find_case(name).geometry()) for name in (ones, seed))
        np.testing.assert_array_equal(one, other)


def test_remedies_are_drawn_as_uneven_as_they_are():
    found = {each.name: each for each in remedies()}
    assert [each.uneven for each in found.values()] == [Fraction(19, 100), 0, 0, 0, 0, 0]
    expected = [each.expected for each in found.values()]
    assert expected == [Fraction(3, 4)] * 2 + [0, 0] + [Fraction(3, 4), 0]
    for each in found.values():
        ones, random = (_read(str(svg), (10, 10)) for svg in (each.ones, each.random))
        assert unevenness(ones) == each.uneven
        assert (unevenness(random) > 0) is (each.expected > 0)


def test_squares_and_bars_by_hand():
    svg = str(squares(np.array([[0, 2], [2, 2], [-1, 0]]), "words", least=-1))
    assert _read(svg, (3, 2)).tolist() == [[0, 2], [2, 2], [-1, 0]]
    assert [(value, opacity) for value, opacity, _ in _PATH.findall(svg)] == [
        ("-1", "0.06"),
        ("0", "0.34"),
        ("2", "0.90"),
    ]
    heights = re.findall(r'y="([\d.]+)" width="\d+" height="([\d.]+)"', bars([0.1, 0.05], 0.1, ""))
    assert heights == [("0.00", "40.00"), ("20.00", "20.00")]
    assert re.findall(r">([\d/]+)<", bars([0.1, 0.05], 0.1, "")) == ["1/3", "2/3"]


def test_it_stands_where_a_run_has_asked(opened, tmp_path, fake, run):
    view = opened(write_report(tmp_path / "asked", run, PAGE).as_uri())
    assert view.locator("#checkerboards figure").count() == 4
    assert view.locator("#checkerboards table svg").count() == 12
    said = view.locator("#checkerboards figcaption").last.text_content()
    assert "unevenness 19/100 = 0.190" in said
    assert "1 of 2 backends" in " ".join(said.split())
    assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")
    view.click("#checkerboards figure:last-child a")
    assert view.evaluate("location.hash").startswith("#case/seeds/stride_2_filter_3")


def test_what_it_says_of_frameworks_is_what_the_page_that_it_names_counts(opened, tmp_path, run):
    view = opened(write_report(tmp_path / "asked", run, PAGE).as_uri())
    paragraph = " ".join(
        view.locator("#checkerboards > .quiet, #checkerboards .quiet").last.text_content().split()
    )
    assert (
        "PyTorch, TensorFlow and ONNX Runtime return the same kernels, but for the rounding"
        in paragraph
    )
    (named,) = re.findall(r"docs/\w+\.md", paragraph)
    text = (ROOT / named).read_text(encoding="utf-8")
    table = text.partition("<!-- table: remedies_items -->")[2].partition("<!-- end -->")[0]
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in table.split("\n")
        if "|" in line
    ]
    assert rows[0][3:6] == ["PyTorch", "TensorFlow", "ONNX Runtime"]
    kernels = {row[0]: row[3:6] for row in rows if row[1].endswith(": its kernel")}
    others = {"8 equal"}
    assert {name for name, told in kernels.items() if set(told) != others} == {
        "Resize-convolution, linear"
    }
    assert len(kernels) == 5
    assert "Aitken et al., arXiv:1707.02937" in paragraph


def test_it_is_left_out_where_nobody_was_asked(tmp_path, fake):
    page = write_report(tmp_path, fake.run([fake.record("core/a")]), PAGE)
    assert 'id="checkerboards"' not in page.read_text("utf-8")
    assert GALLERY in PAGE
