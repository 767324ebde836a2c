"""What docs/lecture.md says of remedies was measured: each framework's kernel is the reference's,
and what is even is even in all of them."""

from fractions import Fraction

import numpy as np
import pytest
from made.figures.lecture import remedies
from made.pictures import gallery

from convtranspose_reference.artifacts import unevenness
from support import ROOT

FOUND = remedies.results()
DREAMS = remedies.dream()
EVEN = ("nearest Resize, Conv", "linear Resize, Conv", "sub-pixel, ICNR")
ROUNDED = 2e-6  # of the largest tap: thirds in float32


@pytest.mark.parametrize(
    "row", FOUND["rows"], ids=lambda row: f"{row['remedy']}-{row['kernel']}-{row['stride']}"
)
def test_every_framework_has_the_references_kernel(row: dict[str, object]) -> None:
    seen, thirds = row["seen"], row["remedy"] == "linear Resize, Conv" and row["stride"] == 3
    assert isinstance(seen, dict)
    assert set(seen) == {"PyTorch", "TensorFlow", "ONNX Runtime"}
    for each in seen.values():
        assert each["elsewhere"] == 0
        assert each["off"] <= (ROUNDED if thirds else 0)
        for name in ("ones", "random"):
            assert each[name] == pytest.approx(float(Fraction(str(row[name]))), abs=1e-12)


def test_what_is_even_with_which_weights() -> None:
    assert {call for call, _ in remedies.by_call().items()} >= {(3, 1), (6, 3), (5, 2), (3, 2)}
    for (kernel, stride), rows in remedies.by_call().items():
        for name, row in rows.items():
            divided = name != "ConvTranspose" or kernel % stride == 0
            assert (Fraction(row["ones"]) == 0) is divided
            always = name in EVEN or stride == 1
            assert row["random_mean"] == (
                0 if always else pytest.approx(1 - 1 / stride**2, abs=0.02)
            )


def test_costs_by_hand() -> None:
    """A layer of 32 to 32 channels at 32 x 32: every product of a ConvTranspose without pads."""
    rows = remedies.by_call()[3, 2]
    assert rows["ConvTranspose"]["products"] == 32 * 32 * 9 * 32 * 32
    assert rows["ConvTranspose"]["products_per_output"] == "9/4"
    assert rows["sub-pixel"]["products"] == 4 * 32 * 32 * (3 * 32 - 2) ** 2
    assert rows["nearest Resize, Conv"]["products"] == 32 * 32 * (3 * 64 - 2) ** 2
    for times in FOUND["times"].values():
        assert set(times["ConvTranspose"]) == {1.0}


def test_icnr_is_the_resize_in_every_framework() -> None:
    assert [row["scale"] for row in FOUND["icnr"]] == [2, 3, 4]
    assert all(all(row["equal"].values()) for row in FOUND["icnr"])


@pytest.mark.parametrize("row", FOUND["jitter"], ids=lambda r: f"{r['kernel']}-{r['stride']}")
def test_jitter_is_exact_over_all_shifts_and_falls_as_the_root(row: dict[str, object]) -> None:
    excess, contrast = Fraction(str(row["excess"])), row["contrast"]
    assert Fraction(str(row["over_every_two"])) == excess / 2
    assert isinstance(contrast, list)
    for shifts, each in zip(FOUND["shifts"], contrast, strict=True):
        assert each == pytest.approx(float(excess / shifts) ** 0.5, rel=0.1)


def test_dreams_agree_and_jitter_keeps_the_pattern_from_growing() -> None:
    for row in DREAMS["patterns"]:
        assert row["equal"] == {"PyTorch": True, "TensorFlow": True, "JAX": True}
    ways = {(row["kernel"], row["way"]): row for row in DREAMS["dreams"]}
    for row in ways.values():
        one, *others = (row[name] for name in ("contrast", "share"))
        for each in (one, *others):
            assert set(each) == {"PyTorch", "TensorFlow", "JAX"}
            ends = [curve[-1] for curve in each.values()]
            assert max(ends) - min(ends) < 0.002
    for kernel in (3, 4):
        still, moved = (ways[kernel, way] for way in ("one position", "jittered"))
        n = len(still["contrast"]["PyTorch"])
        assert still["contrast"]["PyTorch"][-1] > 2 * moved["contrast"]["PyTorch"][-1]
        assert still["share"]["PyTorch"][-1] > 1.5 * moved["share"]["PyTorch"][-1]
        still_fall, fall = (
            each["contrast"]["PyTorch"][-1] / each["contrast"]["PyTorch"][0]
            for each in (still, moved)
        )
        assert n**-0.5 < fall < 0.5 < still_fall


def test_the_gallery_shows_every_picture_with_its_command() -> None:
    text = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    drawn = sorted(path.stem for path in gallery.PICTURES.glob("*.svg"))
    assert drawn == sorted(gallery.DRAWN)
    for name in drawn:
        assert f"pictures/gallery/{name}.svg" in text
        assert f"`python docs/made/pictures/gallery.py {name}`" in text


def test_what_is_drawn_of_ones_is_the_overlap() -> None:
    for row in FOUND["pictures"]:
        drawn = np.array(row["map"])
        if row["of"] == "ones":
            own = remedies.by_call()[row["kernel"], row["stride"]]["ConvTranspose"]
            assert drawn.shape == (3 * row["stride"],) * 2
            assert unevenness(drawn) == Fraction(own["ones"])
        else:
            assert drawn.shape == (24, 24)


@pytest.mark.parametrize("name", ["maps", "dreams"])
def test_a_picture_is_what_its_figures_make_it(name: str) -> None:
    """Drawn again: the same titles and numbers, whatever release of matplotlib draws."""
    figure = gallery.DRAWN[name]()
    said = {axes.get_title() for axes in figure.axes} - {""}
    text = (gallery.PICTURES / f"{name}.svg").read_text(encoding="utf-8")
    assert said
    assert [title for title in said if f">{title}<" not in text] == []


def test_the_table_of_items_has_every_framework_that_was_asked() -> None:
    head, rows = remedies.by_item()
    assert head[3:] == remedies.FRAMEWORKS
    said = {row[0]: row for row in rows}
    assert len(said) == 9
    ends = {row["network"]: row["apart"][-1] for row in remedies.decoder()["rows"]}
    decoder = said["A decoder from the same numbers, end to end"]
    assert decoder[3:5] == (f"within {ends['PyTorch']:.1e}", f"within {ends['Keras']:.1e}")
    assert all("not" not in cell for row in rows for cell in row[3:4])
