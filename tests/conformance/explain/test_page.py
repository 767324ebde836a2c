"""The page of an explanation: it fetches nothing, fits a phone and a desk, and draws the numbers of
the reference."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.explain import Subject, case_from_options
from convtranspose_conformance.explain.explained import Explained
from convtranspose_conformance.explain.geometry.along_axis import sums
from convtranspose_conformance.explain.geometry.terms import transpose_terms
from convtranspose_conformance.explain.pages.drawing import count_map, drawings
from convtranspose_conformance.explain.pages.html import page
from convtranspose_conformance.prediction.sentences import sentence

STRIDED = case_from_options("1,4,5,4", "4,2,3,3", strides="2,2", pads="1,0,1,0", group=2, bias=True)
CROPPED = case_from_options("1,1,4", "1,1,3", strides="2", dilations="3", output_shape="16")
FORBIDDEN = case_from_options("1,1,4", "1,1,3", output_padding="7")
SAMPLE = [
    c
    for c in suite_cases("core")
    if c.op == "ConvTranspose" and 0 not in c.y_shape() and c.opset > 1
][::25]


def _opened(
    chromium: Browser, file: Path, cases: list[Case], width: int, scheme: Any
) -> tuple[Page, list[str]]:
    file.write_text(
        page([(Subject(case=case, notes=("a <note>",)), None) for case in cases]), encoding="utf-8"
    )
    view, events = (
        chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        ).new_page(),
        [],
    )
    view.on("console", lambda message: events.append(message.text))
    view.on("request", lambda request: events.append(request.url))
    view.goto(file.as_uri())
    return view, [each for each in events if each != file.as_uri() and not each.startswith("data:")]


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), (390, "dark"), (1400, "light"), (1400, "dark")]
)
def test_the_page_fits_and_fetches_nothing(
    chromium: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    view, said = _opened(
        chromium, tmp_path / "page.html", [STRIDED, CROPPED, FORBIDDEN], width, scheme
    )
    assert said == []
    assert view.evaluate("document.documentElement.scrollWidth") == width
    assert view.locator("main").count() == 3
    assert view.locator(".notes li").first.text_content() == "a <note>"
    background = view.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", background))) < 90) == (scheme == "dark")


def test_the_cards_of_many_calls_are_closed_and_open_where_one_is_chosen(
    chromium: Browser, tmp_path: Path
) -> None:
    view, _ = _opened(chromium, tmp_path / "few.html", [STRIDED] * 3, 390, "light")
    assert view.locator("details.card").count() == 0
    view, said = _opened(chromium, tmp_path / "many.html", [STRIDED] * 5, 390, "light")
    assert said == []
    assert view.locator("details.card[open]").count() == 0
    assert view.locator("details.card > summary").nth(1).text_content() == (
        "adhoc/call: 1x4x5x4 → 1x4x9x9"
    )
    assert view.evaluate("document.documentElement.scrollWidth") == 390
    view.locator("nav a").nth(2).click()
    assert view.locator("#call-3").is_visible()
    assert not view.locator("#call-2").is_visible()


def test_the_drawing_shows_counts_and_the_map_its_checkerboard(
    chromium: Browser, tmp_path: Path
) -> None:
    view, _ = _opened(chromium, tmp_path / "page.html", [STRIDED], 1400, "light")
    counts = view.locator("svg.axis").first.locator("text.number").all_text_contents()
    assert counts == ["1", "2", "1", "2", "1", "2", "1", "2", "1"]
    grid = view.locator("svg.map text.number").all_text_contents()
    assert grid[9:12] == ["2", "2", "4"]
    assert (
        view.locator(".result").text_content() == "Y[1, 4, 9, 9], float32, by the text of opset 11"
    )


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case.name)
def test_counts_are_those_of_the_sums(case: Case) -> None:
    found = case.geometry()
    for drawing in drawings(case):
        number = int(re.findall(r"D(\d)", drawing.name)[0]) - 1
        if case.axes[number].input > 8:
            continue  # shortened, and there are no letters for it
        terms = transpose_terms(case.axes[number], found.begins[number], found.spatial[number])
        assert drawing.size == len(terms)
        counts = [drawing.counts.get(drawing.begin + o, 0) for o in range(drawing.size)]
        assert counts == [0 if term.endswith("= 0") else term.count("+") + 1 for term in terms]


def _cells(shown: str, tag: str) -> list[str]:
    found = re.findall(rf"<{tag}(?: [^>]*)?>(.*?)</{tag}>", shown, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", each)) for each in found]


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case.name)
def test_the_page_says_what_the_call_is(case: Case) -> None:
    """Part by part, against what a script is told."""
    explained, shown = Explained(Subject(case=case)), page([(Subject(case=case), None)])
    title = r'<p class="result"><strong>Y(\[[^<]*\])</strong>, (\w+), by the text of opset (\d+)'
    assert explained.y_shape is not None
    assert re.findall(title, shown) == [(str([*explained.y_shape]), case.dtype, str(case.opset))]
    backends = shown.partition('<table class="backends">')[2].partition("</table>")[0]
    assert _cells(backends, "td") == [sentence(each) for each in explained.predictions]
    sizes = shown.partition("<h2>Sizes, step by step</h2>")[2].partition("</section>")[0]
    rows = [_cells(row, "t[hd]")[:2] for row in re.findall(r"<tr>.*?</tr>", sizes, re.DOTALL)]
    assert rows == [
        [step.what, step.how + (f"= {step.numbers}" if step.numbers else "")]
        for steps in explained.steps.values()
        for step in steps
    ]
    code = shown.partition("<h2>The same in code</h2>")[2].partition("</section>")[0]
    assert _cells(code, "pre")[1:] == [each.source for each in explained.code if each.lines]
    assert _cells(code, "h3") == [each.title for each in explained.code]
    terms = [list(each) for _, each in sums(case)]
    lists = re.findall(r'<ol class="terms">(.*?)</ol>', shown, re.DOTALL)
    assert [_cells(each, "li") for each in lists] == terms


def test_the_map_is_the_product_of_its_axes() -> None:
    found = count_map(STRIDED)
    assert found is not None
    assert found.rows[1] == tuple(2 * count for count in found.rows[0])
    assert count_map(CROPPED) is None
