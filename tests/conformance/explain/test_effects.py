"""What the page of an explanation draws of matrices, spectra and remedies is worked out from the
reference again."""

import re
from dataclasses import replace
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.explain import Subject, case_from_options
from convtranspose_conformance.explain.code.resize_forms import odd
from convtranspose_conformance.explain.pages.drawing import drawings
from convtranspose_conformance.explain.pages.html import page
from convtranspose_conformance.explain.pages.matrix import Matrix, of_conv, of_drawing
from convtranspose_conformance.explain.pages.remedies import TALLEST, remedies, spectra
from convtranspose_reference import conv, conv_transpose
from convtranspose_reference.artifacts import overlap_along, unevenness
from convtranspose_reference.formulations import convolution_matrix
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.remedies import composed, gains, interleaved, nearest_kernel

STRIDED = case_from_options("1,4,5,4", "4,2,3,3", strides="2,2", pads="1,0,1,0", group=2)
LARGE = case_from_options("1,1,64", "1,1,51", strides="20")
SLOW = case_from_options("1,1,5", "1,1,70", strides="33")
CONV = case_from_options("1,2,6,5", "3,2,3,2", strides="2,1", pads="1,0,1,1", op="Conv")
SMALL = [
    c
    for suite in ("core", "artifacts")
    for c in suite_cases(suite)
    if c.op == "ConvTranspose" and 0 not in c.y_shape() and c.opset > 1
][::20]


def _dense(m: Matrix) -> Any:
    found = np.zeros((len(m.rows), len(m.columns)), int)
    for row, column, tap in m.cells:
        found[row, column] += tap
    return found


def _drawn(case: Case) -> str:
    return page([(Subject(case=case), None)])


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_the_matrix_is_the_references_and_its_transpose_the_call(case: Case) -> None:
    placed = case.geometry()
    for drawing in drawings(case):
        number = int(re.findall(r"D(\d)", drawing.name)[0]) - 1
        axis = replace(placed.axes[number], input=len(drawing.inputs))
        begin, W = placed.begins[number], np.arange(1, axis.kernel + 1).reshape(1, 1, -1)
        along = Geometry(
            batch=1,
            channels=1,
            maps=1,
            group=1,
            axes=(axis,),
            begins=(begin,),
            ends=(axis.natural - begin - drawing.size,),
        )
        C = of_drawing(drawing)
        np.testing.assert_array_equal(_dense(C), convolution_matrix(W, along)[0])
        np.testing.assert_array_equal(_dense(C.transpose), _dense(C).T)
        assert (C.transpose.rows, C.transpose.turned) == (C.columns, True)


def test_the_matrix_of_a_conv_is_the_conv() -> None:
    down, across = of_conv(CONV)
    for m, (inputs, kernel, stride, pads) in zip(
        (down, across), ((6, 3, 2, (1, 1)), (5, 2, 1, (0, 1))), strict=True
    ):
        W = np.arange(1, kernel + 1.0).reshape(1, 1, -1)
        columns = [
            conv(x[None, None], W, strides=(stride,), pads=pads)[0, 0] for x in np.eye(inputs)
        ]
        np.testing.assert_array_equal(_dense(m), np.transpose(columns))
    text = _drawn(CONV)
    assert "The matrix that it is" in text
    assert text.count('<svg class="matrix"') == 4


def test_words_where_there_is_room() -> None:
    assert of_drawing(drawings(STRIDED)[0]).has_words
    assert not of_drawing(drawings(LARGE)[0]).has_words
    assert 'class="tap"' not in _drawn(LARGE)
    assert _drawn(STRIDED).count('class="tap"') == sum(
        2 * len(of_drawing(d).cells) for d in drawings(STRIDED)
    )


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_bars_are_the_spectrum_of_the_overlap(case: Case) -> None:
    for spectrum in spectra(case):
        axis = case.axes[int(re.findall(r"D(\d)", spectrum.axes)[0]) - 1]
        many = replace(axis, input=40 + axis.effective_kernel)
        inside = overlap_along(many, axis.stride * axis.effective_kernel, 4 * axis.stride)
        energy = np.square(np.abs(np.fft.fft(inside)))[::4] / (
            len(inside) * np.square(inside).sum()
        )
        assert spectrum.shares == pytest.approx(energy)
        assert spectrum.unevenness == unevenness(inside)
        assert sum(spectrum.shares[1:]) == pytest.approx(float(spectrum.unevenness))
        for (name, share, height), number in zip(spectrum.bars, range(1, axis.stride), strict=True):
            assert Fraction(name) == Fraction(number, axis.stride)
            assert height == pytest.approx(TALLEST * share / (max(spectrum.shares[1:]) or 1))


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_figures_of_remedies_are_those_of_their_kernels(case: Case) -> None:
    by_name = {each.name: each for each in remedies(case)}
    assert bool(by_name) is any(a.stride > 1 for a in case.axes)
    if not by_name or case.rank > 2:
        return
    strides = [a.stride for a in case.axes]
    here = by_name["this call"]
    dilated = np.zeros([a.effective_kernel for a in case.axes], int)
    dilated[tuple(slice(None, None, a.dilation) for a in case.axes)] = 1
    assert here.ones == unevenness(gains(dilated, strides))
    assert here.products == Fraction(int(gains(dilated, strides).sum()), prod(strides))
    drawn = np.random.default_rng(0)
    W = drawn.integers(-9, 10, [odd(a.kernel) for a in case.axes])
    by_resize = composed([nearest_kernel(s) for s in strides], W)
    assert (
        unevenness(gains(by_resize, strides)) == by_name["Resize (nearest), then Conv"].random == 0
    )
    if "sub-pixel convolution" in by_name:
        kernel = by_name["sub-pixel convolution"].filter
        rising = np.arange(prod(strides) * prod(kernel))  # no two phases sum to the same
        for name, weights in (
            ("sub-pixel convolution", rising.reshape(*strides, *kernel)),
            ("sub-pixel convolution with ICNR", np.ones((*strides, *kernel), int)),
        ):
            own = unevenness(gains(interleaved(weights), strides))
            assert (by_name[name].random > 0) is (own > 0)
            assert by_name[name].ones == 0


def test_random_weights_are_as_uneven_as_is_said() -> None:
    """Of this call, measured: a constant through 300 draws."""
    (here, *_) = remedies(STRIDED)
    drawn, seen = np.random.default_rng(0), []
    for _ in range(300):
        Y = conv_transpose(np.ones((1, 1, 8, 8)), drawn.normal(size=(1, 1, 3, 3)), strides=(2, 2))
        period = Y[0, 0, 6:8, 6:8]
        seen.append(1 - period.mean() ** 2 / np.square(period).mean())
    assert np.mean(seen) == pytest.approx(float(here.random), abs=0.04)


def test_a_stride_too_long_to_draw_has_no_bars_but_a_table() -> None:
    assert spectra(SLOW) == []
    assert "this call" in _drawn(SLOW)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1400, "dark")])
def test_everything_fits_when_opened(
    chromium: Browser, tmp_path: Path, width: int, scheme: Any
) -> None:
    file = tmp_path / "page.html"
    file.write_text(page([(Subject(case=c), None) for c in (STRIDED, LARGE, SLOW, CONV)]), "utf-8")
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    view = context.new_page()
    view.goto(file.as_uri())
    view.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert view.evaluate("document.documentElement.scrollWidth") == width
    bars = view.locator("#call-1 svg.spectrum").first.locator("text.share").all_text_contents()
    assert bars == ["0.1000"]
    cells = view.locator("#call-1 table.remedies tr").nth(1).locator("td").all_text_contents()
    assert cells == ["3x3", "19/100 = 0.190", "3/4 = 0.750", "9/4 = 2.25"]
    assert view.locator("#call-1 details pre").count() > 8
