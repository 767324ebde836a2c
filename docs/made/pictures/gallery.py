"""Draws the pictures of docs/gallery.md: `python docs/made/pictures/gallery.py [NAME ...]`, by
default all, some seconds.

What frameworks returned is in `remedies.json` and `dream.json`; nothing is asked again.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import benchmarks  # noqa: E402, F401  before the packages: of this checkout

from convtranspose_reference.artifacts import spectrum, unevenness  # noqa: E402
from made.figures.lecture.remedies import by_call, dream, named, results  # noqa: E402
from made.pictures import svg  # noqa: E402
from made.pictures.lecture import FILTER, INPUT, LINE, bare, row_of  # noqa: E402

PICTURES = ROOT / "docs" / "pictures" / "gallery"
COLOURS = (FILTER, "#e0a030", INPUT, "#5f9fd0", "#5a8f5a", "#9bbf6b")  # of remedies
LINES = (FILTER, INPUT, "#5a8f5a", "#e0a030", "#7b5aa6")  # of calls and frameworks


def _drawn_of(kind: str) -> list[dict[str, Any]]:
    return [row for row in results()["pictures"] if row["of"] == kind]


def _grid(rows: int, columns: int, height: float) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(2.3 * columns, height), layout="constrained")
    return figure, [figure.add_subplot(rows, columns, n + 1) for n in range(rows * columns)]


def maps() -> Figure:
    """Two periods of the overlap of every call, as PyTorch returned them."""
    rows = _drawn_of("ones")
    figure, all_axes = _grid(2, len(rows) // 2, 5.6)
    for axes, row in zip(all_axes, rows, strict=True):
        counts = np.array(row["map"])[: 2 * row["stride"], : 2 * row["stride"]]
        axes.imshow(counts, cmap="magma", vmin=0, interpolation="none")
        for (down, across), count in np.ndenumerate(counts):
            bright = count > 0.6 * counts.max()
            axes.text(
                across,
                down,
                count,
                ha="center",
                va="center",
                fontsize=6,
                color="k" if bright else "w",
            )
        value = unevenness(counts)
        said = f"{value} = {float(value):.3f}" if value else "0"
        bare(axes, named(row["kernel"], row["stride"]), f"unevenness {said}")
    return figure


def spectra() -> Figure:
    """The share of the energy along rows at every multiple of 1 / stride but 0."""
    rows = [row for row in _drawn_of("ones") if unevenness(np.array(row["map"]))]
    figure, all_axes = row_of(len(rows), 2.6)
    for axes, row in zip(all_axes, rows, strict=True):
        s = row["stride"]
        shares = spectrum(np.array(row["map"]), s)
        axes.bar(range(1, s), shares[1:], color=INPUT, width=0.5)
        axes.set(xlim=(0.2, s - 0.2), ylim=(0, 0.12), xticks=range(1, s), yticks=(0, 0.05, 0.1))
        axes.set_xticklabels([str(Fraction(n, s)) for n in range(1, s)])
        axes.set_title(named(row["kernel"], s), fontsize=10)
        axes.set_xlabel("cycles per output", fontsize=9)
    all_axes[0].set_ylabel("share of the energy", fontsize=9)
    return figure


def before_and_after() -> Figure:
    """A hill through each remedy of filter 3, stride 2: with weights of one above, with random ones
    below."""
    rows = _drawn_of("hill")
    figure, all_axes = _grid(2, len(rows) // 2, 5.4)
    ordered = sorted(rows, key=lambda row: row["weights"])
    for axes, row in zip(all_axes, ordered, strict=True):
        axes.imshow(row["map"], cmap="gray", interpolation="none")
        below = "weights of one" if row["weights"] == "ones" else "random weights"
        bare(axes, row["remedy"].replace("a kernel that the stride divides", "filter 4"), below)
    return figure


def uneven() -> Figure:
    """The unevenness of every call and remedy: weights of one left, random ones right."""
    rows = by_call()
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    for number, (key, title) in enumerate(
        (("ones", "weights of one"), ("random_mean", "random weights, mean of 400"))
    ):
        axes = figure.add_subplot(1, 2, number + 1)
        for place, (name, colour) in enumerate(zip(_remedies(), COLOURS, strict=True)):
            values = [float(Fraction(row[name][key])) for row in rows.values()]
            at = np.arange(len(rows)) + (place - 2.5) * 0.14
            axes.bar(at, values, 0.13, color=colour, label=name)
            axes.plot(at, [0] * len(at), "_", color=colour, ms=5)  # a 0 is seen, too
        axes.set_xticks(range(len(rows)), [f"{k} / {s}" for k, s in rows], fontsize=8)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("filter / stride", fontsize=9)
    figure.axes[0].set_ylabel("unevenness")
    figure.legend(
        *figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=6, fontsize=8
    )
    return figure


def _remedies() -> list[str]:
    return list(next(iter(by_call().values())))


def costs() -> Figure:
    """Time over the ConvTranspose's against products over the ConvTranspose's, a point for each
    call and remedy."""
    rows, times = list(by_call().values()), results()["times"]
    figure, all_axes = row_of(len(times), 3.6)
    for axes, (framework, took) in zip(all_axes, times.items(), strict=True):
        for name, colour in list(zip(_remedies(), COLOURS, strict=True))[1:]:
            ratios = [row[name]["products"] / row["ConvTranspose"]["products"] for row in rows]
            axes.loglog(ratios, took[name], "o", ms=4, color=colour, label=name)
        axes.plot((0.8, 18), (0.8, 18), color=LINE, lw=1)
        axes.set_title(framework, fontsize=10)
        axes.set_xlabel("products", fontsize=9)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(mpl.ticker.FixedLocator([1, 2, 4, 8, 16]))
            axis.set_major_formatter("{x:g}")
            axis.set_minor_locator(mpl.ticker.NullLocator())
        axes.set(xlim=(0.7, 20), ylim=(0.4, 20))
    all_axes[0].set_ylabel("time")
    figure.legend(
        *all_axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=8
    )
    return figure


def jitter() -> Figure:
    """The contrast of every uneven overlap after n random shifts, and 1 / sqrt(n) of it."""
    shifts = results()["shifts"]
    figure = Figure(figsize=(6.5, 3.8), layout="constrained")
    axes = figure.add_subplot()
    for row, colour in zip(results()["jitter"], LINES, strict=True):
        one = float(Fraction(row["excess"])) ** 0.5
        axes.loglog(shifts, [one / n**0.5 for n in shifts], color=colour, lw=1)
        label = named(row["kernel"], row["stride"])
        axes.loglog(shifts, row["contrast"], "o", ms=4, color=colour, label=label)
    axes.set(xlabel="random shifts (lines: 1 / sqrt(n))", ylabel="contrast")
    axes.set_xticks(shifts, [str(n) for n in shifts])
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    axes.legend(fontsize=8)
    return figure


def dreams() -> Figure:
    """What gradient ascent makes of noise, in one position and shifted, and how the pattern
    grows."""
    rows = dream()["dreams"]
    figure = Figure(figsize=(11, 6.2), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.1))
    for number, row in enumerate(rows):
        axes = above.add_subplot(1, len(rows), number + 1)
        axes.imshow(row["picture"], cmap="gray", interpolation="none")
        bare(axes, f"filter {row['kernel']}, {row['way']}")
    for number, (key, title) in enumerate((("contrast", "contrast a step"), ("share", "share"))):
        axes = below.add_subplot(1, 2, number + 1)
        for row, colour in zip(rows, (FILTER, FILTER, INPUT, INPUT), strict=True):
            style = "-" if row["way"] == "one position" else "--"
            curve = row[key]["PyTorch"]
            label = f"filter {row['kernel']}, {row['way']}"
            axes.plot(range(1, len(curve) + 1), curve, style, color=colour, label=label)
        axes.set(xlabel="steps", ylabel=title, ylim=(0, None))
    axes.axhline(dream()["of_noise"], color=LINE, lw=1, label="white noise")
    axes.legend(fontsize=7, loc="upper left", ncols=2)
    axes.set_ylim(0, 0.5)
    return figure


DRAWN: dict[str, Callable[[], Figure]] = {
    each.__name__: each for each in (maps, spectra, before_and_after, uneven, costs, jitter, dreams)
}


def texts(names: Iterable[str] = ()) -> dict[Path, str]:
    """The pictures of these names, by default all, by their paths. Raises KeyError for a name that
    nothing draws."""
    chosen = {name: DRAWN[name] for name in names or DRAWN}
    return svg.texts(str(PICTURES / "{}.svg"), chosen, "gallery")


def main(names: Sequence[str]) -> None:
    """Draws. Raises KeyError for a name that nothing draws."""
    PICTURES.mkdir(exist_ok=True)
    svg.written(texts(names))


if __name__ == "__main__":
    main(sys.argv[1:])
