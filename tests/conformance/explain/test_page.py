"""The page of an explanation: it fetches nothing, fits a phone and a desk, and draws the numbers of
the reference."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.explain import Subject, case_from_options
from convtranspose_conformance.explain.geometry.terms import transpose_terms
from convtranspose_conformance.explain.pages.drawing import count_map, drawings
from convtranspose_conformance.explain.pages.html import page

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
    view, said = (
        chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        ).new_page(),
        [],
    )
    view.on("console", lambda message: said.append(message.text))
    view.on("request", lambda request: said.append(request.url))
    view.goto(file.as_uri())
    return view, [each for each in said if each != file.as_uri() and not each.startswith("data:")]


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
    assert page([(Subject(case=case), None)]).count("<h2>") >= 4


def test_the_map_is_the_product_of_its_axes() -> None:
    found = count_map(STRIDED)
    assert found is not None
    assert found.rows[1] == tuple(2 * count for count in found.rows[0])
    assert count_map(CROPPED) is None
